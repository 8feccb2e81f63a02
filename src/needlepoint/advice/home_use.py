"""The answer to "may I do this at home?", for those whom it concerns."""

from __future__ import annotations

from functools import lru_cache

from needlepoint.advice.document import HomeUseLine
from needlepoint.advice.moment import Moment
from needlepoint.course.goals import OperatorRole
from needlepoint.evidence.knowledge import Knowledge


def home_use(moment: Moment) -> tuple[HomeUseLine, ...]:
    """Return the lines where the operator is at home or the device is a home device; else nothing."""
    at_home = moment.case.clinic.operator is OperatorRole.HOME_USER or moment.device.setting == "home"
    return _all(moment.knowledge) if at_home else ()


@lru_cache(maxsize=8)
def _all(knowledge: Knowledge) -> tuple[HomeUseLine, ...]:
    return tuple(
        HomeUseLine(id=row.id, says=row.says, sources=row.sources, basis=row.basis)
        for row in knowledge.home_use.values()
    )
