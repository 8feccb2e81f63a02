"""The server is killed at random points while people work: what was answered is there, and nothing is there by half."""

import os
import time
from uuid import uuid4

import pytest
from tests.clinic.conftest import POSTGRESQL, SERVER
from tests.clinic.killing import Served, kill_often

# `make soak` asks for 200 or 1,000; on every commit a few show that the way back is there.
POINTS = int(os.environ.get("NEEDLEPOINT_KILLS", "12"))


@pytest.fixture
def served(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "key").write_text("fedcba9876543210" * 4)
    (tmp_path / "key").chmod(0o600)
    served = Served(tmp_path, _database() if POSTGRESQL else "")
    yield served
    served.stop()


def _database() -> str:
    name = f"kill_{uuid4().hex[:8]}"
    SERVER.psql(f"CREATE DATABASE {name};")
    return SERVER.get_uri(database=name)


def test_what_was_answered_survives_every_kill_and_nothing_is_there_by_half(served):
    staged = served.stage("found", str(POINTS // 3 + 2))
    began = time.monotonic()
    ran = kill_often(served, staged, POINTS, whole_every=4)
    left, operator = ran["left"], ran["operator"]
    assert left["faults"] == []
    assert [trouble for desk in (*ran["desks"], operator) for trouble in desk.troubles] == []
    answered = [name for desk in ran["desks"] for name in desk.answered]
    assert len(answered) > POINTS
    there = [name for name in left["patients"] if name.startswith("Desk")]
    assert set(answered) <= set(there)
    # Sent again after a kill, under its key, a form was still taken once.
    assert len(there) == len(set(there))
    assert len(operator.reached) > POINTS // 4
    for session, state in operator.reached.items():
        assert left["states"][session] == state
    # The log tells of killed workers, and of nobody's name.
    assert b"SIGKILL" in served.log.read_bytes()
    assert b"Desk0" not in served.log.read_bytes()
    back = sorted(served.back_after_seconds)
    print(
        f"\n{POINTS} kills in {time.monotonic() - began:.0f} s; {len(answered)} answered, 0 lost; "
        f"{sum(desk.resent for desk in ran['desks'])} sent again; {left['lines']} lines of the record; "
        f"back after {back[len(back) // 2]:.2f} s, at worst {back[-1]:.2f} s"
    )
    # A worker is back much sooner than a whole server, so the middle one is a worker's.
    assert back[len(back) // 2] < back[-1]
