"""A visit in time: what it takes of whom, and what about its day and hour is asked before it is booked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from needlepoint.course.instants import comes_twice

# Outside of these nobody is meant to come, unless somebody says so.
USUAL_FROM, USUAL_UNTIL = time(6), time(22)
LONG_AHEAD = timedelta(days=731)
JUST_NOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; its end belongs to what comes next."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Span) -> bool:
        """Say whether the two have any instant in common; back to back they have none."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Taken:
    """What one visit takes: the room throughout, and of everybody else only the part in which they are needed."""

    room: Span
    member: Span
    patient: Span
    device: Span


def taken(starts_at: datetime, numbing: int, minutes: int, clean_down: int) -> Taken:
    """Return what a visit takes: numbing first, then the hands and the device, then clean-down without the patient."""
    # Minutes pass in UTC: added to a local time they would leap with the clocks.
    comes_at = starts_at.astimezone(UTC)
    begins_at = comes_at + timedelta(minutes=numbing)
    leaves_at = begins_at + timedelta(minutes=minutes)
    ends_at = leaves_at + timedelta(minutes=clean_down)
    return Taken(
        room=Span(comes_at, ends_at),
        member=Span(begins_at, leaves_at),
        patient=Span(comes_at, leaves_at),
        device=Span(begins_at, ends_at),
    )


def doubts(span: Span, at: datetime, zone: ZoneInfo, opens: Sequence[Span] | None = None) -> Iterator[str]:
    """Yield what is asked before a visit is booked, because hardly anybody means it; each names its own day.

    `span` is how long the patient is there, `opens` when the practice is open on that day: nothing where it is closed,
    None where nobody wrote down any hours.
    """
    starts, ends = (each.astimezone(zone) for each in (span.starts_at, span.ends_at))
    when = f"{starts:%a %-d %b %Y, %H:%M}"
    if span.starts_at < at - JUST_NOW:
        yield f"Do you mean {when}? That is in the past."
    if span.starts_at > at + LONG_AHEAD:
        years = (span.starts_at - at).days // 365
        yield f"Do you mean {when}? That is in {years} years."
    if opens is not None:
        yield from _outside(span, opens, f"Do you mean {when} to {ends:%H:%M}?", zone)
    elif starts.time() < USUAL_FROM or ends.date() > starts.date() or ends.time() > USUAL_UNTIL:
        yield f"Do you mean {when} to {ends:%H:%M}? That is at night."
    if comes_twice(span.starts_at, zone):
        which = "second after" if starts.fold else "first before"
        yield f"Do you mean {when}, the {which} the clocks go back? It comes twice on that day."


def _outside(span: Span, opens: Sequence[Span], asks: str, zone: ZoneInfo) -> Iterator[str]:
    if any(each.starts_at <= span.starts_at and span.ends_at <= each.ends_at for each in opens):
        return
    told = " and ".join(
        f"{each.starts_at.astimezone(zone):%H:%M} to {each.ends_at.astimezone(zone):%H:%M}" for each in opens
    )
    yield (
        f"{asks} The practice is open {told} on that day."
        if told
        else f"{asks} The practice is closed on that day."
    )


def other_of_two(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the other instant at which the clocks show the same; the same one where there is none."""
    local = instant.astimezone(zone)
    return local.replace(fold=1 - local.fold).astimezone(UTC) if comes_twice(instant, zone) else instant


def free(holds: list[Span], within: Span, lasts: timedelta) -> list[Span]:
    """Return the stretches within one that no hold touches and that are long enough, in order."""
    found, begins = [], within.starts_at
    for each in sorted(holds, key=lambda hold: hold.starts_at):
        if each.starts_at - begins >= lasts:
            found.append(Span(begins, min(each.starts_at, within.ends_at)))
        begins = max(begins, each.ends_at)
    if within.ends_at - begins >= lasts:
        found.append(Span(begins, within.ends_at))
    return [each for each in found if each.ends_at - each.starts_at >= lasts]
