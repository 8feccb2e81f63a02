"""Poisson coverage: depth, width and overlap of channels, against sums done by hand."""

import math

import numpy as np
import pytest
from tests.unit.dose.factory import KNOWLEDGE

from needlepoint.dose.coverage import (
    Passes,
    fraction_by_depth,
    hit_twice_fractions,
    layer_fractions,
    stimulated_fractions,
)
from needlepoint.dose.geometry import Channels
from needlepoint.dose.shape import Shape

SHAPE = Shape(
    scatter_share=0.15, scatter_floor=0.02, channel_share=0.5, tip_taper=0.5, reach_of_stimulus=0.15
)
ONE = Channels(per_mm2=5.0, setting_mm=1.0, reach=0.9, beyond_mm=0.1, needle_mm=0.25)
OTHER = Channels(per_mm2=3.0, setting_mm=1.5, reach=1.0, beyond_mm=0.2, needle_mm=0.20)
WIDEST = math.pi * 0.0625**2


def at(*depths, passes=1):
    return np.tile(np.array(depths, dtype=float), (passes, 1))


def test_the_shape_is_read_from_the_knowledge_base():
    assert Shape.of(KNOWLEDGE) == SHAPE


def test_half_of_the_channels_pass_the_mean_depth():
    reaching = Passes.of([ONE], SHAPE).reaching(at(0.0, 0.9, 0.9 + 0.155, 1.05))
    below_one_spread = 0.5 * math.erfc(1 / math.sqrt(2))
    assert reaching[0, :2] == pytest.approx([1.0, 0.5], abs=1e-6)
    assert reaching[0, 2] == pytest.approx(below_one_spread)


def test_none_pass_the_setting_and_its_tolerance():
    reaching = Passes.of([ONE], SHAPE).reaching(at(1.1, 1.1 + 1e-12))
    assert reaching[0, 0] > 0
    assert reaching[0, 1] == 0


def test_a_channel_narrows_over_the_point_of_the_needle():
    radius = Passes.of([ONE], SHAPE).radius(at(0.0, 0.4, 0.65, 0.9, 2.0))
    assert radius[0] == pytest.approx([0.0625, 0.0625, 0.03125, 0.0, 0.0])


def test_one_layer_near_the_surface_is_injured_as_poisson_says():
    injured = layer_fractions(Passes.of([ONE], SHAPE), np.array([0]), np.array([[0.0, 0.2]]))
    assert injured == pytest.approx(1 - math.exp(-5.0 * WIDEST), rel=1e-4)


def test_the_passes_of_a_group_add_up_and_groups_do_not_mix():
    passes = Passes.of([ONE, OTHER, ONE], SHAPE)
    edges = np.array([[0.0, 0.1, 0.2], [0.0, 0.1, 0.2]])
    injured = layer_fractions(passes, np.array([0, 0, 1]), edges)
    both = 5.0 * WIDEST + 3.0 * math.pi * 0.05**2
    assert injured.shape == (2, 2)
    assert injured[0] == pytest.approx(1 - math.exp(-both), rel=1e-3)
    assert injured[1] == pytest.approx(1 - math.exp(-5.0 * WIDEST), rel=1e-3)


def test_a_layer_is_the_mean_over_its_depths():
    passes, edges = Passes.of([ONE], SHAPE), np.array([[0.3, 1.4]])
    depths = 0.3 + 1.1 * (np.arange(5000) + 0.5) / 5000
    injured = layer_fractions(passes, np.array([0]), edges)
    assert injured[0, 0] == pytest.approx(fraction_by_depth(passes, depths).mean(), rel=3e-3)


def test_the_fraction_by_depth_takes_all_passes_together():
    depths = np.array([0.0, 0.5])
    share = fraction_by_depth(Passes.of([ONE, OTHER], SHAPE), depths)
    each = [fraction_by_depth(Passes.of([c], SHAPE), depths) for c in (ONE, OTHER)]
    assert share == pytest.approx(1 - (1 - each[0]) * (1 - each[1]))


def test_a_point_is_stimulated_from_further_away_than_it_is_injured():
    passes, edges = Passes.of([ONE], SHAPE), np.array([[0.0, 0.2]])
    stimulated = stimulated_fractions(passes, np.array([0]), edges)[0, 0]
    assert stimulated == pytest.approx(1 - math.exp(-5.0 * math.pi * 0.15**2), rel=1e-4)
    assert stimulated > layer_fractions(passes, np.array([0]), edges)[0, 0]


def test_twice_is_at_least_two_and_not_one():
    near = 8.0 * math.pi * 0.15**2
    twice = hit_twice_fractions(Passes.of([ONE, OTHER], SHAPE), np.array([0, 0]), 1)
    assert twice[0] == pytest.approx(1 - math.exp(-near) * (1 + near), rel=1e-6)


def test_a_group_without_channels_is_untouched():
    none = Channels(per_mm2=0.0, setting_mm=0.0, reach=0.9, beyond_mm=0.15, needle_mm=0.25)
    passes = Passes.of([none], SHAPE)
    assert layer_fractions(passes, np.array([0]), np.array([[0.0, 0.1, 1.0]])).tolist() == [[0.0, 0.0]]
    assert hit_twice_fractions(passes, np.array([0]), 1).tolist() == [0.0]
