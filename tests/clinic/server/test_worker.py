"""The background work: killed at any moment it sends nothing twice and loses nothing; all see it stand still."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from tests.clinic.conftest import POSTGRESQL, SERVER
from tests.clinic.queueing import checked_in, on_duty
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.queries import watch
from needlepoint.clinic.care.queries.triage import queue_is_watched
from needlepoint.clinic.practice.queries.door import work
from needlepoint.clinic.server.work import ticks, worker

ROOT = Path(__file__).parents[3]
MESSAGES = int(os.environ.get("NEEDLEPOINT_SOAK_MESSAGES", "500"))
KILLS = int(os.environ.get("NEEDLEPOINT_SOAK_KILLS", "20"))


@pytest.fixture(autouse=True)
def asked_anew():
    work.forget()
    yield
    work.forget()


def _database() -> str:
    name = f"soak_{uuid4().hex[:8]}"
    SERVER.psql(f"CREATE DATABASE {name};")
    return SERVER.get_uri(database=name)


def soaked() -> dict:
    asked = [sys.executable, "-m", "tests.clinic.soak_messages", str(MESSAGES), str(KILLS)]
    asked += [_database()] if POSTGRESQL else []
    ran = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1])


def test_killed_again_and_again_it_sends_no_reminder_twice_and_loses_none():
    told = soaked()
    print(f"\n{told}")
    assert told["faults"] == []
    assert told["strange"] == told["workers_failed"] == 0
    states = told["states"]
    assert sum(states.values()) == MESSAGES
    assert states["alarm handed_over"] == MESSAGES // 10
    # Every time-out of a reminder is listed, and so is what a kill left between two writes; nothing else is.
    assert 0 < states["appointment unknown"] <= told["timed_out"] + KILLS * 5
    assert told["stuck_at_most_seconds"] < 600


def test_every_tick_runs_and_says_when_it_ended(practice):
    at = datetime.now(UTC)
    for tick in ticks.TICKS:
        ticks.run(tick, at)
    assert set(work.last_ends()) == set(work.WATCHED)
    assert not work.stalled(datetime.now(UTC))
    assert queue_is_watched(datetime.now(UTC))


def test_a_tick_that_fails_says_so_and_leaves_no_end_behind(practice):
    def fail(at):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ticks.run(ticks.Tick("send mails", 5, fail), datetime.now(UTC))
    assert "send mails" not in work.last_ends()


def test_a_tick_that_fails_does_not_end_the_others():
    seen, said = [], []

    def fail(at):
        seen.append("fail")
        raise ValueError("Ada Byron")

    def full(at):
        raise OSError(errno.ENOSPC, "/home/ada")

    def fine(at):
        seen.append("fine")
        if seen.count("fine") > 2 and seen.count("fail") > 1:
            loop.end()

    made = (ticks.Tick("bad", 0.05, fail), ticks.Tick("full", 0.05, full), ticks.Tick("good", 0.05, fine))
    loop = worker.Loop(said.append, made)
    loop.run()
    assert set(said) == {"bad: ValueError", "full: OSError (ENOSPC)"}, "told without what was in it"


def test_a_tick_that_hangs_holds_up_no_other_and_never_runs_twice_at_once():
    let_go, running, most = threading.Event(), [], []

    def hang(at):
        running.append(1)
        most.append(len(running))
        let_go.wait(10)
        running.pop()

    def fine(at):
        seen.append("fine")
        if len(seen) > 5:
            let_go.set()
            loop.end()

    seen = []
    loop = worker.Loop(seen.append, (ticks.Tick("hangs", 0.01, hang), ticks.Tick("good", 0.02, fine)))
    loop.run()
    assert set(most) == {1}
    assert len(seen) > 5


def test_ticks_go_on_whatever_the_clock_says(monkeypatch):
    """No step of the clock makes a tick wait: the time of day is handed to it, and nothing is counted by it."""
    told = []
    days = iter([0, 2, -2, 0.04, -0.04, 400, -400, 0])

    def tick(at):
        told.append(at)
        if len(told) > 6:
            loop.end()

    monkeypatch.setattr(worker.clock, "now", lambda: datetime.now(UTC) + timedelta(days=next(days, 0)))
    loop = worker.Loop(told.append, (ticks.Tick("any", 0.05, tick),))
    began = time.monotonic()
    loop.run()
    assert len(told) > 6
    assert time.monotonic() - began < 30


def test_an_end_that_lies_ahead_is_as_bad_as_one_that_is_long_past(practice):
    at = datetime.now(UTC)
    for minutes, stands_still in ((-3, True), (-1, False), (0, False), (1, False), (3, True), (60, True)):
        beat(at + timedelta(minutes=minutes))
        assert work.stalled(at) == stands_still, minutes


@pytest.mark.parametrize("role", [Role.NURSE, Role.FRONT_DESK, Role.AUDITOR, Role.CLINIC_ADMIN])
def test_a_standing_queue_is_shown_on_every_staff_page(practice, role):
    pages = {
        Role.NURSE: ("day", "patients", "queue", "stock", "messages"),
        Role.FRONT_DESK: ("day", "patients", "messages"),
        Role.CLINIC_ADMIN: ("day", "record", "duty"),
        Role.AUDITOR: ("record", "stock"),
    }
    client = signed_in(practice, role)
    for name in pages[role]:
        work.forget()
        assert "stands still" in client.get(reverse(name)).content.decode(), name
    beat(datetime.now(UTC))
    for name in pages[role]:
        work.forget()
        assert "stands still" not in client.get(reverse(name)).content.decode(), name
    beat(datetime.now(UTC) - timedelta(seconds=125))
    work.forget()
    assert "stands still" in client.get(reverse(pages[role][0])).content.decode()
    assert "stands still" not in Client().get(reverse("account_login")).content.decode()


def beat(at):
    for name in work.WATCHED:
        cache.set(work.name_of(name), at.isoformat(), timeout=1000)


def test_with_no_worker_no_mail_and_nobody_on_duty_the_patient_is_told_and_the_task_stays_open(practice):
    """Hazard 7: each of the three, and all of them at once."""
    from needlepoint.clinic.care.queries.triage import standing_of

    task = checked_in(practice)
    assert not queue_is_watched(practice.at)
    assert standing_of(task.check_in, practice.at).call_at == task.opened_at
    assert standing_of(task.check_in, practice.at).closed_at is None
    on_duty(practice)
    later = checked_in(practice, task.check_in.session)
    assert standing_of(later.check_in, practice.at).call_at is None
    assert standing_of(later.check_in, later.opened_at + timedelta(minutes=45)).call_at is not None


def test_what_waits_is_told_again_after_a_second(practice):
    on_duty(practice)
    actor, at = practice.actor(Role.NURSE), practice.at
    watch.forget()
    assert watch.waits(actor, at).open.unseen == 0
    checked_in(practice)
    assert watch.waits(actor, at + timedelta(seconds=0.9)).open.unseen == 0
    assert watch.waits(actor, at + timedelta(seconds=1)).open.unseen == 1


def test_the_queue_is_refreshed_without_keeping_anybody_signed_in(practice):
    on_duty(practice)
    practice.at = datetime.now(UTC) - timedelta(seconds=30)
    client = signed_in(practice, Role.NURSE)
    before = client.get(reverse("watch"), headers={"X-By-Itself": "yes"}).content.decode()
    checked_in(practice)
    watch.forget()
    after = client.get(reverse("watch"), headers={"X-By-Itself": "yes"}).content.decode()
    assert ("queue empty" in before, "1 red, 1 not seen" in " ".join(after.split())) == (True, True)


def test_a_worker_that_is_killed_is_started_anew(monkeypatch):
    monkeypatch.setattr(worker, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(worker, "COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    kept = worker.Kept().start()
    first = _running(kept, None)
    os.kill(first.pid, signal.SIGKILL)
    second = _running(kept, first)
    assert second.pid != first.pid
    kept.stop()
    assert second.poll() is not None


def test_a_worker_that_hangs_is_started_anew_by_who_keeps_it(monkeypatch):
    monkeypatch.setattr(worker, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(worker, "HANGS_AFTER_SECONDS", 1.0)
    told = "os.write(int(os.environ['NEEDLEPOINT_PULSE']), b'send mails\\n')"
    half = f"import os, time\nwhile True:\n {told}; time.sleep(0.1)"
    monkeypatch.setattr(worker, "COMMAND", [sys.executable, "-c", half])
    said = []
    kept = worker.Kept(said.append).start()
    first = _running(kept, None)
    second = _running(kept, first)
    assert first.poll() is not None
    assert said
    assert set(said) == {"The worker hangs, and is started anew."}
    kept.stop()
    assert second.poll() is not None


class Paced:
    """A worker by a clock that only its own work moves on: each second the ticks end that it gets to."""

    def __init__(self, ends):
        self.ends, self.now, self.killed, self.kept = ends, 0.0, False, None

    def begin(self, _command, *, env, pass_fds):
        assert str(pass_fds[0]) == env["NEEDLEPOINT_PULSE"]
        self.writes = os.dup(pass_fds[0])
        return self

    def monotonic(self):
        return self.now

    def poll(self):
        if self.killed or self.now > 5 * worker.HANGS_AFTER_SECONDS:
            self.kept.ended.set()
            return 0
        self.now += 1.0
        os.write(self.writes, "\n".join((*self.ends, "")).encode())
        return None

    def kill(self):
        self.killed = True

    def wait(self):
        return 0


def kept_by_its_own_clock(monkeypatch, ends):
    paced, said = Paced(ends), []
    monkeypatch.setattr(worker, "time", paced)
    monkeypatch.setattr(worker, "subprocess", SimpleNamespace(Popen=paced.begin))
    paced.kept = worker.Kept(said.append)
    paced.kept.keep()
    os.close(paced.writes)
    return paced, said


def test_a_worker_that_works_is_left_alone(monkeypatch):
    paced, said = kept_by_its_own_clock(monkeypatch, work.WATCHED)
    assert paced.now > 5 * worker.HANGS_AFTER_SECONDS
    assert (paced.killed, said) == (False, [])


@pytest.mark.parametrize("hangs", work.WATCHED)
def test_a_worker_of_which_one_tick_hangs_is_ended_once_it_was_silent_too_long(monkeypatch, hangs):
    paced, said = kept_by_its_own_clock(monkeypatch, [each for each in work.WATCHED if each != hangs])
    assert paced.killed
    assert 0 <= paced.now - worker.HANGS_AFTER_SECONDS <= 1
    assert said == ["The worker hangs, and is started anew."]


def _running(kept, other):
    for _ in range(500):
        if kept.process is not None and kept.process is not other:
            return kept.process
        time.sleep(0.02)
    raise AssertionError("nobody starts it")


@pytest.mark.skipif(POSTGRESQL, reason="PostgreSQL is restored by its own tools")
def test_a_restored_clinic_sends_nothing_until_a_person_lifts_it(tmp_path):
    (tmp_path / "place").mkdir()
    environment = os.environ | {
        "NEEDLEPOINT_FOLDER": str(tmp_path / "place"),
        "NEEDLEPOINT_KEY_FILE": str(tmp_path / "key"),
        "NEEDLEPOINT_DATABASE": "",
    }

    def needlepoint(*words, **more):
        command = [Path(sys.executable).with_name("needlepoint"), *words]
        ran = subprocess.run(command, env=environment | more, capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr

    founded = (
        "create-clinic",
        "--name",
        "Harbour",
        "--zone",
        "Europe/Madrid",
        "--country",
        "ES",
        "--email",
        "a@x.example",
    )
    assert needlepoint(*founded, "--person", "Ada")[0] == 0
    assert needlepoint("lift-hold", "--by", "a@x.example")[1].strip().endswith("Nothing is held back.")
    assert needlepoint("backup", str(tmp_path / "copy"))[0] == 0
    other = {"NEEDLEPOINT_FOLDER": str(tmp_path / "other")}
    code, said = needlepoint("restore", str(tmp_path / "copy"), **other)
    assert code == 0, said
    assert "Nothing is sent for 1 clinics" in said
    assert needlepoint("lift-hold", "--by", "a@x.example", **other)[0] == 0
