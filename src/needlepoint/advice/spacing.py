"""How many days lie between two sessions: what is usual for the goal, and the least that the rulebook lets pass."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from needlepoint.advice.document import Interval
from needlepoint.advice.facts.sessions import deepest
from needlepoint.advice.moment import Moment
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.rules.conditions import UNKNOWN, Absent
from needlepoint.rules.rulebook import CompiledRule, Rulebook

_READ = {"zone.last_on", "zone.last_depth_mm"}
# Any day would do for windows of days; at the head of a long month a window of months counts its most days.
_ANY_DAY = date(2001, 1, 1)


def interval(moment: Moment, planned: Iterable[Decimal]) -> Interval:
    """Return the days between sessions for the depths planned, in mm, and for what was done last."""
    usual = moment.goal.interval
    minimum, sources = rest(_deepest(moment, planned), moment.knowledge)
    return Interval(
        usual=round(usual.usual), minimum=minimum, sources=tuple(dict.fromkeys((*usual.sources, *sources)))
    )


@lru_cache(maxsize=1024)
def rest(depth_mm: Decimal | Absent, knowledge: Knowledge) -> tuple[int, tuple[str, ...]]:
    """Return the least days after a session of that depth, and the sources of the rules that ask for them.

    They are read off the rulebook's own waits: so many days after such a session none of them fires any more.
    """
    names = Rulebook.of(knowledge).names
    facts = {"zone.last_on": _ANY_DAY, "zone.last_depth_mm": depth_mm}
    asked = [rule for rule in waits_after_a_session(knowledge) if rule.fires(facts, _ANY_DAY, names)]
    ends = [until for rule in asked if (until := rule.until(facts, _ANY_DAY, names)) is not None]
    days = (max(ends, default=_ANY_DAY) - _ANY_DAY).days
    return days, tuple(source for rule in asked for source in rule.rule.sources)


def waits_after_a_session(knowledge: Knowledge) -> list[CompiledRule]:
    """Return the waits that read the last session on a zone and nothing else."""
    waits = [rule for rule in Rulebook.of(knowledge).of_zone if rule.rule.verdict == "wait"]
    return [rule for rule in waits if {"zone.last_on"} <= set(rule.condition.fact_names) <= _READ]


@lru_cache(maxsize=8)
def spacing_rules(knowledge: Knowledge) -> frozenset[str]:
    """Return the names of the rules by which days must lie between two sessions."""
    return frozenset(rule.rule.id for rule in waits_after_a_session(knowledge))


@lru_cache(maxsize=8)
def against_a_day(knowledge: Knowledge) -> frozenset[str]:
    """Return the waits that rest on the last session alone: they speak against a session now, not against a plan."""
    waits = [rule for rule in Rulebook.of(knowledge).of_case if rule.rule.verdict == "wait"]
    healing = [rule for rule in waits if set(rule.condition.fact_names) == {"session.last_healed"}]
    return spacing_rules(knowledge) | {rule.rule.id for rule in healing}


def _deepest(moment: Moment, planned: Iterable[Decimal]) -> Decimal | Absent:
    """Return the deepest of the planned and the last done; unknown where a depth is not on record or there is none."""
    depths = list(planned)
    if moment.last_session is not None:
        last = deepest(moment.last_session)
        if last is None:
            return UNKNOWN
        depths.append(last)
    return max(depths) if depths else UNKNOWN
