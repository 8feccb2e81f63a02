"""What a session's channels do to each layer, for one virtual patient; compiled, as everyone has channels of their own.

The slow twin is `needlepoint.dose.coverage`: for the average patient both give the same shares, and a test says so.
Symbols: rho channels per mm2, S(z) the share of channels that reach the depth z, r(z) a channel's radius, R_h how far
from a channel fibroblasts are activated. Channels fall independently, so a point is missed by all of them with
probability exp(-sum of rho S pi r^2).
"""

from __future__ import annotations

from math import erfc, exp, pi, sqrt

import numpy as np

from needlepoint.dose.shape import POINTS_PER_LAYER
from needlepoint.healing.compiled import Floats, compiled

POINTS = POINTS_PER_LAYER
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(POINTS)
NODES, WEIGHTS = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS

# A group of channels is a row: density per mm2, setting, share of it reached, deepest they can be, needle width; in mm.
RHO, SETTING, REACH, DEEPEST, NEEDLE = range(5)
# What all channels have in common, in the order of dose.coverage.Shape.
SCATTER_SHARE, SCATTER_FLOOR, CHANNEL_SHARE, TIP_TAPER, REACH_OF_STIMULUS = range(5)


@compiled
def hits(
    ends: Floats, groups: Floats, shape: Floats, eta: float, kappa: float, r_h: float, out: Floats
) -> None:
    """Write the mean number of channels over points of each layer (6, POINTS); the factors scale what is common to all.

    The first four rows count channels that a point lies in (horny layer, epidermis, papillary, reticular dermis), the
    last two those within the reach of the stimulus of a point of the papillary and the reticular dermis.
    """
    out[:] = 0.0
    circle = pi * (shape[REACH_OF_STIMULUS] * r_h) ** 2
    for g in range(groups.shape[0]):
        reached = groups[g, SETTING] * min(1.0, groups[g, REACH] * eta)
        spread = (shape[SCATTER_SHARE] * reached + shape[SCATTER_FLOOR]) * sqrt(2.0)
        widest = shape[CHANNEL_SHARE] * kappa * 0.5 * groups[g, NEEDLE]
        for layer in range(4):
            top = ends[layer - 1] if layer > 0 else 0.0
            for point in range(POINTS):
                z = top + (ends[layer] - top) * NODES[point]
                if z <= groups[g, DEEPEST]:
                    through = groups[g, RHO] * 0.5 * erfc((z - reached) / spread)
                    r = widest * min(1.0, max(0.0, (reached - z) / shape[TIP_TAPER]))
                    out[layer, point] += through * pi * r * r
                    if layer >= 2:
                        out[layer + 2, point] += through * circle


@compiled
def covered(hit: Floats, factor: float) -> float:
    """Return the share of a layer that at least one channel covers, where all densities are `factor` times as high."""
    total = 0.0
    for point in range(hit.size):
        if hit[point] > 0.0:
            total += WEIGHTS[point] * (1.0 - exp(-factor * hit[point]))
    return total
