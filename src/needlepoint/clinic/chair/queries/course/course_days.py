"""When the sessions of a course are to be: the one reading that chart, diary, portal, forecast and reminders share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from needlepoint.advice.course_days import (
    NOBODY,
    Needled,
    Rest,
    SessionDay,
    Standing,
    ToCome,
    course_days,
    not_before,
    rest_after,
)
from needlepoint.advice.spacing import spacing_rules
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.queries.course.advice import advice_on, open_verdicts
from needlepoint.clinic.chair.queries.course.case import (
    CourseRows,
    case_parts,
    done_before,
    family,
    family_parts,
    links_with,
    rows_of,
)
from needlepoint.clinic.chair.queries.course.linked import said_beside
from needlepoint.clinic.models import Booking, Course, Decision, NeedledElsewhere, Plan, PlanZone, Session
from needlepoint.clinic.practice.queries.bundle import Prepared
from needlepoint.course.goals import Concern
from needlepoint.course.instants import local_date
from needlepoint.course.states import SessionState
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.rules.conditions import UNKNOWN
from needlepoint.rules.verdicts import Verdict

DONE, UNDER_WAY = SessionState.DONE.value, SessionState.UNDER_WAY.value
TO_COME = ("planned", "screened", "consented", UNDER_WAY)


@dataclass(frozen=True, slots=True)
class CourseDays:
    """The days of the sessions that a course has still to come, by the key of the session, in order."""

    by_session: Mapping[int, SessionDay] = field(default_factory=dict)

    @property
    def next(self) -> SessionDay | None:
        """Return that of the next session; None where none is to come."""
        return next(iter(self.by_session.values()), None)

    def of(self, session: Any) -> SessionDay | None:
        """Return that of a session; None where it is behind us."""
        return None if session is None else self.by_session.get(session.pk)


def plan_parts(**of: Any) -> dict[str, Any]:
    """Return the queries for what the days of courses rest on beside their sessions; `of` names a course or more."""
    return {
        "plans": Plan.objects.filter(**of),
        "zones": PlanZone.objects.filter(**{f"plan__{name}": value for name, value in of.items()}),
        "decisions": Decision.objects.filter(**of),
        "visits": Booking.objects.filter(**{f"session__{name}": value for name, value in of.items()}),
    }


def _parts(key: int) -> dict[str, Any]:
    of_patient = Course.objects.filter(pk=key).values("patient")
    return {**case_parts(course=key), "links": links_with(of_patient), **plan_parts(course=key)}


OF_COURSE = Prepared(_parts)
OF_FAMILY = Prepared(lambda root: {**family_parts(root), **plan_parts(course__in=family(root))})


def days_of(
    course: Course, actor: Actor | Visitor, at: datetime, booked: Mapping[int, date] = MappingProxyType({})
) -> CourseDays:
    """Return the days of a course as the rulebook has them now; two statements, and one for linked charts.

    `course` comes with its patient and device. `booked` are days for sessions, by key, that count as if their visits
    were in the diary.
    """
    return course_read(course, actor, at, booked).days


@dataclass(frozen=True, slots=True)
class CourseRead:
    """A course with all that its days rest on: its rows, the plan agreed on with its zones, and its days."""

    rows: CourseRows
    plan: Plan | None
    zones: tuple[PlanZone, ...]
    days: CourseDays


def course_read(
    course: Course, actor: Actor | Visitor, at: datetime, booked: Mapping[int, date] = MappingProxyType({})
) -> CourseRead:
    """Return a course with its days, as `days_of` has them."""
    root = course.follows_id
    found = OF_COURSE.of(course.pk) if root is None else OF_FAMILY.of(root)
    rows = rows_of(course, found)
    advice = advice_on(course, actor, at, rows)
    held = open_verdicts(course, advice, said_beside(course, actor, at, advice, rows))
    plan = _plan_of(course, found)
    zones = tuple(each for each in found["zones"] if plan is not None and each.plan_id == plan.pk)
    return CourseRead(rows, plan, zones, days_in(course, found, actor.zone, at, held, booked))


def _plan_of(course: Course, found: Mapping[str, list[Any]]) -> Plan | None:
    plans = [each for each in found["plans"] if each.course_id == course.pk]
    return max(plans, key=lambda each: each.version, default=None)


def days_in(
    course: Course,
    found: Mapping[str, list[Any]],
    zone: ZoneInfo,
    at: datetime,
    held: Iterable[Verdict] = (),
    booked: Mapping[int, date] = MappingProxyType({}),
) -> CourseDays:
    """Return the days of a course from rows that were read with others'.

    `held` are the verdicts that nobody has settled. Without them only what was done to the skin counts, which is all
    that a list of many visits asks.
    """
    sessions = sorted(
        (each for each in found["sessions"] if each.course_id == course.pk), key=lambda each: each.number
    )
    to_come = [each for each in sessions if each.state in TO_COME]
    stands = _standing(course, sessions, found, zone, at, tuple(held))
    asked = [_to_come(each, found["visits"], zone) for each in to_come]
    wished = [
        replace(one, booked_on=booked.get(session.pk, one.booked_on))
        for session, one in zip(to_come, asked, strict=True)
    ]
    days = course_days(stands, wished)
    return CourseDays({session.pk: day for session, day in zip(to_come, days, strict=True)})


def _to_come(session: Session, visits: Iterable[Booking], zone: ZoneInfo) -> ToCome:
    stands = [
        each
        for each in visits
        if each.session_id == session.pk and each.cancelled_at is None and each.no_show_at is None
    ]
    visit = max(stands, key=lambda each: each.starts_at, default=None)
    begun = session.state == UNDER_WAY and session.opened_at is not None
    return ToCome(
        number=session.number,
        booked_on=local_date(visit.starts_at, zone) if visit else None,
        early=bool(visit and visit.early_reason),
        begun_on=local_date(session.opened_at, zone) if begun else None,
    )


def _standing(
    course: Course,
    sessions: list[Session],
    found: Mapping[str, list[Any]],
    zone: ZoneInfo,
    at: datetime,
    held: tuple[Verdict, ...],
) -> Standing:
    done = sorted(
        (each for each in sessions if each.state == DONE and each.opened_at <= at),
        key=lambda each: each.opened_at,
    )
    complete = [each for each in done if each.complete]
    plan = _plan_of(course, found)
    floor, allowed = _after_the_last(course, [*done_before(course, found), *done], found, zone)
    floors = [each.until for each in held if each.until and each.overridable_by == NOBODY]
    waits = [each.until for each in held if each.until]
    return Standing(
        today=local_date(at, zone),
        interval_days=plan.interval_days if plan else _usual(course),
        rest=_rest(plan, found["zones"]),
        last_done_on=local_date(complete[-1].opened_at, zone) if complete else None,
        floor_on=_latest(floor, *floors),
        allowed_on=_latest(allowed, *waits),
    )


def _after_the_last(
    course: Course, done: list[Session], found: Mapping[str, list[Any]], zone: ZoneInfo
) -> tuple[date | None, date | None]:
    """Return the first days after what was done to the skin: by a decision that was made since, and without."""
    told = [each for each in found["elsewhere"] if _counts(each, course)]
    needled = [*(_needled(each, found["passes"], zone) for each in done), *map(_needled_elsewhere, told)]
    spacing = not_before(needled, [Zone(name) for name in course.zones], packaged())
    if spacing is None:
        return None, None
    ended_at = max([each.finished_at for each in done] + [each.told_at for each in told])
    decided = any(
        each.course_id == course.pk
        and (each.for_course or each.decided_at > ended_at)
        and each.rule in spacing_rules(packaged())
        for each in found["decisions"]
    )
    return spacing[0], spacing[0] if decided else spacing[1]


def _needled(session: Session, passes: Iterable[Any], zone: ZoneInfo) -> Needled:
    deepest: dict[Zone, Decimal] = {}
    for row in passes:
        if row.session_id == session.pk:
            deepest[Zone(row.zone)] = max(Decimal(row.depth_mm), deepest.get(Zone(row.zone), Decimal(0)))
    return Needled(local_date(session.opened_at, zone), deepest)


def _counts(told: NeedledElsewhere, course: Course) -> bool:
    return told.patient_id == course.patient_id and told.taken_back_at is None


def _needled_elsewhere(told: NeedledElsewhere) -> Needled:
    """Return what was done elsewhere; without a depth it may have been every zone, as deep as can be."""
    depths = {} if told.depth_mm is None else {Zone(each): Decimal(told.depth_mm) for each in told.zones}
    return Needled(told.needled_on, depths)


def _rest(plan: Plan | None, zones: Iterable[PlanZone]) -> Rest:
    depths = [Decimal(each.depth_mm) for each in zones if plan is not None and each.plan_id == plan.pk]
    return rest_after(max(depths) if depths else UNKNOWN, packaged())


def _usual(course: Course) -> int:
    return round(packaged().goals[Concern(course.concern).value].interval.usual)


def _latest(*days: date | None) -> date | None:
    return max((each for each in days if each is not None), default=None)
