"""How long a person waits for an answer of the command line, from pressing return: one process each time.

`pytest benchmarks/bench_startup.py -m bench --benchmark-enable --benchmark-columns=min,median,max`

The limit that Needlepoint holds itself to is 0.4 s for `advise` on a warm disk and an idle machine.
`python -X importtime -c "from needlepoint.cli.main import main; main()" advise case.toml --json` shows where it goes.
"""

import subprocess
import sys
from pathlib import Path

import pytest

NEEDLEPOINT = Path(sys.executable).with_name("needlepoint")
SCENARIOS = Path(__file__).parents[1] / "tests" / "scenarios"
NEW = SCENARIOS / "pivotal_before_the_first_session.case.toml"
THREE_SESSIONS = SCENARIOS / "pivotal_after_the_third_session.case.toml"
AT = ("--at", "2026-05-03T15:00:00-04:00")
COMMANDS = {
    "nothing but Python": (sys.executable, "-c", ""),
    "--version": (NEEDLEPOINT, "--version"),
    "advise --json, no session yet": (NEEDLEPOINT, "advise", NEW, *AT, "--json"),
    "advise --json, three sessions": (NEEDLEPOINT, "advise", THREE_SESSIONS, *AT, "--json"),
    "advise for people, no session yet": (NEEDLEPOINT, "advise", NEW, *AT),
    "advise for people, three sessions": (NEEDLEPOINT, "advise", THREE_SESSIONS, *AT),
    "rulebook": (NEEDLEPOINT, "rulebook"),
}


@pytest.mark.bench
@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_an_answer_comes_at_once(benchmark, words):
    """Run the command ten times, after two runs that warm the disk."""
    benchmark.pedantic(_answer, args=(words,), rounds=10, warmup_rounds=2)


def _answer(words):
    subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own commands
