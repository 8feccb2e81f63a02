"""A visit as an iCalendar file (RFC 5545), in words that say nothing about anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

REMIND_BEFORE = timedelta(days=1)


def visit(booking: UUID, starts_at: datetime, ends_at: datetime, *, words: str, made_at: datetime) -> bytes:
    """Return the file for one visit, with a reminder a day before; read again it replaces its earlier self.

    The instants are written in UTC, so that a calendar in any zone shows the right hour. Raises ValueError where the
    visit does not end after it starts.
    """
    from icalendar import Alarm, Calendar, Event

    if ends_at <= starts_at:
        raise ValueError("a visit ends after it starts")
    event, alarm, calendar = Event(), Alarm(), Calendar()
    calendar.add("prodid", "-//Needlepoint//visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event.add("uid", f"{booking}@needlepoint")
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    event.add("summary", words)
    event.add("class", "PRIVATE")
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -REMIND_BEFORE)
    event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
