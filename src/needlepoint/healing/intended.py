"""The sessions that a plan has still to come, as a forecast is handed them."""

from __future__ import annotations

from dataclasses import dataclass

from needlepoint.course.session import Session

PLANNED_PASSES = 2  # where nothing was recorded in the zone yet; the forecast says so


@dataclass(frozen=True, slots=True)
class Intended:
    """Sessions to come, in order; `passes_agreed` where somebody said how many passes there will be."""

    sessions: tuple[Session, ...]
    passes_agreed: bool = False
