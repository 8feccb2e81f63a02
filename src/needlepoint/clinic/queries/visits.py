"""Visits in the diary: which of them must not stay as they are, what became of others, and what is free around one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
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
    SessionPass,
)
from needlepoint.clinic.queries.bundle import bundle
from needlepoint.clinic.queries.course_days import CourseDays, days_in, days_of, plan_parts
from needlepoint.clinic.queries.opening import Hours, hours_of
from needlepoint.course.instants import at_clock, local_date
from needlepoint.course.states import CourseState, SessionState
from needlepoint.course.visits import USUAL_FROM, USUAL_UNTIL, Span, free

BEGUN = (SessionState.UNDER_WAY.value, SessionState.DONE.value)  # such a visit stays in the diary
ENDED = {
    CourseState.PAUSED.value: "The course is paused",
    CourseState.COMPLETED.value: "The course is completed",
    CourseState.STOPPED.value: "The course was stopped",
}
# A visit takes its room, its patient and whoever does it; one for a session its device, too.
ALWAYS_HELD = 3
# Who cancels later than this says why.
LATE = timedelta(hours=24)
# How long somebody is asked whether a visit took place of which nothing is known.
ASKED_ABOUT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a visit must not stay as it is; `from_on` is the first day on which its session may be."""

    says: str
    from_on: date | None = None
    # Whoever comes would come in vain, so nobody is reminded of it.
    in_vain: bool = True
    movable: bool = True


CLASH = Mark("Booked twice: somebody or something is taken at that time", in_vain=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit about which it is asked whether it may stay, by keys."""

    key: int
    session: int | None
    course: int | None
    starts_at: datetime
    held: int


def asked_about(rows: Iterable[Any]) -> list[Asked]:
    """Return visits as they are asked about; they come with their session and `held`, as `with_held` counts it."""
    return [
        Asked(
            each.pk,
            each.session_id,
            each.session.course_id if each.session else None,
            each.starts_at,
            each.held,
        )
        for each in rows
    ]


def with_held(rows: QuerySet) -> QuerySet:
    """Count beside each visit how much of what it needs it holds."""
    return rows.annotate(held=held_count())


def held_count() -> Coalesce:
    """Return how many holds a visit has, as a condition inside a statement."""
    rows = Hold.objects.filter(booking=OuterRef("pk"), released_at=None).order_by()
    return Coalesce(Subquery(rows.values("booking").annotate(of=Count("pk")).values("of")), 0)


def marks(asked: Iterable[Asked], zone: ZoneInfo, at: datetime) -> dict[int, Mark]:
    """Return the marks of visits that stand and whose session has not begun; one statement for all, none for none."""
    asked = list(asked)
    courses = {each.course for each in asked if each.course is not None}
    found = _of_courses(courses) if courses else {"courses": [], "sessions": []}
    by_key = {each.pk: each for each in found["courses"]}
    sessions = {each.pk: each for each in found["sessions"]}
    days = {key: days_in(course, found, zone, at) for key, course in by_key.items()}
    marked: dict[int, Mark] = {}
    for each in asked:
        session = sessions.get(each.session) if each.session is not None else None
        mark = mark_of(session, by_key.get(each.course or 0), days.get(each.course or 0))
        if mark is not None or each.held < ALWAYS_HELD + (each.session is not None):
            marked[each.key] = mark or CLASH
    return marked


def _of_courses(courses: set[int]) -> dict[str, list[Any]]:
    return bundle(
        courses=Course.objects.filter(pk__in=courses),
        sessions=Session.objects.filter(course__in=courses),
        passes=SessionPass.objects.filter(session__course__in=courses),
        **plan_parts(course__in=courses),
    )


@dataclass(frozen=True, slots=True)
class ComingVisit:
    """A visit to come, and why it must not stay as it is."""

    booking: Booking
    mark: Mark | None


def coming_visits(
    found: Mapping[str, list[Any]], known: Mapping[int, CourseDays], actor: Actor, at: datetime
) -> Iterator[ComingVisit]:
    """Yield the visits to come among rows that were read for a chart; `known` are the days of courses read in full."""
    sessions, courses = ({each.pk: each for each in found[name]} for name in ("sessions", "courses"))
    for visit in sorted(found["visits"], key=lambda each: each.starts_at):
        if visit.ends_at > at and visit.cancelled_at is None and visit.no_show_at is None:
            session = sessions.get(visit.session_id)
            course = courses.get(session.course_id) if session else None
            days = None if course is None else known.get(course.pk) or days_in(course, found, actor.zone, at)
            yield ComingVisit(visit, mark_of(session, course, days))


def mark_in_full(booking: Booking, actor: Actor | Visitor, at: datetime) -> Mark | None:
    """Return the mark of one visit by all that the rulebook says of its course now.

    A visitor asks with the profession of whoever drafted the course.
    """
    if booking.session is None:
        return None
    together = ("patient", "device", "drafted_by")
    course = Course.objects.select_related(*together).get(pk=booking.session.course_id)
    asking = actor.on(course) if isinstance(actor, Visitor) else actor
    return mark_of(booking.session, course, days_of(course, asking, at))


def mark_of(session: Session | None, course: Course | None, days: CourseDays | None) -> Mark | None:
    """Return why a visit for a session must not stay; None where it may."""
    if session is None or course is None or session.state in BEGUN:
        return None
    if session.state == SessionState.CALLED_OFF.value:
        return Mark(f"Session {session.number} was called off", movable=False)
    if course.state in ENDED:
        return Mark(ENDED[course.state], movable=course.state == CourseState.PAUSED.value)
    day = days.of(session) if days else None
    if day is not None and day.too_early:
        words = f"Too early for session {session.number}: not before {day.allowed_on:%-d %b %Y}"
        return Mark(words, day.planned_on)
    return None


# ----------------------------------------------------------------------------------------------- what became of a visit


def unnoted(actor: Actor, at: datetime) -> list[Booking]:
    """Return the visits of the last days before today of which nobody noted anything, the oldest first.

    What was done with a patient on that day speaks for itself.
    """
    today = datetime.combine(local_date(at, actor.zone), time(), actor.zone)
    rows = Booking.objects.filter(clinic=actor.clinic, starts_at__gte=today - ASKED_ABOUT, ends_at__lt=today)
    # Who left or died is asked about no more.
    rows = rows.filter(patient__gone_at=None)
    return list(
        without_trace(rows).select_related("patient", "session", "room").order_by("starts_at", "pk")[:50]
    )


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
        return "Cancelled" + (f": {booking.cancel_reason}" if booking.cancel_reason else "")
    if booking.no_show_at is not None:
        return "Did not come" + (f": {booking.no_show_reason}" if booking.no_show_reason else "")
    if booking.session is not None and booking.session.state in BEGUN:
        return f"Session {booking.session.number} {booking.session.state.replace('_', ' ')}"
    if booking.arrived_at is not None:
        return "Came"
    if booking.ends_at > at:
        return "Booked"
    return "Not noted whether anybody came" if booking.pk in without else "Took place"


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
