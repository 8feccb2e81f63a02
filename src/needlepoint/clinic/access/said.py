"""A sentence with open places, filled in the language of whoever reads it; what it says in the code stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import dateformat
from django.utils.translation import get_language, gettext

from needlepoint.course.errors import InputError
from needlepoint.evidence.languages import language_of
from needlepoint.evidence.staff_words import staff_words


def said(text: str, values: Mapping[str, Any]) -> str:
    """Return a text of the code as its reader is told it; `%(day)s` stands for the value of that name."""
    if not text:
        return text
    spoken = gettext(text)
    return spoken % {name: _shown(value) for name, value in values.items()} if values else spoken


def _shown(value: Any) -> Any:
    return short_day(value) if isinstance(value, date) else value


def short_day(day: date, *, with_year: bool = True) -> str:
    """Write a day as the reader's language writes it in short."""
    form = language_of(get_language() or "").short_day
    return str(dateformat.format(day, form if with_year else form.removesuffix(" Y")))


def in_words(name: object) -> str:
    """Write a name of the code in words of the reader's language: `under_way` as “under way”."""
    spaced = str(name).replace("_", " ")
    return gettext(spaced) if spaced else spaced


def in_language(text: str) -> str:
    """Return a text of the knowledge base in the reader's language, where it is worded in it."""
    return staff_words(get_language() or "").get(text, text)


def problem_of(error: InputError) -> str:
    """Return what is wrong with something that was typed."""
    return said(error.problem_text, error.values)


def expected_of(error: InputError) -> str:
    """Return what would be right instead."""
    return said(error.expected_text, error.values)


def told(error: Exception) -> str:
    """Return what is told of a refusal, and of something that was typed wrong."""
    return line_of(error) if isinstance(error, InputError) else str(error)


def line_of(error: InputError) -> str:
    """Return the one line in which a form says what is wrong with something typed, and what would be right."""
    told = {"field": gettext(error.key), "problem": problem_of(error), "expected": expected_of(error)}
    return gettext("%(field)s: %(problem)s; expected %(expected)s") % told
