"""What holds for every course: nothing from nothing, more from more, slower with age, and no chance but the seed."""

from itertools import pairwise

import numba
import numpy as np
import pytest
from tests.science.healing_courses import average, constants, course

from needlepoint.healing import equations as eq
from needlepoint.healing.ensemble import OUTPUTS, doses, simulate, trajectories
from needlepoint.healing.population import draw

DAYS = np.array([0.04, 0.25, 1.0, 2.0, 3.0, 7.0, 28.5, 84.5, 140.0, 365.0])


def at(result: np.ndarray, name: str) -> np.ndarray:
    return result[OUTPUTS.index(name)]


def test_no_dose_no_redness_and_only_ageing():
    seen = simulate(average(), constants(), course(rho=0.0), DAYS)
    assert at(seen, "redness").max() == 0.0
    assert at(seen, "tewl_ratio").max() == 1.0
    assert 98.0 < at(seen, "collagen_histology_percent")[-1, 0] < 100.0


@pytest.mark.parametrize("days", [DAYS, np.arange(1.0, 366.0)], ids=["few looks", "daily looks"])
def test_the_same_people_whatever_the_number_of_threads_and_whoever_is_beside_them(days):
    people, plan = draw(7, 0, 203), course()
    held = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = simulate(people, constants(), plan, days)
        numba.set_num_threads(held)
        together = simulate(people, constants(), plan, days)
    finally:
        numba.set_num_threads(held)
    parts = [
        simulate(draw(7, a, b - a), constants(), plan, days)
        for a, b in ((0, 1), (1, 13), (13, 100), (100, 203))
    ]
    assert alone.tobytes() == together.tobytes()
    assert np.concatenate(parts, axis=2).tobytes() == together.tobytes()


@pytest.mark.parametrize("name", ["redness", "tewl_ratio"])
def test_more_channels_are_never_less_red_and_never_leak_less(name):
    seen = [
        at(simulate(average(), constants(), course(rho=rho), DAYS), name) for rho in (0.5, 1, 2, 4, 8, 16)
    ]
    for fewer, more in pairwise(seen):
        assert (more >= fewer - 1e-4).all()


def test_deeper_is_redder_and_leaks_more():
    shallow, deep = (
        simulate(average(), constants(), course(days=(0.0,), depth=depth), DAYS[:6]) for depth in (0.5, 1.5)
    )
    assert (at(deep, "redness") >= at(shallow, "redness")).all()
    assert (at(deep, "tewl_ratio") >= at(shallow, "tewl_ratio")).all()


def test_the_old_heal_and_build_more_slowly():
    young, old = (simulate(average(), constants(age=age), course(), DAYS) for age in (30.0, 77.0))
    assert (at(old, "tewl_ratio")[:5] >= at(young, "tewl_ratio")[:5]).all()
    assert at(old, "collagen_gain")[-1, 0] < at(young, "collagen_gain")[-1, 0]


def test_darker_skin_of_the_same_dose_makes_more_pigment_and_closes_later():
    light, dark = (
        simulate(average(), constants(skin_type=t), course(), DAYS, ("P", "tewl_ratio")) for t in ("I", "VI")
    )
    assert (dark[0, 1:] > light[0, 1:]).all()
    assert (dark[1, :5] > light[1, :5]).all()


def test_a_session_more_is_a_step_up_and_changes_nothing_before_it():
    two, three = (
        simulate(average(), constants(), course(days=d), DAYS) for d in ((0.0, 28.0), (0.0, 28.0, 56.0))
    )
    before = DAYS < 56
    assert np.allclose(two[:, before], three[:, before], atol=2e-3, rtol=1e-4)
    assert at(three, "collagen_gain")[-1, 0] > at(two, "collagen_gain")[-1, 0]


def test_no_state_falls_below_zero_by_more_than_rounding():
    days = np.linspace(0.0, 365.0, 90)
    states = trajectories(
        draw(1, 0, 160), constants(), course(days=(0.0, 14.0, 28.0, 42.0, 56.0, 70.0)), days
    )
    assert states.min() > -1e-5
    assert np.isfinite(states).all()


def test_a_session_differs_from_the_next_in_the_same_person():
    given = doses(draw(5, 0, 50), constants(), course())
    assert (np.ptp(given[:, :, 2], axis=1) > 0).all()
    assert np.allclose(
        doses(average(), constants(), course())[0, 0], doses(average(), constants(), course())[0, 3]
    )


def test_two_passes_at_two_depths_add_up_in_one_session():
    from dataclasses import replace

    one = course(days=(0.0,))
    both = replace(
        one,
        group_session=np.array([0, 0]),
        groups=np.vstack([one.groups, course(days=(0.0,), depth=0.75).groups]),
    )
    alone, added = (doses(average(), constants(), each)[0, 0] for each in (one, both))
    assert (added >= alone).all()
    assert added[2] > alone[2]


def test_the_states_are_named_in_the_order_of_the_code():
    assert [getattr(eq, name) // eq.LANES for name in eq.STATES] == list(range(17))
    assert [getattr(eq, name) // eq.LANES for name in eq.RATES] == list(range(len(eq.RATES)))
