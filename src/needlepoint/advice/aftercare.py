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
    rows = shown("aftercare", moment.knowledge.aftercare, moment, facts)
    if session is None:
        return tuple([_line(row) for row in rows])
    clock, depth_mm = session.clock_starts_at, deepest(session)
    return tuple([_timed(row, moment.at, clock, depth_mm) for row in rows])


def _timed(row: Aftercare, at: datetime, clock: datetime, depth_mm: Decimal | None) -> AftercareLine:
    # A session's clock is in UTC already, where elapsed hours simply add up.
    from_at = clock + _span(row.from_hours)
    until_at = None if row.until_hours is None else clock + _span(row.until_hours)
    prefer_from_at = None
    if row.prefer_from_hours is not None and _prefers(row, depth_mm):
        prefer_from_at = clock + _span(row.prefer_from_hours)
    return _line(row, from_at, until_at, prefer_from_at, _allowed(row.kind, at, from_at, until_at))


def _line(
    row: Aftercare,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    prefer_from_at: datetime | None = None,
    allowed_now: bool | None = None,
) -> AftercareLine:
    return AftercareLine(
        id=row.id,
        kind=row.kind,
        says=row.says,
        from_at=from_at,
        until_at=until_at,
        prefer_from_at=prefer_from_at,
        allowed_now=allowed_now,
        sources=row.sources,
        basis=row.basis,
    )


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
