"""How many days lie between two sessions: what is usual for the goal, and the least that the rulebook lets pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from needlepoint.advice.document import Interval
from needlepoint.advice.facts.sessions import deepest
from needlepoint.advice.moment import Moment
from needlepoint.rules.conditions import UNKNOWN
from needlepoint.rules.rulebook import CompiledRule, Rulebook


def interval(moment: Moment, planned: Iterable[Decimal], facts: Mapping[str, object]) -> Interval:
    """Return the days between sessions for the depths planned and for what was done last.

    `planned` are the deepest settings planned, in mm. The minimum is read off the rulebook's own waits: so many days
    after a session as deep as the deepest of these none of them would fire any more.
    """
    usual = moment.goal.interval
    rules = _waits_after_a_session(moment)
    imagined = {**facts, "zone.last_on": moment.today, "zone.last_depth_mm": _deepest(moment, planned)}
    ends = [(rule, _days(rule, imagined, moment)) for rule in rules]
    sources = dict.fromkeys(
        (*usual.sources, *(source for rule, days in ends if days for source in rule.rule.sources))
    )
    return Interval(
        usual=round(usual.usual), minimum=max((days for _, days in ends), default=0), sources=tuple(sources)
    )


def days_later(day: date, days: int) -> date | None:
    """Return the day so many days later, or None where the calendar ends before it."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _waits_after_a_session(moment: Moment) -> list[CompiledRule]:
    rules = Rulebook.of(moment.knowledge).of_zone
    return [
        rule for rule in rules if rule.rule.verdict == "wait" and "zone.last_on" in rule.condition.fact_names
    ]


def _deepest(moment: Moment, planned: Iterable[Decimal]) -> object:
    """Return the deepest of the planned and the last done; unknown where a depth is not on record or there is none."""
    depths = list(planned)
    if moment.last_session is not None:
        last = deepest(moment.last_session)
        if not isinstance(last, Decimal):
            return UNKNOWN
        depths.append(last)
    return max(depths, default=UNKNOWN)


def _days(rule: CompiledRule, facts: Mapping[str, object], moment: Moment) -> int:
    names = Rulebook.of(moment.knowledge).names
    if not rule.fires(facts, moment.today, names):
        return 0
    until = rule.until(facts, moment.today, names)
    return 0 if until is None else (until - moment.today).days
