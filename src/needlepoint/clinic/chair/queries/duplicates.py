"""Charts that may be of one person: for each pair a plain reason, and no more than that."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import combinations
from operator import or_
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Actor, Refused
from needlepoint.clinic.models import ChartLink, Patient
from needlepoint.clinic.models.people.phone import PHONE_DIGITS, PhoneEnd
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.exchange.names import PARTICLES, folded, telling, whole
from needlepoint.exchange.phone import digits

ALIKE_LETTERS = 3
FEWEST_DIGITS = 6
NOBODYS = "-"  # neither an address, nor a number, nor a name
NO_DAY = date(1, 1, 1)  # nobody's day of birth
_BETWEEN_NUMBERS = re.compile(r"\s+/\s+|[;,|\n]|\b(?:or|and|o|y|oder|und)\b", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:x|ext\.?|extension|durchwahl|dw)\s*\d+\s*$", re.IGNORECASE)
PAGE_PAIRS = 50
# More charts than these under one number or address are a family's or a desk's, not one person's.
MOST_UNDER_ONE = 6


class Named(Protocol):
    """Whoever has a name, a date of birth, a phone and an address."""

    @property
    def given_name(self) -> str:
        """The given name."""

    @property
    def family_name(self) -> str:
        """The family name."""

    @property
    def born_on(self) -> date | None:
        """The date of birth, where it is known."""

    @property
    def phone(self) -> str:
        """The phone, as somebody wrote it."""

    @property
    def email(self) -> str:
        """The address."""


class ChartLine(NamedTuple):
    """A chart as the list of possible duplicates shows it."""

    pk: int
    public_id: UUID
    chart_number: int
    family_name: str
    given_name: str
    born_on: date | None
    born_in: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two charts, and why they may be of one person."""

    one: ChartLine
    other: ChartLine
    reasons: tuple[str, ...]


def reasons(one: Named, other: Named) -> tuple[str, ...]:
    """Say why two may be one person; empty where nothing says so."""
    return tuple(_reasons(one, other))


def _reasons(one: Named, other: Named) -> Iterator[str]:
    same_name = _known_as(one) == _known_as(other)
    if one.born_on is not None and one.born_on == other.born_on:
        yield from _born_together(one, other, same_name)
    elif same_name and _known_as(one):
        yield from _near(one.born_on, other.born_on)
    if _numbers(one.phone) & _numbers(other.phone):
        yield _("same phone number")
    if one.email.strip() and one.email.strip().casefold() == other.email.strip().casefold():
        yield _("same e-mail address")


def _born_together(one: Named, other: Named, same_name: bool) -> Iterator[str]:
    """Yield how two names are alike that belong to one day of birth."""
    if _letters(one.family_name) and _letters(one.family_name) == _letters(other.family_name):
        yield _("born on the same day, family name begins alike")
    elif _letters(one.given_name) and _letters(one.given_name) == _letters(other.given_name):
        yield _("born on the same day, given name begins alike")
    elif same_name:
        yield _("born on the same day, the same names in another order")
    elif _telling(one) & _telling(other):
        yield _("born on the same day, a part of the name is the same")


def _near(one: date | None, other: date | None) -> Iterator[str]:
    """Yield how two dates of birth may be one, where the names are the same."""
    if one is None or other is None:
        yield _("the same name, and a date of birth is not known")
    elif one.isoformat() in _exchanged(other):
        yield _("the same name, day and month of birth exchanged")
    elif sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True)) == 1:
        yield _("the same name, dates of birth differ in one digit")


def _exchanged(day: date) -> tuple[str, ...]:
    """Return a date with day and month exchanged, where that is a date."""
    try:
        return (day.replace(month=day.day, day=day.month).isoformat(),)
    except ValueError:
        return ()


def _known_as(person: Named) -> str:
    return whole(person.family_name, person.given_name)


def _telling(person: Named) -> frozenset[str]:
    return telling(person.family_name, person.given_name)


def _letters(name: str) -> str:
    """Return the first letters of a name without accents, capitals and the particles before it."""
    words = folded(name).split()
    while len(words) > 1 and words[0] in PARTICLES:
        words = words[1:]
    return "".join(each for word in words for each in word if each.isalnum())[:ALIKE_LETTERS]


def _numbers(phone: str) -> frozenset[str]:
    """Return the last digits of each number that stands in the field.

    Only the last, since one may be written with the country's and the other without; an extension is no part of it.
    """
    found = (digits(_EXTENSION.sub("", part)) for part in _BETWEEN_NUMBERS.split(phone))
    return frozenset(each[-PHONE_DIGITS:] for each in found if len(each) >= FEWEST_DIGITS)


def like(actor: Actor, person: Named, but: int | None = None) -> list[tuple[ChartLine, tuple[str, ...]]]:
    """Return the charts that may be of this person, each with its reasons; one statement, each part by an index."""
    email, ends = person.email.strip().lower() or NOBODYS, sorted(_numbers(person.phone)) or [NOBODYS]
    asked = (person.born_on or NO_DAY, email, ends[0], ends[-1], _known_as(person)[:200] or NOBODYS, but or 0)
    charts = (ChartLine(*each) for each in _LIKE.rows(actor.clinic, *asked))
    found = [(chart, reasons(chart, person)) for chart in charts]
    return [each for each in found if each[1]][:PAGE_PAIRS]


def _like(
    clinic: int, born_on: date, email: str, end: str, other_end: str, known_as: str, but: int
) -> QuerySet[Patient]:
    number = Q(phone_end__in=(end, other_end))
    parts = (Q(born_on=born_on), Q(small_email=email), number, Q(known_as=known_as))
    asked = reduce(or_, (Q(clinic=clinic) & each for each in parts))
    rows = Patient.objects.exclude(pk=but).order_by("pk")
    return rows.annotate(small_email=Lower("email"), phone_end=PhoneEnd("phone")).filter(asked)


_LIKE = Written(
    _like,
    STANDS_FOR,
    date(1, 2, 3),
    *(
        "stands for an address",
        "stands for a number",
        "stands for another number",
        "stands for a name",
    ),
    STANDS_FOR + 1,
    columns=ChartLine._fields,
)


def _rows(actor: Actor) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic=actor.clinic).order_by("pk")


def pairs(actor: Actor) -> tuple[list[Pair], int]:
    """Return the pairs of charts that may be of one person and of which nobody has said anything yet, and their number.

    Two statements; those with most reasons first.
    """
    charts = [ChartLine(*each) for each in _rows(actor).values_list(*ChartLine._fields)]
    judged = set(ChartLink.objects.filter(clinic=actor.clinic).values_list("one", "other"))
    found = [each for each in _pairs(charts) if (each.one.pk, each.other.pk) not in judged]
    found.sort(key=lambda each: (-len(each.reasons), each.one.chart_number, each.other.chart_number))
    return found[:PAGE_PAIRS], len(found)


def _pairs(charts: Iterable[ChartLine]) -> Iterator[Pair]:
    together: Mapping[Any, list[ChartLine]] = defaultdict(list)
    for chart in charts:
        for key in _keys(chart):
            together[key].append(chart)
    seen: set[tuple[int, int]] = set()
    for same in together.values():
        for one, other in combinations(same, 2) if len(same) <= MOST_UNDER_ONE else ():
            if (one.pk, other.pk) not in seen:
                seen.add((one.pk, other.pk))
                if found := reasons(one, other):
                    yield Pair(one, other, found)


def _keys(chart: ChartLine) -> Iterator[tuple[str, ...]]:
    """Yield by what a chart is laid beside others; a pair that meets under one key is judged by its reasons."""
    if chart.born_on is not None:
        born = chart.born_on.isoformat()
        yield ("family", born, _letters(chart.family_name))
        yield ("given", born, _letters(chart.given_name))
        yield from (("part", born, word) for word in _telling(chart))
    yield ("whole", _known_as(chart))
    yield from (("phone", number) for number in _numbers(chart.phone))
    if chart.email.strip():
        yield ("email", chart.email.strip().casefold())


def look_for_others(actor: Any, who: Any, seen: list[str], found: list[Any]) -> None:
    """Fill `found` with the charts that may be of this person; raise where one of them was not shown yet."""
    found.extend(like(actor, who))
    if not {str(chart.public_id) for chart, _ in found} <= set(seen):
        raise Refused(
            "Nothing was saved yet: there may be a chart of this person already. Look at the list below the form. "
            "If it is somebody else, save once more."
        )
