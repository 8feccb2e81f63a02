"""The days of a course that is under way: when each session to come may be, and when it should.

Chart, plan, diary, portal, forecast and reports all ask here, so that no two of them name another day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from needlepoint.advice.spacing import waits_after_a_session
from needlepoint.course.zones import Zone
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.rules.conditions import UNKNOWN, Absent
from needlepoint.rules.rulebook import Rulebook

# Any day would do for windows of days; at the head of a long month a window of months counts its most days.
_ANY_DAY = date(2001, 1, 1)
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Rest:
    """How many days must lie after a session: those that nobody may shorten, and those without a decision."""

    floor_days: int
    days: int


@lru_cache(maxsize=1024)
def rest_after(depth_mm: Decimal | Absent, knowledge: Knowledge) -> Rest:
    """Return the rest after a session that deep, read off the rulebook's own waits."""
    names = Rulebook.of(knowledge).names
    facts = {"zone.last_on": _ANY_DAY, "zone.last_depth_mm": depth_mm}
    ends: dict[bool, list[date]] = {True: [_ANY_DAY], False: [_ANY_DAY]}
    for rule in waits_after_a_session(knowledge):
        if rule.fires(facts, _ANY_DAY, names):
            until = rule.until(facts, _ANY_DAY, names)
            ends[rule.rule.overridable_by == NOBODY].append(until or _ANY_DAY)
    floor = (max(ends[True]) - _ANY_DAY).days
    return Rest(floor, max(floor, (max(ends[False]) - _ANY_DAY).days))


@dataclass(frozen=True, slots=True)
class Needled:
    """What was done to the skin on a day: the deepest setting by zone; without any, it may have been every zone."""

    on: date
    deepest_mm: Mapping[Zone, Decimal]


def not_before(
    needled: Iterable[Needled], zones: Iterable[Zone], knowledge: Knowledge
) -> tuple[date, date] | None:
    """Return the first day after all that was done to these zones: by a decision, and without; None if nothing was."""
    ends: dict[Zone, tuple[date, date]] = {}
    of_course = tuple(zones)
    for each in sorted(needled, key=lambda one: one.on):
        for zone in each.deepest_mm or of_course:
            if zone in of_course:
                depth = each.deepest_mm.get(zone, UNKNOWN)
                rest = rest_after(depth, knowledge)
                # The last one counts, as the rulebook reads it.
                ends[zone] = (
                    each.on + timedelta(days=rest.floor_days),
                    each.on + timedelta(days=rest.days),
                )
    if not ends:
        return None
    return max(floor for floor, _ in ends.values()), max(day for _, day in ends.values())


@dataclass(frozen=True, slots=True)
class ToCome:
    """A session that is not done yet: the day of its visit if it is booked, and whether sooner was decided on.

    `begun_on` is the day of one that is under way.
    """

    number: int
    booked_on: date | None = None
    early: bool = False
    begun_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a course stands: what has been done, what is agreed, and until when something speaks against a session.

    `last_done_on` is the day of the last session that was done and not broken off. `floor_on` is the first day that
    nobody may go below, `allowed_on` the first that needs no decision; both count for the next session only.
    """

    today: date
    interval_days: int
    rest: Rest
    last_done_on: date | None = None
    floor_on: date | None = None
    allowed_on: date | None = None


@dataclass(frozen=True, slots=True)
class SessionDay:
    """The days of a session to come. `on` is the one to name: its visit, or what the plan asks for."""

    number: int
    floor_on: date
    allowed_on: date
    planned_on: date
    booked_on: date | None
    too_early: bool

    @property
    def on(self) -> date:
        """Return the day of the visit where it may stand, else the planned one."""
        return self.planned_on if self.booked_on is None or self.too_early else self.booked_on


def course_days(standing: Standing, to_come: Iterable[ToCome]) -> Iterator[SessionDay]:
    """Yield the days of all sessions to come, each counted from where the one before it will be."""
    before = standing.last_done_on
    floor, allowed = standing.floor_on or standing.today, standing.allowed_on or standing.today
    planned = None if before is None else before + timedelta(days=standing.interval_days)
    for session in to_come:
        day = _day(session, standing.today, floor, max(floor, allowed), planned)
        yield day
        before = session.begun_on or day.on
        floor = before + timedelta(days=standing.rest.floor_days)
        allowed = before + timedelta(days=standing.rest.days)
        planned = before + timedelta(days=standing.interval_days)


def _day(session: ToCome, today: date, floor: date, allowed: date, planned: date | None) -> SessionDay:
    # A visit in the past is a fact or was missed; no day is ever named that has gone by.
    booked = session.booked_on if session.booked_on is None or session.booked_on >= today else None
    least = floor if session.early else allowed
    return SessionDay(
        number=session.number,
        floor_on=max(floor, today),
        allowed_on=max(allowed, today),
        planned_on=session.begun_on or max(each for each in (today, allowed, planned) if each is not None),
        booked_on=booked,
        too_early=booked is not None and session.begun_on is None and booked < least,
    )
