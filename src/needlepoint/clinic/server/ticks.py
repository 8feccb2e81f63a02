"""What the background work does, how often: each tick looks at rows and an instant, so a lost one does no harm.

A new tick is one line here. It is given the instant, opens its own transactions, and may run in many workers at once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from needlepoint.clinic.actions import reminders, sending, sign_in, triage
from needlepoint.clinic.queries.work import WATCHED, name_of
from needlepoint.clinic.server import measuring

# A day: an end that is older says no more than none.
KEPT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing that is done again and again; `lane` keeps the slow from holding up the quick."""

    name: str
    every_seconds: int
    do: Callable[[datetime], Any]
    lane: str = "quick"


def _send(at: datetime) -> int:  # noqa: ARG001 (each message asks the clock for itself)
    name = f"{socket.gethostname()[:30]} {os.getpid()}"
    return sending.send_due(sending.Sender(name, timezone.now))


TICKS: tuple[Tick, ...] = (
    Tick("answer knocks", 1, sign_in.answer_knocks),
    Tick("climb", 5, triage.climb_waiting),
    Tick("send", 5, _send, lane="post"),
    Tick("plan reminders", 300, reminders.plan, lane="slow"),
    Tick("measure photos", 30, measuring.measure_beside, lane="photos"),
)


def run(tick: Tick, at: datetime) -> None:
    """Do a tick and leave behind when it ended; what it raises is the caller's to tell."""
    tick.do(at)
    if tick.name in WATCHED:
        cache.set(name_of(tick.name), timezone.now().isoformat(), timeout=KEPT_SECONDS)
