"""What to do, to leave and what is allowed again after a session, in elapsed hours from the last one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from needlepoint.advice.document import AftercareLine
from needlepoint.advice.facts.sessions import deepest
from needlepoint.advice.lines import shown
from needlepoint.advice.moment import Moment
from needlepoint.evidence.schema import Aftercare


def aftercare(moment: Moment, facts: Mapping[str, object]) -> tuple[AftercareLine, ...]:
    """Return the lines for a case; without a session they carry no instants."""
    session = moment.last_session
    clock = session.clock_starts_at if session else None
    depth_mm = deepest(session) if session else None
    rows = shown("aftercare", moment.knowledge.aftercare, moment, facts)
    return tuple(_line(row, moment.at, clock, depth_mm) for row in rows)


def _line(row: Aftercare, at: datetime, clock: datetime | None, depth_mm: Decimal | None) -> AftercareLine:
    from_at = _after(clock, row.from_hours)
    until_at = _after(clock, row.until_hours)
    return AftercareLine(
        id=row.id,
        kind=row.kind,
        says=row.says,
        from_at=from_at,
        until_at=until_at,
        prefer_from_at=_after(clock, row.prefer_from_hours) if _prefers(row, depth_mm) else None,
        allowed_now=None if from_at is None else _allowed(row.kind, at, from_at, until_at),
        sources=row.sources,
        basis=row.basis,
    )


def _after(clock: datetime | None, hours: float | None) -> datetime | None:
    # A session's clock is in UTC already, where elapsed hours simply add up.
    return None if clock is None or hours is None else clock + _span(hours)


@lru_cache(maxsize=256)
def _span(hours: float) -> timedelta:
    return timedelta(hours=hours)


def _prefers(row: Aftercare, depth_mm: Decimal | None) -> bool:
    """Say whether the later hour is preferred: after a deep session, or one whose depth is not on record."""
    if row.prefer_at_depth_mm is None or depth_mm is None:
        return True
    return depth_mm >= Decimal(str(row.prefer_at_depth_mm))


def _allowed(kind: str, at: datetime, from_at: datetime, until_at: datetime | None) -> bool:
    """Say whether now is a time for it: what is to be left is allowed outside its hours, all else inside them."""
    inside = from_at <= at and (until_at is None or at < until_at)
    return not inside if kind == "avoid" else inside
