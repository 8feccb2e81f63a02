"""The questionnaire: made from the rulebook's questions, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from needlepoint.clinic.access.spoken import shown_in
from needlepoint.clinic.chair.queries.course.asking import NAYS
from needlepoint.clinic.practice.forms.typed import Typed, day, decimal
from needlepoint.course.answers import Happened, Presence, RosaceaKind, Use, YesNo
from needlepoint.evidence.questions import Question, QuestionGroup
from needlepoint.evidence.words import words
from needlepoint.exchange.case_answers import keys_of

CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "yes_no": (
        (YesNo.YES.value, gettext_lazy("Yes")),
        (YesNo.NO.value, gettext_lazy("No")),
        ("unknown", gettext_lazy("Not sure")),
    ),
    "medicine": (
        (Use.CURRENT.value, gettext_lazy("Yes, now")),
        (Use.PAST.value, gettext_lazy("In the past")),
        (Use.NEVER.value, gettext_lazy("Never")),
        ("unknown", gettext_lazy("Not sure")),
    ),
    "procedure": (
        (Happened.PAST.value, gettext_lazy("Yes")),
        (Happened.NEVER.value, gettext_lazy("Never")),
        ("unknown", gettext_lazy("Not sure")),
    ),
    "presence": (
        (Presence.IN_ZONE.value, gettext_lazy("Yes, where the needles go")),
        (Presence.QUIESCENT_IN_ZONE.value, gettext_lazy("There, but quiet now")),
        (Presence.ELSEWHERE.value, gettext_lazy("Elsewhere only")),
        (Presence.NO.value, gettext_lazy("No")),
        ("unknown", gettext_lazy("Not sure")),
    ),
    "rosacea_kind": (
        (RosaceaKind.PAPULOPUSTULAR.value, gettext_lazy("Bumps and pus")),
        (RosaceaKind.ERYTHEMATOTELANGIECTATIC.value, gettext_lazy("Redness and fine vessels")),
        ("unknown", gettext_lazy("No rosacea, or not sure")),
    ),
    "months": (("none", gettext_lazy("There is none, or not sure")),),
    "number": (("none", gettext_lazy("Not known")),),
}
DAY_ASKS = {
    "medicine": gettext_lazy("Last used on"),
    "procedure": gettext_lazy("Last time on"),
    "months": gettext_lazy("Months"),
}
NUMBERS = frozenset(("months", "number"))


def choices_of(question: Question) -> tuple[tuple[str, str], ...]:
    """Return the answers to a question: those of the page, or the patients' own where they fit better."""
    return CHOICES.get(question.answer_set) or tuple(
        (each.value, each.says)
        for each in words(shown_in(get_language() or "")).choices_of(question.answer_set)
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One question as the page shows it."""

    question: Question
    choices: tuple[tuple[str, str], ...]
    chosen: str
    day_key: str
    day_asks: str
    day: str
    earlier: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of a group on the page, and whether one tick may answer no to those left over."""

    id: str
    title: str
    lines: tuple[Line, ...]
    with_none: bool
    none_chosen: bool


Said = tuple[str, Mapping[str, Any]]


def groups(found: Iterable[Line], titles: Mapping[str, QuestionGroup], typed: Typed) -> list[Group]:
    """Return the questions group by group, in the order of the rulebook."""
    held: dict[str, list[Line]] = {}
    for each in found:
        held.setdefault(each.question.group, []).append(each)
    return [
        Group(
            name,
            titles[name].title,
            tuple(inside),
            sum(each.question.kind in NAYS for each in inside) > 1,
            bool(typed.get(f"none_{name}")),
        )
        for name, inside in held.items()
    ]


def lines(
    questions: Iterable[Question], typed: Typed, earlier: Mapping[str, Any], beside: Sequence[Said] = ()
) -> list[Line]:
    """Return the questions with what was typed so far, and beside each what was answered before.

    `beside` is what was answered on linked charts, each with the name of its chart.
    """
    return [_line(question, typed, earlier, beside) for question in questions]


def _line(question: Question, typed: Typed, earlier: Mapping[str, Any], beside: Sequence[Said]) -> Line:
    keys = keys_of(question)
    return Line(
        question=question,
        choices=choices_of(question),
        chosen=str(typed.get(question.name, "")),
        day_key=keys[1] if len(keys) > 1 else (f"{question.name}_number" if question.kind in NUMBERS else ""),
        day_asks=DAY_ASKS.get(question.kind, question.unit),
        day=str(typed.get(keys[1], "")) if len(keys) > 1 else str(typed.get(f"{question.name}_number", "")),
        earlier=_before(question, earlier),
        beside=tuple(
            dict.fromkeys(f"{chart}: {said}" for chart, given in beside if (said := _before(question, given)))
        ),
    )


def _before(question: Question, earlier: Mapping[str, Any]) -> str:
    """Return what was answered before, in the words of the page."""
    keys, before = keys_of(question), str(earlier.get(question.name, ""))
    day = str(earlier.get(keys[-1], ""))[:10] if len(keys) > 1 else ""
    return " ".join(str(part) for part in (dict(choices_of(question)).get(before, before), day) if part)


def given(questions: Iterable[Question], typed: Typed) -> tuple[dict[str, Any], list[str]]:
    """Return the answers by their keys in a case file, and the names of the questions that were answered.

    A question that was passed over was not answered; “not sure” is an answer. "None of these" says no to what its
    group showed and nobody answered otherwise, and to nothing that was not on the page.
    """
    answers: dict[str, Any] = {}
    names: list[str] = []
    shown = set(str(typed.get("shown", "")).split())
    for question in questions:
        if question.kind in NUMBERS:
            _number(question, typed, answers, names)
        elif typed.get(question.name):
            names.append(question.name)
            answers[question.name] = str(typed[question.name])
            _day(question, typed, answers)
        elif question.name in shown and typed.get(f"none_{question.group}") and question.kind in NAYS:
            names.append(question.name)
            answers[question.name] = NAYS[question.kind]
    return answers, names


def _day(question: Question, typed: Typed, answers: dict[str, Any]) -> None:
    keys = keys_of(question)
    if (
        len(keys) > 1
        and str(typed.get(keys[1], "")).strip()
        and answers[question.name] in ("current", "past")
    ):
        answers[keys[1]] = day(typed, keys[1]).isoformat()


def _number(question: Question, typed: Typed, answers: dict[str, Any], names: list[str]) -> None:
    number = decimal(typed, f"{question.name}_number", question.unit or _("of months"))
    if number is not None:
        answers[question.name] = float(number)
    if number is not None or typed.get(question.name):
        names.append(question.name)
