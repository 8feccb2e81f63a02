"""What all channels have in common, and the points at which a layer is looked at; nothing here needs arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from needlepoint.evidence.knowledge import Knowledge

# Twelve points are off by 1.3 % where the skin of the back is two millimetres thick; twice as many by 0.2 %.
POINTS_PER_LAYER = 24


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a channel and the scatter of depths, from dose.toml; lengths in mm."""

    scatter_share: float
    scatter_floor: float
    channel_share: float
    tip_taper: float
    reach_of_stimulus: float

    @classmethod
    def of(cls, knowledge: Knowledge) -> Shape:
        """Read the numbers from a knowledge base."""
        return cls(**{name: knowledge.dose_parameters[name].value.value for name in cls.__slots__})


@cache
def gauss_points(points: int = POINTS_PER_LAYER) -> tuple[tuple[float, float], ...]:
    """Return Gauss and Legendre's points and weights for a mean over 0 to 1, found by Newton's steps."""
    found = []
    for number in range(points):
        x = math.cos(math.pi * (number + 0.75) / (points + 0.5))
        for _ in range(8):
            value, slope = _legendre(points, x)
            x -= value / slope
        _, slope = _legendre(points, x)
        found.append(((1.0 - x) / 2.0, 1.0 / ((1.0 - x * x) * slope * slope)))
    return tuple(found)


def _legendre(degree: int, x: float) -> tuple[float, float]:
    """Return a Legendre polynomial and its slope at x."""
    before, value = 1.0, x
    for n in range(2, degree + 1):
        before, value = value, ((2 * n - 1) * x * value - (n - 1) * before) / n
    return value, degree * (x * value - before) / (x * x - 1.0)
