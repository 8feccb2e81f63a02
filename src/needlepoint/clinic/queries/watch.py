"""What waits for somebody, for the head of every page: all ask every few seconds, so it is told once a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Message, SendingHold, TextAnswer
from needlepoint.clinic.queries.message import hold_of, troubled_count
from needlepoint.clinic.queries.triage import OpenCount, open_count
from needlepoint.clinic.queries.waiting import WaitingCount, waiting_count

TOLD_FOR = timedelta(seconds=1)
AT_LEAST_ONCE = ("alarm", "not_seen")


# So long an alarm may take; then it stands in red on every page.
SOON = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many alarms reach nobody, how many patients could not be told to call, and since when."""

    alarms: int = 0
    patients: int = 0
    since: datetime | None = None


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
            open_count(actor),
            troubled_count(actor),
            waiting_count(actor.clinic),
            answers_count(actor.clinic),
        )
        _told[actor.clinic] = told
    return told


def forget() -> None:
    """Ask anew the next time."""
    _told.clear()
    _unsent.clear()


def unsent(clinic: int, at: datetime) -> Unsent:
    """Return what has told nobody for two minutes though nobody has looked; one statement.

    One way out is enough: who has the mail is told, though the text still waits.
    """
    told = Message.objects.filter(
        about=OuterRef("about"),
        purpose=OuterRef("purpose"),
        state__in=("handed_over", "delivered"),
    )
    told = told.filter(Q(member=OuterRef("member")) | Q(member=None, patient=OuterRef("patient")))
    rows = Message.objects.filter(
        clinic=clinic,
        purpose__in=AT_LEAST_ONCE,
        state__in=("waiting", "sending", "failed", "unknown"),
        made_at__lt=at - SOON,
        about__acknowledged_at=None,
        about__closed_at=None,
    )
    return _count(rows.filter(~Exists(told)))


def _count(rows: QuerySet[Message]) -> Unsent:
    found = rows.aggregate(
        alarms=Count("about", distinct=True, filter=Q(purpose="alarm")),
        patients=Count("about", distinct=True, filter=Q(purpose="not_seen")),
        since=Min("made_at"),
    )
    return Unsent(**found)


_unsent: dict[int, tuple[datetime, Unsent]] = {}


def unsent_lately(clinic: int, at: datetime) -> Unsent:
    """Return what was unsent within the last second, since every page asks."""
    asked_at, found = _unsent.get(clinic, (None, Unsent()))
    if asked_at is None or not timedelta(0) <= at - asked_at < TOLD_FOR:
        found = unsent(clinic, at)
        _unsent[clinic] = (at, found)
    return found


def answers_count(clinic: int) -> int:
    """Count the answers to text messages that nobody has settled; one statement."""
    return int(TextAnswer.objects.filter(clinic=clinic, settled_at=None).count())
