"""Fit what is called calibrated to the figures that fitting may see: `python -m needlepoint.healing.calibrate`.

Each fitted constant has a prior: lognormal, with its range as plus and minus two standard deviations. Without priors
the fit runs to rates that no tissue has. The figures come from `calibration_rows`, which opens no other file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import msgspec
import numpy as np
from scipy.optimize import least_squares

from needlepoint.evidence.healing import FOLDER, Figure, HealingEvidence, calibration_rows, packaged_healing
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.healing.compiled import Floats
from needlepoint.healing.population import average
from needlepoint.healing.studies import found, play


@dataclass(frozen=True, slots=True)
class Fit:
    """The fitted constants and what is left over: each figure's gap in its own standard deviations."""

    values: Mapping[str, float]
    gaps: Mapping[str, float]
    cost: float


def fit(evidence: HealingEvidence, figures: Mapping[str, Figure], knowledge: Knowledge) -> Fit:
    """Return the constants that bring the average patient nearest to the figures, priors counted."""
    names = [row.symbol for row in evidence.parameters.values() if row.fitted]
    low, high = (np.log([getattr(evidence.parameters[n], side) for n in names]) for side in ("low", "high"))
    middle, sd = (low + high) / 2.0, (high - low) / 4.0

    def residuals(logs: Floats) -> Floats:
        tried = with_values(evidence, dict(zip(names, np.exp(logs).tolist(), strict=True)))
        gaps = list(_gaps(tried, figures, knowledge).values())
        return np.concatenate([gaps, (logs - middle) / sd])

    best = least_squares(residuals, middle, bounds=(low, high), diff_step=1e-4, xtol=1e-10, ftol=1e-10)
    values = {n: float(f"{v:.4g}") for n, v in zip(names, np.exp(best.x), strict=True)}
    return Fit(values, _gaps(with_values(evidence, values), figures, knowledge), float(best.cost))


def with_values(evidence: HealingEvidence, values: Mapping[str, float]) -> HealingEvidence:
    """Return the evidence with some constants set."""
    changed = {
        name: msgspec.structs.replace(evidence.parameters[name], value=value)
        for name, value in values.items()
    }
    return replace(evidence, parameters=MappingProxyType({**evidence.parameters, **changed}))


def _gaps(evidence: HealingEvidence, figures: Mapping[str, Figure], knowledge: Knowledge) -> dict[str, float]:
    courses = {
        name: play(evidence.studies[name], average(), evidence, knowledge) for name in _studies(figures)
    }
    return {name: _gap(float(found(f, courses)[0]), f) for name, f in figures.items()}


def _studies(figures: Mapping[str, Figure]) -> list[str]:
    return list(dict.fromkeys(n for figure in figures.values() for n in (figure.study, figure.versus) if n))


def _gap(seen: float, figure: Figure) -> float:
    """Return the gap to a value, or to the nearer edge of the band where only a sign was published."""
    aim = figure.value if figure.value is not None else min(max(seen, figure.low), figure.high)
    return (seen - aim) / figure.sd


def written(text: str, values: Mapping[str, float]) -> str:
    """Return parameters.toml with the fitted values put in."""
    for name, value in values.items():
        pattern = rf'(symbol = "{re.escape(name)}"\nname = "[^"]*"\nvalue = )\S+'
        text = re.sub(pattern, rf"\g<1>{value!r}", text)
    return text


def main() -> None:
    """Fit, write parameters.toml, and say what was fitted and how far each figure is."""
    fitted = fit(packaged_healing(), calibration_rows(), packaged())
    path: Path = FOLDER / "parameters.toml"
    path.write_text(written(path.read_text(), fitted.values))
    lines = [f"{name} = {value}" for name, value in fitted.values.items()]
    lines += [f"{name}: {gap:+.2f} sd" for name, gap in fitted.gaps.items()]
    sys.stdout.write("\n".join([*lines, f"cost {fitted.cost:.3f}"]) + "\n")


if __name__ == "__main__":
    main()
