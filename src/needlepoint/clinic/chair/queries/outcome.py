"""Which scores are due, and the trend of those there are, with what is to be expected beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from needlepoint.advice.after_course import look_days
from needlepoint.advice.milestones import milestones
from needlepoint.advice.scores import fitting
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import in_language
from needlepoint.clinic.chair.queries.look_again import last_done
from needlepoint.clinic.models import Course, OutcomeScore, Session
from needlepoint.course.goals import Concern
from needlepoint.course.instants import local_date
from needlepoint.course.states import CourseState
from needlepoint.evidence.follow_up import Scale
from needlepoint.evidence.loader import packaged

DAYS = {name: look.days for name, look in packaged().looks.items() if look.days}
MOMENTS = ("baseline", *packaged().looks)
LATE = max(look.asked_days for look in packaged().looks.values() if look.days)
"""A moment is asked for so many days afterwards."""


def scales_of(course: Course) -> tuple[Scale, ...]:
    """Return the scales that fit the concern of a course, the leading one first."""
    return fitting(course.concern, packaged())


def last_session(course: Course) -> datetime | None:
    """Return when the last session of a course ended, or of one that kept its result; None before the first."""
    return last_done(course)


def moment_now(course: Course, actor: Any, at: datetime) -> str:
    """Return the moment that a score given now belongs to; empty where it belongs to none."""
    last = last_session(course)
    if last is None:
        return "baseline"
    today = local_date(at, actor.zone)
    days = look_days(local_date(last, actor.zone), today, CourseState.COMPLETED.value, packaged())
    return next((each.look.id for each in days if each.is_due(today)), "")


def days_after(course: Course, actor: Any, at: datetime) -> int | None:
    """Return how many days ago the last session of a course was; None before the first."""
    last = last_session(course)
    return None if last is None else (local_date(at, actor.zone) - local_date(last, actor.zone)).days


def due_scores(course: Course, actor: Any, at: datetime, *, by_patient: bool) -> tuple[Scale, ...]:
    """Return the scales that the patient, or a member, has not scored yet at the moment that is now."""
    moment = moment_now(course, actor, at)
    who = "patient" if by_patient else "clinician"
    rows = OutcomeScore.objects.filter(course=course, moment=moment, scored_by__isnull=by_patient)
    last = last_session(course)
    there = set((rows.filter(scored_at__gt=last) if last else rows).values_list("scale", flat=True))
    return tuple(
        scale
        for scale in scales_of(course)
        if moment in scale.moments and scale.scored_by in (who, "either") and scale.id not in there
    )


@dataclass(frozen=True, slots=True)
class DueOutcome:
    """A course of which a moment has come and nothing was scored by a member yet."""

    course: Course
    moment: str
    since: datetime


def due_outcomes(actor: Actor, at: datetime) -> list[DueOutcome]:
    """Return the courses to score now, the longest due first; two statements.

    Only those whose moment is now are read: whoever looks at the queue must not wait for all courses of half a year.
    """
    due = Q()
    for day in DAYS.values():
        due |= Q(last__lte=at - timedelta(days=day), last__gt=at - timedelta(days=day + LATE))
    rows = Course.objects.filter(
        clinic=actor.clinic, patient__gone_at=None, sessions__state="done", follows=None
    )
    recent = Session.objects.filter(
        clinic=actor.clinic, state="done", finished_at__lte=at - timedelta(days=min(DAYS.values()))
    ).filter(finished_at__gt=at - timedelta(days=max(DAYS.values()) + LATE + 1))
    rows = rows.filter(pk__in=recent.values("course")).annotate(last=Max("sessions__finished_at")).filter(due)
    rows = rows.select_related("patient")
    scored = OutcomeScore.objects.filter(clinic=actor.clinic).exclude(scored_by=None)
    there = {(course, moment) for course, moment in scored.values_list("course", "moment")}
    found = []
    for course in rows:
        for name, day in DAYS.items():
            since = course.last + timedelta(days=day)
            if since <= at < since + timedelta(days=LATE) and (course.pk, name) not in there:
                found.append(DueOutcome(course, name, since))
    return sorted(found, key=lambda each: each.since)


@dataclass(frozen=True, slots=True)
class Point:
    """A score with the words of its value."""

    score: OutcomeScore
    says: str


@dataclass(frozen=True, slots=True)
class Change:
    """How a score went from the first moment to the last: with which word, and from what to what."""

    since: str
    first: Decimal
    until: str
    last: Decimal
    word: str

    @property
    def once(self) -> bool:
        """Say whether there is but one moment, so that nothing went anywhere."""
        return self.since == self.until


@dataclass(frozen=True, slots=True)
class Trend:
    """One scale over the course: every score, and how it went for the clinic and for the patient."""

    scale: Scale
    points: tuple[Point, ...]
    by_clinic: Change | None
    by_patient: Change | None

    @property
    def members(self) -> int:
        """Return how many of the scores are a member's."""
        return sum(1 for each in self.points if each.score.scored_by_id)

    @property
    def blind(self) -> int:
        """Return how many of them were given without knowing before from after."""
        return sum(1 for each in self.points if each.score.blind)


def trends(course: Course, scales: Sequence[Scale]) -> list[Trend]:
    """Return a trend for every scale with a score; one statement."""
    rows = OutcomeScore.objects.filter(course=course).select_related("scored_by").order_by("scored_at", "pk")
    by_scale: dict[str, list[OutcomeScore]] = {}
    for row in rows:
        by_scale.setdefault(row.scale, []).append(row)
    return [_trend(scale, by_scale[scale.id]) for scale in scales if scale.id in by_scale]


def _trend(scale: Scale, rows: Sequence[OutcomeScore]) -> Trend:
    says = {step.value: in_language(step.says) for step in scale.steps}
    # What members see and what patients feel are told apart: together they would tell a change that nobody saw.
    clinic, patient = (
        _change(scale, [row for row in rows if (row.scored_by_id is None) is own]) for own in (False, True)
    )
    points = tuple(Point(row, says.get(int(row.value), "")) for row in rows)
    return Trend(scale, points, clinic, patient)


def _change(scale: Scale, rows: Sequence[OutcomeScore]) -> Change | None:
    """Return how the scores went, by the latest one of each moment."""
    latest = {row.moment: row for row in rows}
    if not latest:
        return None
    in_order = [latest[each] for each in MOMENTS if each in latest]
    first, last = in_order[0], in_order[-1]
    return Change(first.moment, first.value, last.moment, last.value, scale.went(first.value, last.value))


def expectation(course: Course) -> tuple[Any, ...]:
    """Return what may be seen of the result, and when, with its sources."""
    rows = milestones(Concern(course.concern), packaged())
    sources = packaged().sources
    later = [row for row in rows if row.to_day >= DAYS["day_30"]]
    return tuple(
        {"line": row, "cited": [sources[each] for each in row.sources if each in sources]} for row in later
    )
