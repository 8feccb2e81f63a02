"""Words and places for the queue's and the outcomes' templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def clock_seconds(instant: datetime | None, actor: Any) -> str:
    """Write the time of day with its seconds in the clinic's zone: a climb is exact to the second."""
    return "" if instant is None else f"{instant.astimezone(actor.zone):%H:%M:%S}"


def add_to(value: float, more: int) -> str:
    """Move a place in a picture."""
    return f"{value + more:.1f}"


def values_of(scale: Any) -> range:
    """Return every whole value of a scale."""
    return range(scale.low, scale.high + 1)
