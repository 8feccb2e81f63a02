"""How quick the forecast is, beside other programs on the same course, outputs and machine.

`make bench` times the kernel and prints the table of programs and Dask against threads; `python benchmarks/bench_forecast.py`
prints all tables, or those named after it. Times are CPU seconds of the best of several runs, because machines are shared; wall
times are named as such. A program that is not installed is left out and named (`make peers`). The error is the largest gap to
DOP853 at 1e-11 over all states, relative, with a floor of 0.05.
"""

# ruff: noqa: E501, S102, S307, S603, SLF001 - tables are wide, and other programs are handed the equations as text

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numba
import numpy as np
import pytest
from tests.unit.healing.test_forecast import AT, SESSION
from tests.unit.healing.test_forecast import CASE as PATIENT

from needlepoint.advice.door import advise
from needlepoint.dose.coverage import Shape
from needlepoint.evidence.healing import packaged_healing
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_file import read
from needlepoint.healing import equations as eq
from needlepoint.healing import sbml, twin
from needlepoint.healing.cohort import Study, Summary, play_cohort
from needlepoint.healing.ensemble import SEEN, Schedule, doses, persons, simulate, trajectories
from needlepoint.healing.learning import learn, level_chances, rare_evidence
from needlepoint.healing.making import free_columns
from needlepoint.healing.population import Person, draw, table
from needlepoint.healing.studies import shape_array

KNOWN = packaged()
CONSTANTS = table(packaged_healing(), Person(40.0, "III", "face"))
OUT = np.linspace(1.0, 365.0, 21)
DAILY = np.arange(1.0, 366.0)
THREE = ("redness", "tewl_ratio", "collagen_histology_percent")
CASE = PATIENT + SESSION


def course(sessions: int = 4) -> Schedule:
    """Four sessions, four weeks apart, pen at 1.5 mm on the cheek."""
    group = np.array([6.67, 1.5, 0.9, 1.65, 0.25])
    return Schedule(
        28.0 * np.arange(sessions), np.arange(sessions), np.tile(group, (sessions, 1)), shape_array(Shape.of(KNOWN)),
        np.array([0.0168, 0.2, 0.3, 1.07]),
    )  # fmt: skip


def best(work: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Return the least CPU seconds and the least wall seconds of several runs."""
    cpu, wall = [], []
    for _ in range(times):
        begun, stood = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - begun)
        wall.append(time.perf_counter() - stood)
    return min(cpu), min(wall)


def peers() -> None:
    """Print virtual patients per CPU second of every program on one course of a year, with 20 states on 21 days."""
    person = draw(0, 3, 1)
    truth = twin.trajectory(person[0], CONSTANTS, course(), OUT)
    ours = error(trajectories(person, CONSTANTS, course(), OUT)[0], truth)
    people = draw(0, 0, 10_000)
    numba.set_num_threads(1)
    print(f"{'program':40}{'outputs':>16}{'patients/CPU-s':>16}{'error':>10}{'Needlepoint is':>24}")
    speeds = []
    for name, asked in (("3 outputs x 21", THREE), ("20 states x 21", SEEN)):
        cpu, _ = best(partial(simulate, people, CONSTANTS, course(), OUT, asked))
        mine = people.shape[0] / cpu
        speeds.append(mine)
        print(f"{'Needlepoint, one thread, dose and all':40}{name:>16}{mine:16.0f}{ours:10.1e}")
    for name, run in (("libRoadRunner CVODE 1e-4", roadrunner), ("SciPy LSODA 1e-4, compiled slopes", lsoda), ("heyoka Taylor 1e-6", heyoka), ("scikit-SUNDAE BDF 1e-4, compiled slopes", sundae)):  # fmt: skip
        try:
            seconds, found = run(person)
        except ModuleNotFoundError as missing:
            print(f"{name:40} not installed ({missing.name}): make peers")
            continue
        times = f"{speeds[0] * seconds:.0f} x, {speeds[1] * seconds:.0f} x"
        print(f"{name:40}{'20 states x 21':>16}{1 / seconds:16.0f}{error(found, truth):10.1e}{times:>24}")
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


def error(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.max(np.abs(found - truth) / np.maximum(np.abs(truth), 0.05)))


def roadrunner(person: np.ndarray) -> tuple[float, np.ndarray]:
    """The same person in libRoadRunner, its parameters set anew each time as for a new virtual patient."""
    import roadrunner as rr

    model = rr.RoadRunner(sbml.export(person[0], CONSTANTS, course()))
    model.integrator.relative_tolerance, model.integrator.absolute_tolerance = 1e-4, 1e-6
    model.timeCourseSelections = ["time", *twin.NAMES]
    values = dict(zip(eq.RATES, persons(person, CONSTANTS)[0], strict=False))

    def run() -> np.ndarray:
        model.resetAll()
        for name, value in values.items():
            model[name] = value
        return np.asarray(model.simulate(times=[0.0, *OUT]))[1:, 1:]

    found = run()
    return best(lambda: [run() for _ in range(20)])[0] / 20, found


def pieces(person: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, float, float, np.ndarray]]:
    """The stretches between sessions: constants, Phi, start, end, and what the session does."""
    given, plan = doses(person, CONSTANTS, course())[0], course()
    ends = [*plan.days[1:], OUT[-1]]
    constants = persons(person, CONSTANTS)[0][: len(eq.RATES)]
    return [
        (constants, given[n, 4:], day, end, given[n])
        for n, (day, end) in enumerate(zip(plan.days, ends, strict=True))
    ]


def stretched(person: np.ndarray, solve: Callable[..., np.ndarray]) -> np.ndarray:
    """Run any solver over the stretches; `solve(q, x, start, end, days)` returns states at days and at the end."""
    x = np.array([eq.AT_BASELINE.get(name, 0.0) for name in twin.NAMES])
    seen = []
    for constants, phi, start, end, given in pieces(person):
        values = dict(zip(eq.RATES, constants, strict=True))
        state = {**dict(zip(twin.NAMES, x, strict=True)), "Phi_p": 0.0, "Phi_r": 0.0}
        after = {**state, **twin._after_session(state, values, given)}
        x = np.array([after[name] for name in twin.NAMES])
        days = OUT[(start <= OUT) & ((end > OUT) | (end == OUT[-1]))]
        found = solve(np.concatenate([constants, phi]), x, start, end, days)
        seen.append(found[: days.size])
        x = found[-1]
    return np.vstack(seen)


def compiled_slopes() -> Callable[..., np.ndarray]:
    code = "\n".join(
        ["def f(x, q):", f"    {', '.join(twin.NAMES)} = x", f"    {', '.join(eq.RATES)}, Phi_p, Phi_r = q",
         f"    return np.array([{', '.join(eq.EQUATIONS[n] for n in twin.NAMES)}])"]
    ).replace("= x", "= " + ", ".join(f"x[{i}]" for i in range(20))).replace("Phi_r = q", "Phi_r = " + ", ".join(f"q[{i}]" for i in range(len(eq.RATES) + 2)))  # fmt: skip
    known: dict[str, object] = {}
    exec(code, {"np": np, "max": max}, known)
    return numba.njit(known["f"])  # type: ignore[return-value]


def lsoda(person: np.ndarray) -> tuple[float, np.ndarray]:
    from scipy.integrate import solve_ivp

    f = compiled_slopes()

    def solve(q, x, start, end, days):
        done = solve_ivp(
            lambda _, y: f(y, q),
            (start, end),
            x,
            "LSODA",
            t_eval=[*days[days < end], end],
            rtol=1e-4,
            atol=1e-6,
        )
        return done.y.T

    found = stretched(person, solve)
    return best(lambda: stretched(person, solve), 3)[0], found


def heyoka(person: np.ndarray) -> tuple[float, np.ndarray]:
    import heyoka as hy

    names = hy.make_vars(*twin.NAMES)
    parameters = {name: hy.par[i] for i, name in enumerate((*eq.RATES, "Phi_p", "Phi_r"))}
    # No max in smooth Taylor series: in these courses A stays below Phi after each session but for an instant.
    known = {**dict(zip(twin.NAMES, names, strict=True)), **parameters, "max": lambda value, _: value}
    system = [(names[i], eval(eq.EQUATIONS[n], {}, known)) for i, n in enumerate(twin.NAMES)]
    solver = hy.taylor_adaptive(system, [0.0] * 20, tol=1e-6, pars=[1.0] * len(parameters))

    def solve(q, x, start, end, days):
        solver.time, solver.state[:], solver.pars[:] = start, x, q
        grid = np.unique([start, *days, end])
        done = solver.propagate_grid(grid)[-1]
        return np.vstack([done[np.searchsorted(grid, days)], done[-1:]])

    found = stretched(person, solve)
    return best(lambda: stretched(person, solve), 5)[0], found


def sundae(person: np.ndarray) -> tuple[float, np.ndarray]:
    from sksundae.cvode import CVODE

    f = compiled_slopes()

    def solve(q, x, start, end, days):
        def rhs(_, y, out):
            out[:] = f(y, q)

        grid = np.unique([start, *days, end])
        done = CVODE(rhs, method="BDF", rtol=1e-4, atol=1e-6).solve(grid, x)
        return np.vstack([done.y[np.searchsorted(grid, days)], done.y[-1:]])

    found = stretched(person, solve)
    return best(lambda: stretched(person, solve), 3)[0], found


def ensembles() -> None:
    """Print 10,000 one-year courses on one thread and on all, with few and with daily outputs."""
    people, most = draw(0, 0, 10_000), numba.config.NUMBA_NUM_THREADS
    few = 0.0
    for days, name in ((OUT, "21 looks"), (DAILY, "daily looks, dense output")):
        alone = 0.0
        for threads in (1, most):
            numba.set_num_threads(threads)
            cpu, wall = best(partial(simulate, people, CONSTANTS, course(), days, THREE), 9)
            alone, few = (wall, few or cpu) if threads == 1 else (alone, few)
            share = (
                f", efficiency {alone / wall / threads:.0%}"
                if threads > 1
                else f", speed {few / cpu:.0%} of 21 looks"
            )
            print(
                f"10,000 courses, {name}, {threads} thread(s): wall {wall:.3f} s, CPU {cpu:.3f} s, {10_000 / cpu:.0f} per CPU-s{share}"
            )


def growth(largest: int = 1_000_000) -> None:
    """Print time and memory as the cohort grows."""
    members = 1000
    while members <= largest:
        study = cohort(members)
        begun, worked = time.perf_counter(), time.process_time()
        play_cohort(study, "threads")
        wall, cpu = time.perf_counter() - begun, time.process_time() - worked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"cohort of {members:>9,}: {wall:8.2f} s wall, {cpu:8.2f} s CPU, peak memory so far {peak:.0f} MB"
        )
        members *= 10


def cohort(members: int) -> Study:
    return Study(CONSTANTS, course(), OUT, ("redness", "collagen_gain"), members)


def lessons() -> None:
    """Print how long check-ins take to teach."""
    days = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 4.0])
    people = draw(0, 0, 4000)

    def redness(rows: np.ndarray) -> np.ndarray:
        return simulate(rows, CONSTANTS, course(), days, ("redness",))[0]

    chances = level_chances(redness(people), 0.5)
    rare = rare_evidence(chances)
    answers = np.array([3, 2, 2, 1, 0, 0])
    ordinary = partial(learn, chances, answers, 0.5, people, free_columns(1), redness, rare)
    print(f"reweighting of 4,000 by 6 check-ins: {1000 * best(ordinary, 20)[1]:.2f} ms wall")


def waiting() -> None:
    """Print what a forecast inside an advice costs, from the second call on and in a new process."""
    case = read(CASE.encode(), "case.toml", KNOWN)
    advise(case, AT, KNOWN, with_forecast=True)
    again = [best(partial(advise, case, AT, KNOWN, with_forecast=asked), 9)[1] for asked in (True, False)]
    print(
        f"advice with forecast, same plan again: {1000 * again[0]:.1f} ms wall (without forecast {1000 * again[1]:.1f} ms)"
    )
    others = [read(CASE.replace("depth_mm = 1.0", f"depth_mm = {depth}").encode(), "case.toml", KNOWN) for depth in ("0.5", "0.75", "1.25", "1.5")]  # fmt: skip
    fresh = []
    for other in others:
        begun = time.perf_counter()
        advise(other, AT, KNOWN, with_forecast=True)
        fresh.append(1000 * (time.perf_counter() - begun))
    print(f"advice with forecast, a plan not seen before: {min(fresh):.0f} to {max(fresh):.0f} ms wall")
    here = "from benchmarks import bench_forecast as b; import time; t = time.perf_counter(); b.advise(b.read(b.CASE.encode(), 'case.toml', b.KNOWN), b.AT, b.KNOWN, with_forecast=True); print(time.perf_counter() - t)"
    begun = time.perf_counter()
    first = float(
        subprocess.run([sys.executable, "-c", here], capture_output=True, check=True, text=True).stdout
    )
    print(
        f"new process, compiled code from disk: first forecast {first:.2f} s, with start and imports {time.perf_counter() - begun:.2f} s"
    )


def alike(one: Summary, other: Summary) -> bool:
    return one.counts.tobytes() == other.counts.tobytes() and one.sums.tobytes() == other.sums.tobytes()


def dask_overhead(members: int = 400_000) -> None:
    """Print a cohort on two Dask workers against threads, and again with one worker killed in the middle."""
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError:
        print("Dask is not installed: pip install needlepoint[scale]")
        return
    study = cohort(members)
    begun = time.perf_counter()
    known = play_cohort(study, "threads")
    threads = time.perf_counter() - begun
    begun = time.perf_counter()
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as cluster, Client(cluster) as client:  # fmt: skip
        play_cohort(cohort(2_000), "dask", size=1000, client=client)
        started = time.perf_counter() - begun
        begun = time.perf_counter()
        found = play_cohort(study, "dask", client=client)
        seconds = time.perf_counter() - begun
        print(
            f"{members:,} courses: {threads:.1f} s on two threads, {seconds:.1f} s on two Dask workers ({threads / seconds:.0%} of the speed), same numbers: {alike(known, found)}; start and first chunks {started:.1f} s"
        )
        begun = time.perf_counter()
        found = play_cohort(study, "dask", client=client, told=killer(cluster, members // 4))
        print(
            f"one worker killed after a quarter: {time.perf_counter() - begun:.1f} s, same numbers: {alike(known, found)}"
        )


def killer(cluster: Any, after: int) -> Callable[[int], None]:
    """Return what kills a worker once so many members are done."""
    done, victims = [0], [next(iter(cluster.workers.values())).pid]

    def told(members: int) -> None:
        done[0] += members
        if victims and done[0] >= after:
            os.kill(victims.pop(), signal.SIGKILL)

    return told


@pytest.mark.bench
def test_a_thousand_courses(benchmark: Callable[..., object]) -> None:
    people = draw(0, 0, 1000)
    benchmark(lambda: simulate(people, CONSTANTS, course(), OUT, THREE))


@pytest.mark.bench
@pytest.mark.filterwarnings("ignore")  # other programs warn when they are imported
def test_patients_per_cpu_second_beside_other_programs(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print()
        peers()


@pytest.mark.bench
@pytest.mark.filterwarnings("ignore")
def test_two_dask_workers_beside_two_threads(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print()
        dask_overhead(200_000)


TABLES = {
    "peers": peers, "ensembles": ensembles, "lessons": lessons, "waiting": waiting, "growth": growth,
    "dask": dask_overhead,
}  # fmt: skip

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", help=f"which of {', '.join(TABLES)}; all where none is named")
    simulate(draw(0, 0, 16), CONSTANTS, course(), OUT, THREE)
    for name in parser.parse_args().tables or TABLES:
        TABLES[name]()
