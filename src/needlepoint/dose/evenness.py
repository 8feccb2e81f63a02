"""How evenly a device spreads its channels: needle positions drawn by chance, counted in squares of one mm2.

The hand is in the model: it draws lanes side by side, a little off, and a pen a little faster or slower from lane to
lane. Passes change direction. What is assumed stands in docs/explanation/dose.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from needlepoint.course.session import Pass
from needlepoint.dose.coverage import Floats
from needlepoint.dose.geometry import channels, drum_mm
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Device

# Up and down, across, and the two diagonals, one after the other.
DIRECTIONS = (0.0, math.pi / 2, math.pi / 4, 3 * math.pi / 4)


@dataclass(frozen=True, slots=True, eq=False)
class Evenness:
    """Channels counted in squares of one mm2 [row, column]."""

    counts: Floats

    @property
    def per_mm2(self) -> float:
        """Return the mean count."""
        return float(self.counts.mean())

    @property
    def variation(self) -> float:
        """Return the coefficient of variation of the counts: 0 is perfectly even."""
        return float(self.counts.std() / self.counts.mean())

    @property
    def variation_by_chance(self) -> float:
        """Return the coefficient of variation that as many channels have when each is put down at random."""
        return 1.0 / math.sqrt(self.per_mm2)


def evenness(
    each_pass: Pass, device: Device, knowledge: Knowledge, chance: np.random.Generator, *, side_mm: int = 40
) -> Evenness:
    """Return the channels of all sweeps of a pass over a square field, counted per mm2.

    The mean agrees with the density of the dose. A stamp, which is pressed and not drawn, and needles that are not
    out are a ValueError.
    """
    tool = _tool(each_pass, device, knowledge)
    hand = _Hand(tool, side_mm, device.needles.width.value, _number(f"{device.kind}_hit", knowledge))
    scatter = _number("lane_scatter", knowledge)
    sweeps = [hand.sweep(angle, scatter, chance) for angle in _directions(each_pass.passes)]
    x, y = np.concatenate(sweeps).T
    edges = np.arange(side_mm + 1) - side_mm / 2
    return Evenness(np.histogram2d(y, x, bins=(edges, edges))[0])


def _directions(passes: int) -> Iterator[float]:
    for number in range(passes):
        yield DIRECTIONS[number % len(DIRECTIONS)]


def _number(name: str, knowledge: Knowledge) -> float:
    return knowledge.dose_parameters[name].value.value


def _turned(points: Floats, angle: float) -> Floats:
    """Return points [point, xy] turned about the origin."""
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned: Floats = points @ turn
    return turned


@dataclass(frozen=True, slots=True, eq=False)
class _Pen:
    """A gliding pen: where its needles sit on the plate [needle, xy], and the way from stroke to stroke; mm."""

    plate: Floats
    step: float
    speed_scatter: float

    def lane(self, half: float, chance: np.random.Generator) -> Floats:
        """Return where each stroke sets all needles along a lane from -half to half; the pen turns in the fingers."""
        # Drawn so that the mean density, which goes with one over the step, is the one of the dose.
        scatter = self.speed_scatter
        step = self.step * math.exp(chance.normal(scatter**2 / 2, scatter))
        along = np.arange(-half - chance.uniform(0.0, step), half, step)
        strokes = np.stack([along, np.zeros_like(along)], axis=1)
        plate = _turned(self.plate, chance.uniform(0.0, 2 * math.pi))
        return (strokes[:, None, :] + plate).reshape(-1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class _Roller:
    """A rolling drum: the places of its rows across the drum, and the way from needle to needle in a row; mm."""

    rows: Floats
    step: float

    def lane(self, half: float, chance: np.random.Generator) -> Floats:
        """Return where the needles pierce along a lane; neighbouring rows are half a step apart."""
        along = np.arange(-half - chance.uniform(0.0, self.step), half + self.step, self.step)
        shifts = self.step / 2 * (np.arange(len(self.rows)) % 2)
        x = along[:, None] - shifts
        return np.stack([x, np.broadcast_to(self.rows, x.shape)], axis=2).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class _Hand:
    """A hand that draws a tool in lanes over a square field, turned by any angle."""

    tool: _Pen | _Roller
    side: float
    width: float
    hit: float

    def sweep(self, angle: float, lane_scatter: float, chance: np.random.Generator) -> Floats:
        """Return the channels of one sweep [channel, xy]."""
        # A field turned by 45 degrees is wider by the root of two, and lanes lie off their places.
        half = self.side / math.sqrt(2.0) + self.width + 4 * lane_scatter
        lanes = np.arange(-half + chance.uniform(0.0, self.width), half, self.width)
        lanes += chance.normal(0.0, lane_scatter, len(lanes))
        points = np.concatenate([self.tool.lane(half, chance) + np.array([0.0, lane]) for lane in lanes])
        return _turned(points[chance.random(len(points)) < self.hit], angle)


def _tool(each_pass: Pass, device: Device, knowledge: Knowledge) -> _Pen | _Roller:
    if device.kind == "stamp" or not each_pass.depth.mm:
        raise ValueError("a stamp has no lanes, and needles that are not out make no channels")
    return _pen(each_pass, device, knowledge) if device.kind == "pen" else _roller(device)


def _pen(each_pass: Pass, device: Device, knowledge: Knowledge) -> _Pen:
    """Return a pen whose needles stand in a ring as wide as its swath."""
    needles, width = int(device.needles.count.value), device.needles.width.value
    turn = 2 * math.pi * np.arange(needles) / needles
    ring = width / 2 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    # The density of the dose, solved for the way between strokes: both then speak of the same glide.
    density = channels(each_pass, device, knowledge).per_mm2
    step = _number("pen_hit", knowledge) * needles * each_pass.passes / (density * width)
    return _Pen(ring, step, _number("speed_scatter", knowledge))


def _roller(device: Device) -> _Roller:
    """Return a roller with its needles in even rows."""
    needles, rows = device.needles, device.needles.rows or 1
    across = ((np.arange(rows) + 0.5) / rows - 0.5) * needles.width.value
    return _Roller(across, math.pi * drum_mm(device) * rows / needles.count.value)
