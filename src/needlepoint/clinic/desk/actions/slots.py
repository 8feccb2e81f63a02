"""When a visit may be: what is asked before it is booked, and what the rulebook says of its day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from needlepoint.advice.course_days import SessionDay
from needlepoint.clinic.access.checks import Refused, check_may
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import short_day
from needlepoint.clinic.chair.queries.course.course_days import CourseDays, days_of
from needlepoint.clinic.desk.queries.visits import open_spans
from needlepoint.clinic.models import Booking, Course, Session
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.course.instants import local_date
from needlepoint.course.quantities import whole
from needlepoint.course.states import COURSE, CourseState
from needlepoint.course.visits import Taken, doubts, taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where, by whom, from when and how long; numbing comes first, clean-down last, and both keep the room."""

    room_key: object
    operator_key: object
    starts_at: datetime
    minutes: int
    numbing_minutes: int = 0
    clean_down_minutes: int = 0

    @property
    def taken(self) -> Taken:
        """Return what the visit takes of whom."""
        return taken(self.starts_at, self.numbing_minutes, self.minutes, self.clean_down_minutes)

    @property
    def ends_at(self) -> datetime:
        """Return when the room is free again."""
        return self.taken.room.ends_at

    def at(self, starts_at: datetime) -> Slot:
        """Return the same visit at another time."""
        return replace(self, starts_at=starts_at)

    def check(self) -> None:
        """Raise where the minutes cannot be."""
        whole("minutes", self.minutes, 5, 480)
        whole("numbing_minutes", self.numbing_minutes, 0, 120)
        whole("clean_down_minutes", self.clean_down_minutes, 0, 120)


@dataclass(frozen=True, slots=True)
class Sure:
    """What was answered with yes when it was asked, word for word; and why it may be earlier than the rulebook says."""

    agreed: Collection[str] = ()
    early_reason: str = ""


NOT_ASKED = Sure()


class Unsure(Refused):
    """Something about the time is so unusual that it is asked first."""

    def __init__(self, questions: Sequence[str]) -> None:
        """Ask all that has not been answered yet."""
        self.questions = tuple(questions)
        super().__init__(" ".join(questions))


def standing() -> Any:
    """Return the visits that stand: neither cancelled nor missed."""
    return Booking.objects.filter(cancelled_at=None, no_show_at=None)


def check_times(
    act: Act, slots: Sequence[Slot], of_sessions: Mapping[Session, Slot], sure: Sure
) -> dict[Session | None, str]:
    """Raise where the rulebook has a session later, or where something about these times is asked first.

    Return why a prescriber has them sooner than the rulebook, for those sessions that are sooner.
    """
    for slot in slots:
        slot.check()
    asked = [each for slot in slots for each in _doubts(act, slot)]
    early: dict[Session | None, str] = {}
    if of_sessions:
        days = _days_with(act, of_sessions)
        for session, slot in of_sessions.items():
            on, day = local_date(slot.starts_at, act.actor.zone), days.of(session)
            if day is not None and (why := _check_day(act, on, day, sure)):
                early[session] = why
            elif day is not None:
                asked += _sooner_than_planned(on, day)
    if unanswered := [each for each in asked if each not in sure.agreed]:
        raise Unsure(unanswered)
    return early


def _doubts(act: Act, slot: Slot) -> Iterator[str]:
    opens = open_spans(act.actor, local_date(slot.starts_at, act.actor.zone))
    return doubts(slot.taken.patient, act.at, act.actor.zone, opens)


def _days_with(act: Act, of_sessions: Mapping[Session, Slot]) -> CourseDays:
    """Return the days of a course as they would be with these visits in the diary."""
    first = next(iter(of_sessions))
    course = Course.objects.select_related("patient", "device").get(pk=first.course_id)
    if course.state in COURSE.final:
        raise Refused(ENDED)
    # A visit that is there may be put off while the course rests; a new one waits.
    if course.state == CourseState.PAUSED.value and not standing().filter(session=first).exists():
        raise Refused("The course is paused. Resume it first, or book a visit without a session.")
    booked = {each.pk: local_date(slot.starts_at, act.actor.zone) for each, slot in of_sessions.items()}
    return days_of(course, act.actor, act.at, booked)


ENDED = gettext_lazy(
    "The course has ended, and takes no more visits. Draft a new one, or book a visit without a session."
)


def _check_day(act: Act, on: date, day: SessionDay, sure: Sure) -> str:
    """Raise where a session is sooner than the rulebook lets it; return why a prescriber has it sooner all the same."""
    if on < act.today:
        return ""
    what = _("Session %(number)s cannot be on %(on)s") % {"number": day.number, "on": short_day(on)}
    if on < day.floor_on:
        first = max(day.floor_on, day.allowed_on)
        raise Refused(
            "%(what)s. The first day is %(first)s; nobody may go below %(floor_on)s.",
            what=what,
            first=first,
            floor_on=day.floor_on,
        )
    if on >= day.allowed_on:
        return ""
    if not sure.early_reason.strip():
        raise TooEarly(
            "%(what)s. The first day is %(allowed_on)s; a prescriber may have it sooner, with a reason.",
            what=what,
            allowed_on=day.allowed_on,
        )
    check_may(act.actor, Permission.DECIDE_AS_PRESCRIBER)
    return sure.early_reason.strip()


class TooEarly(Refused):
    """The rulebook has the session later, and a prescriber may decide otherwise."""


def _sooner_than_planned(on: date, day: SessionDay) -> list[str]:
    if on >= day.planned_on:
        return []
    return [
        _("Do you mean %(on)s for session %(number)s? By the plan it is due from %(planned_on)s.")
        % {
            "on": short_day(on),
            "number": day.number,
            "planned_on": short_day(day.planned_on),
        }
    ]
