"""Which visits must not stay as they are, by what their courses say; chart, diary, reminders and portal share it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import short_day
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.queries.course.course_days import CourseDays, days_in, days_of, plan_parts
from needlepoint.clinic.models import (
    Booking,
    Course,
    Hold,
    NeedledElsewhere,
    Session,
    SessionPass,
)
from needlepoint.clinic.practice.queries.bundle import bundle
from needlepoint.course.states import CourseState, SessionState

BEGUN = (SessionState.UNDER_WAY.value, SessionState.DONE.value)  # such a visit stays in the diary
ENDED = {
    CourseState.PAUSED.value: gettext_lazy("The course is paused"),
    CourseState.COMPLETED.value: gettext_lazy("The course is completed"),
    CourseState.STOPPED.value: gettext_lazy("The course was stopped"),
}
# A visit takes its room, its patient and whoever does it; one for a session its device, too.
ALWAYS_HELD = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a visit must not stay as it is; `from_on` is the first day on which its session may be."""

    says: str
    from_on: date | None = None
    # Whoever comes would come in vain, so nobody is reminded of it.
    in_vain: bool = True
    movable: bool = True


CLASH = Mark(gettext_lazy("Booked twice: somebody or something is taken at that time"), in_vain=False)


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
    with_others = _with_others(found)
    days = {key: days_in(course, with_others, zone, at) for key, course in by_key.items()}
    marked: dict[int, Mark] = {}
    for each in asked:
        session = sessions.get(each.session) if each.session is not None else None
        mark = mark_of(session, by_key.get(each.course or 0), days.get(each.course or 0))
        if mark is not None or each.held < ALWAYS_HELD + (each.session is not None):
            marked[each.key] = mark or CLASH
    return marked


def _with_others(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Lay beside courses that keep a result what was done in those that they follow; one statement for any."""
    roots = {each.follows_id for each in found["courses"]} - {None}
    if not roots:
        return found
    others = Course.objects.filter(Q(pk__in=roots) | Q(follows__in=roots)).exclude(
        pk__in=[each.pk for each in found["courses"]]
    )
    more = bundle(
        courses=others,
        sessions=Session.objects.filter(course__in=others.values("pk")),
        passes=SessionPass.objects.filter(session__course__in=others.values("pk")),
    )
    return {**found, **{name: [*found[name], *rows] for name, rows in more.items()}}


def _of_courses(courses: set[int]) -> dict[str, list[Any]]:
    return bundle(
        courses=Course.objects.filter(pk__in=courses),
        sessions=Session.objects.filter(course__in=courses),
        passes=SessionPass.objects.filter(session__course__in=courses),
        elsewhere=NeedledElsewhere.objects.filter(
            patient__in=Course.objects.filter(pk__in=courses).values("patient")
        ),
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
        return Mark(_("Session %(number)s was called off") % {"number": session.number}, movable=False)
    if course.state in ENDED:
        return Mark(ENDED[course.state], movable=course.state == CourseState.PAUSED.value)
    day = days.of(session) if days else None
    if day is not None and day.too_early:
        words = _("Too early for session %(number)s: not before %(allowed_on)s") % {
            "number": session.number,
            "allowed_on": short_day(day.allowed_on),
        }
        return Mark(words, day.planned_on)
    return None
