"""Running the command line, in this process and as a process of its own."""

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner
from tests.unit.exchange.cases import CASE

from needlepoint.cli.main import main

AT = "2026-03-02T10:00:00-05:00"
NEEDLEPOINT = Path(sys.executable).with_name("needlepoint")
ROOT = Path(__file__).parents[3]
SCENARIOS = ROOT / "tests" / "scenarios"


def needlepoint(*words, given=None, env=None):
    """Run a command in this process; an exception that escapes fails the test."""
    done = CliRunner(env=env).invoke(main, list(map(str, words)), input=given)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def process(*words, given=b"", **settings):
    """Run a command as its own process."""
    return subprocess.run(
        [NEEDLEPOINT, *map(str, words)], input=given, capture_output=True, timeout=300, **settings
    )


def case_file(folder, *changes):
    """Write the example case, with words replaced, and return its path."""
    text = CASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "case.toml"
    path.write_text(text)
    return path


def at_of(scenario):
    """Return the instant that a scenario names in its head."""
    lines = scenario.read_text().splitlines()
    return next(line.removeprefix("# At: ") for line in lines if line.startswith("# At: "))
