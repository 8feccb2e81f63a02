"""What waits for somebody, for the head of every page: all ask every few seconds, so it is told once a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.care.queries.message import hold_of, troubled_count
from needlepoint.clinic.care.queries.triage import OpenCount, open_count
from needlepoint.clinic.chair.queries.waiting import WaitingCount, waiting_count
from needlepoint.clinic.models import SendingHold, TextAnswer

TOLD_FOR = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Waits:
    """What holds the messages back, what waits for whom, what failed, and which answers nobody has read."""

    at: datetime
    hold: SendingHold | None
    open: OpenCount
    troubled: int
    waiting: WaitingCount
    answers: int = 0


_told: dict[int, Waits] = {}


def waits(actor: Actor, at: datetime) -> Waits:
    """Return what waits in the actor's clinic, as it was within the last second."""
    told = _told.get(actor.clinic)
    if told is None or not timedelta(0) <= at - told.at < TOLD_FOR:
        told = Waits(
            at,
            hold_of(actor),
            open_count(actor, at),
            troubled_count(actor),
            waiting_count(actor.clinic),
            answers_count(actor.clinic),
        )
        _told[actor.clinic] = told
    return told


def forget() -> None:
    """Ask anew the next time."""
    _told.clear()


def answers_count(clinic: int) -> int:
    """Count the answers to text messages that nobody has settled; one statement."""
    return int(TextAnswer.objects.filter(clinic=clinic, settled_at=None).count())
