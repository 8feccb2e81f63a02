"""Numbers: finite, bounded, exact."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.course.errors import InputError
from needlepoint.course.quantities import Depth, bounded, exact, optional, whole


@pytest.mark.parametrize("value", [1, 1.5, Decimal("1.5"), "1.5"])
def test_a_number_is_taken_as_it_is_written(value):
    assert exact("n", value) == Decimal(str(value))


def test_a_tenth_stays_a_tenth():
    assert exact("n", 0.1) == Decimal("0.1")


@pytest.mark.parametrize("value", [True, None, [], "", "one", "1 mm"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(InputError, match=r"n: .* is not a number; expected a plain number in mm"):
        exact("n", value, "mm")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), Decimal("sNaN"), "Infinity"])
def test_a_number_without_end_is_refused(value):
    with pytest.raises(InputError, match=r"n: .* is not a finite number; expected a plain number$"):
        exact("n", value)


@pytest.mark.parametrize("value", [10**30, -(10**30), pytest.param(10**5000, id="endless")])
def test_a_number_longer_than_any_device_shows_is_refused(value):
    with pytest.raises(InputError, match="n: is a number of more than 30 digits"):
        exact("n", value)


@pytest.mark.parametrize("value", ["0", "3.00"])
def test_both_bounds_are_allowed(value):
    assert bounded("n", value, "0", "3.00") == Decimal(value)


@pytest.mark.parametrize("value", ["-0.01", "3.01"])
def test_beyond_a_bound_is_refused(value):
    with pytest.raises(InputError, match=r"n: .* is out of bounds; expected 0 to 3.00 mm"):
        bounded("n", value, "0", "3.00", "mm")


def test_nothing_stays_nothing():
    assert optional("n", None, "0", "1") is None
    assert optional("n", 0.5, "0", "1") == Decimal("0.5")


@pytest.mark.parametrize("value", [True, 2.0, "2", None])
def test_a_count_is_a_whole_number(value):
    with pytest.raises(InputError, match=r"n: .* is not a whole number; expected 1 to 100 passes"):
        whole("n", value, 1, 100, "passes")


@pytest.mark.parametrize("value", [0, 101])
def test_a_count_keeps_to_its_bounds(value):
    with pytest.raises(InputError, match=f"n: {value} is out of bounds; expected 1 to 100"):
        whole("n", value, 1, 100)
    assert whole("n", 100, 1, 100) == 100


@pytest.mark.parametrize("mm", ["-0.25", "3.25", "1000", "NaN"])
def test_a_depth_no_device_could_mean_is_refused(mm):
    with pytest.raises(InputError, match="depth_mm"):
        Depth(mm)


@given(st.decimals(0, 3, places=2), st.decimals(0, 3, places=2))
def test_depths_are_ordered_as_their_millimetres(one, two):
    assert (Depth(one) < Depth(two)) == (one < two)
    assert (Depth(one) >= Depth(two)) == (one >= two)


def test_a_depth_is_not_ordered_among_other_things():
    with pytest.raises(TypeError):
        _ = Depth(Decimal(1)) < 2


@pytest.mark.parametrize(("mm", "text"), [("1.50", "1.5 mm"), ("2", "2 mm"), ("0", "0 mm")])
def test_a_depth_is_read_without_idle_digits(mm, text):
    assert str(Depth(Decimal(mm))) == text
