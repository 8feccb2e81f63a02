"""What needled a patient elsewhere, for its page and as the core reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from needlepoint.clinic.models import NeedledElsewhere, Patient
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.course.zones import Zone


def told_of(patient: Patient) -> list[NeedledElsewhere]:
    """Return all that was ever told of a patient, the latest day first, with who wrote it down."""
    rows = NeedledElsewhere.objects.filter(patient=patient).select_related("told_by", "taken_back_by")
    return list(rows.order_by("-needled_on", "-pk"))


def as_sessions(rows: Iterable[NeedledElsewhere], zone: ZoneInfo) -> Iterator[Session]:
    """Yield what still holds as the core reads it; a day is all that is known, so its first instant stands for it.

    Without a depth no pass is told, and the core then takes every zone for needled, as deep as can be.
    """
    for row in rows:
        if row.taken_back_at is None:
            yield Session(
                started_at=datetime.combine(row.needled_on, time.min, tzinfo=zone),
                device=row.device,
                passes=tuple(_passes(row)),
            )


def _passes(row: NeedledElsewhere) -> Iterator[Pass]:
    # How many passes there were is not known; the core reads none of them as a dose.
    if row.depth_mm is not None:
        yield from (Pass(Zone(each), Depth(row.depth_mm), 1) for each in row.zones)
