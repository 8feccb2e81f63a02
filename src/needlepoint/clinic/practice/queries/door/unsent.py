"""Alarms that reach nobody, for the head of every page: all ask every few seconds, so it is told once a second."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from needlepoint.clinic.models import Message

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


def forget() -> None:
    """Ask anew the next time."""
    _unsent.clear()
