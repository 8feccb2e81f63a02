"""Facts of the screening: each answer under the name of its question, and its date under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from needlepoint.course.answers import (
    Answer,
    Answers,
    Happened,
    Medicine,
    Presence,
    Procedure,
    RosaceaKind,
    Use,
    YesNo,
)
from needlepoint.course.errors import InputError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

_SHAPES: Mapping[str, type[Answer]] = {
    "yes_no": YesNo,
    "medicine": Medicine,
    "procedure": Procedure,
    "presence": Presence,
    "rosacea_kind": RosaceaKind,
    "months": Decimal,
}
_DAYS = {"medicine": "_last_used_on", "procedure": "_on"}


def answer_facts(answers: Answers, knowledge: Knowledge) -> dict[str, object]:
    """Return every question's facts; a question without an answer counts as unknown.

    An InputError names an answer that is of another kind than its question.
    """
    facts = dict(_open(knowledge))
    for name, answer in answers.given.items():
        kind = knowledge.questions[name].kind
        if not isinstance(answer, _SHAPES[kind]):
            raise InputError(
                f"answers.{name}", f"{answer!r} is of another kind", f"an answer of the kind {kind}"
            )
        if isinstance(answer, Decimal):
            facts[name] = answer
        elif isinstance(answer, Medicine):
            facts[name] = _spoken(answer.use)
            facts[f"{name}_last_used_on"] = _day(answer.use is Use.NEVER, answer.last_used_on)
        elif isinstance(answer, Procedure):
            facts[name] = _spoken(answer.happened)
            facts[f"{name}_on"] = _day(answer.happened is Happened.NEVER, answer.last_on)
        else:
            facts[name] = _spoken(answer)
    return facts


@lru_cache(maxsize=8)
def _open(knowledge: Knowledge) -> Mapping[str, object]:
    """Return the facts of a screening in which nothing was answered."""
    questions = knowledge.questions.values()
    days = [f"{question.name}{_DAYS[question.kind]}" for question in questions if question.kind in _DAYS]
    return dict.fromkeys([*knowledge.questions, *days], UNKNOWN)


def _spoken(choice: StrEnum) -> object:
    return UNKNOWN if choice == "unknown" else str(choice)


def _day(never: bool, day: date | None) -> object:
    if never:
        return NOT_APPLICABLE
    # Somebody who had it on a day nobody remembers is judged like somebody who may have had it yesterday.
    return UNKNOWN if day is None else day
