"""Small words for the templates."""

from __future__ import annotations

import calendar
from datetime import date, datetime
from typing import Any

from django import template

from needlepoint.clinic.actions.cartridge import REASONS
from needlepoint.evidence.loader import packaged

register = template.Library()


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
def went(patient: Any) -> str:
    """Say that a patient left or died; nothing of one who is here."""
    if patient.gone_as == "died":
        return f"Died on {on_day(patient.died_on)}" if patient.died_on else "Died, the day is not known"
    return "Left the practice" if patient.gone_as else ""


@register.filter
def named(mapping: Any, key: str) -> Any:
    """Look a key up; nothing where it is missing."""
    return mapping.get(key, "")


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
def zone_class(rows: Any, zone: str) -> str:
    """Return the classes of a zone's shape on the chart: how deep, hatched or not, or not part of the course."""
    for row in rows:
        if str(row.zone) == zone:
            hatch = " hatched" if getattr(row, "hatched", False) else ""
            return f"zone in depth-{getattr(row, 'shade', 0)}{hatch}"
    return "zone"


@register.filter
def is_hatched(rows: Any, zone: str) -> bool:
    """Say whether a zone's shape is hatched: more passes than usual."""
    return "hatched" in zone_class(rows, zone).split()


@register.filter
def paragraphs(text: str) -> list[str]:
    """Return a text by paragraphs; where its lines were broken in a file says nothing on a screen."""
    return [" ".join(each.split()) for each in text.split("\n\n") if each.strip()]
