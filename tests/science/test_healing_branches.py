"""Plans that begin alike are played together, and every one of them is what it is when it is played alone."""

from dataclasses import replace

import numpy as np
import pytest
from tests.science.healing_courses import constants, course

from needlepoint.dose.shape import Shape
from needlepoint.evidence.healing import packaged_healing
from needlepoint.evidence.loader import packaged
from needlepoint.healing import search as searching
from needlepoint.healing.branches import play_family
from needlepoint.healing.ensemble import OUTPUTS, simulate
from needlepoint.healing.plan import Visit, ZonePlan
from needlepoint.healing.population import Person, draw
from needlepoint.healing.search import COARSE_RTOL, INTERVALS, LOOKS, SESSIONS, search

ONE = course(days=(0.0,), rho=3.0, depth=1.0)


def alone(people, interval, sessions, looks, outputs, rtol, one=ONE):
    plan = replace(
        one,
        days=interval * np.arange(sessions),
        group_session=np.repeat(np.arange(sessions), one.groups.shape[0]),
        groups=np.tile(one.groups, (sessions, 1)),
    )
    return simulate(people, constants(), plan, plan.days[-1] + looks, outputs, rtol)


@pytest.mark.parametrize(
    ("one", "looks", "outputs", "rtol"),
    [
        (ONE, LOOKS, ("redness", "collagen_gain"), COARSE_RTOL),
        (ONE, np.array([0.5, 13.99, 14.0, 14.01, 27.5, 60.0]), OUTPUTS, 1e-4),
        (course(days=(0.0,), rho=0.0), LOOKS, ("redness", "collagen_gain"), 1e-4),
    ],
    ids=["looks of a search", "looks across the next session", "no dose"],
)
def test_a_branch_is_the_plan_played_alone_to_the_last_bit(one, looks, outputs, rtol):
    people = draw(4, 0, 21)
    together = play_family(people, constants(), one, INTERVALS, SESSIONS, looks, outputs, rtol)
    for i, interval in enumerate(INTERVALS):
        for s, sessions in enumerate(SESSIONS):
            plain = alone(people, interval, sessions, looks, outputs, rtol, one)
            assert together[i, s].tobytes() == plain.tobytes()


def test_a_family_needs_one_session_and_rising_numbers():
    for intervals, sessions in (((28.0, 14.0), (3, 4)), ((14.0, 28.0), (4, 3)), ((14.0,), (1, 2))):
        with pytest.raises(ValueError, match="rise"):
            play_family(draw(4, 0, 1), constants(), ONE, intervals, sessions, LOOKS, ("redness",))
    with pytest.raises(ValueError, match="one session"):
        play_family(draw(4, 0, 1), constants(), course(), (14.0,), (3,), LOOKS, ("redness",))


def reference(sessions=4, interval=28.0, depth=1.0, per_mm2=2.5):
    group = (per_mm2, depth, 0.9, depth + 0.15, 0.25)
    visits = tuple(Visit(number * interval, (group,), depth) for number in range(sessions))
    return ZonePlan((), visits, 0, (0.0168, 0.2, 0.3, 1.07), Shape.of(packaged()), "face", False, (), ())


def test_a_search_finds_what_plans_played_alone_find(monkeypatch):
    """A search whose families are played plan by plan has the same front, number for number."""
    person, told = Person(40.0, "III", "face"), []

    def one_by_one(people, table, one, intervals, sessions, looks, outputs, rtol):
        played = [[alone(people, i, s, looks, outputs, rtol, one) for s in sessions] for i in intervals]
        return np.array(played)

    tree = search(
        reference(), person, packaged_healing(), 1.25, members=24, progress=lambda *n: told.append(n)
    )
    monkeypatch.setattr(searching, "play_family", one_by_one)
    plain = search(reference(), person, packaged_healing(), 1.25, members=24)
    assert tree == plain
    assert tree.looked_at == 256
    assert told == [(number, 256) for number in range(1, 257)]
    assert tree.reference.gain == tree.reference.gain_p95 == 1.0
