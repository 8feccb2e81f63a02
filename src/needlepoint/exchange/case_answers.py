"""The answers of a case file: which keys the questions of the screening have, and what each may say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from needlepoint.course.answers import (
    Answer,
    Answers,
    Chosen,
    Happened,
    Medicine,
    Presence,
    Procedure,
    RosaceaKind,
    Use,
    YesNo,
)
from needlepoint.course.errors import InputError
from needlepoint.course.quantities import bounded
from needlepoint.evidence.questions import OPEN, Question
from needlepoint.exchange.case_shapes import DATE
from needlepoint.exchange.plain_words import chosen, chosen_from, kind_of, unknown_key, wrong_kind

# A question of these kinds has a second key for the day of the last time.
DAY_KEY = {"medicine": "_last_used_on", "procedure": "_on"}
OLDEST_SCAR_MONTHS = "1200"

Kinds = tuple[type, ...]


def keys_of(question: Question) -> tuple[str, ...]:
    """Return the keys of a question: its name and, where it asks for a day, the day's key."""
    suffix = DAY_KEY.get(question.kind)
    return (question.name, f"{question.name}{suffix}") if suffix else (question.name,)


def answers_of(table: Mapping[str, Any], questions: Mapping[str, Question], own: Kinds = ()) -> Answers:
    """Return the answers of a case file; `own` are the kinds of value that the file's language has itself."""
    known = [key for question in questions.values() for key in keys_of(question)]
    for key in table:
        if key not in known:
            raise unknown_key("", key, known)
    given = {key: value for key, value in table.items() if value is not None}
    return Answers(dict(_each(given, questions, own)))


def _each(
    table: Mapping[str, Any], questions: Mapping[str, Question], own: Kinds
) -> Iterator[tuple[str, Answer]]:
    for name, question in questions.items():
        day_key = keys_of(question)[-1]
        if name in table:
            day = _day(day_key, table[day_key], own) if day_key != name and day_key in table else None
            yield name, _answer(question, table[name], day)
        elif day_key in table:
            raise InputError(day_key, f"is a day without an answer to {name}", f'{name} = "past" beside it')


def _day(key: str, value: object, own: Kinds) -> date:
    try:
        return msgspec.convert(value, date, builtin_types=own)
    except msgspec.ValidationError as error:
        raise InputError(key, wrong_kind(str(error)), DATE) from None


def _answer(question: Question, value: object, day: date | None) -> Answer:
    name = question.name
    match question.kind:
        case "yes_no":
            return chosen_from(name, value, YesNo, "an answer")
        case "medicine":
            return _dated(name, Medicine, chosen_from(name, value, Use, "an answer"), day)
        case "procedure":
            return _dated(name, Procedure, chosen_from(name, value, Happened, "an answer"), day)
        case "presence":
            return chosen_from(name, value, Presence, "an answer")
        case "rosacea_kind":
            return chosen_from(name, value, RosaceaKind, "a kind of rosacea")
        case "choice":
            return Chosen(chosen(name, value, (*question.choices, OPEN), "an answer"))
        case "number":
            return _number(name, value, f"{question.low:g}", f"{question.high:g}", question.unit)
    return _number(name, value, "0", OLDEST_SCAR_MONTHS, "months")


def _dated(name: str, build: Callable[[Any, date | None], Answer], said: StrEnum, day: date | None) -> Answer:
    try:
        return build(said, day)
    except InputError as error:
        raise InputError(f"{name}_{error.key}", error.problem, error.expected) from None


def _number(name: str, value: object, low: str, high: str, unit: str) -> Decimal:
    # Numbers in quotes are refused here too, although the vocabulary would read them.
    if isinstance(value, int | float):
        return bounded(name, value, low, high, unit)
    raise InputError(name, f"is {kind_of(value)}", f"a number, {low} to {high} {unit}")
