"""The rota and the opening hours as they are typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.spoken import spoken
from needlepoint.clinic.care.actions.duty import DayShift, Shift
from needlepoint.clinic.practice.forms.typed import Typed, text
from needlepoint.clinic.practice.queries.opening import Opening, day_name
from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_calendar

PLACES = ("first", "next", "last")
ROWS = 8
OPENINGS_A_DAY = 2
NOBODY = "nobody"


def clock(typed: Typed, name: str) -> time | None:
    """Return a time of day as browsers send it; None where nothing was typed."""
    value = str(typed.get(name, "")).strip()
    if not value:
        return None
    try:
        found = time.fromisoformat(value)
    except ValueError:
        raise InputError(
            name, "%(value)r is not a time of day", "a time such as 08:00", value=value[:10]
        ) from None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def weekly(typed: Any) -> list[Shift]:
    """Return the shifts of every week: in each row the days, from when until when, and who is called in which place."""
    return [shift for row in range(ROWS) for shift in _row(typed, row)]


def _row(typed: Any, row: int) -> Iterator[Shift]:
    days = [int(each) for each in typed.getlist(f"days_{row}") if each in set("01234567")]
    people = [str(typed.get(f"{place}_{row}", "")) for place in PLACES]
    if not any(people):
        return
    if not days:
        raise Refused("Choose the days on which these people are on duty.")
    begins, ends = clock(typed, f"begins_{row}"), clock(typed, f"ends_{row}")
    for place, key in enumerate(people, start=1):
        if key:
            yield from (Shift(key, place, day, begins or time(), ends or time()) for day in days)


def of_day(typed: Any, place: int) -> list[DayShift]:
    """Return who is called in a place on one day; nothing where the week counts."""
    if typed.get(f"as_{place}") != "changed":
        return []
    lines = (_line(typed, f"{place}_{number}") for number in range(2))
    found = [each for each in lines if each is not None]
    # To call nobody is a change as well.
    return found or [DayShift("")]


def _line(typed: Any, line: str) -> DayShift | None:
    key = str(typed.get(f"member_{line}", ""))
    begins, ends = clock(typed, f"begins_{line}"), clock(typed, f"ends_{line}")
    if not key:
        return None
    return DayShift("" if key == NOBODY else key, begins or time(), ends or time())


def openings(typed: Any) -> list[Opening]:
    """Return when the practice is open; a day on which nothing was typed is closed."""
    return [opening for day in range(7) for opening in _of_weekday(typed, day)]


def _of_weekday(typed: Any, day: int) -> Iterator[Opening]:
    for number in range(OPENINGS_A_DAY):
        opens, closes = clock(typed, f"opens_{day}_{number}"), clock(typed, f"closes_{day}_{number}")
        if opens is None and closes is None:
            continue
        if opens is None or closes is None or opens == closes:
            raise Refused("%(days)s: write from when until when the practice is open.", days=day_name(day))
        yield Opening(day, opens, closes)


def out_of_hours(typed: Typed) -> dict[str, str]:
    """Return what patients are told to do while the practice is closed, by language."""
    return {language: text(typed, f"out_of_hours_{language}", 400) for language in spoken()}


def day_of(typed: Typed) -> date | None:
    """Return the day that an address names; None where it names none."""
    try:
        return in_calendar("on", date.fromisoformat(str(typed.get("on", ""))))
    except (ValueError, InputError):
        return None
