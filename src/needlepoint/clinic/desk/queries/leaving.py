"""Who left the practice or died, and what is still open about a patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import in_words, short_day
from needlepoint.clinic.chair.queries.urgency import level_in_words
from needlepoint.clinic.models import (
    AdverseEvent,
    AdverseFollowUp,
    Booking,
    Patient,
    Session,
    Signature,
    TriageTask,
)
from needlepoint.clinic.practice.queries.lists import page_number

PAGE = 50
MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class StillOpen:
    """Something about a patient that somebody has to end first: its words, and the page on which that is done."""

    says: str
    page: str
    row: Any


def still_open(patient: Patient) -> list[StillOpen]:
    """Return what is open about a patient; three statements.

    An adverse event without an outcome, a check-in that nobody closed, a session under way or not yet looked through.
    """
    return [*_adverse(patient), *_check_ins(patient), *_sessions(patient)]


def _adverse(patient: Patient) -> Iterator[StillOpen]:
    ended = AdverseFollowUp.objects.filter(event=OuterRef("pk")).exclude(outcome="")
    rows = AdverseEvent.objects.filter(~Exists(ended), patient=patient).order_by("reported_at")
    for each in rows[:MOST_LISTED]:
        kind = in_words(each.kind)
        yield StillOpen(
            _("An adverse event goes on: %(kind)s, began %(began_on)s.")
            % {"kind": kind, "began_on": short_day(each.began_on)},
            "adverse",
            each,
        )


def _check_ins(patient: Patient) -> Iterator[StillOpen]:
    rows = TriageTask.objects.filter(patient=patient, closed_at=None).order_by("opened_at")
    for each in rows[:MOST_LISTED]:
        seen = _("is not closed") if each.acknowledged_at else _("was not looked at")
        yield StillOpen(
            _("A check-in %(seen)s: %(level_in_words)s.")
            % {"seen": seen, "level_in_words": level_in_words(each.level)},
            "check_in",
            each,
        )


def _sessions(patient: Patient) -> Iterator[StillOpen]:
    reviewed = Signature.objects.filter(session=OuterRef("pk"), meaning="reviewed")
    rows = Session.objects.filter(~Exists(reviewed), patient=patient, state__in=["under_way", "done"])
    for each in rows.order_by("opened_at")[:MOST_LISTED]:
        what = (
            _("is under way")
            if each.state == "under_way"
            else _("waits for the medical director’s signature")
        )
        yield StillOpen(
            _("Session %(number)s %(what)s.") % {"number": each.number, "what": what}, "session", each
        )


def coming_visits(patient: Patient, at: datetime) -> list[Booking]:
    """Return the visits that are still to come; those whose session has begun are none of them."""
    rows = Booking.objects.filter(patient=patient, cancelled_at=None, no_show_at=None, ends_at__gt=at)
    rows = rows.exclude(session__state__in=["under_way", "done"])
    return list(rows.select_related("room", "operator").order_by("starts_at"))


@dataclass(frozen=True, slots=True)
class GonePage:
    """A page of those who left or died, the latest first."""

    rows: list[Patient]
    number: int
    has_next: bool


def gone_page(actor: Actor, asked: object) -> GonePage:
    """Return a page of the clinic's patients who left or died; one statement."""
    number = page_number(asked)
    first = (number - 1) * PAGE
    rows = Patient.objects.filter(clinic=actor.clinic).exclude(gone_as="").select_related("gone_by")
    found = list(rows.order_by("-gone_at", "-pk")[first : first + PAGE + 1])
    return GonePage(found[:PAGE], number, len(found) > PAGE)
