"""Visits in the diary: of which nobody noted anything, what became of a patient's, and what is free around one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.queries.marks import BEGUN, Mark, asked_about, marks, with_held
from needlepoint.clinic.models import (
    Booking,
    BookingMoved,
    Clinic,
    Consent,
    Course,
    Hold,
    Patient,
    Photo,
    Screening,
    Session,
)
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.practice.queries.opening import Hours, hours_of
from needlepoint.course.instants import at_clock, local_date
from needlepoint.course.visits import USUAL_FROM, USUAL_UNTIL, Span, free

# Who cancels later than this says why.
LATE = timedelta(hours=24)
# How long somebody is asked whether a visit took place of which nothing is known.
ASKED_ABOUT = timedelta(days=14)


# ----------------------------------------------------------------------------------------------- what became of a visit


def unnoted(actor: Actor, at: datetime) -> list[Booking]:
    """Return the visits of the last days before today of which nobody noted anything, the oldest first.

    What was done with a patient on that day speaks for itself.
    """
    today = datetime.combine(local_date(at, actor.zone), time(), actor.zone)
    return _UNNOTED.objects(actor.clinic, today - ASKED_ABOUT, today)


def _unnoted(clinic: int, since: datetime, before: datetime) -> QuerySet:
    rows = Booking.objects.filter(clinic=clinic, starts_at__gte=since, ends_at__lt=before)
    # Who left or died is asked about no more.
    return without_trace(rows.filter(patient__gone_at=None)).order_by("starts_at", "pk")[:50]


def without_trace(rows: QuerySet) -> QuerySet:
    """Return those of which nothing is known: not cancelled, nobody came, and nothing was done then."""
    near = timedelta(hours=6)
    patient, starts_at = OuterRef("patient"), OuterRef("starts_at")

    def then(model: Any, column: str, **more: Any) -> Exists:
        span = {f"{column}__gt": starts_at - near, f"{column}__lt": starts_at + near}
        return Exists(model.objects.filter(patient=patient, **span, **more))

    return rows.filter(
        ~then(Session, "opened_at"),
        ~then(Screening, "asked_at", asked_by__isnull=False),
        ~then(Consent, "signed_at"),
        ~then(Photo, "taken_at"),
        ~then(Course, "drafted_at"),
        cancelled_at=None,
        no_show_at=None,
        arrived_at=None,
    ).exclude(session__state__in=BEGUN)


_UNNOTED = Written(
    _unnoted,
    *(STANDS_FOR, datetime(1970, 1, 2, tzinfo=UTC), datetime(1970, 1, 3, tzinfo=UTC)),
    together=("patient", "session", "room"),
)


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit in the list of a patient: what became of it, why it must not stay, and where it was before."""

    booking: Booking
    says: str
    mark: Mark | None
    moves: tuple[BookingMoved, ...]
    coming: bool
    stands: bool


def visits_of(patient: Patient, actor: Actor, at: datetime) -> list[VisitLine]:
    """Return all visits of a patient, the latest first; four statements."""
    together = ("session__course", "room", "operator", "patient")
    rows = with_held(Booking.objects.filter(patient=patient)).select_related(*together)
    visits = list(rows.order_by("-starts_at", "-pk"))
    moves = list(
        BookingMoved.objects.filter(booking__patient=patient).select_related("moved_by").order_by("pk")
    )
    standing = [each for each in visits if stands(each)]
    coming = [each for each in standing if each.ends_at > at]
    marked = marks(asked_about(coming), actor.zone, at)
    without = set(without_trace(Booking.objects.filter(patient=patient)).values_list("pk", flat=True))
    return [
        VisitLine(
            booking=each,
            says=_became(each, at, without),
            mark=marked.get(each.pk),
            moves=tuple(move for move in moves if move.booking_id == each.pk),
            coming=each in coming,
            stands=each in standing,
        )
        for each in visits
    ]


def is_late(visit: Any, at: datetime) -> bool:
    """Say whether a visit that is cancelled now is cancelled late."""
    starts_at: datetime = visit.starts_at
    return starts_at - at < LATE


def stands(booking: Booking) -> bool:
    """Say whether a visit can still be moved, cancelled or missed."""
    begun = booking.session is not None and booking.session.state in BEGUN
    return booking.cancelled_at is None and booking.no_show_at is None and not begun


def _became(booking: Booking, at: datetime, without: set[int]) -> str:
    if booking.cancelled_at is not None:
        return _("Cancelled") + (f": {booking.cancel_reason}" if booking.cancel_reason else "")
    if booking.no_show_at is not None:
        return _("Did not come") + (f": {booking.no_show_reason}" if booking.no_show_reason else "")
    if booking.session is not None and booking.session.state in BEGUN:
        told = {"number": booking.session.number, "state": in_words(booking.session.state)}
        return _("Session %(number)s: %(state)s") % told
    if booking.arrived_at is not None:
        return _("Came")
    if booking.ends_at > at:
        return _("Booked")
    return _("Not noted whether anybody came") if booking.pk in without else _("Took place")


# --------------------------------------------------------------------------------------------------------- what is free


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day with the stretches in which everybody and everything that a visit needs is free."""

    on: date
    spans: tuple[Span, ...]


def free_around(
    actor: Actor, on: date, needs: Mapping[str, int], lasts: timedelta, but: int = 0, days: int = 3
) -> list[FreeDay]:
    """Return what is free of all that is needed, by kind and key, on a day and the next ones; one statement.

    `but` is the visit that is to be moved; what it takes now is free for it.
    """
    first, last = (at_clock(on + timedelta(days=each), time(), actor.zone) for each in (0, days))
    held = overlapping(needs, Span(first, last), but)
    return list(_free_days(held, on, days, lasts, actor))


def open_spans(actor: Actor, on: date) -> tuple[Span, ...] | None:
    """Return when the practice is open on a day: nothing where it is closed, None where nobody wrote down any hours."""
    return _open_on(hours_of(Clinic.objects.get(pk=actor.clinic)), on)


def _open_on(hours: Hours, on: date) -> tuple[Span, ...] | None:
    if not hours.openings and on not in hours.closed:
        return None
    return tuple(Span(*each) for each in hours.of_day(on))


def overlapping(needs: Mapping[str, int], span: Span, but: int = 0) -> list[Span]:
    """Return when somebody or something of these, by kind and key, is taken within a stretch; one statement."""
    wanted = Q()
    for kind, key in needs.items():
        wanted |= Q(**{kind: key})
    rows = Hold.objects.filter(
        wanted, released_at=None, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at
    )
    found = rows.exclude(booking=but).order_by("starts_at", "pk")
    return [Span(*each) for each in found.values_list("starts_at", "ends_at")]


def _free_days(held: list[Span], on: date, days: int, lasts: timedelta, actor: Actor) -> Iterator[FreeDay]:
    hours = hours_of(Clinic.objects.get(pk=actor.clinic))
    for number in range(days):
        day = on + timedelta(days=number)
        usual = Span(*(at_clock(day, clock, actor.zone) for clock in (USUAL_FROM, USUAL_UNTIL)))
        opens = _open_on(hours, day)
        spans = (usual,) if opens is None else opens
        yield FreeDay(day, tuple(each for within in spans for each in free(held, within, lasts)))
