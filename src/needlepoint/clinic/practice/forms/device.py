"""What was typed of a device: its serial number, and what its label says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from needlepoint.clinic.practice.forms.typed import decimal, line, number
from needlepoint.course.errors import InputError
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.own import is_own


def serial(typed: Any) -> str:
    """Return the serial number, which every piece has: two pens of one make are told apart by it."""
    return line(typed, "serial", 40, needed=True)


def model(typed: Any) -> str:
    """Return a make that can be chosen from the list."""
    chosen = line(typed, "model", 64, needed=True)
    if chosen in packaged().devices or is_own(chosen):
        return chosen
    raise InputError("model", "is not on the list", "one of the list")


def label(typed: Any) -> dict[str, Any]:
    """Return what was read off a label; whether it can be so, the vocabulary says."""
    return {
        "name": line(typed, "name", 60, needed=True),
        "maker": line(typed, "maker", 60, needed=True),
        "label": line(typed, "label", 300, needed=True),
        "depth_min_mm": _asked(typed, "depth_min_mm", "mm"),
        "depth_max_mm": _asked(typed, "depth_max_mm", "mm"),
        "needles": number(typed, "needles", 1, 200),
        "needle_mm": _asked(typed, "needle_mm", "mm"),
        "depth_step_mm": decimal(typed, "depth_step_mm", "mm"),
        "rate_low_hz": decimal(typed, "rate_low_hz", "Hz"),
        "rate_high_hz": decimal(typed, "rate_high_hz", "Hz"),
        "cleared_as": line(typed, "cleared_as", 12),
    }


def _asked(typed: Any, name: str, unit: str) -> Decimal:
    value = decimal(typed, name, unit)
    if value is None:
        raise InputError(name, "is empty", f"a number in {unit}")
    return value
