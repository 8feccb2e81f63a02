"""The forecast's pictures as SVG, drawn on the server; a table beside each says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WORDS = ("none", "slight", "mild", "clear", "strong")
# Room for the names on the left and the days below, in the picture's own units.
WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 640, 336, 116, 14, 16, 54
LAST_DAY, HIGHEST = 8.0, 4.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the picture with what is written or drawn there."""

    x: float
    y: float
    says: str = ""
    kind: str = ""
    end: float = 0.0


def redness_curve(curve: Any) -> dict[str, Any]:
    """Draw the bands of redness by day, with the check-ins."""
    band, floor = curve.band, HIGH - BOTTOM
    return {
        "curve": curve,
        "wide": WIDE,
        "high": HIGH,
        "left": LEFT,
        "right": WIDE - RIGHT,
        "floor": floor,
        "outer": _ribbon(band.day, band.p05, band.p95),
        "inner": _ribbon(band.day, band.p25, band.p75),
        "middle": _line(band.day, band.p50),
        "scores": [Mark(LEFT - 8, _y(score), word) for score, word in enumerate(WORDS)],
        "days": [Mark(_x(day), floor + 20, str(day)) for day in range(int(LAST_DAY) + 1)],
        "week": Mark(_x(7.0), _y(HIGHEST)),
        "told": [Mark(_x(each.day), _y(each.redness), kind=_kind(each)) for each in curve.told],
    }


def _kind(told: Any) -> str:
    return "own" if told.of_this else "earlier"


def _x(day: float) -> float:
    return round(LEFT + (WIDE - LEFT - RIGHT) * min(day, LAST_DAY) / LAST_DAY, 1)


def _y(score: float) -> float:
    return round(TOP + (HIGH - TOP - BOTTOM) * (1.0 - score / HIGHEST), 1)


def _inside(days: Sequence[float], scores: Sequence[float]) -> list[tuple[float, float]]:
    """Return the points up to the last day drawn, the last of them on the picture's edge."""
    points = list(zip(days, scores, strict=True))
    kept = [point for point in points if point[0] <= LAST_DAY]
    beyond = [point for point in points if point[0] > LAST_DAY]
    if kept and beyond and kept[-1][0] < LAST_DAY:
        (a, low), (b, high) = kept[-1], beyond[0]
        kept.append((LAST_DAY, low + (high - low) * (LAST_DAY - a) / (b - a)))
    return kept


def _line(days: Sequence[float], scores: Sequence[float]) -> str:
    return " ".join(f"{_x(day)},{_y(score)}" for day, score in _inside(days, scores))


def _ribbon(days: Sequence[float], low: Sequence[float], high: Sequence[float]) -> str:
    there = [f"{_x(day)},{_y(score)}" for day, score in _inside(days, high)]
    back = [f"{_x(day)},{_y(score)}" for day, score in reversed(_inside(days, low))]
    return " ".join([*there, *back])
