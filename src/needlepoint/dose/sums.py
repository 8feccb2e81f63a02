"""The sums of coverage.py for one zone at a time and without arrays.

An advice needs a handful of them at once, and loading arrays takes longer than all of them together; courses repeat
their settings, so most are computed once. The twin over arrays is coverage.py, and a test holds one against the other.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

from needlepoint.dose.geometry import Channels
from needlepoint.dose.shape import Shape, gauss_points


@lru_cache(maxsize=4096)
def injured_fractions(
    made: tuple[Channels, ...], edges_mm: tuple[float, ...], shape: Shape
) -> tuple[float, ...]:
    """Return the injured share of each layer between two edges, all passes together."""
    return tuple(_injured(made, top, end, shape) for top, end in pairwise(edges_mm))


@lru_cache(maxsize=4096)
def hit_twice_fraction(made: tuple[Channels, ...], shape: Shape) -> float:
    """Return the share of the surface that lies within reach of two channels or more."""
    circle = math.pi * shape.reach_of_stimulus**2
    near = circle * sum(each.per_mm2 * _reaching(each, 0.0, shape) for each in made)
    return -math.expm1(-near) - near * math.exp(-near)


def _injured(made: tuple[Channels, ...], top: float, end: float, shape: Shape) -> float:
    total = 0.0
    for point, weight in gauss_points():
        depth = top + (end - top) * point
        total -= weight * math.expm1(-sum(_covering(each, depth, shape) for each in made))
    return total


def _covering(made: Channels, depth: float, shape: Shape) -> float:
    """Return how often the channels of a pass cover a point at a depth, on the average."""
    narrowing = min(1.0, (made.reached_mm - depth) / shape.tip_taper)
    if narrowing <= 0.0:
        return 0.0
    radius = shape.channel_share * made.needle_mm / 2.0 * narrowing
    return made.per_mm2 * _reaching(made, depth, shape) * math.pi * radius**2


def _reaching(made: Channels, depth: float, shape: Shape) -> float:
    """Return the share of a pass's channels that are deeper than a depth above their mean, so within the setting."""
    spread = shape.scatter_share * made.reached_mm + shape.scatter_floor
    return 0.5 * math.erfc((depth - made.reached_mm) / (math.sqrt(2.0) * spread))
