"""Cohorts too large to keep: a study of a million virtual courses, in chunks, on threads, processes or Dask.

What comes back of a chunk is a summary of counts, never trajectories. Counts of whole numbers add up to the same
whatever the order, so the summary of a cohort is bitwise the same for any chunks, any workers, and after a worker has
died and its chunk was done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numba
import numpy as np

from needlepoint.healing.compiled import Floats, Integers, compiled
from needlepoint.healing.ensemble import Schedule, Table, simulate
from needlepoint.healing.population import draw

Kind = Literal["serial", "threads", "processes", "dask"]
BINS = 400
# Moments are summed as whole numbers, of so many to a bin, because sums of floats depend on their order.
GRAINS = 1024.0
RANGES = {"redness": (0.0, 4.0), "tewl_ratio": (1.0, 9.0), "collagen_gain": (-50.0, 350.0)}


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A cohort: one plan, one kind of person, so many virtual patients, looked at on some days."""

    table: Table
    schedule: Schedule
    days: Floats
    outputs: tuple[str, ...]
    members: int
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Counts of an output's bins (outputs, days, BINS + 2), and sums of values and squares on a grid of whole numbers.

    The first and the last bin hold what lies outside the range.
    """

    members: int
    counts: Integers
    sums: Integers
    squares: Integers
    outputs: tuple[str, ...]

    def __add__(self, other: Summary) -> Summary:
        return Summary(
            self.members + other.members,
            self.counts + other.counts,
            self.sums + other.sums,
            self.squares + other.squares,
            self.outputs,
        )

    def quantile(self, share: float) -> Floats:
        """Return a percentile of every output and day, to a bin's width."""
        upto = np.cumsum(self.counts, axis=2)
        place = (upto < share * self.members).sum(axis=2)
        low, width = self._scale()
        return low + (np.clip(place, 1, BINS) - 0.5) * width

    def mean(self) -> Floats:
        """Return the mean of every output and day."""
        low, width = self._scale()
        return low + self.sums / self.members * (width / GRAINS)

    def _scale(self) -> tuple[Floats, Floats]:
        low = np.array([RANGES[name][0] for name in self.outputs])[:, None]
        high = np.array([RANGES[name][1] for name in self.outputs])[:, None]
        return low, (high - low) / BINS


def chunk_of(study: Study, first: int, members: int) -> Summary:
    """Play members first.. of a study and return their summary."""
    seen = simulate(draw(study.seed, first, members), study.table, study.schedule, study.days, study.outputs)
    counts = np.zeros((*seen.shape[:2], BINS + 2), dtype=np.int64)
    sums, squares = np.zeros(seen.shape[:2], dtype=np.int64), np.zeros(seen.shape[:2], dtype=np.int64)
    for row, name in enumerate(study.outputs):
        low, high = RANGES[name]
        for day in range(seen.shape[1]):
            scale = BINS / (high - low)
            sums[row, day], squares[row, day] = _count(seen[row, day], low, scale, counts[row, day])
    return Summary(members, counts, sums, squares, study.outputs)


@compiled
def _count(values: Floats, low: float, scale: float, counts: Integers) -> tuple[int, int]:
    """Count values into bins, and return the sums of values and squares in grains."""
    total, squares = 0, 0
    for value in values:
        place = (value - low) * scale
        counts[min(max(int(np.floor(place)) + 1, 0), BINS + 1)] += 1
        whole = int(np.rint(min(max(place, -1.0 * BINS), 2.0 * BINS) * GRAINS))
        total += whole
        squares += whole * whole
    return total, squares


def chunks(members: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the first member and the number of members of each chunk."""
    for first in range(0, members, size):
        yield first, min(size, members - first)


def play_cohort(
    study: Study, kind: Kind = "threads", workers: int = 2, size: int = 20_000, client: Any = None,
    told: Callable[[int], None] | None = None,
) -> Summary:  # fmt: skip
    """Return the summary of a whole study; `client` is a Dask client for the kind `dask`, else one is started.

    `told(members)` hears of every chunk that is done. Raises ModuleNotFoundError where Dask is asked for and missing.
    """
    parts = list(chunks(study.members, size))
    total: Summary | None = None
    for part in _played(study, parts, kind, workers, client):
        total = part if total is None else total + part
        if told is not None:
            told(part.members)
    if total is None:
        raise ValueError("a study needs at least one member")
    return total


def _played(
    study: Study, parts: Sequence[tuple[int, int]], kind: Kind, workers: int, client: Any
) -> Iterable[Summary]:
    if kind == "threads":
        return (chunk_of(study, *part) for part in parts)
    if kind == "serial":
        return _serial(study, parts)
    if kind == "processes":
        return _processes(study, parts, workers)
    return _dask(study, parts, workers, client)


def _serial(study: Study, parts: Sequence[tuple[int, int]]) -> Iterator[Summary]:
    held = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        for part in parts:
            yield chunk_of(study, *part)
    finally:
        numba.set_num_threads(held)


def _alone(study: Study, first: int, members: int) -> Summary:
    """Play a chunk in a worker that has one thread: the workers are the threads."""
    numba.set_num_threads(1)
    return chunk_of(study, first, members)


def _processes(study: Study, parts: Sequence[tuple[int, int]], workers: int) -> Iterator[Summary]:
    import multiprocessing

    # Forking a process that has threads of numba can hang; a fresh interpreter cannot.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=fresh) as pool:
        yield from pool.map(_alone, [study] * len(parts), *zip(*parts, strict=True))


def _dask(study: Study, parts: Sequence[tuple[int, int]], workers: int, client: Any) -> Iterator[Summary]:
    import distributed

    parts_of: Any = distributed
    as_completed = parts_of.as_completed

    if client is not None:
        yield from _completed(client, study, parts, as_completed)
        return
    with (
        parts_of.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            processes=True,
        ) as cluster,
        parts_of.Client(cluster) as own,
    ):
        yield from _completed(own, study, parts, as_completed)


def _completed(
    client: Any, study: Study, parts: Sequence[tuple[int, int]], as_completed: Any
) -> Iterator[Summary]:
    # A chunk whose worker has died is done again elsewhere; which chunk comes first does not matter to a sum of counts.
    # The study, a few kilobytes, goes with every chunk: left with the workers beforehand, it could die with them.
    waiting = [
        client.submit(_alone, study, first, members, retries=3, pure=False) for first, members in parts
    ]
    for done in as_completed(waiting):
        yield done.result()
        done.release()
