"""Zones: depth limits and skin, with the methods of measuring kept apart."""

from __future__ import annotations

import pytest

from needlepoint.course.zones import KINDS
from needlepoint.evidence.loader import packaged

ZONES = packaged().zones
STACK = {
    f"{layer}_{sex}" for layer in ("stratum_corneum", "epidermis", "dermis") for sex in ("female", "male")
}


def test_every_kind_of_zone_is_there():
    assert set(ZONES) == set(KINDS)


@pytest.mark.parametrize(
    ("kinds", "start", "most"),
    [
        (("forehead", "temple", "glabella", "neck", "chest", "hand"), 0.5, 1.0),
        (("periorbital",), 0.25, 0.5),
        (("nose",), 0.25, 0.75),
        (("cheek", "chin"), 0.75, 1.5),
        (("upper_lip", "perioral"), 0.25, 1.0),
        (("abdomen", "back", "flank", "upper_arm", "forearm", "thigh", "lower_leg"), 1.0, 2.0),
        (("jawline",), 0.5, 1.0),
    ],
)
def test_depth_limits_are_the_proposed_ones_and_say_that_they_are_proposals(kinds, start, most):
    for kind in kinds:
        zone = ZONES[kind]
        assert (zone.depth_start.value, zone.depth_max.value) == (start, most)
        assert "NP" in zone.depth_max.sources
        assert zone.depth_max.basis == zone.depth_start.basis == "assumed"


def test_the_lid_is_never_needled():
    assert (ZONES["eyelid"].depth_max.value, ZONES["eyelid"].depth_max.high) == (0.0, 0.0)
    assert [kind for kind, zone in ZONES.items() if zone.inside_orbital_rim] == ["eyelid"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_dose_has_all_layers_of_both_sexes(kind):
    stack = ZONES[kind].dose_stack
    assert set(stack) == STACK | {"papillary_share"}
    assert all(stack[name].unit == "mm" for name in STACK)
    for sex in ("female", "male"):
        assert (
            stack[f"stratum_corneum_{sex}"].value
            < stack[f"epidermis_{sex}"].value
            < stack[f"dermis_{sex}"].value
        )


@pytest.mark.parametrize("kind", KINDS)
def test_the_dose_takes_epidermis_and_dermis_from_one_method(kind):
    """Ultrasound everywhere; where it is not the zone's own, the number is assumed and its note says so."""
    for name, cited in ZONES[kind].dose_stack.items():
        if name.startswith(("epidermis", "dermis")):
            assert "face-ultrasound" in cited.sources
            assert not {"chopra-2015", "oltulu-2018", "xu-2017", "sandby-moller-2003"} & set(cited.sources)
            assert cited.basis == "retrieved" or "stand" in cited.note or "ultrasound" in cited.note


@pytest.mark.parametrize(
    "kind", ["forehead", "glabella", "temple", "eyelid", "nose", "cheek", "jawline", "neck"]
)
def test_where_ultrasound_measured_the_dose_uses_what_it_found(kind):
    found = {
        (layer.layer, layer.sex): layer.mean.value
        for layer in ZONES[kind].layers
        if layer.method == "ultrasound"
    }
    stack = ZONES[kind].dose_stack
    assert found == {
        (layer, sex): stack[f"{layer}_{sex}"].value
        for layer in ("epidermis", "dermis")
        for sex in ("female", "male")
    }
    assert {stack[f"dermis_{sex}"].basis for sex in ("female", "male")} == {"retrieved"}


@pytest.mark.parametrize("kind", KINDS)
def test_histology_from_archives_is_kept_but_not_mixed_in(kind):
    for layer in ZONES[kind].layers:
        if "oltulu-2018" in layer.mean.sources:
            assert layer.method == "histology"
            assert layer.mean.note


@pytest.mark.parametrize("kind", KINDS)
def test_recalled_thicknesses_are_assumed(kind):
    for layer in ZONES[kind].layers:
        assert (layer.method == "recalled") == (layer.mean.basis == "assumed")
