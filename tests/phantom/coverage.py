"""A4: how often an interval holds the truth, and what the verdict on a whole pair is worth."""

from collections.abc import Iterable

import numpy as np
from tests.phantom.figures import Figure, compared
from tests.phantom.trials import Trial


def coverage(
    trials: list[Trial],
    measures: Iterable[str] = ("haemoglobin", "erythema_index", "a_star", "melanin_index"),
) -> list[Figure]:
    """A4: how often the stated 95 % interval holds the truth; touched neighbours are left out."""
    figures = []
    for measure in measures:
        held = [
            change.ci95[0] <= trial.truth.get((change.zone, measure), 0.0) <= change.ci95[1]
            for trial in trials
            for change in trial.comparison.zones
            if change.measure == measure
            and change.ci95 is not None
            and (change.zone not in trial.touched or (change.zone, measure) in trial.truth)
        ]
        share = float(np.mean(held))
        says = f"by the phantom's own scatter: 95 % interval holds the truth, {measure}"
        figures.append(
            Figure("A4", says, f"{share:.1%}", "92 to 98 %", 0.92 <= share <= 0.98, compared(trials))
        )
    return figures


def coverage_where_changed(trials: list[Trial], skin: str) -> list[Figure]:
    """A4 for haemoglobin, only where the blood of a pair changed: an unchanged zone holds nought far more easily."""
    told = [
        (change, trial.truth[change.zone, "haemoglobin"])
        for trial in trials
        for change in trial.comparison.zones
        if (change.zone, change.measure) in trial.truth and change.measure == "haemoglobin" and change.ci95
    ]
    share = float(np.mean([change.ci95[0] <= truth <= change.ci95[1] for change, truth in told]))
    holds = "95 % interval of haemoglobin holds the truth in the zone that changed"
    says = f"by the phantom's own scatter: {holds}, {skin} skin"
    return [Figure("A4", says, f"{share:.1%}", "≥ 90 %", share >= 0.9, len(told))]


def verdicts(
    null: list[Trial], blood: list[Trial], judged: str = "by the phantom's own scatter"
) -> list[Figure]:
    """The verdict on the pair as a whole, where nothing changed and where one zone did."""
    shares, counts = [], []
    for trials in (null, blood):
        told = [trial.comparison.verdict for trial in trials if trial.comparison.zones]
        shares.append(told.count("changed") / len(told))
        counts.append(len(told))
    unchanged = f"{judged}: unchanged pairs whose verdict as a whole is “changed”"
    says = f"{judged}: pairs with blood × 1.1 to 1.9 in one zone whose verdict as a whole is “changed”"
    return [
        Figure("pair", unchanged, f"{shares[0]:.1%}", "≤ 5 %", shares[0] <= 0.05, counts[0]),
        Figure("pair", says, f"{shares[1]:.1%}", "stated, no band", True, counts[1]),
    ]
