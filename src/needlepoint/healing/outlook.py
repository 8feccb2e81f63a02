"""What a forecast says, as frozen values: bands over days, never a line alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from needlepoint.course.zones import Zone
from needlepoint.evidence.schema import Source

POPULATION_NOTE = (
    "Collagen is an estimate for people like this one; check-ins of redness teach nothing about it."
)


@dataclass(frozen=True, slots=True)
class Band:
    """An output over days from the first session, as percentiles over virtual patients."""

    day: tuple[float, ...]
    p05: tuple[float, ...]
    p25: tuple[float, ...]
    p50: tuple[float, ...]
    p75: tuple[float, ...]
    p95: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """One number with its 90 percent band."""

    p05: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Harm:
    """The unwanted side, as shares of virtual patients and as a class; never a patient's own probability.

    `prolonged_redness_share` are still visibly red (score 0.5 or more) after seven days; `still_red_at_next_share` when
    the next session is due; `hit_twice_fraction` is the part of the surface within reach of two channels or more.
    """

    pigment_risk: str
    prolonged_redness_share: float
    still_red_at_next_share: float
    hit_twice_fraction: float


@dataclass(frozen=True, slots=True)
class ZoneForecast:
    """What is to be expected in one zone; days after the session that `downtime_of_session` counts."""

    zone: Zone
    redness: Band
    tewl_ratio: Band
    collagen_histology_percent: Band
    collagen_ultrasound_percent: Band
    collagen_oct_ratio: Band
    downtime_days: Spread
    downtime_of_session: int
    flaking_days: tuple[float, float]
    harm: Harm
    basis_share: Mapping[str, Mapping[str, float]]
    session_days: tuple[float, ...]
    outside_studied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast; where nothing can be forecast `zones` is empty and `why` says so."""

    zones: tuple[ZoneForecast, ...]
    days_from: datetime
    members: int
    seed: int
    why: str = ""
    learned_from_check_ins: tuple[str, ...] = ()
    unlike_population: bool = False
    outside_studied: tuple[str, ...] = ()
    basis_share: Mapping[str, float] = field(
        default_factory=lambda: {"retrieved": 0.0, "calibrated": 0.0, "assumed": 0.0}
    )
    citations: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
