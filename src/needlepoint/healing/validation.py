"""The model held against what was published: every figure, fitted or held out, hits and misses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from needlepoint.evidence.healing import Figure, HealingEvidence, calibration_rows, held_out_rows
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.healing.bands import bands
from needlepoint.healing.population import draw
from needlepoint.healing.studies import Play, found, play

MEMBERS, SEED = 1000, 4


@dataclass(frozen=True, slots=True)
class Check:
    """A figure beside what the model says, where it says anything: median and 90 percent band of virtual patients.

    For a figure of width the median is the percentage of the study's people that the band covers.
    """

    figure: Figure
    role: Literal["calibrate", "held out"]
    median: float | None
    low: float | None
    high: float | None

    @property
    def inside(self) -> bool:
        """Return whether the median lies within the figure's band."""
        return self.median is not None and self.figure.low <= self.median <= self.figure.high

    @property
    def verdict(self) -> Literal["hit", "miss", "not modelled"]:
        """Return how the model fared."""
        if self.median is None:
            return "not modelled"
        return "hit" if self.inside else "miss"


def checks(evidence: HealingEvidence, knowledge: Knowledge) -> tuple[Check, ...]:
    """Return all figures with what a thousand virtual patients show."""
    fitted, unseen = calibration_rows(), held_out_rows()
    people = draw(SEED, 0, MEMBERS)
    named = dict.fromkeys(
        name for figure in _all(fitted, unseen) for name in (figure.study, figure.versus) if name
    )
    courses = {name: play(evidence.studies[name], people, evidence, knowledge) for name in named}
    return (
        *(_check(figure, "calibrate", courses) for figure in fitted.values()),
        *(_check(figure, "held out", courses) for figure in unseen.values()),
    )


def _all(*tables: Mapping[str, Figure]) -> Iterable[Figure]:
    return (figure for table in tables for figure in table.values())


def _check(figure: Figure, role: Literal["calibrate", "held out"], courses: Mapping[str, Play]) -> Check:
    if figure.compare == "not_modelled":
        return Check(figure, role, None, None, None)
    seen = found(figure, courses)
    if figure.quantity == "late_redness_share":
        return Check(figure, role, float(np.mean(seen)), None, None)
    low, _, median, _, high = bands(seen).tolist()
    if figure.compare == "width":
        return Check(figure, role, _covered(figure, low, high), low, high)
    return Check(figure, role, median, *((low, high) if seen.size > 1 else (None, None)))


def _covered(figure: Figure, low: float, high: float) -> float:
    if figure.value is None or figure.people_sd is None:
        raise ValueError(f"{figure.id}: the mean or the SD of the people is missing")
    people = NormalDist(figure.value, figure.people_sd)
    return 100.0 * (people.cdf(high) - people.cdf(low))
