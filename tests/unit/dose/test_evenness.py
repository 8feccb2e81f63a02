"""How evenly channels lie: the number agrees with the dose, and chance is an argument."""

import numpy as np
import pytest
from tests.unit.dose.factory import KNOWLEDGE, PEN, ROLLER, STAMP, a_pass, knowing, without_drum

from needlepoint.dose.evenness import Evenness, evenness
from needlepoint.dose.geometry import channels
from needlepoint.evidence.errors import EvidenceError

PASSES = {
    "pen": (a_pass("1.5", 4, rate_hz=116.7, speed_mm_s=20), PEN),
    "roller": (a_pass("1.5", 15), ROLLER),
    "pen as sparse as the roller": (a_pass("1.5", 4, rate_hz=116.7, speed_mm_s=158.4), PEN),
}


def over_seeds(name, knowledge=KNOWLEDGE):
    each_pass, device = PASSES[name]
    found = [evenness(each_pass, device, knowledge, np.random.default_rng(seed)) for seed in range(12)]
    return np.mean([(e.per_mm2, e.variation, e.variation_by_chance) for e in found], axis=0)


@pytest.mark.parametrize("name", PASSES)
def test_the_mean_is_the_density_of_the_dose(name):
    each_pass, device = PASSES[name]
    assert over_seeds(name)[0] == pytest.approx(channels(each_pass, device, KNOWLEDGE).per_mm2, rel=0.03)


def test_a_perfectly_even_field_does_not_vary():
    even = Evenness(np.full((5, 5), 4.0))
    assert (even.per_mm2, even.variation, even.variation_by_chance) == (4.0, 0.0, 0.5)


def test_at_their_usual_settings_the_pen_varies_less_because_it_makes_more_channels():
    pen, roller = over_seeds("pen"), over_seeds("roller")
    assert pen[1] < 0.75 * roller[1]
    assert pen[0] > 3 * roller[0]


def test_with_as_many_channels_as_the_roller_the_pen_is_no_more_even():
    """What the claim of a more even pen comes to: the number of channels, not their pattern."""
    pen, roller = over_seeds("pen as sparse as the roller"), over_seeds("roller")
    assert pen[0] == pytest.approx(roller[0], rel=0.05)
    assert roller[1] < pen[1] < 1.2 * roller[1]


def test_the_roller_is_a_little_more_even_than_chance_and_the_dense_pen_is_not():
    assert over_seeds("roller")[1] < over_seeds("roller")[2]
    assert over_seeds("pen")[1] > over_seeds("pen")[2]


def test_a_steadier_hand_is_more_even():
    steady = knowing(lane_scatter=1e-6, speed_scatter=1e-6)
    assert over_seeds("pen", steady)[1] < over_seeds("pen")[1]


def test_the_same_chance_gives_the_same_field_and_another_another():
    each_pass, device = PASSES["roller"]
    one, same, other = (
        evenness(each_pass, device, KNOWLEDGE, np.random.default_rng(seed)).counts for seed in (1, 1, 2)
    )
    assert (one == same).all()
    assert (one != other).any()


def test_the_field_has_the_side_that_was_asked_for():
    each_pass, device = PASSES["roller"]
    field = evenness(each_pass, device, KNOWLEDGE, np.random.default_rng(1), side_mm=12)
    assert field.counts.shape == (12, 12)


def test_a_stamp_and_needles_that_are_not_out_have_no_lanes():
    with pytest.raises(ValueError, match="stamp"):
        evenness(a_pass(), STAMP, KNOWLEDGE, np.random.default_rng(1))
    with pytest.raises(ValueError, match="not out"):
        evenness(a_pass("0"), PEN, KNOWLEDGE, np.random.default_rng(1))


def test_a_roller_without_a_drum_is_a_fault_of_the_data_file():
    with pytest.raises(EvidenceError, match="drum_diameter"):
        evenness(a_pass(), without_drum(ROLLER), KNOWLEDGE, np.random.default_rng(1))
