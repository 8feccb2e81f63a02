"""Zones that come to a session while it is under way: which there are, and what the rulebook says with one more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from needlepoint.advice.document import Advice
from needlepoint.advice.door import advise
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.queries.course.advice import knowledge_for, open_verdicts
from needlepoint.clinic.chair.queries.course.case import CourseRows, case_of, course_rows
from needlepoint.clinic.chair.queries.course.linked import said_beside
from needlepoint.clinic.chair.queries.course.plan import places
from needlepoint.clinic.models import Session, ZoneAdded
from needlepoint.course.case import Case
from needlepoint.course.zones import Zone
from needlepoint.rules.verdicts import Verdict


def added_zones(session: Session) -> dict[str, ZoneAdded]:
    """Return the zones that came to a session, by name."""
    rows = ZoneAdded.objects.filter(session=session).select_related("added_by").order_by("pk")
    return {row.zone: row for row in rows}


def advice_with(
    session: Session, actor: Actor, at: datetime, more: Collection[str], rows: CourseRows | None = None
) -> tuple[Advice, Case]:
    """Return what the rulebook says of the course with these zones beside its own, and of which case."""
    case = case_of(session.course, actor, at, rows)
    zones = (*case.goal.zones, *(Zone(name) for name in more if Zone(name) not in case.goal.zones))
    case = replace(case, goal=replace(case.goal, zones=zones))
    return advise(case, at, knowledge_for(session.course, case)), case


@dataclass(frozen=True, slots=True)
class Offer:
    """One more zone as the rulebook and the plan allow it; `why_not` says in one line what keeps it out."""

    zone: Zone
    limit_mm: Decimal | None
    limited_by: str
    why_not: str
    advice: Advice
    case: Case

    @property
    def name(self) -> str:
        """Return the zone in words."""
        return in_words(self.zone.value)


def choosable(session: Session) -> list[Zone]:
    """Return the zones that are not in the session yet and that the evidence lets somebody needle."""
    here = {*session.course.zones, *added_zones(session)}
    return [each.zone for each in places(()) if each.zone.value not in here]


def offer(session: Session, operator: Actor, at: datetime, zone: Zone) -> Offer:
    """Return how deep a zone may be needled in this session by whoever holds the device.

    The rulebook's limit counts, and what the plan calls deepest: nobody agreed on more.
    """
    rows = course_rows(session.course)
    advice, case = advice_with(session, operator, at, [*added_zones(session), zone.value], rows)
    held = open_verdicts(session.course, advice, said_beside(session.course, operator, at, advice, rows))
    planned = advice.plan.sessions[0].zones if advice.plan.sessions else ()
    found = next((each for each in planned if each.zone is zone), None)
    deepest = _deepest_planned(session)
    if found is None or held or deepest is None:
        return Offer(zone, None, "", _why_not(advice, held, zone), advice, case)
    if deepest < found.depth_mm.max:
        return Offer(zone, deepest, "the deepest that the plan agreed on", "", advice, case)
    return Offer(zone, found.depth_mm.max, found.depth_mm.limited_by, "", advice, case)


def _deepest_planned(session: Session) -> Decimal | None:
    plan = session.course.plans.order_by("-version").first()
    depths = [row.depth_mm for row in plan.zones.all()] if plan else []
    return max(depths, default=None)


def _why_not(advice: Advice, held: tuple[Verdict, ...], zone: Zone) -> str:
    if held:
        return held[0].reason
    left_out = next((each.reason for each in advice.plan.left_out if each.zone is zone), "")
    return left_out or advice.plan.why or "The plan agreed on no depth."
