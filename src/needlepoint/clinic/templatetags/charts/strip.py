"""The strip of a course: its sessions on a line of days, to scale, with bars between them and today in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from needlepoint.clinic.access.said import short_day
from needlepoint.clinic.templatetags.charts.plot import (
    GAP,
    Box,
    Frame,
    Line,
    Scale,
    Words,
    in_rows,
    rows_used,
)
from needlepoint.course.instants import local_date

FRAMES = (
    Frame(wide=640, left=24, right=24, text=14, line=18, size="wide"),
    Frame(wide=320, left=20, right=20, text=15, line=18, size="narrow"),
)
MARK = 8.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A session on its day: done, the next one or one to come; a day that is `earliest` may become a later one."""

    number: int
    on: date
    kind: str
    earliest: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A session at its place."""

    x: float
    y: float
    kind: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A course in one size."""

    frame: Frame
    high: float
    plot: Box
    bars: tuple[Line, ...]
    verticals: tuple[Line, ...]
    marks: tuple[Mark, ...]
    words: tuple[Words, ...]


def course_strip(course: Any, today: date, zone: Any) -> tuple[Picture, ...]:
    """Draw the sessions of a course that have a day; none where none has."""
    stops = tuple(_stops(course, zone))
    return tuple(_picture(frame, stops, today) for frame in FRAMES) if stops else ()


def _stops(course: Any, zone: Any) -> Iterator[Stop]:
    for session in course.sessions:
        due = course.days.of(session)
        if session.finished_at is not None:
            yield Stop(
                session.number, local_date(session.finished_at, zone), "off" if session.broken_off else "done"
            )
        elif due is not None and course.course.state == "active":
            kind = "next" if session == course.next_session else "later"
            booked = bool(due.booked_on) and not due.too_early
            yield Stop(session.number, due.on, kind, earliest=not booked)


def _picture(frame: Frame, stops: Sequence[Stop], today: date) -> Picture:
    days = [each.on.toordinal() for each in stops]
    x = Scale(min(*days, today.toordinal()), max(*days, today.toordinal()), frame.left, frame.ends)
    places = [x.at(day) for day in days]
    now = x.at(today.toordinal())
    above = in_rows(
        [(at, f"{each.number}") for at, each in zip(places, stops, strict=True)], frame, frame.line
    )
    y = round(rows_used(above) * frame.line + MARK + GAP, 1)
    plot = Box(frame.left, y - MARK, frame.ends, y + MARK)
    named = [(at, _says(each)) for at, each in zip(places, stops, strict=True)] + [
        (now, _("today, %(day)s") % {"day": _day(today)})
    ]
    below = in_rows(named, frame, y + MARK + frame.line)
    return Picture(
        frame=frame,
        high=round(y + MARK + (0.6 + rows_used(below)) * frame.line, 1),
        plot=plot,
        bars=tuple(_bars(stops, places, y)),
        verticals=(Line(now, plot.top - GAP / 2, now, plot.bottom + GAP / 2, "today"),),
        marks=tuple(Mark(at, y, each.kind) for at, each in zip(places, stops, strict=True)),
        words=(*above, *below),
    )


def _says(stop: Stop) -> str:
    return _("from %(day)s") % {"day": _day(stop.on)} if stop.earliest else _day(stop.on)


def _day(day: date) -> str:
    return short_day(day, with_year=False)


def _bars(stops: Sequence[Stop], places: Sequence[float], y: float) -> Iterator[Line]:
    """Yield a bar between each session and the one after: full behind us, pale for what is to come."""
    behind = ("done", "off")
    for (one, left), (two, right) in pairwise(zip(stops, places, strict=True)):
        yield Line(left, y, right, y, "done" if one.kind in behind and two.kind in behind else "open")
