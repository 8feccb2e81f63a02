"""A pen that a practice entered from its label: what the label says, and nothing that it does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from needlepoint.course.errors import InputError
from needlepoint.course.quantities import DEEPEST_MM, bounded, optional, whole

OWN = "own-"
_ID = re.compile(rf"{OWN}[0-9a-z-]{{1,60}}")
SHORTEST_LABEL = 8


@dataclass(frozen=True, slots=True)
class OwnDevice:
    """A pen by its label: depths on its dial in mm, how many needles, how thick they are in mm, strikes in a second.

    `label` says which label or leaflet was read, with its edition or date; `cleared_as` is the number under which an
    authority cleared the pen, where the practice knows it. A step or a rate that the label does not give is None.
    """

    id: str
    name: str
    maker: str
    label: str
    depth_min_mm: Decimal
    depth_max_mm: Decimal
    needles: int
    needle_mm: Decimal
    depth_step_mm: Decimal | None = None
    rate_low_hz: Decimal | None = None
    rate_high_hz: Decimal | None = None
    cleared_as: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise InputError("id", "%(id)r is no name of an own device", 'text such as "own-1"', id=self.id)
        for name in ("name", "maker"):
            _said(name, getattr(self, name), 2, "a name")
        _said(
            "label", self.label, SHORTEST_LABEL, "which label or leaflet was read, with its edition or date"
        )
        self._measure()
        whole("needles", self.needles, 1, 200)
        if not self.depth_min_mm < self.depth_max_mm:
            raise InputError(
                "depth_max_mm", "is not deeper than the least", "the deepest setting of the dial"
            )
        if self.depth_step_mm is not None and self.depth_step_mm > self.depth_max_mm - self.depth_min_mm:
            raise InputError("depth_step_mm", "is wider than the whole dial", "the step between two settings")
        self._check_rate()

    def _measure(self) -> None:
        deepest = str(DEEPEST_MM)
        limits = {
            "depth_min_mm": ("0", deepest),
            "depth_max_mm": ("0.1", deepest),
            "needle_mm": ("0.05", "1"),
        }
        for name, (low, high) in limits.items():
            object.__setattr__(self, name, bounded(name, getattr(self, name), low, high, "mm"))
        step = optional("depth_step_mm", self.depth_step_mm, "0.05", "1", "mm")
        object.__setattr__(self, "depth_step_mm", step)
        for name in ("rate_low_hz", "rate_high_hz"):
            object.__setattr__(self, name, optional(name, getattr(self, name), "1", "1000", "Hz"))

    def _check_rate(self) -> None:
        low, high = self.rate_low_hz, self.rate_high_hz
        if (low is None) is not (high is None):
            raise InputError(
                "rate_high_hz", "stands without its other end", "the slowest and the fastest, or neither"
            )
        if low is not None and high is not None and low > high:
            raise InputError("rate_high_hz", "is slower than the slowest", "the fastest rate of the device")


def _said(name: str, value: str, shortest: int, form: str) -> None:
    if len(value.strip()) < shortest or not value.isprintable():
        raise InputError(name, "is missing or too short", form)
