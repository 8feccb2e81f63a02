"""How long the doses of a course take, and that their cost grows no faster than the passes.

`python benchmarks/bench_dose.py` prints a table; `pytest -m bench benchmarks/bench_dose.py` times the same courses.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from needlepoint.course.goals import Sex
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.course.zones import Zone
from needlepoint.dose.session import doses
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()
COURSES = ((1, 1), (1, 10), (5, 10), (10, 30), (50, 30))
START = datetime(2026, 1, 1, tzinfo=UTC)


def course(sessions: int, zones: int) -> list[Session]:
    """Return so many sessions with one pass in each of so many zones."""
    passes = tuple(Pass(zone, Depth("1.0"), 2) for zone in list(Zone)[:zones])
    days = (START + timedelta(days=30 * number) for number in range(sessions))
    return [Session(day, "skinpen-precision", passes=passes) for day in days]


@pytest.mark.bench
@pytest.mark.parametrize(("sessions", "zones"), COURSES)
def test_growth_with_passes(benchmark: Callable[..., object], sessions: int, zones: int) -> None:
    """Time a course by its passes."""
    benchmark(doses, course(sessions, zones), Sex.FEMALE, KNOWLEDGE)


def milliseconds(sessions: int, zones: int, rounds: int = 15) -> float:
    """Return the best of many rounds: what else the machine does can only add to it."""
    done, best = course(sessions, zones), float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        doses(done, Sex.FEMALE, KNOWLEDGE)
        best = min(best, time.perf_counter() - start)
    return best * 1000


def main() -> None:
    """Print the table."""
    sys.stdout.write(f"{'sessions':>8}{'zones':>8}{'passes':>8}{'ms':>9}{'us a pass':>12}\n")
    for sessions, zones in COURSES:
        taken, passes = milliseconds(sessions, zones), sessions * zones
        sys.stdout.write(f"{sessions:>8}{zones:>8}{passes:>8}{taken:>9.2f}{1000 * taken / passes:>12.0f}\n")


if __name__ == "__main__":
    main()
