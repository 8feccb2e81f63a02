"""The names that rules may use: every question of the screening and every fact computed from the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from needlepoint.course.answers import Happened, Presence, RosaceaKind, Use, YesNo
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.questions import Question


class FactKind(StrEnum):
    """What a fact holds: one choice, several, a day or a number."""

    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Name:
    """A fact's name with what it holds, the question that settles it, and the question that one follows."""

    kind: FactKind
    choices: tuple[str, ...] = ()
    question: str = ""
    each: str = "case"
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All fact names that a condition may read."""

    names: Mapping[str, Name]

    def kind_of(self, name: str) -> FactKind:
        """Return what the fact holds; an unknown name is an EvidenceError."""
        return self._name(name).kind

    def choices_of(self, name: str) -> tuple[str, ...]:
        """Return the choices of the fact."""
        return self._name(name).choices

    def question_of(self, name: str) -> str:
        """Return the question that would settle the fact; the fact's own last word where there is none."""
        return self._name(name).question or name.rpartition(".")[2]

    def first_asked(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the questions that would settle the facts, without those that only follow another of them."""
        opened = dict.fromkeys(names)
        return tuple(
            dict.fromkeys(self.question_of(name) for name in opened if self._name(name).follows not in opened)
        )

    def _name(self, name: str) -> Name:
        if name not in self.names:
            raise EvidenceError(
                f"condition: {name!r} is no fact: it is neither a question nor listed in facts.toml"
            )
        return self.names[name]


@lru_cache(maxsize=64)
def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """Return the names that the questions and the computed facts of a knowledge base give."""
    names: dict[str, Name] = {}
    for question in knowledge.questions.values():
        names |= _names_of(question)
    for fact in knowledge.facts.values():
        if fact.name in names:
            raise EvidenceError(f"facts.toml: {fact.name} is a question's name already")
        names[fact.name] = Name(FactKind(fact.kind), fact.choices, fact.asked_as, fact.each)
    return Vocabulary(MappingProxyType(names))


_CHOICES: Mapping[str, type[StrEnum]] = {
    "yes_no": YesNo,
    "medicine": Use,
    "procedure": Happened,
    "presence": Presence,
    "rosacea_kind": RosaceaKind,
}
_DATED = {"medicine": "_last_used_on", "procedure": "_on"}


def _names_of(question: Question) -> dict[str, Name]:
    if question.kind in ("months", "number"):
        return {question.name: Name(FactKind.NUMBER, question=question.name, follows=question.follows)}
    # "unknown" is no choice a condition may name: an unknown answer is judged by the three-valued logic alone.
    choices = question.choices or tuple(
        choice.value for choice in _CHOICES[question.kind] if choice.value != "unknown"
    )
    names = {question.name: Name(FactKind.CHOICE, choices, question.name, follows=question.follows)}
    if question.kind in _DATED:
        dated = f"{question.name}{_DATED[question.kind]}"
        names[dated] = Name(FactKind.DATE, question=dated, follows=question.name)
    return names
