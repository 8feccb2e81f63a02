"""The dose of one session, without asking all rules for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from needlepoint.clinic.models import Session
from needlepoint.clinic.practice.queries.devices import knowledge_with
from needlepoint.course.goals import Sex
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass
from needlepoint.course.session import Session as CoreSession
from needlepoint.course.zones import Zone

if TYPE_CHECKING:
    from needlepoint.dose.session import ZoneDose


def dose_of(session: Session, number: int, passes: Iterable[Any]) -> tuple[ZoneDose, ...]:
    """Return the dose of a session that is this one in the order of the course; it comes with its patient and device.

    `passes` are zone, depth, number, rate and endpoint of each, as they stand in the database.
    """
    from needlepoint.dose.session import doses

    done = CoreSession(
        started_at=session.opened_at,
        ended_at=session.finished_at,
        device=session.device.model,
        passes=tuple(
            Pass(Zone(zone), Depth(depth_mm), sweeps, rate_hz=rate_hz)
            for zone, depth_mm, sweeps, rate_hz, _endpoint in passes
        ),
    )
    known = knowledge_with(session.clinic_id, [session.device.model])
    found = doses([done], Sex(session.patient.sex), known)
    return tuple(replace(each, session=number) for each in found)
