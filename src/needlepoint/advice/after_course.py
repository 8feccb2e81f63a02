"""The course after the course: when to look at it again, and when a session to keep the result makes sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from needlepoint.advice.document import AfterCourse, LookLine, MaintenanceLine
from needlepoint.advice.facts.sessions import deepest
from needlepoint.advice.moment import Moment
from needlepoint.advice.spacing import rest
from needlepoint.course.instants import months_after
from needlepoint.course.states import CourseState
from needlepoint.evidence.follow_up import Look
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.rules.conditions import UNKNOWN

_NOTHING_DONE = "No session was done, so there is nothing to look at again."
_STOPPED = "The course was stopped: no session to keep a result is proposed."


@dataclass(frozen=True, slots=True)
class LookDay:
    """A look on its day, and from when until when it is asked for."""

    look: Look
    on: date
    from_on: date
    until_on: date

    def is_due(self, today: date) -> bool:
        """Say whether it is asked for on a day."""
        return self.from_on <= today <= self.until_on


def look_days(last_on: date, today: date, state: str, knowledge: Knowledge) -> Iterator[LookDay]:
    """Yield the looks at a course that are due or still to come, each by its day; what is past is not named again.

    `last_on` is the day of the last session, `state` how the course ended.
    """
    for look in knowledge.looks.values():
        if state in look.after:
            found = _next(look, last_on, today)
            if found.until_on >= today:
                yield found


def _next(look: Look, last_on: date, today: date) -> LookDay:
    """Return a look on its day; of one that comes again each year, the first that is not past."""
    if look.days:
        return _around(look, _day(look, last_on))
    times = max(1, (today.year - last_on.year) * 12 // look.months - 1)
    found = _around(look, months_after(last_on, times * look.months))
    while found.until_on < today:
        times += 1
        found = _around(look, months_after(last_on, times * look.months))
    return found


def _around(look: Look, on: date) -> LookDay:
    early, asked = timedelta(days=look.early_days), timedelta(days=look.asked_days)
    return LookDay(look, on, on - early, on + asked)


def after_course(moment: Moment) -> AfterCourse | None:
    """Return what comes after a course that has ended; None while it is under way."""
    standing = moment.case.course.by(moment.at)
    if not standing.ended:
        return None
    last_on, state = moment.last_session_on, standing.state.value
    if last_on is None:
        return AfterCourse(state=state, looks=(), maintenance=None, why=_NOTHING_DONE)
    looks = tuple(_line(each) for each in look_days(last_on, moment.today, state, moment.knowledge))
    if standing.state is CourseState.STOPPED:
        return AfterCourse(state=state, looks=looks, maintenance=None, why=_STOPPED)
    return AfterCourse(state=state, looks=looks, maintenance=_maintenance(moment, last_on), why="")


def _line(each: LookDay) -> LookLine:
    return LookLine(
        id=each.look.id,
        label=each.look.label,
        on=each.on,
        from_on=each.from_on,
        until_on=each.until_on,
        says=each.look.says,
        why=each.look.why,
        sources=each.look.sources,
        basis=each.look.basis,
    )


def _maintenance(moment: Moment, last_on: date) -> MaintenanceLine | None:
    """Return when a session to keep the result makes sense: from its look on, never before the skin may be needled."""
    row = next(iter(moment.knowledge.maintenance.values()), None)
    if row is None:
        return None
    look = moment.knowledge.looks[row.from_look]
    depth = deepest(moment.sessions[-1])
    days, _ = rest(UNKNOWN if depth is None else depth, moment.knowledge)
    from_on = max(_day(look, last_on), last_on + timedelta(days=days))
    return MaintenanceLine(
        from_on=from_on,
        says=row.says,
        why=row.why,
        sources=row.sources,
        basis=row.basis,
    )


def _day(look: Look, last_on: date) -> date:
    return last_on + timedelta(days=look.days) if look.days else months_after(last_on, look.months)
