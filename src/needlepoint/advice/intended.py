"""The plan of the advice as sessions that a forecast can be made for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

from needlepoint.advice.document import Interval, Plan, PlannedSession, ZonePlan
from needlepoint.course.case import Case
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.healing.intended import PLANNED_PASSES, Intended

# Noon stands for the day, so that a forecast does not change from one minute to the next.
NOON = time(12)


def intended(case: Case, at: datetime, plan: Plan, knowledge: Knowledge) -> Intended:
    """Return the sessions of a plan that are to come, as many as the goal usually takes.

    A zone that was needled before is needled as the last time, its deepest passes as deep as the plan proposes and none
    deeper; any other begins at the plan's depth. Where something keeps the plan from having days, they are those that
    it could have.
    """
    usual = round(knowledge.goals[case.goal.concern.value].sessions.usual)
    kept = plan.sessions[: max(0, usual - len(case.sessions_by(at)))]
    days = _days(case, at, kept, plan.interval_days)
    device = case.device
    return Intended(
        tuple(
            Session(started_at=day, device=device, passes=tuple(_passes(case, at, each.zones)))
            for day, each in zip(days, kept, strict=True)
        )
    )


def _days(
    case: Case, at: datetime, kept: tuple[PlannedSession, ...], between: Interval
) -> Iterator[datetime]:
    """Yield noon of each day; the plan's first day is the least that must lie between, here it is what is usual."""
    done, gap = case.sessions_by(at), timedelta(days=max(between.usual, between.minimum))
    first = case.day_of(done[-1].started_at) + gap if done else case.day_of(at)
    for number, each in enumerate(kept):
        if number == 0:
            first = max(first, case.day_of(at), each.earliest_on or first)
        yield datetime.combine(first + number * gap, NOON, tzinfo=case.clinic.time_zone)


def _passes(case: Case, at: datetime, zones: tuple[ZonePlan, ...]) -> Iterator[Pass]:
    for zone in zones:
        held = _last(case, at, zone)
        if not held:
            yield Pass(zone=zone.zone, depth=Depth(zone.depth_mm.start), passes=PLANNED_PASSES)
        yield from (replace(each, depth=_carried(each, held, zone.depth_mm.start)) for each in held)


def _carried(one: Pass, held: tuple[Pass, ...], start: Decimal) -> Depth:
    deepest = max(each.depth for each in held)
    return Depth(start if one.depth == deepest else min(one.depth.mm, start))


def _last(case: Case, at: datetime, zone: ZonePlan) -> tuple[Pass, ...]:
    """Return the passes of the last session in which this zone was needled."""
    held = (
        tuple(each for each in session.passes if each.zone is zone.zone)
        for session in reversed(case.sessions_by(at))
    )
    return next(filter(None, held), ())
