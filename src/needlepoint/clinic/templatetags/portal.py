"""What patients' pages say in small: texts with their open places filled, and times as a patient's clock shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter
from typing import Any

from django.utils import dateformat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from needlepoint.clinic.practice.queries.emergency import emergency_of
from needlepoint.course.instants import time_zone
from needlepoint.evidence.languages import Language, language_of


def _local(instant: datetime, clinic: Any) -> datetime:
    return instant.astimezone(time_zone(clinic.time_zone))


def _speaking() -> Language:
    return language_of(get_language() or "")


def moment(instant: datetime | None, clinic: Any) -> str:
    """Write an instant as day and time in the clinic's zone."""
    if instant is None:
        return ""
    local = _local(instant, clinic)
    return f"{dateformat.format(local, _speaking().say_day)}, {local:%H:%M}"


def day(value: date | datetime | None, clinic: Any = None) -> str:
    """Write a day with its year; an instant is taken in the clinic's zone."""
    if value is None:
        return ""
    local = _local(value, clinic) if isinstance(value, datetime) else value
    return str(dateformat.format(local, _speaking().full_day))


def filled(clinic: Any, text: str, **places: Any) -> str:
    """Fill the open places of a text; most have none."""
    return text if "{" not in text else text.format_map(_known(clinic, places))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: as it stands, or a number that a page shows as a link that dials."""

    says: str
    dials: str = ""


def pieces(clinic: Any, text: str, **places: Any) -> list[Piece]:
    """Fill the open places of a text, and keep the emergency number and the clinic's phone apart, to be dialled."""
    known = _known(clinic, places)
    dials = {"emergency": emergency_of(clinic).first, "phone": clinic.phone}
    found = []
    for words, place, _spec, _conversion in Formatter().parse(text):
        found.append(Piece(words))
        if place:
            found.append(Piece(str(known[place]), tel(dials.get(place) or "")))
    return found


def _known(clinic: Any, places: Mapping[str, Any]) -> _Places:
    known = {
        "clinic": clinic.name,
        "phone": clinic.phone or _("the clinic’s number"),
        "emergency": emergency_of(clinic).first or _("your emergency number"),
    }
    return _Places(known | {name: value for name, value in places.items() if value != ""})


class _Places(dict[str, Any]):
    """A place that nobody fills reads as an ellipsis, never as an error on a patient's screen."""

    def __missing__(self, key: str) -> str:
        return "…"


def hours(left: int) -> str:
    """Write how long something still takes: hours, and from two days on days."""
    if left >= 48:
        days = -(-left // 24)
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("in %(hours)s hour", "in %(hours)s hours", left) % {"hours": left}


def of(mapping: Any, key: Any) -> Any:
    """Look a key up; nothing where it is missing."""
    return mapping.get(key, "")


def choice(spoken: Any, answered: Any) -> str:
    """Write an answer in words: the choice that was tapped, or the number that was typed."""
    if answered.value is None:
        return ""
    found = spoken.choices.get(f"{answered.question.answer_set}.{answered.value}")
    return found.says if found else str(answered.value)


def choices(spoken: Any, answer_set: str) -> Any:
    """Return the answers of a set."""
    return spoken.choices_of(answer_set)


def steps(spoken: Any, score: str) -> Any:
    """Return the steps of a score."""
    return spoken.steps_of(score)


def signs(spoken: Any, group: str) -> Any:
    """Return the signs of a group."""
    return spoken.signs_of(group)


def iso_day(text: str) -> str:
    """Write a day that is stored as text."""
    return str(day(date.fromisoformat(text))) if text else ""


def tel(phone: str) -> str:
    """Write a number as telephones dial it."""
    return "".join(each for each in phone if each in "+0123456789")
