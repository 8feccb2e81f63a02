"""The forecast's pictures as SVG, drawn on the server; a table beside each says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

register = template.Library()

WORDS = ("none", "slight", "mild", "clear", "strong")
# Room for the names on the left and the days below, in the picture's own units.
WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 640, 336, 86, 14, 16, 54
LAST_DAY, HIGHEST = 8.0, 4.0
FIRST_ROW, ROW, NAME_WIDE = 56, 48, 122


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the picture with what is written or drawn there."""

    x: float
    y: float
    says: str = ""
    kind: str = ""
    end: float = 0.0


@register.inclusion_tag("forecast/_curve.svg")
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


@register.inclusion_tag("forecast/_plans.svg")
def plans_figure(columns: Sequence[Any]) -> dict[str, Any]:
    """Draw each plan's gain with its band, and its days of redness as a bar."""
    half = (WIDE - NAME_WIDE) / 2 - 16
    gain = Scale(NAME_WIDE, half, 1.05 * max(1.2, *(each.gain.p95 for each in columns)))
    red = Scale(NAME_WIDE + half + 32, half, 1.5 * max(1.0, *(each.days_total for each in columns)))
    rows = [(each, FIRST_ROW + ROW * place) for place, each in enumerate(columns)]
    return {
        "columns": columns,
        "wide": WIDE,
        "high": FIRST_ROW + ROW * len(rows) - 6,
        "one": gain.at(1.0),
        "gain_left": gain.left,
        "days_left": red.left,
        "names": [Mark(NAME_WIDE - 10, y + 5, each.name) for each, y in rows],
        "bands": [Mark(gain.at(each.gain.p05), y, end=gain.at(each.gain.p95)) for each, y in rows],
        "middles": [Mark(gain.at(each.gain.p50), y, f"×{each.gain.p50:.2f}") for each, y in rows],
        "bars": [Mark(red.left, y - 9, f"{each.days_total:.1f}", end=red.long(each.days_total)) for each, y in rows],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of the picture on which a number is laid out from nought."""

    left: float
    length: float
    most: float

    def long(self, value: float) -> float:
        """Return how long a number is drawn."""
        return round(self.length * value / self.most, 1)

    def at(self, value: float) -> float:
        """Return where a number lies."""
        return round(self.left + self.length * value / self.most, 1)


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
