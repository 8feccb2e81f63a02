"""Time: instants in UTC; elapsed hours are counted in UTC, dates and times of day in the clinic's zone."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from needlepoint.course.errors import InputError

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2200, 1, 1)


def in_utc(key: str, instant: datetime) -> datetime:
    """Return the instant in UTC; one without an offset is refused, because nobody can say when it was."""
    if instant.utcoffset() is None:
        form = "an instant such as 2026-03-02T14:00:00-05:00"
        raise InputError(key, "%(instant)s has no offset from UTC", form, instant=instant.isoformat())
    in_calendar(key, instant.date())
    return instant.astimezone(UTC)


def in_calendar(key: str, day: date) -> date:
    """Return the day; one far from our time is a slip of the pen, and sums with it could overflow."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(
            key,
            "%(day)s is out of bounds",
            "a date from %(first_day)s to %(last_day)s",
            day=day,
            first_day=FIRST_DAY,
            last_day=LAST_DAY,
        )
    return day


@lru_cache(maxsize=1024)
def time_zone(name: str, key: str = "clinic.time_zone") -> ZoneInfo:
    """Return the IANA time zone of that name."""
    form = "an IANA name such as America/New_York or Europe/Berlin"
    if not name or name != name.strip():
        raise InputError(key, "%(name)r is not a time zone", form, name=name)
    try:
        return ZoneInfo(name)
    # ZoneInfo reads files by name, so odd names surface as several kinds of error.
    except (KeyError, ValueError, OSError):
        raise InputError(key, "%(name)r is not a time zone", form, name=name) from None


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of the instant in the clinic's zone."""
    return instant.astimezone(zone).date()


def hours_after(instant: datetime, hours: float) -> datetime:
    """Return the instant that many elapsed hours later, in UTC, whatever the clocks did in between."""
    return instant.astimezone(UTC) + timedelta(hours=hours)


def at_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the one instant of a day at which the zone's clocks show that time.

    Where the clocks show it twice it is the first; where they skip it, it is as much later as they skip.
    """
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def comes_twice(instant: datetime, zone: ZoneInfo) -> bool:
    """Say whether the zone's clocks show the instant's time of day twice, so that it needs its offset beside it."""
    local = instant.astimezone(zone)
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def when_open(instant: datetime, opens: time, closes: time, zone: ZoneInfo) -> datetime:
    """Return the instant, or the next one at which the zone's clocks have passed `opens` and not yet `closes`."""
    local = instant.astimezone(zone)
    if opens <= local.time() < closes:
        return instant.astimezone(UTC)
    day = local.date() if local.time() < opens else local.date() + timedelta(days=1)
    first = at_clock(day, opens, zone)
    # In the repeated hour the first opening may have gone by already; the second one is still to come.
    return first if first >= instant else datetime.combine(day, opens.replace(fold=1), zone).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """Return the same day so many calendar months later; the 31st becomes the month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
