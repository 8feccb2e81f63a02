"""What to do, and what to leave, before the next session, and by which day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from needlepoint.advice.document import Plan, PreparationLine
from needlepoint.advice.lines import shown
from needlepoint.advice.moment import Moment


def preparation(moment: Moment, facts: Mapping[str, object], plan: Plan) -> tuple[PreparationLine, ...]:
    """Return the lines for a case; `stop_by` counts back from the next session's first day and needs one."""
    session_on = plan.sessions[0].earliest_on if plan.sessions else None
    return tuple(
        PreparationLine(
            id=row.id,
            says=row.says,
            stop_by=_stop_by(session_on, row.stop_by_days),
            sources=row.sources,
            basis=row.basis,
        )
        for row in shown("preparation", moment.knowledge.preparation, moment, facts)
    )


def _stop_by(session_on: date | None, days: int | None) -> date | None:
    return None if session_on is None or days is None else session_on - timedelta(days=days)
