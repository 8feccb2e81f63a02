"""Chance by counter: (seed, member, column) always gives the same number, whoever draws it and in whatever order."""

from __future__ import annotations

from math import cos, erfc, log, pi, sqrt

import numba
import numpy as np

from needlepoint.healing.compiled import Floats, compiled, threaded

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53


@compiled
def mixed(state: np.uint64) -> np.uint64:
    """Return the bits of a counter well mixed (the finaliser of SplitMix64)."""
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return np.uint64(state ^ (state >> np.uint64(31)))


@compiled
def unit(seed: int, member: int, column: int) -> float:
    """Return a number in (0, 1) for a counter."""
    state = mixed(np.uint64(seed) + _GOLDEN)
    state = mixed(state + np.uint64(member) * _GOLDEN + _GOLDEN)
    state = mixed(state + np.uint64(column) * _GOLDEN + _GOLDEN)
    return (float(state >> np.uint64(11)) + 0.5) * _TO_UNIT


@compiled
def normal(seed: int, member: int, column: int) -> float:
    """Return a standard normal number for a counter (Box and Muller's transform)."""
    one, two = unit(seed, member, 2 * column), unit(seed, member, 2 * column + 1)
    return sqrt(-2.0 * log(one)) * cos(2.0 * pi * two)


@compiled
def below(z: float) -> float:
    """Return the share of a standard normal below z."""
    return 0.5 * erfc(-z / sqrt(2.0))


@threaded
def normals(seed: int, first: int, members: int, columns: int) -> Floats:
    """Return the standard normal numbers of members first.. as an array (members, columns)."""
    drawn = np.empty((members, columns))
    for row in numba.prange(members):
        for column in range(columns):
            drawn[row, column] = normal(seed, first + row, column)
    return drawn
