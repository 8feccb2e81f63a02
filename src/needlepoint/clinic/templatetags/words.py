"""Small words for the templates."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from typing import Any

from django import template

from needlepoint.clinic.chair.actions.stock.cartridge import REASONS
from needlepoint.clinic.chair.queries.course.plan import shade
from needlepoint.evidence.loader import packaged

register = template.Library()
# What people write where there is no allergy; anything else is taken for one.
NO_ALLERGY = frozenset({"none", "none known", "no known allergies", "no allergies", "no", "nkda", "nka"})
VERDICTS = {
    "stop": "Do not needle",
    "refer": "A prescriber decides",
    "wait": "Wait",
    "change": "Go on, but otherwise",
    "note": "Worth knowing",
}


@register.filter
def spaced(value: object) -> str:
    """Write a name of the code in words: `cheek_left` as “cheek left”."""
    return str(value).replace("_", " ")


@register.filter
def in_words(value: object) -> str:
    """Write what the core says with the devices' names in place of their ids: “SkinPen Precision”."""
    said = str(value)
    for device in packaged().devices.values():
        said = said.replace(device.id, device.name)
    return spaced(said)


@register.filter
def here(instant: datetime | None, actor: Any) -> str:
    """Write an instant in the clinic's zone."""
    return "" if instant is None else f"{instant.astimezone(actor.zone):%-d %b %Y, %H:%M}"


@register.filter
def clock(instant: datetime | None, actor: Any) -> str:
    """Write the time of day in the clinic's zone."""
    return "" if instant is None else f"{instant.astimezone(actor.zone):%H:%M}"


@register.filter
def on_day(day: date | None) -> str:
    """Write a day."""
    return "" if day is None else f"{day:%-d %b %Y}"


@register.filter
def decision_asked(rule: str) -> str:
    """Write what has to be decided where a rule speaks; nothing where nothing has."""
    known = packaged().rules.get(rule)
    return known.needs_decision if known else ""


@register.filter
def cartridge_reason(reason: str) -> str:
    """Write why a further cartridge was taken."""
    return REASONS.get(reason, reason.replace("_", " "))


@register.filter
def says_none(written: str) -> bool:
    """Say whether what is written about allergies is that there is none."""
    return written.strip().rstrip(".").casefold() in NO_ALLERGY


@register.filter
def called(who: Any) -> str:
    """Write somebody's name, family name first; who has one name is called by that."""
    return ", ".join(filter(None, (who.family_name, who.given_name)))


@register.filter
def born(who: Any) -> str:
    """Write when somebody was born, as far as it is known."""
    if who.born_on:
        return on_day(who.born_on)
    if not who.born_in:
        return "date not known"
    year, _, month = who.born_in.partition("-")
    return f"{calendar.month_abbr[int(month)]} {year}" if month else f"in {year}"


@register.filter
def from_or_on(due: Any) -> str:
    """Write the day of a session to come: on it where it is booked, from it where it is not."""
    booked = due.booked_on and not due.too_early
    return f"{'on' if booked else 'from'} {on_day(due.on)}"


@register.filter
def kind_says(kind: str) -> str:
    """Write what a verdict asks of whoever reads it."""
    return VERDICTS.get(kind, kind)


@register.filter
def level_of(depth_mm: object) -> int:
    """Return how dark a depth is drawn, 0 to 5."""
    return min(5, shade(depth_mm))


@register.filter
def went(patient: Any) -> str:
    """Say that a patient left or died; nothing of one who is here."""
    if patient.gone_as == "died":
        return f"Died on {on_day(patient.died_on)}" if patient.died_on else "Died, the day is not known"
    return "Left the practice" if patient.gone_as else ""


@register.filter
def or_nothing(value: object) -> object:
    """Write nothing where nothing was asked for."""
    return "" if value is None else value


@register.filter
def sources_of(citations: Any, ids: Any) -> list[Any]:
    """Return the citations with these ids."""
    wanted = set(ids)
    return [each for each in citations if each.id in wanted]


@register.filter
def years(born_on: date, today: date) -> int:
    """Return how old somebody is on a day."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


@register.filter
def paragraphs(text: str) -> list[str]:
    """Return a text by paragraphs; where its lines were broken in a file says nothing on a screen."""
    return [" ".join(each.split()) for each in text.split("\n\n") if each.strip()]


@register.filter
def days(count: float) -> str:
    """Write how many days: with as many places as it takes to tell one look from the next, and no more."""
    return f"{count:.2f}".rstrip("0").rstrip(".") if count < 1 else f"{count:.1f}".removesuffix(".0")
