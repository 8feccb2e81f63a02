"""Poisson coverage: how much of the skin at a depth lies in a channel, when channels fall at random.

The symbols and the doubts stand in docs/explanation/dose.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from needlepoint.dose.geometry import Channels
from needlepoint.dose.shape import POINTS_PER_LAYER, Shape

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """The channels of many passes as arrays [pass]: density, mean and greatest depth, needle width; mm throughout."""

    per_mm2: Floats
    reached: Floats
    deepest: Floats
    needle: Floats
    shape: Shape

    @classmethod
    def of(cls, channels: Sequence[Channels], shape: Shape) -> Passes:
        """Turn channels into arrays."""
        rows = [(c.per_mm2, c.reached_mm, c.setting_mm + c.beyond_mm, c.needle_mm) for c in channels]
        per_mm2, reached, deepest, needle = np.array(rows, dtype=np.float64).reshape(-1, 4).T
        return cls(per_mm2, reached, deepest, needle, shape)

    def reaching(self, depth: Floats) -> Floats:
        """Return S: the share of each pass's channels deeper than the depths [pass, depth] in mm."""
        mean = self.reached[:, None]
        spread = self.shape.scatter_share * mean + self.shape.scatter_floor
        share = 0.5 * _erfc((depth - mean) / (math.sqrt(2.0) * spread))
        return np.where(depth > self.deepest[:, None], 0.0, share)

    def radius(self, depth: Floats) -> Floats:
        """Return r: how wide the channels are at the depths [pass, depth], in mm from the axis."""
        narrowing = np.clip((self.reached[:, None] - depth) / self.shape.tip_taper, 0.0, 1.0)
        widest: Floats = self.shape.channel_share * self.needle[:, None] / 2.0 * narrowing
        return widest

    def covering(self, depth: Floats) -> Floats:
        """Return how often the channels of each pass cover a point at the depths [pass, depth], on the average."""
        covering: Floats = self.per_mm2[:, None] * self.reaching(depth) * np.pi * self.radius(depth) ** 2
        return covering

    def stimulating(self, depth: Floats) -> Floats:
        """Return how many channels of each pass lie near enough to a point at the depths [pass, depth] to wake it."""
        circle = np.pi * self.shape.reach_of_stimulus**2
        stimulating: Floats = self.per_mm2[:, None] * self.reaching(depth) * circle
        return stimulating


def layer_fractions(passes: Passes, group: npt.NDArray[np.intp], edges: Floats) -> Floats:
    """Return the injured share of each layer [group, layer], from each pass's group and the groups' edges in mm."""
    depths, weights = _points(edges)
    covering = _summed(passes.covering(depths[group]), group, len(edges))
    by_layer: Floats = -np.expm1(-covering).reshape(len(edges), -1, POINTS_PER_LAYER) @ weights
    return by_layer


def stimulated_fractions(passes: Passes, group: npt.NDArray[np.intp], edges: Floats) -> Floats:
    """Return the share of each layer [group, layer] that lies within the stimulus's reach of a channel."""
    depths, weights = _points(edges)
    near = _summed(passes.stimulating(depths[group]), group, len(edges))
    by_layer: Floats = -np.expm1(-near).reshape(len(edges), -1, POINTS_PER_LAYER) @ weights
    return by_layer


def fraction_by_depth(passes: Passes, depths: Floats) -> Floats:
    """Return the injured share at each depth in mm, all passes together."""
    injured: Floats = -np.expm1(-passes.covering(np.tile(depths, (len(passes.per_mm2), 1))).sum(axis=0))
    return injured


def hit_twice_fractions(passes: Passes, group: npt.NDArray[np.intp], groups: int) -> Floats:
    """Return the share of the surface [group] that lies within reach of two channels or more."""
    near = _summed(passes.stimulating(np.zeros((len(group), 1))), group, groups)[:, 0]
    twice: Floats = -np.expm1(-near) - near * np.exp(-near)
    return twice


def _summed(values: Floats, group: npt.NDArray[np.intp], groups: int) -> Floats:
    """Return the sum over the passes of each group [group, depth]: random channels of several passes add up."""
    total = np.zeros((groups, values.shape[1]))
    np.add.at(total, group, values)
    return total


def _points(edges: Floats) -> tuple[Floats, Floats]:
    """Return the depths at which the layers are looked at [group, layers * points], and the weights of the points."""
    nodes, weights = _gauss()
    top, thickness = edges[:, :-1, None], np.diff(edges, axis=1)[:, :, None]
    return (top + thickness * nodes).reshape(len(edges), -1), weights


@cache
def _gauss() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(POINTS_PER_LAYER)
    return (nodes + 1.0) / 2.0, weights / 2.0


def _erfc(x: Floats) -> Floats:
    each: Floats = np.array(list(map(math.erfc, x.ravel().tolist()))).reshape(x.shape)
    return each
