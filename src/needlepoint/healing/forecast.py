"""The door of this room: a case and an instant in, a forecast with bands out. Importing it costs nothing."""

from __future__ import annotations

from datetime import datetime
from types import ModuleType

from needlepoint.course.case import Case
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.own import knowing
from needlepoint.healing.intended import Intended
from needlepoint.healing.outlook import Forecast

NOT_INSTALLED = "The forecast needs the extra package set: pip install 'needlepoint[healing]'."


def forecast(
    case: Case, at: datetime, knowledge: Knowledge | None = None, members: int = 4000, seed: int = 0,
    intended: Intended | None = None,
) -> Forecast:  # fmt: skip
    """Return what the skin will do after the course as it is known at an instant, and the sessions intended.

    `members` virtual patients are drawn by `seed`; the same arguments give the same forecast to the last bit. Without
    intended sessions the goal's usual ones stand in.
    """
    making = _making()
    if making is None:
        return Forecast((), at, members, seed, why=NOT_INSTALLED)
    made: Forecast = making.forecast(
        case, at, knowing(knowledge or packaged(), case.own_devices), members, seed, intended
    )
    return made


def prepare() -> None:
    """Load the compiled code, or compile it where this machine has not yet: for a server, before somebody asks."""
    making = _making()
    if making is not None:
        making.prepare()


def _making() -> ModuleType | None:
    # The compiled code is loaded only where a forecast is asked for: an advice without one stays quick.
    try:
        from needlepoint.healing import making
    except ModuleNotFoundError as missing:
        if missing.name not in ("numba", "llvmlite"):
            raise
        return None
    return making
