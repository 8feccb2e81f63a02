"""What a forecast rests on: how much of each output hangs on numbers retrieved, calibrated and assumed.

A number counts by how far the output moves when the number moves over its range, in a straight line on the log scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from needlepoint.evidence.healing import HealingEvidence
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.healing.compiled import Floats
from needlepoint.healing.ensemble import X_SESSION, Table, simulate
from needlepoint.healing.population import COLUMNS, columns
from needlepoint.healing.runs import RunOrder, constants, schedule

BASES = ("retrieved", "calibrated", "assumed")
OUTPUTS = (
    "redness",
    "tewl_ratio",
    "collagen_histology_percent",
    "collagen_ultrasound_percent",
    "collagen_oct_percent",
)
_STEP = 0.1


@lru_cache(maxsize=8)
def basis_shares(order: RunOrder, knowledge: Knowledge) -> Mapping[str, Mapping[str, float]]:
    """Return for each output the shares of BASES, which sum to 1."""
    moved, bases, spans = _moved(order, knowledge)
    plan = schedule(order.plan)
    start = float(plan.days[order.looks.target])
    days = np.array([start + 1.0, float(plan.days[-1]) + 90.0])
    looked = np.searchsorted(days, days)
    seen = simulate(moved, _all_free(order), plan, days, OUTPUTS)
    shares = {}
    for row, name in enumerate(OUTPUTS):
        day = looked[0] if row < 2 else looked[1]
        baseline = {"redness": 0.0, "tewl_ratio": 1.0}.get(name, 100.0)
        outcome = seen[row, day] - baseline
        weight = np.abs(outcome[0::2] - outcome[1::2]) * spans
        total = max(float(weight.sum()), 1e-12)
        shares[name] = {
            basis: float(weight[[held == basis for held in bases]].sum()) / total for basis in BASES
        }
    return shares


def overall(shares: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of the outputs' shares."""
    return {basis: float(np.mean([each[basis] for each in shares.values()])) for basis in BASES}


def _all_free(order: RunOrder) -> Table:
    """Return constants that all move by the same share of themselves when their normal number moves."""
    held = constants(order)
    mean = np.where(held.log_sd < 0, 0.5 * (held.low + held.high), held.value)
    mean[X_SESSION] = 1.0
    return Table(mean, np.where(mean > 0, 1.0, 0.0), mean * 0.5, mean * 2.0)


def _moved(order: RunOrder, knowledge: Knowledge) -> tuple[Floats, list[str], Floats]:
    """Return people in pairs, one number up and down in each; the numbers' bases; and the widths of their ranges."""
    rows, bases, spans = [], [], []
    for column, name in enumerate(columns()):
        if column == X_SESSION:
            continue
        basis, low, high = _range(name, order.evidence, knowledge)
        rows.append([column])
        bases.append(basis)
        spans.append(np.log(high / low) if low > 0 else np.log(4.0))
    rows.append(list(range(len(columns()), COLUMNS)))
    bases.append("assumed")  # the density of channels: no outcome study states it
    spans.append(np.log(5.0))
    moved = np.zeros((2 * len(rows), COLUMNS))
    for number, where in enumerate(rows):
        moved[2 * number, where], moved[2 * number + 1, where] = _STEP, -_STEP
    return moved, bases, np.array(spans)


def _range(name: str, evidence: HealingEvidence, knowledge: Knowledge) -> tuple[str, float, float]:
    stands = {"a": "a_80", "c": "c_age"}.get(name, name)
    if name == "f_skin":
        return "assumed", 0.2, 2.0
    if name == "c":
        return "assumed", 0.6, 1.0
    if name in ("kappa", "R_h"):
        held = knowledge.dose_parameters[{"kappa": "channel_share", "R_h": "reach_of_stimulus"}[name]].value
        return held.basis, held.low, held.high
    row = evidence.parameters[stands]
    return row.basis, row.low, row.high
