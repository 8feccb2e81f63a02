"""Small words for the portal: texts with their open places filled, and times as the patient’s clock shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import dateformat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from needlepoint.clinic.practice.queries.emergency import emergency_of
from needlepoint.clinic.templatetags.curves import redness_curve
from needlepoint.course.instants import time_zone
from needlepoint.evidence.languages import Language, language_of

register = template.Library()


def _local(instant: datetime, clinic: Any) -> datetime:
    return instant.astimezone(time_zone(clinic.time_zone))


def _speaking() -> Language:
    return language_of(get_language() or "")


@register.filter
def moment(instant: datetime | None, clinic: Any) -> str:
    """Write an instant as day and time in the clinic's zone."""
    if instant is None:
        return ""
    local = _local(instant, clinic)
    return f"{dateformat.format(local, _speaking().say_day)}, {local:%H:%M}"


@register.filter
def day(value: date | datetime | None, clinic: Any = None) -> str:
    """Write a day with its year; an instant is taken in the clinic's zone."""
    if value is None:
        return ""
    local = _local(value, clinic) if isinstance(value, datetime) else value
    return str(dateformat.format(local, _speaking().full_day))


@register.simple_tag(takes_context=True)
def say(context: Any, text: str, **places: Any) -> str:
    """Fill the open places of a text with what is known of the clinic, and with what is given."""
    return filled(context["clinic"], text, **places)


def filled(clinic: Any, text: str, **places: Any) -> str:
    """Fill the open places of a text; most have none."""
    return text if "{" not in text else text.format_map(_known(clinic, places))


def linked(clinic: Any, text: str, **places: Any) -> Markup:
    """Fill the open places of a text, with the emergency number and the clinic's phone as links that dial."""
    dials = {
        name: Markup('<a href="tel:{}">{}</a>').format(tel(number), number)
        for name, number in (("emergency", emergency_of(clinic).first), ("phone", clinic.phone))
        if number
    }
    # What is put in is escaped while it is: only the text and the two links are ours.
    return escape(text).format_map(_Places({**_known(clinic, places), **dials}))


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


@register.inclusion_tag("portal/_curve.svg")
def redness_by_day(curve: Any) -> dict[str, Any]:
    """Draw the bands of redness by day with the patient's reports, in the patient's language."""
    drawn = redness_curve(curve)
    words = (_("none"), _("slight"), _("mild"), _("clear"), _("strong"))
    named = list(zip(drawn["scores"], words, strict=True))
    return drawn | {"named": named}


@register.filter
def hours(left: int) -> str:
    """Write how long something still takes: hours, and from two days on days."""
    if left >= 48:
        days = -(-left // 24)
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("in %(hours)s hour", "in %(hours)s hours", left) % {"hours": left}


@register.filter
def of(mapping: Any, key: Any) -> Any:
    """Look a key up; nothing where it is missing."""
    return mapping.get(key, "")


@register.filter
def choice(spoken: Any, answered: Any) -> str:
    """Write an answer in words: the choice that was tapped, or the number that was typed."""
    if answered.value is None:
        return ""
    found = spoken.choices.get(f"{answered.question.answer_set}.{answered.value}")
    return found.says if found else str(answered.value)


@register.filter
def choices(spoken: Any, answer_set: str) -> Any:
    """Return the answers of a set."""
    return spoken.choices_of(answer_set)


@register.filter
def steps(spoken: Any, score: str) -> Any:
    """Return the steps of a score."""
    return spoken.steps_of(score)


@register.filter
def signs(spoken: Any, group: str) -> Any:
    """Return the signs of a group."""
    return spoken.signs_of(group)


@register.filter
def iso_day(text: str) -> str:
    """Write a day that is stored as text."""
    return str(day(date.fromisoformat(text))) if text else ""


@register.filter
def tel(phone: str) -> str:
    """Write a number as telephones dial it."""
    return "".join(each for each in phone if each in "+0123456789")


@register.filter
def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text whose lines were broken by whoever wrote it."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
