"""Which questions must be put now, and what stands of the answers given before.

What was said of the person stands in every course of theirs, what was said of the skin only in the course that it is
skin of. A question that cannot apply is not put; whoever asks everything can still put it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.models import Course, Screening
from needlepoint.course.goals import Patient
from needlepoint.course.instants import local_date
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.questions import OPEN, Question
from needlepoint.exchange.case_answers import keys_of
from needlepoint.rules.conditions import Truth
from needlepoint.rules.rulebook import Rulebook

BORN = "patient.born_on"
NAYS = {"yes_no": "no", "medicine": "never", "procedure": "never", "presence": "no"}
Told = dict[str, tuple[datetime, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was answered and still stands, which questions must be asked (again), and which cannot apply."""

    given: Mapping[str, Any]
    due: tuple[str, ...]
    not_put: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom the questions are for: sex and birth on file, what the course is for, and which course it is.

    `born_first` is the first day on which they can have been born; None where nothing is known of it.
    """

    sex: str
    born_first: date | None
    concern: str
    course: int

    @classmethod
    def of(cls, course: Course) -> Whom:
        """Return whom a course is of; it comes with its patient."""
        patient = course.patient
        born = Patient(patient.born_on, born_in=patient.born_in).born_first
        return cls(patient.sex, born, course.concern, course.pk)


def asked(
    screenings: Iterable[Screening], actor: Actor | Visitor, today: date, knowledge: Knowledge, whom: Whom
) -> Asked:
    """Lay the screenings over one another, oldest first; an answer older than its question allows does not stand."""
    told = standing_answers(screenings, actor, today, knowledge, whom.course)
    said = {key: value for _, answers in told.values() for key, value in answers.items()}
    if whom.born_first is not None and too_young(whom.born_first, today, knowledge):
        return Asked(completed(said, told, whom.sex, knowledge), ())
    due: list[str] = []
    not_put: list[str] = []
    for name, question in knowledge.questions.items():
        if name in told or (question.follows and said.get(question.follows) in NAYS.values()):
            continue
        (due if question.asked_of(whom.sex, whom.concern) else not_put).append(name)
    return Asked(completed(said, told, whom.sex, knowledge), tuple(due), tuple(not_put))


def too_young(born_on: date, today: date, knowledge: Knowledge) -> bool:
    """Say whether the age alone stops a session, and nobody may decide otherwise: then no answer changes anything."""
    facts = {BORN: born_on}
    return any(
        each.condition.fact_names == (BORN,)
        and (each.rule.verdict, each.rule.overridable_by) == ("stop", "nobody")
        and each.condition(facts, today) is Truth.YES
        for each in Rulebook.of(knowledge).of_case
    )


def completed(said: Mapping[str, Any], told: Iterable[str], sex: str, knowledge: Knowledge) -> dict[str, Any]:
    """Return what was said, with what follows from being put without an answer and from not applying at all.

    Who says nothing to a question that was put is not sure. What a sex keeps out is a no.
    """
    put = set(told)
    given = dict(said)
    for name, question in knowledge.questions.items():
        if name in given:
            continue
        if name in put and question.since and question.kind not in ("months", "number"):
            given[name] = OPEN
        elif name not in put and not _applies_to(question, sex):
            given[name] = NAYS[question.kind]
    return given


def _applies_to(question: Question, sex: str) -> bool:
    return not question.sexes or sex not in ("female", "male") or sex in question.sexes


def standing_answers(
    screenings: Iterable[Screening],
    actor: Actor | Visitor,
    today: date,
    knowledge: Knowledge,
    course: int | None = None,
) -> Told:
    """Return for each question whose answer still stands when it was given and what was said, by keys.

    Of another course than the one named, only what was said of the person stands.
    """
    told: Told = {}
    for screening in screenings:
        given, age = screening.answers["given"], (today - local_date(screening.asked_at, actor.zone)).days
        own = course is None or screening.course_id == course
        for name in screening.answers["asked"]:
            question = knowledge.questions.get(name)
            if question is None or age >= question.valid_days:
                continue
            if own or question.about == "patient":
                said = {key: given[key] for key in keys_of(question) if key in given}
                told[name] = (screening.asked_at, said)
    return told
