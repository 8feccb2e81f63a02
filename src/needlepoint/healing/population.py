"""Who the virtual patients are: the constants for this patient's age, skin type and zone, and how people differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from needlepoint.evidence.healing import HealingEvidence, Parameter
from needlepoint.healing import equations as eq
from needlepoint.healing.chance import normals
from needlepoint.healing.compiled import Floats
from needlepoint.healing.ensemble import WIDTH, Table

# Room for so many sessions' own differences behind the constants in a row of standard normal numbers.
SESSIONS_AT_MOST = 24
COLUMNS = WIDTH + SESSIONS_AT_MOST

# The constants behind the rates, in the order of ensemble.X_*; the first three scale what the dose holds for everyone.
_BEHIND = ("eta", "kappa", "R_h", "sd_session", "g_H", "g_E", "g_ultrasound", "g_oct", "w_oct")


@dataclass(frozen=True, slots=True)
class Person:
    """What of a patient the constants depend on."""

    age_years: float
    skin_type: str
    part: str
    occluded: bool = False


def columns() -> tuple[str, ...]:
    """Return the names of the columns of a person's constants."""
    return (*eq.RATES, *_BEHIND)


def table(evidence: HealingEvidence, person: Person) -> Table:
    """Return the constants and their spread for people like this one."""
    rows = [_row(evidence, name, person) for name in columns()]
    value, log_sd, low, high = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    return Table(value, log_sd, low, high)


def draw(seed: int, first: int, members: int) -> Floats:
    """Return the standard normal numbers that make members first.. of the population different."""
    return normals(seed, first, members, COLUMNS)


def average() -> Floats:
    """Return the one member in whom nothing differs from the table, as an array (1, columns)."""
    return np.zeros((1, COLUMNS))


def _row(evidence: HealingEvidence, name: str, person: Person) -> tuple[float, float, float, float]:
    if name == "a":
        return _building(evidence.parameters["a_80"], person.age_years)
    if name == "c":
        slowing = evidence.parameters["c_age"].value * max(person.age_years - 30.0, 0.0)
        return (max(1.0 - slowing, 0.3), 0.0, 0.0, 1.0)
    if name == "f_skin":
        return (evidence.skin_types[person.skin_type].pigment.value, 0.0, 0.0, 10.0)
    value, log_sd, low, high = _spread(evidence.parameters[name])
    factor = _closing(evidence, name, person)
    return value * factor, log_sd, low * factor, high * factor


def _spread(row: Parameter) -> tuple[float, float, float, float]:
    return row.value, {"none": 0.0, "lognormal": row.log_sd, "uniform": -1.0}[row.spread], row.low, row.high


def _building(at_80: Parameter, age_years: float) -> tuple[float, float, float, float]:
    """Return how fast matrix is built at an age: a straight line through 1 at 25 and a range at 80."""
    share = min(max(age_years - 25.0, 0.0), 65.0) / 55.0
    value, low, high = (1.0 + share * (end - 1.0) for end in (at_80.value, at_80.low, at_80.high))
    return value, -1.0 if share > 0 else 0.0, low, high


def _closing(evidence: HealingEvidence, name: str, person: Person) -> float:
    if name == "k_H":
        return evidence.parameters["occluded"].value if person.occluded else 1.0
    if name == "k_E":
        return evidence.skin_types[person.skin_type].closing.value * evidence.parts[person.part].closing.value
    return 1.0
