"""What free words ask for: a person reads them the same day, and some words make a report red."""

from __future__ import annotations

from dataclasses import dataclass

from needlepoint.clinic.access.spoken import spoken
from needlepoint.evidence.alarm_words import alarms
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import words


@dataclass(frozen=True, slots=True)
class Reading:
    """How urgent free words make a report at the least, within how many hours, and what in them alarms."""

    level: str
    within_hours: float | None
    alarms: tuple[str, ...]


def reading_of(text: str) -> Reading | None:
    """Return what free words ask for; None where nothing was written."""
    if not text.strip():
        return None
    known = packaged()
    unread = known.unread["free_words"]
    found = alarms(text, [words(each) for each in spoken()])
    level = most_urgent(unread.level, *(known.alarm_words[each].level for each in found))
    hours = [known.levels[level].answer_within_hours, unread.answer_within_hours]
    return Reading(level, min(each for each in hours if each is not None), found)


def most_urgent(*levels: str) -> str:
    """Return the most urgent of some levels."""
    order = list(packaged().levels)
    return max(levels, key=order.index)


def at_least(level: str, least: str) -> bool:
    """Say whether a level is as urgent as another, or more."""
    return most_urgent(level, least) == level
