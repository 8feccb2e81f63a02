"""The sums without arrays and the sums over arrays are the same sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.dose.coverage import Passes, hit_twice_fractions, layer_fractions
from needlepoint.dose.geometry import Channels
from needlepoint.dose.shape import POINTS_PER_LAYER, Shape, gauss_points
from needlepoint.dose.sums import hit_twice_fraction, injured_fractions
from needlepoint.evidence.loader import packaged

SHAPE = Shape.of(packaged())

made = st.builds(
    Channels,
    per_mm2=st.floats(0, 40),
    setting_mm=st.floats(0, 2.5),
    reach=st.floats(0.2, 1.05),
    beyond_mm=st.floats(0, 0.3),
    needle_mm=st.floats(0.1, 0.4),
)
layers = st.tuples(st.floats(0.01, 0.03), st.floats(0.05, 0.2), st.floats(0.25, 0.5), st.floats(0.6, 2.5))


@given(st.lists(made, min_size=1, max_size=4).map(tuple), layers)
def test_one_zone_without_arrays_agrees_with_the_twin_over_arrays(
    group: tuple[Channels, ...], ends: tuple[float, ...]
) -> None:
    passes, index = Passes.of(group, SHAPE), np.zeros(len(group), dtype=np.intp)
    edges = (0.0, *ends)
    by_arrays = layer_fractions(passes, index, np.array([edges]))[0]
    assert injured_fractions(group, edges, SHAPE) == pytest.approx(by_arrays, rel=1e-9, abs=1e-12)
    twice = hit_twice_fractions(passes, index, 1)[0]
    assert hit_twice_fraction(group, SHAPE) == pytest.approx(twice, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("points", [2, 12, POINTS_PER_LAYER])
def test_newtons_points_are_gauss_and_legendres(points: int) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(points)
    ours = np.array(sorted(gauss_points(points)))
    assert ours[:, 0] == pytest.approx((nodes + 1) / 2, abs=1e-14)
    assert ours[:, 1] == pytest.approx(weights / 2, abs=1e-14)
