"""How long things take: `make bench` prints it. Nothing here fails for being slow on a busy machine."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from needlepoint.advice import advise
from needlepoint.evidence.loader import DATA, load, packaged
from needlepoint.exchange.case_file import read

pytestmark = pytest.mark.bench

CASE = Path(__file__).parents[1] / "scenarios" / "pivotal_after_the_third_session.case.toml"
AT = datetime.fromisoformat("2026-03-02T10:00:00-05:00")


def test_reading_the_knowledge_base(benchmark):
    benchmark(load, DATA)


def test_advising_on_a_course_with_three_sessions(benchmark):
    case = read(CASE.read_bytes(), CASE.name, packaged())
    benchmark(advise, case, AT, packaged())


def test_one_advice_from_the_command_line(benchmark):
    command = [Path(sys.executable).with_name("needlepoint"), "advise", CASE, "--at", AT.isoformat()]
    benchmark.pedantic(subprocess.run, [command], {"check": True, "capture_output": True}, rounds=5)
