"""Charts that may be of one person: for each pair a plain reason, and no more than that."""

from __future__ import annotations

import unicodedata
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

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import ChartLink, Patient
from needlepoint.clinic.models.phone import PHONE_DIGITS, PhoneEnd
from needlepoint.clinic.models.written import STANDS_FOR, Written

ALIKE_LETTERS = 3
FEWEST_DIGITS = 6
NOBODYS = "-"  # neither an address nor a number
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
    def born_on(self) -> date:
        """The date of birth."""

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
    born_on: date
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
    if one.born_on == other.born_on:
        if _letters(one.family_name) == _letters(other.family_name):
            yield "born on the same day, family name begins alike"
        elif _letters(one.given_name) == _letters(other.given_name):
            yield "born on the same day, given name begins alike"
    if _digits(one.phone) and _digits(one.phone) == _digits(other.phone):
        yield "same phone number"
    if one.email.strip() and one.email.strip().casefold() == other.email.strip().casefold():
        yield "same e-mail address"


def _letters(name: str) -> str:
    """Return the first letters of a name without accents and capitals."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(each for each in plain if each.isalnum())[:ALIKE_LETTERS]


def _digits(phone: str) -> str:
    """Return the last digits of a number, since one may be written with the country's and the other without."""
    digits = "".join(each for each in phone if each.isdigit())
    return digits[-PHONE_DIGITS:] if len(digits) >= FEWEST_DIGITS else ""


def like(actor: Actor, person: Named, but: int | None = None) -> list[tuple[ChartLine, tuple[str, ...]]]:
    """Return the charts that may be of this person, each with its reasons; one statement, each part by an index."""
    email, digits = person.email.strip().lower() or NOBODYS, _digits(person.phone) or NOBODYS
    charts = (ChartLine(*each) for each in _LIKE.rows(actor.clinic, person.born_on, email, digits, but or 0))
    found = [(chart, reasons(chart, person)) for chart in charts]
    return [each for each in found if each[1]][:PAGE_PAIRS]


def _like(
    clinic: int, born_on: date, email: str, digits: str, but: int
) -> QuerySet[Patient, tuple[Any, ...]]:
    parts = (Q(born_on=born_on), Q(small_email=email), Q(phone_end=digits))
    asked = reduce(or_, (Q(clinic=clinic) & each for each in parts))
    rows = Patient.objects.exclude(pk=but).order_by("pk")
    rows = rows.annotate(small_email=Lower("email"), phone_end=PhoneEnd("phone")).filter(asked)
    return rows.values_list(*ChartLine._fields)


_LIKE = Written(
    _like, STANDS_FOR, date(1, 2, 3), "stands for an address", "stands for a number", STANDS_FOR + 1
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
                yield Pair(one, other, reasons(one, other))


def _keys(chart: ChartLine) -> Iterator[tuple[str, ...]]:
    born = chart.born_on.isoformat()
    yield ("family", born, _letters(chart.family_name))
    yield ("given", born, _letters(chart.given_name))
    if _digits(chart.phone):
        yield ("phone", _digits(chart.phone))
    if chart.email.strip():
        yield ("email", chart.email.strip().casefold())
