"""When a message may reach somebody: by day, by the clinic's clock, whatever that clock does in spring and autumn."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIRST_HOUR, LAST_HOUR = 8, 21
A_DAY, A_WEEK = 1, 3
"""Of how many matters that are not urgent somebody is told on a day and in seven days."""


def by_day(at: datetime, zone: ZoneInfo) -> bool:
    """Say whether it is between eight and nine in the evening there."""
    return FIRST_HOUR <= at.astimezone(zone).hour < LAST_HOUR


def next_by_day(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant itself by day, else the first one of the coming morning."""
    if by_day(at, zone):
        return at
    local = at.astimezone(zone)
    on = local.date() if local.hour < FIRST_HOUR else local.date() + timedelta(days=1)
    return max(at, morning(on, zone))


def morning(on: date, zone: ZoneInfo) -> datetime:
    """Return eight o'clock of a day; where the clocks skip it, the first instant after the gap."""
    return datetime.combine(on, time(FIRST_HOUR), zone).astimezone(UTC)


def start_of_day(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the local midnight before an instant."""
    return datetime.combine(at.astimezone(zone).date(), time(), zone).astimezone(UTC)
