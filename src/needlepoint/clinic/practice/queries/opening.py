"""When the practice is open, by its own clock and its closed days, and the one sentence that says so to patients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import override

from needlepoint.clinic.models import Clinic, ClosedDay, OpenHours
from needlepoint.clinic.models.written import Written
from needlepoint.course.instants import at_clock, time_zone

DAY = timedelta(days=1)
LOOKS_AHEAD = 21


@dataclass(frozen=True, slots=True)
class Opening:
    """From when until when the practice is open on a weekday (0 is Monday); midnight ends a day."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Hours:
    """All openings of a week, the days on which the practice is closed, and whose clock counts."""

    openings: tuple[Opening, ...]
    closed: frozenset[date]
    zone: ZoneInfo

    def of_day(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Return when the practice opens and closes on a day, whatever the clocks do in between."""
        for each in self.openings if day not in self.closed else ():
            if each.weekday == day.weekday():
                last = day if each.closes > each.opens else day + DAY
                yield at_clock(day, each.opens, self.zone), at_clock(last, each.closes, self.zone)

    def open_at(self, at: datetime) -> bool:
        """Say whether the practice is open; where nobody wrote down any hours it never is."""
        today = at.astimezone(self.zone).date()
        return any(opens <= at < closes for day in (today - DAY, today) for opens, closes in self.of_day(day))

    def opens_at(self, at: datetime) -> datetime | None:
        """Return when the practice opens next; None where it does not within three weeks."""
        today = at.astimezone(self.zone).date()
        coming = (today + DAY * number for number in range(LOOKS_AHEAD))
        return next((opens for day in coming for opens, _ in sorted(self.of_day(day)) if opens > at), None)


def hours_of(clinic: Clinic) -> Hours:
    """Return the opening hours of a clinic; two statements."""
    rows = tuple(Opening(*row) for row in _OPEN.rows(clinic.pk))
    return Hours(rows, closed_dates(clinic.pk), time_zone(clinic.time_zone))


_OPEN = Written(
    lambda clinic: (
        OpenHours.objects.filter(clinic=clinic, ended_at=None)
        .order_by("weekday", "opens", "pk")
        .values_list("weekday", "opens", "closes")
    )
)
_CLOSED = Written(
    lambda clinic: ClosedDay.objects.filter(clinic=clinic, opened_at=None).values_list("closed_on")
)


def closed_dates(clinic: int) -> frozenset[date]:
    """Return the days on which a clinic is or was closed; one statement."""
    return frozenset(day for (day,) in _CLOSED.rows(clinic))


def closed_days(clinic: Clinic, since: date) -> list[ClosedDay]:
    """Return the closed days to come, the next one first."""
    rows = ClosedDay.objects.filter(clinic=clinic, opened_at=None, closed_on__gte=since)
    return list(rows.order_by("closed_on"))


# -------------------------------------------------------------------------------------------------------- the sentence

WEEK = 7


def day_name(day: int) -> str:
    """Return the name of a day of the week in the language that is spoken now; 0 is Monday."""
    return str(WEEKDAYS[day])


def sentence(openings: tuple[Opening, ...], language: str) -> str:
    """Return the opening hours as patients read them: equal days that follow one another are said together."""
    by_day = [tuple((e.opens, e.closes) for e in openings if e.weekday == day) for day in range(WEEK)]
    runs = [(held, list(days)) for held, days in groupby(range(WEEK), key=lambda day: by_day[day]) if held]
    with override(language):
        return ", ".join(f"{_days(days)} {_hours(held)}" for held, days in runs)


def _days(days: list[int]) -> str:
    if len(days) == WEEK:
        return _("every day")
    if len(days) > 2:
        return _("%(first)s to %(last)s") % {"first": day_name(days[0]), "last": day_name(days[-1])}
    return _(" and ").join(day_name(day) for day in days)


def _hours(held: tuple[tuple[time, time], ...]) -> str:
    said = [
        _("%(opens)s to %(closes)s") % {"opens": _clock(opens), "closes": _clock(closes)}
        for opens, closes in held
    ]
    return _(" and ").join(said)


def _clock(clock: time) -> str:
    return f"{clock.hour or 0}:{clock.minute:02d}"
