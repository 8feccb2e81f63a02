"""Each far end is taken away in turn, and the test named beside its promise must fail. `make promises` runs these."""

import os
import subprocess
import sys
from itertools import groupby

import pytest
from tests.promises.book import HERE, ROOT, promises

GROUPS = {
    without: tuple(sorted({each.test for each in rows}))
    for without, rows in groupby(
        sorted(promises(), key=lambda each: each.without), key=lambda each: each.without
    )
}


@pytest.mark.promise
@pytest.mark.parametrize("without", sorted(GROUPS))
def test_without_its_far_end_the_test_of_a_promise_fails(without, tmp_path):
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("NEEDLEPOINT_", "DJANGO_"))
    }
    own |= {"PROMISE_WITHOUT": without, "PYTHONPATH": str(HERE / "site")}
    report = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", f"--junitxml={report}"]
    said = subprocess.run(
        [*command, *GROUPS[without]], cwd=ROOT, env=own, capture_output=True, text=True, timeout=900
    )
    told = said.stdout[-3000:]
    assert said.returncode == 1, f"nothing failed without {without}:\n{told}"
    for test in GROUPS[without]:
        assert _fails(test, told, report.read_text()), f"{test} holds without {without}:\n{told}"


def _fails(test: str, told: str, report: str) -> bool:
    """Whether one case at least of a test failed; a test may have many."""
    return f"FAILED {test}" in told or f"ERROR {test}" in told
