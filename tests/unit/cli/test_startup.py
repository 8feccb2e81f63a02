"""A quick answer loads what it needs and no more."""

import json
import subprocess
import sys

import pytest
from tests.unit.cli.commands import AT, case_file

HEAVY = (
    "numpy",
    "scipy",
    "numba",
    "matplotlib",
    "rich",
    "PIL",
    "cv2",
    "difflib",
    "json",
    "asyncio",
    "http",
    "ssl",
)
RUN = "from needlepoint.cli.main import main; main()"
LOADED = """
import sys
from needlepoint.cli.main import main
try:
    main()
finally:
    loaded = sorted(name for name in sys.modules if "." not in name)
    print(*loaded, file=sys.stderr)
"""


def loaded(*words):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *map(str, words)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    # Coverage, where it looks on, loads modules of its own before the program begins.
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True
    )
    return set(done.stderr.split()) - set(bare.stdout.split())


@pytest.fixture
def without_passes(tmp_path):
    path = case_file(tmp_path)
    path.write_text(path.read_text().partition("[[session]]")[0])
    return path


def test_an_answer_for_programs_loads_nothing_heavy(without_passes):
    assert loaded("advise", without_passes, "--at", AT, "--json") & set(HEAVY) == set()


def test_an_answer_for_people_loads_no_arrays_and_no_pictures(without_passes):
    there = loaded("advise", without_passes, "--at", AT)
    assert "rich" in there
    assert there & {"numpy", "scipy", "numba", "matplotlib", "PIL", "cv2"} == set()


def test_a_few_passes_load_no_pictures(tmp_path):
    there = loaded("advise", case_file(tmp_path), "--at", AT, "--json")
    assert there & {"scipy", "numba", "matplotlib", "rich", "PIL", "cv2"} == set()


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["advise", "--help"]])
def test_help_loads_no_knowledge(words):
    assert (
        loaded(*words) & {"numpy", "scipy", "numba", "matplotlib", "cv2", "rich", "msgspec", "tomli"} == set()
    )


def test_looking_things_up_loads_no_arrays(tmp_path):
    for words in (["rulebook"], ["rulebook", "--check", "--on", "2026-12-01"], ["sources", "--trace", "S0"]):
        assert loaded(*words) & {"numpy", "matplotlib"} == set()


def test_the_answer_is_the_same_in_any_time_zone(tmp_path):
    path = case_file(tmp_path)
    answers = {
        subprocess.run(
            [
                sys.executable,
                "-c",
                RUN,
                "advise",
                path,
                "--at",
                AT,
                "--json",
            ],
            capture_output=True,
            env={"TZ": zone, "PYTHONHASHSEED": seed},
            timeout=300,
        ).stdout
        for zone, seed in (("UTC", "0"), ("Pacific/Kiritimati", "1"))
    }
    (answer,) = answers
    assert json.loads(answer)["at"] == AT
