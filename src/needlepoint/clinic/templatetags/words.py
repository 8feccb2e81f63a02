"""Small words for the templates."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.utils import dateformat
from django.utils.translation import get_language, gettext, gettext_noop

from needlepoint.clinic.access.said import in_language, short_day
from needlepoint.clinic.access.said import in_words as in_words_of
from needlepoint.clinic.chair.actions.stock.cartridge import REASONS
from needlepoint.clinic.chair.queries.course.plan import shade
from needlepoint.evidence.languages import language_of
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.staff_words import staff_words

LOOKS = frozenset(look.label for look in packaged().looks.values())
"""What visits are for that look at a course again; whoever books one writes no words of their own."""

register = template.Library()
# How the core names what keeps a depth from being greater; see `advice.depth_limits`.
LIMITS = tuple(
    (re.compile(told), text)
    for told, text in (
        (r"depth limit of the zone (?P<zone>.+)", gettext_noop("depth limit of the zone %(zone)s")),
        (
            (
                r"evaluated depth of (?P<device>.+) on the face; "
                r"none was evaluated for (?P<goal>.+) on the zone (?P<zone>.+)"
            ),
            gettext_noop("depth of %(device)s evaluated on the face; none for %(goal)s on the zone %(zone)s"),
        ),
        (
            r"evaluated depth of (?P<device>.+) for (?P<goal>.+)",
            gettext_noop("evaluated depth of %(device)s for %(goal)s"),
        ),
        (
            r"none was evaluated for (?P<goal>.+) on the zone (?P<zone>.+)",
            gettext_noop("none was evaluated for %(goal)s on the zone %(zone)s"),
        ),
        (r"no limit of its own for an? (?P<who>.+)", gettext_noop("no limit of its own for: %(who)s")),
        (r"limit for an? (?P<who>.+)", gettext_noop("limit for: %(who)s")),
        (
            r"how deep courses for (?P<goal>.+) went here",
            gettext_noop("how deep courses for %(goal)s went here"),
        ),
    )
)
# How a rule begins that counts what is not known like a yes; see `rules.rulebook`.
NOT_KNOWN = re.compile(r"Not known yet \((.*?)\), so it counts like yes\. (.*)", re.DOTALL)
# What people write where there is no allergy; anything else is taken for one.
NO_ALLERGY = frozenset({"none", "none known", "no known allergies", "no allergies", "no", "nkda", "nka"})
VERDICTS = {
    "stop": gettext_noop("Do not needle"),
    "refer": gettext_noop("A prescriber decides"),
    "wait": gettext_noop("Wait"),
    "change": gettext_noop("Go on, but otherwise"),
    "note": gettext_noop("Worth knowing"),
}


@register.filter
def spaced(value: object) -> str:
    """Write a name of the code in words of the reader's language: `cheek_left` as “cheek left”."""
    return in_words_of(value)


@register.filter
def in_words(value: object) -> str:
    """Write what the core says with the devices' names in place of their ids: “SkinPen Precision”."""
    said = str(value)
    for device in packaged().devices.values():
        said = said.replace(device.id, device.name)
    said = said.replace("_", " ")
    if language_of(get_language() or "").first:
        return said
    for told, text in LIMITS:
        if found := told.fullmatch(said):
            return gettext(text) % {name: gettext(each) for name, each in found.groupdict().items()}
    return spaced(said)


@register.filter
def made_by(device: Any) -> str:
    """Write a device by the name of its make; one that the practice entered itself says so."""
    return (
        gettext("%(name)s (entered here)") % {"name": device.name} if device.name else in_words(device.model)
    )


@register.filter
def elsewhere_label(device: str) -> str:
    """Write what needled a patient elsewhere in the reader's words."""
    return in_language(packaged().elsewhere[device].label)


@register.filter
def make(known_as: str) -> str:
    """Write a make by its id, or by its name where the practice entered it itself."""
    if known_as in packaged().devices:
        return packaged().devices[known_as].name
    return gettext("%(name)s (entered here)") % {"name": known_as}


@register.filter
def piece(device: Any) -> str:
    """Write a device by the name of its make and its serial number."""
    return f"{made_by(device)} {device.serial}"


@register.filter
def dialled(number: object) -> str:
    """Keep a number in the order in which it is dialled, also amid words that run from right to left."""
    runs = language_of(get_language() or "").direction
    return f"\u2066{number}\u2069" if number and runs == "rtl" else str(number or "")


@register.filter
def here(instant: datetime | None, actor: Any) -> str:
    """Write an instant in the clinic's zone."""
    return "" if instant is None else f"{on_day(instant.astimezone(actor.zone))}, {clock(instant, actor)}"


@register.filter
def clock(instant: datetime | None, actor: Any) -> str:
    """Write the time of day in the clinic's zone."""
    return "" if instant is None else f"{instant.astimezone(actor.zone):%H:%M}"


@register.filter
def on_day(day: date | None) -> str:
    """Write a day."""
    return "" if day is None else short_day(day)


register.filter("in_language", in_language)


@register.filter
def known(text: object) -> str:
    """Write a text of the knowledge base in the reader's language; a rule that lacks an answer names what it lacks."""
    said = staff_words(get_language() or "")
    lacking = NOT_KNOWN.fullmatch(str(text))
    if lacking is None:
        return said.get(str(text), str(text))
    asked = ", ".join(in_words_of(each) for each in lacking[1].split(", "))
    first = gettext("Not known yet (%(asked)s), so it counts like yes.") % {"asked": asked}
    return f"{first} {said.get(lacking[2], lacking[2])}"


@register.filter
def way(written: str) -> str:
    """Write how somebody came in, which is kept as it was."""
    first, joined, factor = written.partition(" and ")
    if not joined:
        return gettext(written) if written else written
    return gettext("%(one)s and %(other)s") % {"one": gettext(first), "other": gettext(factor)}


@register.filter
def browser(written: str) -> str:
    """Write which browser it was on which machine, which is kept as it was."""
    name, joined, machine = written.partition(" on ")
    if not joined:
        return gettext(written) if written else written
    return gettext("%(browser)s on %(machine)s") % {"browser": gettext(name), "machine": machine}


@register.filter
def purpose(written: str) -> str:
    """Write what a visit is for; that it is for a session is said by us, all else by whoever booked it."""
    of_session = re.fullmatch(r"Session (\d+)", written)
    if of_session:
        return gettext("Session %(number)s") % {"number": of_session[1]}
    return in_language(written) if written in LOOKS else written


@register.filter
def weekday(day: date, form: str = "l") -> str:
    """Write on which day of the week a day is."""
    return str(dateformat.format(day, form))


@register.filter
def decision_asked(rule: str) -> str:
    """Write what has to be decided where a rule speaks; nothing where nothing has."""
    rule_row = packaged().rules.get(rule)
    return known(rule_row.needs_decision) if rule_row and rule_row.needs_decision else ""


@register.filter
def cartridge_reason(reason: str) -> str:
    """Write why a further cartridge was taken."""
    return gettext(REASONS.get(reason, reason.replace("_", " ")))


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
        return gettext("date not known")
    year, _, month = who.born_in.partition("-")
    if not month:
        return gettext("in %(year)s") % {"year": year}
    form = language_of(get_language() or "").short_day.partition(" ")[2]
    return str(dateformat.format(date(int(year), int(month), 1), form))


@register.filter
def from_or_on(due: Any) -> str:
    """Write the day of a session to come: on it where it is booked, from it where it is not."""
    booked = due.booked_on and not due.too_early
    says = gettext("on %(day)s") if booked else gettext("from %(day)s")
    return says % {"day": on_day(due.on)}


@register.filter
def kind_says(kind: str) -> str:
    """Write what a verdict asks of whoever reads it."""
    return gettext(VERDICTS.get(kind, kind))


@register.filter
def level_of(depth_mm: object) -> int:
    """Return how dark a depth is drawn, 0 to 5."""
    return min(5, shade(depth_mm))


@register.filter
def went(patient: Any) -> str:
    """Say that a patient left or died; nothing of one who is here."""
    if patient.gone_as == "died":
        if not patient.died_on:
            return gettext("Died, the day is not known")
        return gettext("Died on %(day)s") % {"day": on_day(patient.died_on)}
    return gettext("Left the practice") if patient.gone_as else ""


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
