"""Measures every figure of the photo room and stores them: `python -m tests.phantom.accuracy OUT.json [PAIRS]`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.phantom import figures
from tests.phantom.figures import Figure
from tests.phantom.trials import Trial, blood_trials, null_trials

A1 = {"haemoglobin": 0.05, "erythema_index": 0.9, "a_star": 0.8, "melanin_index": 2.6}
A2 = {"haemoglobin": 0.025, "erythema_index": 0.35, "a_star": 0.3, "melanin_index": 1.2}


def of_trials(null: list[Trial], rig: list[Trial], blood: list[Trial], bare: list[Trial]) -> list[Figure]:
    """The figures that rest on pairs of photos."""
    return [
        *figures.scatter("A1", null, A1),
        *figures.scatter("A2", rig, A2),
        *figures.recovery(blood),
        *figures.coverage([*null, *blood]),
        *figures.no_card_alarms(bare),
    ]


def of_scenes(pairs: int) -> list[Figure]:
    """The figures that rest on single scenes."""
    told: list[Figure] = []
    parts: list[Callable[[], list[Figure]]] = [
        lambda: figures.lines(max(2, pairs // 12), 3024, 51),
        lambda: figures.registration(max(3, pairs // 8), 52),
        lambda: figures.fairness(max(1, pairs // 12)),
        lambda: figures.coarse_colours(max(2, pairs // 10), 56),
        lambda: figures.landmarks(max(5, pairs // 3), 53),
        lambda: figures.card_found(max(10, pairs), 54),
        figures.skin_model,
    ]
    for part in parts:
        told += part()
    return told


def main(out: Path, pairs: int) -> None:
    trials = [
        list(null_trials(pairs, 1.0, 41)),
        list(null_trials(pairs // 2, 0.4, 44)),
        list(blood_trials(pairs, 1.0, 43)),
        list(null_trials(pairs * 2 // 3, 1.0, 42, card=False)),
    ]
    told = [figure.plain() for figure in [*of_trials(*trials), *of_scenes(pairs)]]
    out.write_text(json.dumps({"figures": told}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
