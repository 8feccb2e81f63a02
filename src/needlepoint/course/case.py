"""The case: the frozen snapshot that the core sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from needlepoint.course.answers import Answers
from needlepoint.course.devices import OwnDevice
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Goal, OperatorRole, Patient
from needlepoint.course.instants import local_date, time_zone
from needlepoint.course.scores import Score
from needlepoint.course.session import CheckIn, Session
from needlepoint.course.standing import Standing


@dataclass(frozen=True, slots=True)
class Clinic:
    """Where and by whom: the clinic's time zone, who holds the device, and under whose law.

    `place` is a code of ISO 3166, such as US, US-CA or GB-ENG; empty where it is not on record.
    """

    time_zone: ZoneInfo
    operator: OperatorRole
    place: str = ""

    def __post_init__(self) -> None:
        if self.place and not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", self.place):
            raise InputError(
                "clinic.place", "%(place)r is no place", 'a code such as "US-CA" or "GB"', place=self.place
            )

    @classmethod
    def at(cls, zone_name: str, operator: OperatorRole, place: str = "") -> Clinic:
        """Build from the IANA name of the time zone."""
        return cls(time_zone(zone_name), operator, place)


@dataclass(frozen=True, slots=True)
class Case:
    """One patient's course toward one goal, as known at one moment.

    `elsewhere` are sessions with a device that nobody here knows. They count for the days that must lie between and for
    nothing else: they are no sessions of this course, and have no dose. `own_devices` are pens that the practice
    entered itself, with what their labels say.
    """

    patient: Patient
    goal: Goal
    device: str
    clinic: Clinic
    answers: Answers = field(default_factory=Answers)
    sessions: tuple[Session, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    elsewhere: tuple[Session, ...] = ()
    scores: tuple[Score, ...] = ()
    own_devices: tuple[OwnDevice, ...] = ()
    course: Standing = field(default_factory=Standing)

    def __post_init__(self) -> None:
        told = sorted(self.elsewhere, key=lambda each: each.started_at)
        object.__setattr__(self, "elsewhere", tuple(told))
        _in_order("session", "started_at", [s.started_at for s in self.sessions])
        _in_order("check_in", "at", [c.at for c in self.check_ins])
        _in_order("score", "at", [s.at for s in self.scores], together=True)
        for key, day in self._days():
            born = self.patient.born_first
            if born is not None and day < born:
                raise InputError(
                    key, "%(day)s lies before the birth", "a date from %(born)s on", day=day, born=born
                )

    def _days(self) -> Iterator[tuple[str, date]]:
        yield from ((f"answers.{name}", day) for name, day in self.answers.dates())
        for index, session in enumerate(self.sessions):
            yield f"session[{index}].started_at", self.day_of(session.started_at)
        for session in self.elsewhere:
            yield "session.started_at", self.day_of(session.started_at)
        for index, check_in in enumerate(self.check_ins):
            yield f"check_in[{index}].at", self.day_of(check_in.at)
        for index, score in enumerate(self.scores):
            yield f"score[{index}].at", self.day_of(score.at)

    def day_of(self, instant: datetime) -> date:
        """Return the calendar day of an instant in the clinic's zone."""
        return local_date(instant, self.clinic.time_zone)

    def sessions_by(self, at: datetime) -> tuple[Session, ...]:
        """Return the sessions started by then, oldest first."""
        return tuple(s for s in self.sessions if s.started_at <= at)

    def elsewhere_by(self, at: datetime) -> tuple[Session, ...]:
        """Return the sessions done elsewhere by then, oldest first."""
        return tuple(s for s in self.elsewhere if s.started_at <= at)

    def scores_by(self, at: datetime) -> tuple[Score, ...]:
        """Return the scores given by then, oldest first."""
        return tuple(s for s in self.scores if s.at <= at)

    def check_ins_by(self, at: datetime) -> tuple[CheckIn, ...]:
        """Return the check-ins made by then, oldest first."""
        return tuple(c for c in self.check_ins if c.at <= at)


def _in_order(table: str, key: str, instants: list[datetime], *, together: bool = False) -> None:
    """Raise where something stands before what was earlier; several scores are given `together`."""
    for index in range(1, len(instants)):
        where, before = f"{table}[{index}].{key}", instants[index - 1]
        if together and instants[index] < before:
            raise InputError(where, "is not after the one before it", "oldest first")
        if not together and instants[index] <= before:
            raise InputError(where, "is not after the one before it", "oldest first, no two at once")
