"""The list of patients, by name or chart number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Patient
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.queries.lists import page_number

PAGE = 25


class PatientLine(NamedTuple):
    """A patient as the list shows them."""

    public_id: UUID
    family_name: str
    given_name: str
    born_on: date
    chart_number: int
    gone_as: str


@dataclass(frozen=True, slots=True)
class PatientPage:
    """A page of the list; how many there are in all is not counted, since that grows with the clinic."""

    rows: list[PatientLine]
    number: int
    has_next: bool


def patient_page(actor: Actor, search: str, asked: object) -> PatientPage:
    """Return a page of the clinic's patients by name or chart number; one statement.

    Whoever is searched for is found even if they left or died; the list without a search shows those who are here.
    """
    number = page_number(asked)
    first = (number - 1) * PAGE
    found = _by_name(actor, search, first) if search.split() else _PAGE.rows(actor.clinic, first)
    return PatientPage([PatientLine(*each) for each in found[:PAGE]], number, len(found) > PAGE)


def _lines(rows: QuerySet, first: int) -> QuerySet:
    ordered = rows.order_by("family_name", "given_name", "id")
    return ordered.values_list(*PatientLine._fields)[first : first + PAGE + 1]


_PAGE = Written(lambda clinic, first: _lines(Patient.objects.filter(clinic=clinic, gone_at=None), first))


def _by_name(actor: Actor, search: str, first: int) -> list[Any]:
    words = search.split()[:4]
    numbers = tuple(int(each) if _whole(each) else None for each in words)
    given = [each for each in (*words, *numbers) if each is not None]
    return _found_by_name(tuple(each is not None for each in numbers)).rows(actor.clinic, *given, first)


def _whole(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 10


@cache
def _found_by_name(numbers: tuple[bool, ...]) -> Written:
    """Return the query for so many words, some of which may be chart numbers."""

    def build(clinic: int, *asked: Any) -> QuerySet:
        rows = Patient.objects.filter(clinic=clinic)
        charts = iter(asked[len(numbers) : -1])
        for word, whole in zip(asked, numbers, strict=False):
            matches = Q(family_name__istartswith=word) | Q(given_name__istartswith=word)
            rows = rows.filter(matches | Q(chart_number=next(charts)) if whole else matches)
        # First those of that name, then their order: else SQLite goes through all names in order until a page is full.
        return _lines(Patient.objects.filter(pk__in=rows.order_by().values("pk")), asked[-1])

    words = [f"stands for a word {place}" for place in range(len(numbers))]
    others = range(STANDS_FOR + 1, STANDS_FOR + 2 + sum(numbers))
    return Written(build, STANDS_FOR, *words, *others)
