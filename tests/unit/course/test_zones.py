"""Zones: every one has a kind, and a part of the body."""

import pytest

from needlepoint.course.zones import KINDS, PAIRED, SINGLE, Zone, ZonePart


@pytest.mark.parametrize(
    ("zone", "kind", "part"),
    [
        (Zone.CHEEK_LEFT, "cheek", ZonePart.FACE),
        (Zone.UPPER_LIP, "upper_lip", ZonePart.FACE),
        (Zone.PERIORBITAL_RIGHT, "periorbital", ZonePart.PERIORBITAL),
        (Zone.EYELID_LEFT, "eyelid", ZonePart.EYELID),
        (Zone.NECK, "neck", ZonePart.NECK),
        (Zone.FLANK_LEFT, "flank", ZonePart.TRUNK),
        (Zone.LOWER_LEG_RIGHT, "lower_leg", ZonePart.LIMB),
    ],
)
def test_a_zone_knows_its_kind_and_its_part(zone, kind, part):
    assert (zone.kind, zone.part) == (kind, part)


def test_the_zones_are_the_kinds_with_their_sides():
    sided = {f"{kind}_{side}" for kind in PAIRED for side in ("left", "right")}
    assert {zone.value for zone in Zone} == sided | set(SINGLE)
    assert {zone.kind for zone in Zone} == set(KINDS)
