"""Laws of the dose that hold for every pass, device, zone and sex."""

from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.course.goals import Sex
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.course.zones import Zone
from needlepoint.dose.coverage import Passes, layer_fractions
from needlepoint.dose.geometry import channels
from needlepoint.dose.session import ZoneDose, doses
from needlepoint.dose.shape import Shape
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()
# The last digits of sums over passes in another order.
ROUNDING = 1e-12

devices = st.sampled_from(sorted(KNOWLEDGE.devices))
sexes = st.sampled_from(Sex)
zones = st.sampled_from(Zone)
hundredths = st.integers(0, 300).map(lambda n: Decimal(n) / 100)
maybe = st.none()


def decimals(low: int, high: int):
    return st.integers(low * 10, high * 10).map(lambda n: Decimal(n) / 10)


passes_in = st.builds(
    Pass,
    zone=zones,
    depth=st.builds(Depth, hundredths),
    passes=st.integers(1, 30),
    rate_hz=maybe | decimals(20, 200),
    speed_mm_s=maybe | decimals(2, 200),
    seconds=maybe | decimals(5, 600),
    area_cm2=maybe | decimals(5, 400),
)


def session(device: str, *passes: Pass, day: int = 0) -> Session:
    return Session(datetime(2026, 2, 2, 19, tzinfo=UTC) + timedelta(days=day), device, passes=tuple(passes))


def dose_of(device: str, passes: list[Pass], sex: Sex) -> ZoneDose:
    (dose,) = doses([session(device, *passes)], sex, KNOWLEDGE)
    return dose


def numbers(dose: ZoneDose) -> np.ndarray:
    """Return every number of a dose; each may only grow when more is done."""
    amounts = (dose.channels_per_cm2, dose.depth_reached_mm, dose.hit_twice_fraction)
    return np.array([*amounts, *astuple(dose.injured_fraction)])


def in_one_zone(passes: list[Pass]) -> list[Pass]:
    return [changed(each, zone=passes[0].zone) for each in passes]


def changed(each_pass: Pass, **fields: object) -> Pass:
    names = ("zone", "depth", "passes", "rate_hz", "speed_mm_s", "seconds", "area_cm2")
    return Pass(**{name: getattr(each_pass, name) for name in names} | fields)


@given(devices, st.lists(passes_in, min_size=1, max_size=4).map(in_one_zone), sexes)
def test_shares_are_shares_and_nothing_is_negative(device, passes, sex):
    found = numbers(dose_of(device, passes, sex))
    assert (found >= 0).all()
    assert (found[2:] <= 1).all()


@given(devices, st.lists(passes_in, min_size=2, max_size=4).map(in_one_zone), sexes)
def test_one_more_pass_never_lowers_the_dose(device, passes, sex):
    fewer, more = numbers(dose_of(device, passes[:-1], sex)), numbers(dose_of(device, passes, sex))
    assert (more >= fewer - ROUNDING).all()


@given(devices, passes_in, sexes)
def test_one_more_sweep_never_lowers_the_dose(device, each_pass, sex):
    once, again = (
        numbers(dose_of(device, [changed(each_pass, passes=n)], sex))
        for n in (each_pass.passes, each_pass.passes + 1)
    )
    assert (again >= once - ROUNDING).all()


@given(devices, passes_in, hundredths, sexes)
def test_a_deeper_setting_never_lowers_the_dose(device, each_pass, depth, sex):
    low, high = sorted([each_pass.depth.mm, depth])
    shallow, deep = (numbers(dose_of(device, [changed(each_pass, depth=Depth(d))], sex)) for d in (low, high))
    assert (deep >= shallow - ROUNDING).all()


@given(devices, st.lists(passes_in, min_size=1, max_size=4).map(in_one_zone), sexes)
def test_nothing_is_reached_beyond_the_device(device, passes, sex):
    dose, known = dose_of(device, passes, sex), KNOWLEDGE.devices[device]
    assert dose.depth_reached_mm <= known.depth_max.value
    tolerance = known.depth_tolerance or KNOWLEDGE.dose_parameters["default_tolerance"].value
    beneath = known.depth_max.value + tolerance.value
    arrays = Passes.of([channels(p, known, KNOWLEDGE) for p in passes], Shape.of(KNOWLEDGE))
    edges = np.array([[beneath, beneath + 1.0]])
    assert layer_fractions(arrays, np.zeros(len(passes), dtype=int), edges) == 0.0
    depths = np.full((len(passes), 1), beneath + 1e-9)
    assert (arrays.reaching(depths) == 0.0).all()


@given(devices, st.lists(passes_in, min_size=2, max_size=4).map(in_one_zone), sexes)
def test_the_order_of_the_passes_does_not_matter(device, passes, sex):
    there, back = dose_of(device, passes, sex), dose_of(device, passes[::-1], sex)
    assert numbers(there) == pytest.approx(numbers(back))


@given(devices, passes_in, st.integers(2, 5), sexes)
def test_the_same_pass_written_down_in_several_lines_is_the_same_dose(device, each_pass, lines, sex):
    whole = dose_of(device, [changed(each_pass, passes=lines, seconds=None)], sex)
    parts = dose_of(device, [changed(each_pass, passes=1, seconds=None)] * lines, sex)
    assert numbers(whole) == pytest.approx(numbers(parts))


@given(
    st.lists(st.tuples(devices, st.lists(passes_in, max_size=3)), min_size=1, max_size=4),
    sexes,
)
def test_each_session_has_its_own_dose_whatever_the_others_did(course, sex):
    sessions = [session(device, *passes, day=30 * day) for day, (device, passes) in enumerate(course)]
    together = doses(sessions, sex, KNOWLEDGE)
    alone = [(number, d) for number, s in enumerate(sessions, 1) for d in doses([s], sex, KNOWLEDGE)]
    assert [(d.session, d.zone) for d in together] == [(number, d.zone) for number, d in alone]
    for one, (_, other) in zip(together, alone, strict=True):
        assert numbers(one) == pytest.approx(numbers(other))
        assert one.assumed == other.assumed


@given(devices, passes_in.filter(lambda p: p.zone.value.endswith("_left")), sexes)
def test_left_and_right_are_alike(device, each_pass, sex):
    right = Zone(each_pass.zone.value.replace("_left", "_right"))
    here, there = (dose_of(device, [changed(each_pass, zone=z)], sex) for z in (each_pass.zone, right))
    assert (numbers(here) == numbers(there)).all()


@given(devices, passes_in)
def test_an_unknown_sex_is_judged_by_the_thinner_skin(device, each_pass):
    unknown, *known = (dose_of(device, [each_pass], sex) for sex in (Sex.UNKNOWN, Sex.FEMALE, Sex.MALE))
    assert any((numbers(unknown) == numbers(dose)).all() for dose in known)
    assert any("Sex was not recorded" in line for line in unknown.assumed)


@given(
    st.integers(50, 250).map(lambda n: Decimal(n) / 100),
    st.floats(0.3, 3.0),
    st.floats(1.0, 2.0),
)
def test_in_thinner_skin_the_same_needles_hurt_a_greater_share_of_the_dermis(depth, thickness, more):
    pen = KNOWLEDGE.devices["skinpen-precision"]
    each_pass = Pass(Zone.CHEEK_LEFT, Depth(depth), 4)
    arrays = Passes.of([channels(each_pass, pen, KNOWLEDGE)], Shape.of(KNOWLEDGE))
    shares = [
        layer_fractions(arrays, np.array([0]), np.array([[0.2, 0.2 + t]]))[0, 0]
        for t in (thickness, thickness * more)
    ]
    # The points at which a layer is looked at differ, so equality holds to their accuracy only.
    assert shares[0] >= shares[1] * 0.995


def test_thin_skin_saturates_when_the_needles_are_longer_than_it_is_thick():
    lid = [
        numbers(dose_of("skinpen-precision", [Pass(Zone.EYELID_LEFT, Depth(d), 2)], Sex.FEMALE))[3:]
        for d in ("0.5", "1.0", "1.75", "2.0", "2.5")
    ]
    assert lid[3] == pytest.approx(lid[4], rel=5e-3)
    assert lid[2] == pytest.approx(lid[4], rel=2e-2)
    assert (lid[0] < 0.8 * lid[4]).all()


def test_with_ever_more_passes_the_injured_share_flattens_below_one():
    shares = [
        numbers(dose_of("skinpen-precision", [Pass(Zone.CHEEK_LEFT, Depth("1.5"), n)], Sex.FEMALE))[4]
        for n in (1, 10, 100)
    ]
    gained = np.diff(shares)
    assert shares[-1] < 1.0
    assert gained[1] < 10 * gained[0]
