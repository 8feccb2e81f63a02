"""Facts of the screening: each answer under the name of its question, and its date under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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
from needlepoint.evidence.schema import Question
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

_CHOICES: Mapping[str, type[YesNo | Presence | RosaceaKind]] = {
    "yes_no": YesNo,
    "presence": Presence,
    "rosacea_kind": RosaceaKind,
}


def answer_facts(answers: Answers, knowledge: Knowledge) -> dict[str, object]:
    """Return every question's facts; a question without an answer counts as unknown."""
    facts = dict(_open(knowledge))
    for name, answer in answers.given.items():
        facts.update(_facts_of(knowledge.questions[name], answer))
    return facts


@lru_cache(maxsize=8)
def _open(knowledge: Knowledge) -> Mapping[str, object]:
    """Return the facts of a screening in which nothing was answered."""
    facts: dict[str, object] = {}
    for question in knowledge.questions.values():
        facts[question.name] = UNKNOWN
        if question.kind == "medicine":
            facts[f"{question.name}_last_used_on"] = UNKNOWN
        if question.kind == "procedure":
            facts[f"{question.name}_on"] = UNKNOWN
    return facts


def _facts_of(question: Question, answer: Answer) -> dict[str, object]:
    name = question.name
    match question.kind:
        case "medicine" if isinstance(answer, Medicine):
            day = _day(answer.use is Use.NEVER, answer.last_used_on)
            return {name: _known(answer.use.value), f"{name}_last_used_on": day}
        case "procedure" if isinstance(answer, Procedure):
            day = _day(answer.happened is Happened.NEVER, answer.last_on)
            return {name: _known(answer.happened.value), f"{name}_on": day}
        case "months" if not isinstance(answer, YesNo | Presence | RosaceaKind | Medicine | Procedure):
            return {name: answer}
        case "yes_no" | "presence" | "rosacea_kind" if isinstance(answer, _CHOICES[question.kind]):
            return {name: _known(answer.value)}
    raise InputError(
        f"answers.{name}", f"{answer!r} is another kind of answer", f"an answer of the kind {question.kind}"
    )


def _known(value: str) -> object:
    return UNKNOWN if value == "unknown" else value


def _day(never: bool, day: date | None) -> object:
    if never:
        return NOT_APPLICABLE
    # Somebody who had it on a day nobody remembers is judged like somebody who may have had it yesterday.
    return UNKNOWN if day is None else day
