"""The doses of a course: one for each session and zone, in the order of the record."""

import subprocess
import sys

import pytest
from tests.unit.dose.factory import KNOWLEDGE, a_pass, session

from needlepoint.course.goals import Sex
from needlepoint.course.zones import Zone
from needlepoint.dose.session import LayerFractions, doses, zone_passes


def test_without_a_pass_there_is_no_dose():
    assert doses([], Sex.FEMALE, KNOWLEDGE) == ()
    assert doses([session(), session()], Sex.FEMALE, KNOWLEDGE) == ()


def test_each_session_and_zone_has_one_dose_in_the_order_of_the_record():
    first = session(a_pass(zone=Zone.NOSE), a_pass(zone=Zone.CHIN), a_pass(zone=Zone.NOSE))
    second = session(a_pass("1.5", 15, zone=Zone.CHIN), device="dermaroller-mf8")
    found = doses([first, session(), second], Sex.FEMALE, KNOWLEDGE)
    assert [(d.session, d.zone) for d in found] == [(1, Zone.NOSE), (1, Zone.CHIN), (3, Zone.CHIN)]


def test_the_density_is_the_sum_and_the_depth_that_of_the_deepest_pass():
    passes = (
        a_pass("1.5", 2, rate_hz=100, speed_mm_s=20),
        a_pass("0.5", 4, rate_hz=100, speed_mm_s=20),
    )
    (dose,) = doses([session(*passes)], Sex.FEMALE, KNOWLEDGE)
    assert dose.channels_per_cm2 == pytest.approx(100 * 0.5 * 14 * 100 * 6 / (20 * 9))
    assert dose.depth_reached_mm == pytest.approx(1.35)


def test_the_injured_share_falls_from_layer_to_layer():
    (dose,) = doses([session(a_pass("0.5", 4, zone=Zone.FOREHEAD))], Sex.FEMALE, KNOWLEDGE)
    injured = dose.injured_fraction
    assert isinstance(injured, LayerFractions)
    assert injured.stratum_corneum > injured.epidermis > injured.papillary_dermis
    assert injured.papillary_dermis > injured.reticular_dermis > 0
    assert 0 < dose.hit_twice_fraction < 1


def test_what_was_not_recorded_is_named_first_and_once():
    passes = (a_pass("1.0"), a_pass("1.5"), a_pass("0.5", speed_mm_s=30))
    (dose,) = doses([session(*passes)], Sex.UNKNOWN, KNOWLEDGE)
    assert dose.assumed[:3] == (
        "Rate was not recorded: 116.7 Hz of SkinPen Precision stands in.",
        "Glide speed was not recorded: 20 mm/s stands in.",
        "Sex was not recorded: the thinner skin of the two stands in.",
    )
    assert len(set(dose.assumed)) == len(dose.assumed)


def test_a_full_record_still_names_what_the_geometry_assumes():
    (dose,) = doses([session(a_pass(rate_hz=117, speed_mm_s=20))], Sex.MALE, KNOWLEDGE)
    assert not any("not recorded" in line for line in dose.assumed)
    assert any(line.startswith("Assumed of every dose: pen hit 0.5") for line in dose.assumed)


def test_every_source_is_one_of_the_knowledge_base():
    sessions = [
        session(a_pass("2.5", zone=zone), device=device) for device in KNOWLEDGE.devices for zone in Zone
    ]
    for dose in doses(sessions, Sex.UNKNOWN, KNOWLEDGE):
        assert dose.sources
        assert set(dose.sources) <= set(KNOWLEDGE.sources)
        assert len(set(dose.sources)) == len(dose.sources)


def test_values_are_plain_numbers():
    (dose,) = doses([session(a_pass())], Sex.FEMALE, KNOWLEDGE)
    assert type(dose.channels_per_cm2) is type(dose.depth_reached_mm) is float
    assert type(dose.hit_twice_fraction) is type(dose.injured_fraction.epidermis) is float


def test_a_device_that_nobody_listed_has_no_dose():
    with pytest.raises(KeyError, match="no-such-pen"):
        doses([session(a_pass(), device="no-such-pen")], Sex.FEMALE, KNOWLEDGE)


def test_the_passes_of_a_zone_keep_their_order_and_their_skin():
    groups = zone_passes(4, session(a_pass("1.0"), a_pass("0.5")), Sex.MALE, KNOWLEDGE)
    (group,) = groups
    assert (group.session, group.zone, group.device) == (4, Zone.CHEEK_LEFT, "skinpen-precision")
    assert [made.setting_mm for made in group.channels] == [1.0, 0.5]
    assert group.skin.ends_mm[-1] == pytest.approx(0.19 + 1.14)


def test_naming_the_room_loads_no_arrays():
    code = "import sys, needlepoint.dose; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
