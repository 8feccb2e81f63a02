"""Days, hours and ids in the words that people use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from needlepoint.course.instants import comes_twice


def spoken(name: str) -> str:
    """Return an id as words: `cheek_left` as "cheek left"."""
    return name.replace("_", " ")


def listed(names: Iterable[str]) -> str:
    """Return names as one list in words."""
    return ", ".join(spoken(name) for name in names)


def day(on: date) -> str:
    """Return a day with its weekday: Fri 10 Jul 2026."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def clock(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return an instant on the clinic's clock, as seen from now: "tomorrow 14:10".

    In the hour that comes twice when clocks go back, the offset tells which of the two is meant.
    """
    local, today = instant.astimezone(zone), now.astimezone(zone).date()
    near = {today - timedelta(days=1): "yesterday", today: "today", today + timedelta(days=1): "tomorrow"}
    on = local.date()
    far = f"{on:%a} {on.day} {on:%b}" + (f" {on.year}" if on.year != today.year else "")
    which = f" (UTC{local:%z})" if comes_twice(instant, zone) else ""
    return f"{near.get(on, far)} {local:%H:%M}{which}"


def number(value: float, digits: int = 3) -> str:
    """Return a number with as many digits as a person can use."""
    return f"{value:.{digits}g}" if abs(value) < 1000 else f"{value:,.0f}"


_COMPARISONS = {
    "is": "is",
    "in": "is one of",
    "under": "is under",
    "at_most": "is at most",
    "above": "is above",
    "at_least": "is at least",
    "within": "lies within the last",
    "since": "lies back at least",
}


def condition(when: Mapping[str, Any]) -> str:
    """Return a rule's condition as a sentence."""
    if "not" in when:
        return f"not ({condition(when['not'])})"
    for joint, word in (("all", " and "), ("any", " or ")):
        if joint in when:
            parts = [condition(part) for part in when[joint]]
            return word.join(f"({part})" if " or " in part or " and " in part else part for part in parts)
    return _comparison(when)


def _comparison(when: Mapping[str, Any]) -> str:
    fact = when["fact"]
    ((comparison, expected),) = ((key, value) for key, value in when.items() if key != "fact")
    if comparison == "known":
        return f"{fact} is {'' if expected else 'not '}known"
    told = ", ".join(map(str, expected)) if isinstance(expected, list) else f"{expected}"
    return f"{fact} {_COMPARISONS[comparison]} {told}"


def signature(checker: str) -> str:
    """Return who checked something, or that nobody did yet."""
    return "not yet checked by a clinician" if checker == "unchecked" else f"checked by {checker}"
