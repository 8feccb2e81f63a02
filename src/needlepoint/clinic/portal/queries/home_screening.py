"""The questionnaire at home: which question comes next, what was answered, and what follows in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from needlepoint.advice.document import Advice, PreparationLine
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.asking import NAYS as NAY_OF
from needlepoint.clinic.chair.queries.course.case import asked_of
from needlepoint.clinic.chair.queries.course.course_days import days_of
from needlepoint.clinic.chair.queries.marks import mark_in_full
from needlepoint.clinic.models import AdviceGiven, Booking, Course, HomeScreening
from needlepoint.course.states import CourseState
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.questions import Question
from needlepoint.exchange.case_answers import keys_of
from needlepoint.rules.vocabulary import vocabulary

OPEN = (CourseState.ACTIVE.value, CourseState.DRAFTED.value, CourseState.PAUSED.value)
NAYS = ("no", "never")
# What a rule is about that reads no answer, by a piece of the names of the facts it reads.
ABOUT = {"born_on": "age", "check_in.": "report", "last_": "rest", "elsewhere.": "rest"}
# The few questions that have aged since the last time stand on one page, whatever their groups.
AGAIN, MOST_AT_ONCE = "again", 16
# Which answers are followed by the question for the day.
DATED = ("current", "past")


def open_course(visitor: Visitor) -> Course | None:
    """Return the course that the next visit belongs to; None where none is open."""
    rows = Course.objects.filter(clinic=visitor.clinic, patient=visitor.patient, state__in=OPEN)
    return rows.select_related("patient", "device", "drafted_by").order_by("-drafted_at").first()


def under_way(course: Course) -> HomeScreening | None:
    """Return the questionnaire that was begun and not yet sent."""
    return HomeScreening.objects.filter(course=course, sent_at=None).first()


def sent(course: Course) -> HomeScreening | None:
    """Return the last questionnaire that was sent."""
    return HomeScreening.objects.filter(course=course).exclude(sent_at=None).order_by("-sent_at").first()


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with what was said to it so far."""

    question: Question
    asked: bool
    value: Any
    day: str

    @property
    def wants_day(self) -> bool:
        """Say whether the answer goes on with the day of the last time."""
        return len(keys_of(self.question)) > 1 and self.value in DATED


def questions(row: HomeScreening, visitor: Visitor, at: datetime) -> list[Answered]:
    """Return the questions that are due, in order; one that follows a no is not put."""
    given, asked = row.answers["given"], set(row.answers["asked"])
    due = asked_of(row.course, visitor, at).due
    put = (packaged().questions[name] for name in due)
    return [_answered(each, given, each.name in asked) for each in put if given.get(each.follows) not in NAYS]


def _answered(question: Question, given: Mapping[str, Any], asked: bool) -> Answered:
    keys = keys_of(question)
    day = str(given.get(keys[1], "")) if len(keys) > 1 else ""
    # Whoever says nothing to a question that was put is not sure.
    return Answered(question, asked, given.get(question.name, "unknown" if asked else None), day)


def beside(lines: list[Answered], name: str) -> tuple[str | None, str | None]:
    """Return the names of the questions before and after one."""
    names = [each.question.name for each in lines]
    here = names.index(name)
    return names[here - 1] if here else None, names[here + 1] if here + 1 < len(names) else None


def group_before(lines: list[Answered], name: str) -> str:
    """Return the group that a question opens, where none of it was answered yet and one tap could say no to several."""
    if len(since_last_time(lines)) > 1:
        return AGAIN
    group = packaged().questions[name].group
    inside = [each for each in lines if each.question.group == group]
    opens = inside[0].question.name == name and not any(each.asked for each in inside)
    return group if opens and len(shown_together(lines, group)) > 1 else ""


def since_last_time(lines: list[Answered]) -> list[Answered]:
    """Return what has aged since the last time, where it is little and nothing of it was answered yet; else nothing."""
    few = sum(not each.question.follows for each in lines) <= MOST_AT_ONCE
    return [] if not few or any(each.asked for each in lines) else [each for each in lines if _has_a_no(each)]


def shown_together(lines: list[Answered], group: str) -> list[Answered]:
    """Return the questions of a group to which one tap may say no: open ones, that have a no, and follow no other."""
    if group == AGAIN:
        return since_last_time(lines)
    return [each for each in lines if each.question.group == group and _has_a_no(each)]


def _has_a_no(line: Answered) -> bool:
    return not line.asked and line.question.kind in NAY_OF and not line.question.follows


@dataclass(frozen=True, slots=True)
class Reason:
    """A verdict that keeps the visit from simply taking place, and the questions it rests on.

    `about` says what it rests on where no question does; `not_sure` that nobody has answered yet.
    """

    verdict: str
    until: date | None
    questions: tuple[str, ...]
    about: str = ""
    not_sure: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What follows from the answers: what leads, until when, and why, question by question."""

    leads: str
    earliest_on: date | None
    reasons: tuple[Reason, ...]


def result(course: Course) -> Result | None:
    """Return what the rulebook said when the answers were sent; None where nothing was sent yet."""
    row = sent(course)
    if row is None or row.screening is None:
        return None
    given = AdviceGiven.objects.filter(course=course, at=row.sent_at).order_by("-pk").first()
    if given is None:
        return None
    document = given.document
    earliest = document["earliest_on"]
    return Result(
        leads=given.verdict,
        earliest_on=date.fromisoformat(earliest) if earliest else None,
        reasons=tuple(_reasons(document)),
    )


def _reasons(document: Mapping[str, Any]) -> Iterator[Reason]:
    for each in document["verdicts"]:
        if each["verdict"] in ("stop", "refer", "wait"):
            found = packaged().rules.get(each["rule"])
            read = tuple(_facts(found.when)) if found else ()
            yield Reason(
                verdict=each["verdict"],
                until=date.fromisoformat(each["until"]) if each["until"] else None,
                questions=_asked_by(read),
                about=next((about for fact, about in ABOUT.items() if any(fact in one for one in read)), ""),
                not_sure=bool(each["because_unknown"]),
            )


def _asked_by(read: tuple[str, ...]) -> tuple[str, ...]:
    """Return the questions that a rule reads, by name; none where it reads something else, such as the calendar."""
    known = packaged().questions
    names = vocabulary(packaged())
    asked = [names.question_of(each) for each in read]
    plain = [next((key for key in known if name in keys_of(known[key])), "") for name in asked]
    return tuple(dict.fromkeys(each for each in plain if each))


def _facts(condition: Any) -> Iterator[str]:
    if isinstance(condition, Mapping):
        for key, value in condition.items():
            if key == "fact":
                yield str(value)
            else:
                yield from _facts(value)
    elif isinstance(condition, list | tuple):
        for each in condition:
            yield from _facts(each)


@dataclass(frozen=True, slots=True)
class Before:
    """A line of the preparation with the day from which it counts for this patient."""

    line: PreparationLine
    leave_from: date | None


@dataclass(frozen=True, slots=True)
class NextVisit:
    """The next visit that may stand, and one before it that may not, with the first day that its session could be."""

    booking: Booking | None = None
    unfit: Booking | None = None
    from_on: date | None = None


def next_visit(visitor: Visitor, at: datetime) -> NextVisit:
    """Return the visitor's next visit in the diary; one that must be moved is never named as if it stood."""
    rows = Booking.objects.filter(clinic=visitor.clinic, patient=visitor.patient)
    rows = rows.filter(cancelled_at=None, no_show_at=None, ends_at__gt=at).select_related("session")
    unfit: Booking | None = None
    from_on: date | None = None
    for each in rows.order_by("starts_at"):
        mark = mark_in_full(each, visitor, at)
        if mark is None:
            return NextVisit(each, unfit, from_on)
        if unfit is None:
            unfit, from_on = each, mark.from_on
    return NextVisit(None, unfit, from_on)


def next_booking(visitor: Visitor, at: datetime) -> Booking | None:
    """Return the visitor's next visit in the diary that may stand."""
    return next_visit(visitor, at).booking


def preparation(course: Course, visitor: Visitor, at: datetime) -> tuple[list[Before], date | None]:
    """Return what to do before the next session, and the day it counts from: the visit booked, else the planned one."""
    advice: Advice = advice_on(course, visitor.on(course), at)
    booked = next_booking(visitor, at)
    day = days_of(course, visitor.on(course), at).next
    earliest = advice.plan.sessions[0].earliest_on if advice.plan.sessions else None
    planned = day.on if day else earliest
    on = booked.starts_at.astimezone(visitor.zone).date() if booked else planned
    rows = packaged().preparation
    lines = [Before(each, _leave_from(on, rows[each.id].stop_by_days)) for each in advice.preparation]
    return sorted(lines, key=lambda each: (each.leave_from is None, each.leave_from or date.max)), on


def _leave_from(on: date | None, days: int | None) -> date | None:
    return None if on is None or days is None else on - timedelta(days=days)
