"""How quick the forecast is, beside other programs on the same course, outputs and machine.

`make bench` times the kernel and prints the table of programs; `python benchmarks/bench_forecast.py` prints all tables. Times
are CPU seconds of the best of several runs, because machines are shared; wall times are named as such. A program that is not
installed is left out and named (`make peers`). The error is the largest gap to DOP853 at 1e-11 over all states, relative,
with a floor of 0.05.
"""

# ruff: noqa: E501, S102, S307, SLF001 - tables are wide, and other programs are handed the equations as text

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numba
import numpy as np
import pytest

from needlepoint.dose.coverage import Shape
from needlepoint.evidence.healing import packaged_healing
from needlepoint.evidence.loader import packaged
from needlepoint.healing import equations as eq
from needlepoint.healing import sbml, twin
from needlepoint.healing.cohort import Study, play_cohort
from needlepoint.healing.ensemble import Schedule, doses, persons, simulate, trajectories
from needlepoint.healing.learning import learn, level_chances, rare_evidence
from needlepoint.healing.making import free_columns
from needlepoint.healing.population import Person, draw, table
from needlepoint.healing.studies import shape_array

KNOWN = packaged()
CONSTANTS = table(packaged_healing(), Person(40.0, "III", "face"))
OUT = np.linspace(1.0, 365.0, 21)
DAILY = np.arange(1.0, 366.0)
THREE = ("redness", "tewl_ratio", "collagen_histology_percent")


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


def peers(truth: np.ndarray, person: np.ndarray) -> None:
    """Print virtual patients per CPU second of every program on one course."""
    ours = error(trajectories(person, CONSTANTS, course(), OUT)[0], truth)
    people = draw(0, 0, 10_000)
    numba.set_num_threads(1)
    cpu, _ = best(lambda: simulate(people, CONSTANTS, course(), OUT, THREE))
    mine = 10_000 / cpu
    print(f"{'program':34}{'patients/CPU-s':>16}{'error':>10}{'Needlepoint is':>18}")
    print(f"{'Needlepoint, dose and draws too':34}{mine:16.0f}{ours:10.1e}{'':>18}")
    for name, run in (("libRoadRunner CVODE 1e-4", roadrunner), ("SciPy LSODA 1e-4, compiled slopes", lsoda), ("heyoka Taylor 1e-6", heyoka), ("scikit-SUNDAE BDF 1e-4, compiled slopes", sundae)):  # fmt: skip
        try:
            seconds, found = run(person)
        except ModuleNotFoundError as missing:
            print(f"{name:40} not installed ({missing.name})")
            continue
        print(f"{name:34}{1 / seconds:16.0f}{error(found, truth):10.1e}{mine * seconds:16.0f} x")
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
    for days, name in ((OUT, "21 looks"), (DAILY, "daily looks, dense output")):
        alone = 0.0
        for threads in (1, most):
            numba.set_num_threads(threads)
            cpu, wall = best(lambda days=days: simulate(people, CONSTANTS, course(), days, THREE))
            alone = wall if threads == 1 else alone
            share = f", efficiency {alone / wall / threads:.0%}" if threads > 1 else ""
            print(
                f"10,000 courses, {name}, {threads} thread(s): wall {wall:.3f} s, CPU {cpu:.3f} s, {10_000 / cpu:.0f} per CPU-s{share}"
            )


def growth(largest: int) -> None:
    """Print time and memory as the cohort grows."""
    members = 1000
    while members <= largest:
        study = Study(CONSTANTS, course(), OUT, ("redness", "collagen_gain"), members)
        begun = time.perf_counter()
        play_cohort(study, "threads")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"cohort of {members:>9,}: {time.perf_counter() - begun:8.2f} s wall, peak memory so far {peak:.0f} MB"
        )
        members *= 10


def uses() -> None:
    """Print what a clinician waits for."""
    days = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 4.0])
    people = draw(0, 0, 4000)

    def redness(rows: np.ndarray) -> np.ndarray:
        return simulate(rows, CONSTANTS, course(), days, ("redness",))[0]

    chances = level_chances(redness(people), 0.5)
    rare = rare_evidence(chances)
    answers = np.array([3, 2, 2, 1, 0, 0])
    ordinary = lambda: learn(chances, answers, 0.5, people, free_columns(1), redness, rare)  # noqa: E731
    print(f"reweighting of 4,000 by 6 check-ins: {1000 * best(ordinary, 20)[1]:.2f} ms wall")
    fifty = draw(3, 0, 500)
    few = np.array([1.0, 3.0, 7.0, 14.0, 174.0])
    seconds = best(lambda: [simulate(fifty, CONSTANTS, course(3 + n % 4), few, ("redness", "collagen_gain")) for n in range(256)], 2)[1]  # fmt: skip
    print(f"256 plans x 500 virtual patients: {seconds:.2f} s wall")


def dask_overhead(members: int = 400_000) -> None:
    """Print a cohort on two Dask workers against threads."""
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError:
        print("Dask is not installed")
        return
    study = Study(CONSTANTS, course(), OUT, ("redness", "collagen_gain"), members)
    begun = time.perf_counter()
    play_cohort(study, "threads")
    threads = time.perf_counter() - begun
    begun = time.perf_counter()
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster, Client(cluster) as client:  # fmt: skip
        play_cohort(
            Study(CONSTANTS, course(), OUT, ("redness", "collagen_gain"), 2_000),
            "dask",
            size=1000,
            client=client,
        )
        started = time.perf_counter() - begun
        begun = time.perf_counter()
        play_cohort(study, "dask", client=client)
        seconds = time.perf_counter() - begun
    print(
        f"{members:,} courses: threads {threads:.1f} s, two Dask workers {seconds:.1f} s ({threads / seconds:.0%}), start and first chunks {started:.1f} s"
    )


@pytest.mark.bench
def test_a_thousand_courses(benchmark: Callable[..., object]) -> None:
    people = draw(0, 0, 1000)
    benchmark(lambda: simulate(people, CONSTANTS, course(), OUT, THREE))


@pytest.mark.bench
@pytest.mark.filterwarnings("ignore")  # other programs warn when they are imported
def test_patients_per_cpu_second_beside_other_programs(capsys: pytest.CaptureFixture[str]) -> None:
    person = draw(0, 3, 1)
    with capsys.disabled():
        print()
        peers(twin.trajectory(person[0], CONSTANTS, course(), OUT), person)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1_000_000, help="the largest cohort")
    parser.add_argument("--no-dask", action="store_true")
    chosen = parser.parse_args()
    one = draw(0, 3, 1)
    known = twin.trajectory(one[0], CONSTANTS, course(), OUT)
    simulate(draw(0, 0, 16), CONSTANTS, course(), OUT, THREE)
    peers(known, one)
    ensembles()
    uses()
    growth(chosen.largest)
    if not chosen.no_dask:
        dask_overhead()
