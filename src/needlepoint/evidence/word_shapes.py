"""The shapes of patients' words: one text, or one page of them; a key that is not listed here is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from needlepoint.evidence.schema import Basis, Ids, Review, Row
from needlepoint.evidence.schema import Words as Text

COUNTED = ("make_up", "gentle_products", "sunscreen", "strenuous_exercise", "swimming")
"""The lines of the aftercare whose hours are counted down for the patient, side by side."""


class QuestionWords(Row, frozen=True):
    """A question of the screening, why we ask it, and what helps to answer it."""

    name: Text
    asks: Text
    why: Text
    hint: str = ""


class QuestionGroupWords(Row, frozen=True):
    """Questions that are asked together, and the tap that says no to all of them that were shown."""

    id: Text
    title: Text
    none: Text


class ChoiceWords(Row, frozen=True):
    """One answer of a set of answers: of a kind of question, or of a single one whose answers are its own."""

    kind: Text
    value: Text
    says: Text


class ScoreWords(Row, frozen=True):
    """A score of the check-in, and why we ask it."""

    name: Literal["redness", "swelling", "pain"]
    asks: Text
    why: Text
    sources: Ids
    basis: Basis


class StepWords(Row, frozen=True):
    """One step of a score, in words; `darker` where brown or black skin needs others."""

    score: Literal["redness", "swelling", "pain"]
    value: int
    says: Text
    darker: str = ""


class SignGroup(Row, frozen=True):
    """Signs that are asked for together, and the tap that says there is none of them."""

    id: Text
    asks: Text
    none: Text


class SignWords(Row, frozen=True):
    """A sign to tap, and what it means."""

    name: Text
    group: Text
    label: Text
    means: Text
    sources: Ids
    basis: Basis


class Reply(Row, frozen=True):
    """What the patient reads at once after a check-in of that level; what is said of people stands in the promises."""

    level: Text
    title: Text
    says: Text


class OwnReply(Row, frozen=True):
    """What a triage rule says itself, beside the level's reply; with a title, in its place where the rule leads."""

    rule: Text
    says: Text
    title: str = ""


class AidWords(Row, frozen=True):
    """What to do until help is there."""

    id: Text
    title: Text
    says: Text


class PlaceWords(Row, frozen=True):
    """A place on the body to tick."""

    name: Text
    label: Text


class AlarmForms(Row, frozen=True):
    """How people write of a thing that alarms, and how we name to them that they did."""

    id: Text
    label: Text
    forms: tuple[str, ...]
    exact: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()


class Phrase(Row, frozen=True):
    """A short fixed text by its name."""

    id: Text
    says: Text


class AftercareWords(Row, frozen=True):
    """A line of the aftercare; what waits has words for "not yet" and for "from now on"."""

    id: Text
    label: Text
    says: Text
    not_yet: str = ""
    then: str = ""


class MilestoneWords(Row, frozen=True):
    """What is normal in a stretch of days."""

    id: Text
    label: Text
    says: Text


class CallIf(Row, frozen=True):
    """Signs for which to call, by how soon."""

    id: Literal["now", "today", "soon"]
    title: Text
    says: Text
    signs: Ids
    sources: Ids
    basis: Basis


class PreparationWords(Row, frozen=True):
    """Something to do, or to leave, before a session."""

    id: Text
    label: Text
    says: Text


class Statement(Row, frozen=True):
    """One thing that a page says; `settles` names the disagreements of the documents that it puts right."""

    id: Text
    says: Text
    sources: Ids
    basis: Basis
    settles: tuple[str, ...] = ()


class Section(Row, frozen=True):
    """A part of a page under its own heading."""

    id: Text
    title: Text
    statement: Annotated[tuple[Statement, ...], msgspec.Meta(min_length=1)]


class Page(Row, frozen=True):
    """A page for patients: written from the evidence, in our own words."""

    id: Literal["how_it_works", "who_it_is_for", "what_happens", "what_to_expect", "at_home"]
    title: Text
    lead: Text
    section: Annotated[tuple[Section, ...], msgspec.Meta(min_length=1)]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Return all statements in reading order."""
        return tuple(each for section in self.section for each in section.statement)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """All texts of one language by their key, with the digests that a signature and a sent reply record."""

    language: str
    name: str
    sha256: str
    digests: Mapping[str, str]
    reviews: Mapping[str, Review]
    question_groups: Mapping[str, QuestionGroupWords]
    questions: Mapping[str, QuestionWords]
    choices: Mapping[str, ChoiceWords]
    scores: Mapping[str, ScoreWords]
    steps: Mapping[str, StepWords]
    groups: Mapping[str, SignGroup]
    signs: Mapping[str, SignWords]
    replies: Mapping[str, Reply]
    own_replies: Mapping[str, OwnReply]
    promises: Mapping[str, Phrase]
    aids: Mapping[str, AidWords]
    places: Mapping[str, PlaceWords]
    alarms: Mapping[str, AlarmForms]
    notices: Mapping[str, Phrase]
    aftercare: Mapping[str, AftercareWords]
    milestones: Mapping[str, MilestoneWords]
    calls: Mapping[str, CallIf]
    preparation: Mapping[str, PreparationWords]
    pages: Mapping[str, Page]
    phrases: Mapping[str, Phrase]

    @property
    def unsigned(self) -> tuple[str, ...]:
        """Return the files that no second person has checked yet."""
        return tuple(name for name, review in self.reviews.items() if review.checker == "unchecked")

    def choices_of(self, kind: str) -> tuple[ChoiceWords, ...]:
        """Return the answers of a set, in the order of the file."""
        return tuple(each for each in self.choices.values() if each.kind == kind)

    def steps_of(self, score: str) -> tuple[StepWords, ...]:
        """Return the steps of a score, from none upwards."""
        return tuple(each for each in self.steps.values() if each.score == score)

    def signs_of(self, group: str) -> tuple[SignWords, ...]:
        """Return the signs that are asked for together."""
        return tuple(each for each in self.signs.values() if each.group == group)
