"""Which scores are due, and the trend of those there are, with what is to be expected beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q

from needlepoint.advice.milestones import milestones
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Course, OutcomeScore, Session
from needlepoint.course.goals import Concern
from needlepoint.course.instants import local_date
from needlepoint.evidence.follow_up import Scale
from needlepoint.evidence.loader import packaged

DAYS = {"day_30": 30, "day_90": 90, "day_180": 180}
EARLY, LATE = 5, 45
"""A moment may be scored so many days too early, and is asked for so many days afterwards."""
# Wrinkles and scars have scales of their own; the others fit every concern.
OF_CONCERN = {"goodman_baron": "scar", "lemperle": "wrinkle"}


def scales_of(course: Course) -> tuple[Scale, ...]:
    """Return the scales that fit the concern of a course."""
    goal = packaged().goals.get(course.concern)
    family = goal.family if goal else ""
    return tuple(scale for scale in packaged().scales.values() if OF_CONCERN.get(scale.id, family) == family)


def last_session(course: Course) -> datetime | None:
    """Return when the last session of a course ended; None before the first."""
    found = Session.objects.filter(course=course, state="done").aggregate(last=Max("finished_at"))
    return found["last"]


def moment_now(course: Course, actor: Any, at: datetime) -> str:
    """Return the moment that a score given now belongs to; empty where it belongs to none."""
    last = last_session(course)
    if last is None:
        return "baseline"
    days = (local_date(at, actor.zone) - local_date(last, actor.zone)).days
    return next((name for name, day in DAYS.items() if day - EARLY <= days <= day + LATE), "")


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
    rows = Course.objects.filter(clinic=actor.clinic, patient__gone_at=None, sessions__state="done")
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
    """A score on the chart, in its units and in the picture's."""

    score: OutcomeScore
    says: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Trend:
    """One scale over the course: the points as a picture and as a table."""

    scale: Scale
    points: tuple[Point, ...]
    lines: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    better: str


WIDTH, HEIGHT, LEFT, TOP, FOOT = 520, 170, 46, 14, 30
PLACES = {"baseline": 0, "day_30": 1, "day_90": 2, "day_180": 3}


def trends(course: Course, scales: Sequence[Scale]) -> list[Trend]:
    """Return a trend for every scale with a score; one statement."""
    rows = OutcomeScore.objects.filter(course=course).select_related("scored_by").order_by("scored_at", "pk")
    by_scale: dict[str, list[OutcomeScore]] = {}
    for row in rows:
        by_scale.setdefault(row.scale, []).append(row)
    return [_trend(scale, by_scale[scale.id]) for scale in scales if scale.id in by_scale]


def _trend(scale: Scale, rows: Sequence[OutcomeScore]) -> Trend:
    points = tuple(_point(scale, row) for row in rows)
    # What members see and what patients feel are two lines: joined, they would show a change that nobody saw.
    lines = tuple(_line([point for point in points if _own(point) is own]) for own in (False, True))
    ticks = tuple((_y(scale, Decimal(value)), str(value)) for value in sorted({scale.low, scale.high}))
    return Trend(scale, points, lines, ticks, "up" if scale.better == "higher" else "down")


def _own(point: Point) -> bool:
    return point.score.scored_by_id is None


def _line(points: Sequence[Point]) -> str:
    """Return a line through the latest score of each moment; the earlier ones stay as dots."""
    latest = {point.score.moment: point for point in points}
    return " ".join(f"{each.x:.1f},{each.y:.1f}" for each in sorted(latest.values(), key=lambda each: each.x))


def _point(scale: Scale, row: OutcomeScore) -> Point:
    says = next((step.en for step in scale.steps if step.value == row.value), "")
    x = LEFT + 24 + PLACES.get(row.moment, 0) * (WIDTH - LEFT - 60) / 3
    return Point(row, says, x, _y(scale, row.value))


def _y(scale: Scale, value: Decimal) -> float:
    share = (float(value) - scale.low) / (scale.high - scale.low)
    return HEIGHT - FOOT - share * (HEIGHT - FOOT - TOP)


def expectation(course: Course) -> tuple[Any, ...]:
    """Return what may be seen of the result, and when, with its sources."""
    rows = milestones(Concern(course.concern), packaged())
    sources = packaged().sources
    later = [row for row in rows if row.to_day >= DAYS["day_30"]]
    return tuple(
        {"line": row, "cited": [sources[each] for each in row.sources if each in sources]} for row in later
    )
