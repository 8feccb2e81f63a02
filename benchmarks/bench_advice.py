"""How many advices a second on one core, and how the cost grows with sessions and zones.

`python benchmarks/bench_advice.py` prints a table; `pytest -m bench benchmarks/bench_advice.py` times the same cases.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

if __name__ == "__main__":
    # Run as a script, Python looks for modules beside this file; the cases lie with the tests.
    sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.unit.factories import AT, case, check_in, goal, passes, session

from needlepoint.advice import advise
from needlepoint.course.case import Case
from needlepoint.course.zones import Zone, ZonePart
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()
ZONES = tuple(zone for zone in Zone if zone.part is not ZonePart.EYELID)
SESSIONS = (1, 5, 10, 25, 50)
WIDTHS = (1, 5, 10, 20, 30)


def typical() -> Case:
    """Return two cheeks, one session done, two check-ins since."""
    cheeks = goal("acne_scars", "cheek_left", "cheek_right")
    return case(
        goal=cheeks,
        sessions=(session(35, passes=passes("1.0", *cheeks.zones)),),
        check_ins=(check_in(34, "fine_flaking", redness=2), check_in(28)),
    )


def with_sessions(count: int) -> Case:
    """Return a course of so many sessions with a pass on one cheek each."""
    return case(sessions=tuple(session(10 * (count - index)) for index in range(count)))


def with_zones(count: int) -> Case:
    """Return a goal of so many zones, each of them needled in the one session done."""
    zones = ZONES[:count]
    return case(goal=goal("acne_scars", *zones), sessions=(session(35, passes=passes("0.5", *zones)),))


@pytest.mark.bench
def test_a_typical_advice(benchmark: Callable[..., object]) -> None:
    """Time the typical case."""
    benchmark(advise, typical(), AT, KNOWLEDGE)


@pytest.mark.bench
@pytest.mark.parametrize("count", SESSIONS)
def test_growth_with_sessions(benchmark: Callable[..., object], count: int) -> None:
    """Time a course by its sessions."""
    benchmark(advise, with_sessions(count), AT, KNOWLEDGE)


@pytest.mark.bench
@pytest.mark.parametrize("count", WIDTHS)
def test_growth_with_zones(benchmark: Callable[..., object], count: int) -> None:
    """Time a goal by its zones."""
    benchmark(advise, with_zones(count), AT, KNOWLEDGE)


def milliseconds(of: Case, rounds: int = 25, each: int = 20) -> float:
    """Return the best of many rounds: what else the machine does can only add to it."""
    advise(of, AT, KNOWLEDGE)
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(each):
            advise(of, AT, KNOWLEDGE)
        best = min(best, (time.perf_counter() - start) / each)
    return best * 1000


def main() -> None:
    """Print the table."""
    rows = [("a typical case", typical())]
    rows += [(f"{count} session{'s' if count > 1 else ''}", with_sessions(count)) for count in SESSIONS]
    rows += [(f"{count} zone{'s' if count > 1 else ''}", with_zones(count)) for count in WIDTHS]
    sys.stdout.write(f"{'case':<16}{'ms':>8}{'a second':>12}\n")
    for name, of in rows:
        taken = milliseconds(of)
        sys.stdout.write(f"{name:<16}{taken:>8.2f}{1000 / taken:>12.0f}\n")


if __name__ == "__main__":
    main()
