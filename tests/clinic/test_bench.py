"""The bench of the clinic measures what it says, at a size that takes seconds."""

import os
import re
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parents[2]
ASKED = ("patient list, a page", "patient list, a search", "chart with its sessions", "day view of 40 visits")
WRITTEN = ("new patient", "session saved, six zones", "recall of a lot")


def test_a_small_run_answers_every_request_and_says_its_figures():
    command = [sys.executable, "-m", "benchmarks.clinic.bench", "--database", connection.vendor]
    sizes = ["--patients", "40", "--sessions", "80", "--requests", "4", "--saves", "1", "--clients", "2"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("NEEDLEPOINT_")}
    told = subprocess.run(
        command + sizes, cwd=ROOT, env=own, capture_output=True, text=True, timeout=600, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
    for name in ASKED + WRITTEN:
        assert re.search(rf"{name} +2 clients +[\d.]+/s +p50 .* p95 .* CPU +[\d.]+ ms", told.stdout), name
    assert "WRONG" not in told.stdout, told.stdout
    assert "the bare page fails" not in told.stdout, told.stdout
