"""Whether the background work is alive: each tick leaves its last end behind, for all processes to see.

An end that lies ahead of us is as bad as one that is long past: some clock was set, and nobody knows when it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache

STALLED_AFTER = timedelta(minutes=2)
# Without these nobody is told anything; the others may be late.
WATCHED = ("climb", "send alarm texts", "send alarm mails", "send texts", "send mails")


def name_of(tick: str) -> str:
    """Return the key under which a tick leaves its last end."""
    return f"tick-{tick}"


def last_ends() -> dict[str, datetime]:
    """Return when each watched tick ended last; one that never did is missing."""
    found = {tick: cache.get(name_of(tick)) for tick in WATCHED}
    return {tick: datetime.fromisoformat(ended) for tick, ended in found.items() if ended}


def stalled(at: datetime) -> bool:
    """Say whether one of the watched ticks has not ended for two minutes, or never."""
    ends = last_ends()
    return any(tick not in ends or abs(at - ends[tick]) > STALLED_AFTER for tick in WATCHED)


# What every page shows is asked for every few seconds only: (when, what was found).
_told: list[tuple[datetime, bool]] = []
TOLD_FOR = timedelta(seconds=5)


def stalled_lately(at: datetime) -> bool:
    """Say what `stalled` said within the last seconds, since every page asks."""
    if not _told or not timedelta(0) <= at - _told[-1][0] < TOLD_FOR:
        _told[:] = [(at, stalled(at))]
    return _told[-1][1]


def forget() -> None:
    """Ask anew the next time."""
    _told.clear()
