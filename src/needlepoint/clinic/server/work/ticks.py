"""What the background work does, how often: each tick looks at rows and an instant, so a lost one does no harm.

A new tick is one line here. It is given the instant, opens its own transactions, and may run in many workers at once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache

from needlepoint.clinic.care.actions import draft, triage
from needlepoint.clinic.care.actions.messages import reminders, sending
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.practice.actions.door import typed
from needlepoint.clinic.practice.queries.door.work import WATCHED, name_of
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.server.keeping import identity, photo_proof
from needlepoint.clinic.server.work import measuring


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing that is done again and again, each in a thread of its own: none holds up another."""

    name: str
    every_seconds: float
    do: Callable[[datetime], Any]


def _send(alarms: bool, channel: str) -> Callable[[datetime], int]:
    """Return what sends a lane of the outbox: alarms behind nothing else, and no way out behind another."""

    def send(at: datetime) -> int:  # noqa: ARG001 (each message asks the clock for itself)
        name = f"{socket.gethostname()[:30]} {os.getpid()} {alarms:d}{channel}"
        return sending.send_due(sending.Sender(name, clock.now, lane=sending.Lane(alarms, channel)))

    return send


def _follow_clock(at: datetime) -> None:  # noqa: ARG001 (the clock looks at itself)
    steady = clock.steady()
    if steady is not None:
        steady.follow()


def _clear_halves(at: datetime) -> None:  # noqa: ARG001 (it goes by how old a file is)
    photo_proof.clear_halves(Path(settings.PHOTO_FOLDER))


TICKS: tuple[Tick, ...] = (
    Tick("answer knocks", 1, sign_in.answer_knocks),
    Tick("climb", 1, triage.climb_waiting),
    Tick("send alarm texts", 1, _send(True, "sms")),
    Tick("send alarm mails", 1, _send(True, "email")),
    Tick("send texts", 5, _send(False, "sms")),
    Tick("send mails", 5, _send(False, "email")),
    Tick("plan reminders", 300, reminders.plan),
    Tick("forget drafts", 3600, draft.forget_drafts),
    Tick("measure photos", 30, measuring.measure_beside),
    Tick("follow the clock", 60, _follow_clock),
    Tick("note how far the record is", 15, identity.note),
    Tick("forget what was typed", 3600, typed.forget_old),
    Tick("clear what was written by half", 3600, _clear_halves),
)


def run(tick: Tick, at: datetime) -> None:
    """Do a tick and leave behind when it ended; what it raises is the caller's to tell."""
    tick.do(at)
    if tick.name in WATCHED:
        # For ever, or a clock that leaps by a day would make it look as if none had ever ended.
        cache.set(name_of(tick.name), clock.now().isoformat(), timeout=None)
