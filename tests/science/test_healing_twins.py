"""The fast code against its slow twins: SciPy's DOP853, the equations as written, the dose room, and libRoadRunner."""

import numpy as np
import pytest
from tests.science.healing_courses import CHEEK, average, constants, course

from needlepoint.dose.coverage import Passes, layer_fractions, stimulated_fractions
from needlepoint.dose.geometry import Channels
from needlepoint.dose.shape import Shape
from needlepoint.evidence.loader import packaged
from needlepoint.healing import equations as eq
from needlepoint.healing import sbml, tsit5, twin
from needlepoint.healing.ensemble import doses, persons, trajectories
from needlepoint.healing.population import draw

OUT = np.linspace(0.04, 365.0, 60)


def random_course(rng):
    sessions = int(rng.integers(1, 7))
    days = np.cumsum([0.0, *rng.uniform(14, 56, sessions - 1)])
    return course(days=days, rho=rng.uniform(0.5, 10), depth=rng.uniform(0.5, 1.5))


def worst_error(courses: int, seed: int) -> float:
    rng, people = np.random.default_rng(seed), draw(seed, 0, courses)
    gaps = []
    for person in people:
        plan = random_course(rng)
        fast = trajectories(person[None, :], constants(), plan, OUT)[0]
        slow = twin.trajectory(person, constants(), plan, OUT, rtol=1e-10)
        gaps.append(np.max(np.abs(fast - slow) / np.maximum(np.abs(slow), 0.05)))
    return max(gaps)


def test_the_fast_solver_is_dop853_to_two_in_ten_thousand():
    assert worst_error(6, seed=11) <= 2e-4


@pytest.mark.truth
def test_the_fast_solver_is_dop853_on_two_hundred_courses():
    assert worst_error(200, seed=3) <= 2e-4


def test_the_compiled_slopes_are_the_equations_as_they_are_written():
    rng = np.random.default_rng(0)
    people = persons(draw(2, 0, eq.LANES), constants())
    states = rng.uniform(0.0, 1.0, (eq.LANES, 17))
    phi = rng.uniform(0.0, 1.0, (eq.LANES, 2))
    w = np.zeros(tsit5.WHOLE)
    w[: eq.STATES_FROM] = np.concatenate([people[:, : len(eq.RATES)].T.ravel(), phi.T.ravel()])
    w[tsit5.X : tsit5.X + eq.ALL] = states.T.ravel()
    eq.slopes(w, tsit5.X, tsit5.K1, True, eq.LANES)
    slopes = w[tsit5.K1 : tsit5.K1 + eq.ALL]
    for lane in range(eq.LANES):
        state = dict(zip(twin.NAMES, [*states[lane], 0.0, 0.0, 0.0], strict=True))
        values = dict(zip(eq.RATES, people[lane], strict=False))
        written = twin.slopes_of({**state, "Phi_p": phi[lane, 0], "Phi_r": phi[lane, 1]}, values)
        assert slopes.reshape(17, eq.LANES)[:, lane] == pytest.approx(
            [written[n] for n in eq.STATES], rel=1e-12
        )


def test_the_average_patient_has_the_channels_of_the_dose():
    plan = course(days=(0.0,), rho=5.0, depth=1.0)
    channels = [Channels(per_mm2=5.0, setting_mm=1.0, reach=0.9, beyond_mm=0.15, needle_mm=0.25)]
    passes, edges = Passes.of(channels, Shape.of(packaged())), np.array([[0.0, *CHEEK]])
    group = np.zeros(1, dtype=np.intp)
    injured = layer_fractions(passes, group, edges)[0]
    near = stimulated_fractions(passes, group, edges)[0, 2:]
    assert doses(average(), constants(), plan)[0, 0] == pytest.approx([*injured, *near], rel=1e-12)


def test_the_solver_meets_its_order_conditions():
    nodes = np.array([0.0, 0.161, 0.327, 0.9, 0.9800255409045097, 1.0, 1.0])
    for share in (0.3, 0.7, 1.0):
        weights = []
        for stage in range(7):
            w, found = np.zeros(tsit5.WHOLE), np.zeros(1)
            w[tsit5.K1 + stage * eq.ALL : tsit5.K1 + (stage + 1) * eq.ALL] = 1.0
            w[tsit5.SIZE : tsit5.SIZE + eq.ALL] = 1.0
            tsit5.polynomial(w, 0, eq.LANES)
            tsit5.between(w, 0, 0, np.array([share]), found)
            weights.append(found[0])
        for order in range(4):
            assert np.dot(weights, nodes**order) * (order + 1) == pytest.approx(
                share ** (order + 1), abs=1e-12
            )


def test_daily_outputs_are_those_of_single_days_and_of_the_slow_twin():
    daily, person, plan = np.arange(1.0, 366.0), draw(8, 5, 1), course()
    every = trajectories(person, constants(), plan, daily)[0]
    slow = twin.trajectory(person[0], constants(), plan, daily, rtol=1e-10)
    assert np.max(np.abs(every - slow) / np.maximum(np.abs(slow), 0.05)) <= 2e-4
    for day in (0, 27, 40, 364):
        alone = trajectories(person, constants(), plan, daily[day : day + 1])[0, 0]
        assert every[day] == pytest.approx(alone, rel=1e-3, abs=1e-6)


def test_a_finer_tolerance_is_nearer_the_truth():
    person, plan = draw(9, 4, 1), course()
    truth = trajectories(person, constants(), plan, OUT, rtol=1e-9)
    gaps = [
        np.abs(trajectories(person, constants(), plan, OUT, rtol=r) - truth).max() for r in (1e-3, 1e-4, 1e-5)
    ]
    assert gaps[0] > gaps[1] > gaps[2]


def test_an_sbml_model_says_the_same_in_libroadrunner():
    roadrunner = pytest.importorskip("roadrunner", reason="the peers are not installed: make peers")
    person, plan = draw(6, 2, 1), course(days=(0.0, 28.0, 61.0))
    other = roadrunner.RoadRunner(sbml.export(person[0], constants(), plan))
    other.integrator.relative_tolerance, other.integrator.absolute_tolerance = 1e-9, 1e-11
    other.timeCourseSelections = ["time", *twin.NAMES]
    days = np.linspace(0.5, 365.0, 25)
    theirs = np.asarray(other.simulate(times=[0.0, *days]))[1:, 1:]
    ours = trajectories(person, constants(), plan, days)[0]
    assert np.max(np.abs(theirs - ours) / np.maximum(np.abs(ours), 0.05)) < 5e-4


def test_sbml_holds_every_equation_and_every_session():
    import xml.etree.ElementTree as ET

    text = sbml.export(average()[0], constants(), course())
    tree = ET.fromstring(text)  # noqa: S314 (our own text)
    names = {element.get("variable") for element in tree.iter() if element.tag.endswith("rateRule")}
    assert names == set(eq.EQUATIONS)
    assert text.count("<event ") == 4
