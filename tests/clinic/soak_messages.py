"""Reminders and alarms under a worker that is killed again and again, several at once, before a gateway that times out.

python -m tests.clinic.soak_messages MESSAGES KILLS [DATABASE]

Every tenth message is an alarm. Prints what came of it as one line of JSON.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).parents[2]
SHARE_OF_TIMEOUTS = 0.05
HELD = timedelta(seconds=3)
MOST_WORKERS = 5


def place(database: str) -> None:
    """Name a new place in the environment; nothing of a real one is touched."""
    folder = Path(tempfile.mkdtemp(prefix="np-soak-"))
    (folder / "folder").mkdir()
    (folder / "key").write_text("0123456789abcdef" * 4)
    (folder / "key").chmod(0o600)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "needlepoint.clinic.server.settings",
        "NEEDLEPOINT_FOLDER": str(folder / "folder"),
        "NEEDLEPOINT_KEY_FILE": str(folder / "key"),
        "NEEDLEPOINT_DATABASE": database,
        "NEEDLEPOINT_HTTPS": "no",
    }


def lay_out(messages: int) -> None:
    """A clinic where it is noon, so many patients who have agreed, and a message due for each."""
    from django.core.management import call_command
    from tests.clinic.practice import Practice

    from needlepoint.clinic.access.roles import Role
    from needlepoint.clinic.models import ContactConsent, Message, Patient

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    practice = Practice.of_today("Harbour Skin")
    at, clinic, nurse = practice.at, practice.clinic, practice.members[Role.NURSE]
    known = {"given_name": "Ada", "born_on": "1990-05-14", "registered_at": at, "clinic": clinic}
    patients = Patient.objects.bulk_create(
        Patient(
            public_id=uuid4(), chart_number=number, family_name=f"P{number}", phone=f"555{number:07}", **known
        )
        for number in range(1, messages + 1)
    )
    ContactConsent.objects.bulk_create(
        ContactConsent(
            clinic=clinic, patient=each, purpose="visits", channel="sms", agreed=True, address=each.phone,
            wording="w", at=at,
        )
        for each in patients
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(
            clinic=clinic, public_id=uuid4(), patient=None if number % 10 == 0 else each,
            member=nurse if number % 10 == 0 else None, purpose="alarm" if number % 10 == 0 else "appointment",
            words="alarm" if number % 10 == 0 else "appointment", channel="sms", address=each.phone,
            filled_with={"link": "https://c.example/p"}, once_key=f"soak {number}", made_at=at, due_at=at,
        )
        for number, each in enumerate(patients)
    )  # fmt: skip


def sender(port: int, clock):
    from needlepoint.clinic.care.actions.messages import gateways, sending

    gateway = gateways.HttpSms(f"http://127.0.0.1:{port}/", "token", timeout_seconds=0.5)
    return sending.Sender(f"worker {os.getpid()}", clock, lambda _: gateway, held=HELD)


def now() -> datetime:
    return datetime.now(UTC)


def worker(port: int) -> int:
    """Fork one that sends until it is killed; some of them are given each tick several times over."""
    child = os.fork()
    if child:
        return child
    from needlepoint.clinic.care.actions.messages import sending

    try:
        while True:
            sending.send_due(sender(port, now), most=40)
            time.sleep(0.02)
    finally:
        traceback.print_exc()
        os._exit(1)


def kill_often(port: int, kills: int) -> int:
    """Keep one to five workers at it and kill one of them at random instants; return how many failed by themselves."""
    dice, alive, failed = random.Random(2026), [], 0
    for _ in range(kills):
        while len(alive) < dice.randint(1, MOST_WORKERS):
            alive.append(worker(port))
        time.sleep(dice.uniform(0.05, 0.3))
        victim = alive.pop(dice.randrange(len(alive)))
        os.kill(victim, signal.SIGKILL)
        failed += os.waitstatus_to_exitcode(os.waitpid(victim, 0)[1]) != -signal.SIGKILL
    for each in alive:
        os.kill(each, signal.SIGKILL)
        os.waitpid(each, 0)
    return failed


# The clock goes on faster while nothing goes out, to beyond what a failed gateway is given before it is asked again.
A_STEP, LONG = timedelta(seconds=30), timedelta(hours=1)


def finish(port: int) -> None:
    """Send what is left, with a clock that runs on until nothing waits, or nothing goes out any more."""
    from needlepoint.clinic.care.actions.messages import sending
    from needlepoint.clinic.models import Message

    ahead, step = timedelta(seconds=10), A_STEP
    waiting = Message.objects.filter(state__in=("waiting", "sending"))
    left = waiting.count()
    while left and step < LONG:
        sending.send_due(sender(port, lambda ahead=ahead: now() + ahead), most=10_000)
        ahead += step
        step = step * 1.5 if waiting.count() == left else A_STEP
        left = waiting.count()


def look(port: int) -> dict:
    """Compare every row with what the gateway took."""
    from needlepoint.clinic.models import Message

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
        told = json.loads(answer.read())
    taken, states, faults = told["taken"], Counter(), []
    for row in Message.objects.all():
        times = taken.get(str(row.public_id), 0)
        states[f"{row.purpose} {row.state}"] += 1
        if row.purpose == "appointment" and (times > 1 or row.state not in ("handed_over", "unknown")):
            faults.append(f"reminder {row.pk}: {row.state}, taken {times} times")
        if row.state == "handed_over" and times < 1:
            faults.append(f"{row.purpose} {row.pk}: handed over and never taken")
        if row.purpose == "alarm" and row.state != "handed_over":
            faults.append(f"alarm {row.pk}: {row.state}")
    keys = {str(key) for key in Message.objects.values_list("public_id", flat=True)}
    return {
        "states": dict(states),
        "timed_out": told["stalled"],
        "alarms_more_than_once": sum(
            taken.get(str(row.public_id), 0) > 1 for row in Message.objects.filter(purpose="alarm")
        ),
        "stuck_at_most_seconds": round(_longest_stuck()),
        "strange": len(set(taken) - keys),
        "bodies": told["bodies"],
        "faults": faults[:20],
    }


def _longest_stuck() -> float:
    """Return how long a message was on its way at most, before somebody could see that nobody knows."""
    from needlepoint.clinic.models import MessageStep

    begun, longest = {}, 0.0
    for step in MessageStep.objects.order_by("message", "pk"):
        if step.state == "sending":
            begun[step.message_id] = step.at
        elif step.message_id in begun:
            longest = max(longest, (step.at - begun.pop(step.message_id)).total_seconds())
    return longest


def soak(messages: int, kills: int, database: str) -> dict:
    place(database)
    import django
    from django.db import connections

    django.setup()
    lay_out(messages)
    connections.close_all()  # none is carried into a fork
    asked = [sys.executable, "-m", "tests.clinic.soak_gateway", str(SHARE_OF_TIMEOUTS)]
    gateway = subprocess.Popen(asked, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        port, began = int(gateway.stdout.readline()), time.monotonic()
        failed = kill_often(port, kills)
        killed_for = time.monotonic() - began
        finish(port)
        return look(port) | {
            "messages": messages,
            "kills": kills,
            "killed_for_seconds": round(killed_for),
            "workers_failed": failed,
        }
    finally:
        gateway.kill()
        gateway.wait()
        gateway.stdout.close()
        with suppress(Exception):
            connections.close_all()


if __name__ == "__main__":
    print(json.dumps(soak(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")))
