"""What may be seen on which days, for the concern treated."""

from __future__ import annotations

from functools import lru_cache

from needlepoint.advice.document import MilestoneLine
from needlepoint.course.goals import Concern
from needlepoint.evidence.knowledge import Knowledge


@lru_cache(maxsize=256)
def milestones(concern: Concern, knowledge: Knowledge) -> tuple[MilestoneLine, ...]:
    """Return the milestones of a concern, with those that hold for every concern."""
    return tuple(
        MilestoneLine(
            id=row.id,
            from_day=row.from_day,
            to_day=row.to_day,
            counts_from=row.counts_from,
            says=row.says,
            sources=row.sources,
            basis=row.basis,
        )
        for row in knowledge.milestones.values()
        if not row.concerns or concern.value in row.concerns
    )
