"""The list of patients, found by any part of a name, by chart number, birth date, phone or address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Patient, PatientWord
from needlepoint.clinic.models.people.phone import PHONE_DIGITS, PhoneEnd
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.practice.queries.lists import page_number
from needlepoint.exchange.names import asked_words
from needlepoint.exchange.phone import digits

PAGE = 25
MOST_WORDS = 4
FEWEST_DIGITS = 5
# Behind every word that begins with the one asked for, and before every other.
BEHIND = "\U0010ffff"
_PHONE = re.compile(r"[+()\d\s./\-]+")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_LOCAL = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")


class PatientLine(NamedTuple):
    """A patient as the list shows them."""

    public_id: UUID
    family_name: str
    given_name: str
    born_on: date | None
    born_in: str
    chart_number: int
    gone_as: str
    former_names: str


@dataclass(frozen=True, slots=True)
class PatientPage:
    """A page of the list; how many there are in all is not counted, since that grows with the clinic."""

    rows: list[PatientLine]
    number: int
    has_next: bool


def patient_page(actor: Actor, search: str, asked: object) -> PatientPage:
    """Return a page of the clinic's patients; one statement.

    Whoever is searched for is found even if they left or died; the list without a search shows those who are here.
    """
    number = page_number(asked)
    first = (number - 1) * PAGE
    found = _found(actor, search, first) if search.strip() else _PAGE.rows(actor.clinic, first)
    return PatientPage([PatientLine(*each) for each in found[:PAGE]], number, len(found) > PAGE)


def _lines(rows: QuerySet, first: int) -> QuerySet:
    return rows.order_by("sorted_as", "id")[first : first + PAGE + 1]


_PAGE = Written(
    lambda clinic, first: _lines(Patient.objects.filter(clinic=clinic, gone_at=None), first),
    columns=PatientLine._fields,
)


def _found(actor: Actor, search: str, first: int) -> list[Any]:
    """Return whom a search means: an address, a date of birth, a number, or else words of a name."""
    sure = _by_address(search) or _by_birth(search)
    if sure is not None:
        rows = Patient.objects.annotate(small=Lower("email")).filter(sure, clinic=actor.clinic)
        return list(_lines(rows, first).values_list(*PatientLine._fields))
    called = _by_phone(search)
    if called is not None:
        rows = Patient.objects.annotate(phone_end=PhoneEnd("phone")).filter(called, clinic=actor.clinic)
        return list(_lines(rows, first).values_list(*PatientLine._fields))
    words = asked_words(search)[:MOST_WORDS]
    return _by_words(actor, words, first) if words else []


def _by_address(search: str) -> Q | None:
    typed = search.strip().lower()
    if "@" not in typed or " " in typed:
        return None
    return Q(small__startswith=typed)


def _by_birth(search: str) -> Q | None:
    """Return a date of birth; where day and month may be meant either way round, both are looked for."""
    typed = "".join(str(int(each)) if each.isdecimal() else each for each in search.strip())
    if iso := _ISO.fullmatch(typed):
        parts = [tuple(map(int, iso.groups()))]
    elif local := _LOCAL.fullmatch(typed):
        one, two, year = map(int, local.groups())
        parts = [(year, two, one), (year, one, two)]
    else:
        return None
    return Q(born_on__in=[day for each in parts for day in _day(*each)])


def _day(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _by_phone(search: str) -> Q | None:
    """Return a number by its end: what stands before it is a country's, an area's, or left out."""
    bare = digits(search)
    ascii_form = "".join(str(int(each)) if each.isdecimal() else each for each in search)
    if len(bare) < FEWEST_DIGITS or not _PHONE.fullmatch(ascii_form):
        return None
    found = Q(phone_end=bare[-PHONE_DIGITS:])
    # Noughts alone would be the end of every number.
    if end := bare.lstrip("0"):
        found |= Q(phone_e164__endswith=end)
    return found | Q(chart_number=int(bare)) if len(bare) < 10 else found


def _by_words(actor: Actor, words: tuple[tuple[str, ...], ...], first: int) -> list[Any]:
    numbers = [int(ways[0]) if _whole(ways[0]) else None for ways in words]
    shape = tuple((len(ways), number is not None) for ways, number in zip(words, numbers, strict=True))
    given: list[Any] = []
    for ways, number in zip(words, numbers, strict=True):
        given += [value for way in ways for value in _bounds(way)] + ([] if number is None else [number])
    return _by_shape(shape, connection.vendor).rows(actor.clinic, *given, first)


def _whole(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 10


def _bounds(word: str) -> tuple[str, ...]:
    return (word,) if connection.vendor == "postgresql" else (word, f"{word}{BEHIND}")


@cache
def _by_shape(shape: tuple[tuple[int, bool], ...], vendor: str) -> Written:
    """Return the query for so many words, each in so many spellings; some may be chart numbers.

    SQLite finds a beginning between two words, PostgreSQL by its operator class: each by the index.
    """
    each_way = 1 if vendor == "postgresql" else 2

    def build(clinic: int, *asked: Any) -> QuerySet:
        values = iter(asked[:-1])
        rows = Patient.objects.filter(clinic=clinic)
        for ways, number in shape:
            begins = Q()
            for _ in range(ways):
                begins |= _begins([next(values) for _ in range(each_way)])
            words = PatientWord.objects.filter(begins, clinic=clinic)
            meant = Q(pk__in=words.values("patient"))
            rows = rows.filter(meant | Q(chart_number=next(values)) if number else meant)
        # First those of that name, then their order: else SQLite goes through all names in order until a page is full.
        return _lines(Patient.objects.filter(pk__in=rows.order_by().values("pk")), asked[-1])

    stand_ins: list[Any] = [STANDS_FOR]
    for place, (ways, number) in enumerate(shape):
        stand_ins += [f"stands for {place} {way} {part}" for way in range(ways) for part in range(each_way)]
        stand_ins += [STANDS_FOR + 2 + place] if number else []
    return Written(build, *stand_ins, STANDS_FOR + 1, columns=PatientLine._fields)


def _begins(bounds: list[str]) -> Q:
    return Q(word__startswith=bounds[0]) if len(bounds) == 1 else Q(word__gte=bounds[0], word__lt=bounds[1])
