"""A cohort is the same whoever plays it, in whatever pieces, and whatever dies on the way."""

import os
import signal
import time

import numpy as np
import pytest
from tests.science.healing_courses import constants, course

from needlepoint.healing.cohort import Study, chunks, play_cohort
from needlepoint.healing.ensemble import simulate
from needlepoint.healing.population import draw

DAYS = np.array([1.0, 29.0, 168.0])
OUTPUTS = ("redness", "collagen_gain")


def study(members=3000):
    return Study(constants(), course(days=(0.0, 28.0)), DAYS, OUTPUTS, members, seed=2)


def same(one, other):
    return (
        one.members == other.members
        and one.counts.tobytes() == other.counts.tobytes()
        and one.sums.tobytes() == other.sums.tobytes()
        and one.squares.tobytes() == other.squares.tobytes()
    )


@pytest.fixture(scope="module")
def known():
    return play_cohort(study(), "threads", size=3000)


@pytest.mark.parametrize(("kind", "size"), [("threads", 333), ("serial", 1000), ("serial", 7)])
def test_pieces_and_threads_change_nothing(known, kind, size):
    cohort = study() if size > 7 else study(200)
    whole = known if size > 7 else play_cohort(study(200), size=200)
    assert same(play_cohort(cohort, kind, size=size), whole)


def test_a_summary_says_what_the_members_say(known):
    seen = simulate(draw(2, 0, 3000), constants(), course(days=(0.0, 28.0)), DAYS, OUTPUTS)
    assert known.quantile(0.5) == pytest.approx(np.median(seen, axis=2), abs=1.01)
    assert known.mean() == pytest.approx(seen.mean(axis=2), abs=0.01)
    assert known.counts.sum(axis=2).tolist() == [[3000] * 3] * 2


def test_chunks_cover_everyone_once():
    assert list(chunks(10, 4)) == [(0, 4), (4, 4), (8, 2)]


def test_a_study_of_nobody_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        play_cohort(study(0))


def test_every_chunk_is_told():
    heard = []
    play_cohort(study(500), size=200, told=heard.append)
    assert heard == [200, 200, 100]


@pytest.mark.truth
def test_processes_change_nothing(known):
    assert same(play_cohort(study(), "processes", size=500), known)


@pytest.mark.truth
@pytest.mark.filterwarnings("ignore")
def test_a_dask_worker_killed_in_the_middle_changes_nothing():
    distributed = pytest.importorskip(
        "distributed", reason="Dask is not installed: pip install needlepoint[scale]"
    )
    whole = play_cohort(study(40_000), size=40_000)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        killed = []

        def kill_once(_members):
            if not killed:
                victim = next(iter(cluster.workers.values())).pid
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)
                time.sleep(0.2)

        # Twice the same study on one cluster: what the first left there must not be what the second leans on.
        before = play_cohort(study(40_000), "dask", size=5000, client=client)
        again = play_cohort(study(40_000), "dask", size=1000, client=client, told=kill_once)
    assert killed
    assert same(before, whole)
    assert same(again, whole)
