"""Facts of the screening: each answer under the name of its question, and its date under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

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
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.questions import OPEN, Question
from needlepoint.rules.conditions import NOT_APPLICABLE, NOT_ASKED, UNKNOWN

_SHAPES: Mapping[str, type[Answer]] = {
    "yes_no": YesNo,
    "medicine": Medicine,
    "procedure": Procedure,
    "presence": Presence,
    "rosacea_kind": RosaceaKind,
    "months": Decimal,
    "choice": Chosen,
    "number": Decimal,
}
_DAYS = {"medicine": "_last_used_on", "procedure": "_on"}


def answer_facts(answers: Answers, knowledge: Knowledge) -> dict[str, object]:
    """Return every question's facts; a question without an answer counts as unknown.

    An InputError names an answer that is of another kind than its question.
    """
    facts = dict(_open(knowledge))
    for name, answer in answers.given.items():
        question = knowledge.questions[name]
        if not isinstance(answer, _SHAPES[question.kind]) or not _among(answer, question):
            raise InputError(
                f"answers.{name}", f"{answer!r} is of another kind", f"an answer of the kind {question.kind}"
            )
        if isinstance(answer, Decimal):
            facts[name] = answer
        elif isinstance(answer, Chosen):
            facts[name] = _spoken(answer.value)
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
    facts: dict[str, object] = {}
    for question in knowledge.questions.values():
        # A case file of the first edition cannot answer what was asked only later.
        facts[question.name] = NOT_ASKED if question.since else UNKNOWN
        if question.kind in _DAYS:
            facts[f"{question.name}{_DAYS[question.kind]}"] = facts[question.name]
    return facts


def _among(answer: Answer, question: Question) -> bool:
    return not isinstance(answer, Chosen) or answer.value in (*question.choices, OPEN)


def _spoken(choice: str) -> object:
    return UNKNOWN if choice == OPEN else str(choice)


def _day(never: bool, day: date | None) -> object:
    if never:
        return NOT_APPLICABLE
    # Somebody who had it on a day nobody remembers is judged like somebody who may have had it yesterday.
    return UNKNOWN if day is None else day
