"""Devices: what is cleared, evaluated and geometry, each as its document says and nothing more."""

from __future__ import annotations

import msgspec
import pytest

from needlepoint.course.goals import Concern, SkinType
from needlepoint.course.zones import Zone, ZonePart
from needlepoint.evidence.devices import ClearedNumber
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()
DEVICES = KNOWLEDGE.devices
FACE = {zone.kind for zone in Zone if zone.part is ZonePart.FACE}


def numbers_in(value: object):
    """Yield every cited value and range inside a row."""
    if isinstance(value, dict):
        if "basis" in value:
            yield value
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers_in(part)


def cleared(device: str, concern: str) -> dict[str, tuple[str, ...]]:
    rows = [row for row in DEVICES[device].cleared if concern in row.concerns]
    return {zone: row.skin_types for row in rows for zone in row.zones}


def evaluated(device: str, concern: str, zone: str) -> list[float]:
    rows = DEVICES[device].evaluated
    return [row.depth.value for row in rows if concern in row.concerns and zone in row.zones]


def test_the_devices_of_the_case_file_are_there():
    named = {"skinpen-precision", "rejuvapen-nxt", "exceed", "dermaroller-mf8", "home-roller"}
    assert named <= set(DEVICES)


def test_the_published_list_has_twenty_six_numbers_and_of_seventeen_the_number_alone():
    assert len(KNOWLEDGE.cleared_numbers) == 26
    alone = [each for each in KNOWLEDGE.cleared_numbers.values() if each.read == "number_only"]
    assert len(alone) == 17
    assert {(each.name, each.maker, each.claims, each.device, each.cleared) for each in alone} == {
        ("",) * 4 + ((),)
    }


def test_every_device_of_the_list_is_one_that_exists_or_brings_its_claims():
    for each in KNOWLEDGE.cleared_numbers.values():
        assert not each.device or each.device in DEVICES
        assert each.read == "number_only" or bool(each.device) is not bool(each.cleared)


@pytest.mark.parametrize(
    "spoilt", [{"read": "number_only", "name": "Some Pen"}, {"read": "secondary", "device": "exceed"}]
)
def test_a_number_claims_nothing_twice_and_nothing_that_was_not_read(spoilt):
    cleared = msgspec.to_builtins(KNOWLEDGE.cleared_numbers["K230420"].cleared)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"number": "K1", "sources": ["NP"], "cleared": cleared, **spoilt}, ClearedNumber)


def test_what_was_used_elsewhere_has_no_number_at_all():
    assert set(KNOWLEDGE.elsewhere) == {"unknown-pen", "unknown-roller", "rf-device"}
    assert not [each for row in KNOWLEDGE.elsewhere.values() for each in numbers_in(msgspec.to_builtins(row))]
    assert not set(KNOWLEDGE.elsewhere) & set(DEVICES)


def test_the_exceed_has_the_needles_of_its_second_file_and_the_shorter_of_two_depths():
    assert (
        DEVICES["exceed"].needles.diameter.value == DEVICES["exceed-unlimited"].needles.diameter.value == 0.35
    )
    assert DEVICES["exceed-unlimited"].depth_max.value == 1.5


@pytest.mark.parametrize("device", DEVICES)
def test_every_clearance_starts_at_22_and_names_what_exists(device):
    for row in DEVICES[device].cleared:
        assert row.min_age_years == 22
        assert set(row.skin_types) <= {each.value for each in SkinType} - {"unknown"}
    for row in (*DEVICES[device].cleared, *DEVICES[device].evaluated):
        assert set(row.concerns) <= {each.value for each in Concern}
        assert set(row.zones) <= {zone.kind for zone in Zone}


@pytest.mark.parametrize("device", DEVICES)
def test_no_lid_is_cleared_or_evaluated_on_any_device(device):
    assert all("eyelid" not in row.zones for row in (*DEVICES[device].cleared, *DEVICES[device].evaluated))


@pytest.mark.parametrize("device", DEVICES)
def test_nothing_is_evaluated_deeper_than_the_device_reaches(device):
    assert all(row.depth.value <= DEVICES[device].depth_max.value for row in DEVICES[device].evaluated)


def test_skinpen_is_cleared_for_acne_scars_on_the_face_in_all_skin_types():
    assert cleared("skinpen-precision", "acne_scars") == dict.fromkeys(
        FACE, ("I", "II", "III", "IV", "V", "VI")
    )


def test_skin_types_two_to_four_limit_the_claim_on_the_neck_only():
    assert cleared("skinpen-precision", "wrinkles") == {"neck": ("II", "III", "IV")}


@pytest.mark.parametrize("zone", sorted(FACE))
@pytest.mark.parametrize("concern", Concern)
def test_no_setting_of_skinpen_beyond_a_millimetre_and_a_half_counts_as_evaluated_on_the_face(concern, zone):
    assert evaluated("skinpen-precision", concern.value, zone) == [1.5]


def test_only_acne_scars_are_said_to_have_been_studied_at_that_depth():
    rows = [row for row in DEVICES["skinpen-precision"].evaluated if "cheek" in row.zones]
    assert {row.depth.basis for row in rows if row.concerns == ("acne_scars",)} == {"retrieved"}
    assert {row.depth.basis for row in rows if "acne_scars" not in row.concerns} == {"assumed"}


def test_the_neck_trial_went_deeper_but_the_zone_keeps_its_limit():
    assert evaluated("skinpen-precision", "wrinkles", "neck") == [2.5]
    assert KNOWLEDGE.zones["neck"].depth_max.value == 1.0
    assert evaluated("skinpen-precision", "acne_scars", "neck") == []


def test_skinpen_has_eleven_settings_and_one_speed():
    pen = DEVICES["skinpen-precision"]
    steps = (pen.depth_max.value - pen.depth_min.value) / pen.depth_step.value
    assert (steps + 1, pen.depth_max.value) == (11, 2.5)
    assert pen.rate.high - pen.rate.low <= 1
    assert pen.rate.low <= 7000 / 60 <= pen.rate.high


def test_the_needle_count_keeps_the_disagreement():
    needles = DEVICES["skinpen-precision"].needles
    assert (needles.count.value, needles.count.low) == (14, 12)
    assert "S4" in needles.count.sources
    assert "S4" in needles.disagreement


def test_rejuvapen_is_cleared_around_the_eye_and_nowhere_else():
    assert [(row.concerns, row.zones) for row in DEVICES["rejuvapen-nxt"].cleared] == [
        (("wrinkles",), ("periorbital",))
    ]
    assert DEVICES["rejuvapen-nxt"].needles.count.value == 12
    assert cleared("rejuvapen-nxt", "wrinkles") == {"periorbital": ("I", "II", "III", "IV")}


def test_exceed_has_two_clearances_six_needles_and_a_tolerance():
    exceed = DEVICES["exceed"]
    assert cleared("exceed", "wrinkles") == dict.fromkeys(
        ("glabella", "periorbital", "cheek"), ("I", "II", "III")
    )
    assert cleared("exceed", "acne_scars") == dict.fromkeys(FACE, ("I", "II", "III", "IV"))
    assert (exceed.needles.count.value, exceed.depth_max.value, exceed.depth_tolerance.value) == (
        6,
        1.5,
        0.15,
    )
    assert (exceed.rate.low, exceed.rate.high) == (100, 150)


def test_skinstylus_is_the_one_cleared_on_the_body():
    assert list(cleared("skinstylus", "hypertrophic_scar")) == ["abdomen"]
    body = [
        d
        for d, row in DEVICES.items()
        for c in row.cleared
        if not set(c.zones) <= FACE | {"neck", "periorbital"}
    ]
    assert body == ["skinstylus"]


def test_rollers_are_not_cleared():
    assert all(not row.cleared for row in DEVICES.values() if row.kind == "roller")


def test_the_needles_of_the_roller_stand_every_fifteen_degrees():
    needles = DEVICES["dermaroller-mf8"].needles
    assert needles.count.value / needles.rows == 360 / 15


@pytest.mark.parametrize("table", ["devices", "zones", "goals", "operators", "protocols", "dose_parameters"])
def test_a_number_that_rests_on_our_own_proposal_alone_is_never_called_retrieved(table):
    for row in getattr(KNOWLEDGE, table).values():
        for number in numbers_in(msgspec.to_builtins(row)):
            if set(number["sources"]) == {"NP"}:
                assert number["basis"] == "assumed", row.id


@pytest.mark.parametrize("table", ["devices", "zones", "goals", "operators", "protocols", "dose_parameters"])
def test_a_number_that_rests_on_memory_alone_is_assumed(table):
    recalled = {key for key, source in KNOWLEDGE.sources.items() if source.read in ("recalled", "own")}
    for row in getattr(KNOWLEDGE, table).values():
        for number in numbers_in(msgspec.to_builtins(row)):
            if set(number["sources"]) <= recalled:
                assert number["basis"] == "assumed", row.id


def test_each_reach_is_wide_enough_to_be_honest():
    for device in DEVICES.values():
        assert device.reach.low <= 0.6
        assert device.reach.value == (0.9 if device.kind == "pen" else 0.6)
