"""How a patient went."""

from __future__ import annotations

from needlepoint.clinic.desk.actions.leaving import Leaving
from needlepoint.clinic.practice.forms.typed import Typed, day, text


def leaving(typed: Typed) -> Leaving:
    """Return what was typed of a patient who left or died."""
    return Leaving(
        how=text(typed, "how", 8),
        reason=text(typed, "reason", 1000),
        died_on=day(typed, "died_on") if str(typed.get("died_on", "")).strip() else None,
    )
