"""From a pass to its channels: the four ways of counting, and what is said where something was not recorded."""

import math

import msgspec
import pytest
from tests.unit.dose.factory import KNOWLEDGE, PEN, ROLLER, STAMP, a_pass, knowing, without_drum

from needlepoint.dose.geometry import basis_of, channels, drum_mm, gliding, rolling, stamping, timed
from needlepoint.evidence.errors import EvidenceError


def test_a_gliding_pen_spreads_its_strokes_over_the_skin_it_sweeps():
    assert gliding(hit=0.5, needles=14, rate_hz=100, passes=3, speed_mm_s=25, width_mm=7) == pytest.approx(
        0.5 * 14 * 100 * 3 / (25 * 7)
    )


def test_a_pen_held_for_a_time_spreads_all_strokes_over_the_whole():
    assert timed(hit=0.5, needles=14, rate_hz=100, seconds=60, area_mm2=4000) == pytest.approx(10.5)


def test_a_roller_sets_its_needles_once_a_turn():
    assert rolling(hit=1.0, needles=192, passes=2, drum_mm=20, width_mm=20) == pytest.approx(
        384 / (math.pi * 400)
    )


def test_a_stamp_sets_its_needles_once_a_pass():
    assert stamping(hit=1.0, needles=20, passes=3, width_mm=10) == pytest.approx(0.6)


def test_a_pass_with_rate_and_speed_is_counted_as_a_glide():
    made = channels(a_pass("1.0", 2, rate_hz=100, speed_mm_s=30), PEN, KNOWLEDGE)
    assert made.per_mm2 == pytest.approx(0.5 * 14 * 100 * 2 / (30 * 9))
    assert made.assumed == made.sources == ()


def test_time_and_area_go_before_the_glide():
    made = channels(a_pass("1.0", 2, rate_hz=100, speed_mm_s=30, seconds=60, area_cm2=50), PEN, KNOWLEDGE)
    assert made.per_mm2 == pytest.approx(0.5 * 14 * 100 * 60 / 5000)
    assert made.assumed == ()


@pytest.mark.parametrize("known", [{"seconds": 60}, {"area_cm2": 50}])
def test_time_without_area_or_area_without_time_is_not_enough(known):
    made = channels(a_pass(rate_hz=100, speed_mm_s=30, **known), PEN, KNOWLEDGE)
    assert made.per_mm2 == channels(a_pass(rate_hz=100, speed_mm_s=30), PEN, KNOWLEDGE).per_mm2


def test_a_rate_that_was_not_recorded_is_the_devices_and_is_named():
    made = channels(a_pass(speed_mm_s=20), PEN, KNOWLEDGE)
    assert made.per_mm2 == pytest.approx(0.5 * 14 * 116.7 * 2 / (20 * 9))
    assert made.assumed == ("Rate was not recorded: 116.7 Hz of SkinPen Precision stands in.",)
    assert made.sources == PEN.rate.sources


def test_where_the_device_names_no_rate_either_the_default_stands_in():
    device = KNOWLEDGE.devices["rejuvapen-nxt"]
    made = channels(a_pass("0.5", speed_mm_s=20), device, KNOWLEDGE)
    assert made.assumed == ("Rate was not recorded: 100 Hz stands in.",)
    assert made.sources == KNOWLEDGE.dose_parameters["default_rate"].value.sources


def test_a_recorded_rate_goes_before_a_device_that_names_none():
    device = KNOWLEDGE.devices["rejuvapen-nxt"]
    made = channels(a_pass("0.5", rate_hz=80, speed_mm_s=20), device, KNOWLEDGE)
    assert made.per_mm2 == pytest.approx(0.5 * 12 * 80 * 2 / (20 * 9))
    assert made.assumed == ()


def test_a_speed_that_was_not_recorded_is_named():
    made = channels(a_pass(rate_hz=100), PEN, KNOWLEDGE)
    assert made.per_mm2 == pytest.approx(0.5 * 14 * 100 * 2 / (20 * 9))
    assert made.assumed == ("Glide speed was not recorded: 20 mm/s stands in.",)
    assert made.sources == ("NP",)


def test_a_timed_pen_needs_no_speed_but_names_its_rate():
    made = channels(a_pass(seconds=60, area_cm2=50), PEN, KNOWLEDGE)
    assert made.assumed == ("Rate was not recorded: 116.7 Hz of SkinPen Precision stands in.",)


def test_a_roller_asks_for_neither_rate_nor_speed():
    made = channels(a_pass("1.5", 15), ROLLER, KNOWLEDGE)
    assert made.per_mm2 == pytest.approx(192 * 15 / (math.pi * 20 * 20))
    assert made.assumed == ()


def test_a_stamp_counts_its_presses():
    made = channels(a_pass("1.0", 3), STAMP, KNOWLEDGE)
    assert made.per_mm2 == pytest.approx(14 * 3 / 81)


def test_a_roller_without_a_drum_is_a_fault_of_the_data_file():
    with pytest.raises(EvidenceError, match=r"^devices\.toml: no-drum: .*drum_diameter"):
        channels(a_pass("1.5"), without_drum(ROLLER), KNOWLEDGE)
    assert drum_mm(ROLLER) == 20.0


def test_needles_that_are_not_out_make_no_channels():
    made = channels(a_pass("0"), PEN, KNOWLEDGE)
    assert (made.per_mm2, made.setting_mm, made.reached_mm, made.assumed) == (0.0, 0.0, 0.0, ())


def test_a_depth_beyond_the_device_is_cut_and_named():
    exceed = KNOWLEDGE.devices["exceed"]
    made = channels(a_pass("2.0", rate_hz=100, speed_mm_s=20), exceed, KNOWLEDGE)
    assert made.setting_mm == 1.5
    assert made.assumed == ("2 mm is deeper than Exceed reaches: 1.5 mm stands in.",)
    assert made.sources == ("exceed-k180778",)
    assert channels(a_pass("1.5", rate_hz=100, speed_mm_s=20), exceed, KNOWLEDGE).assumed == ()


def test_the_channel_carries_needle_reach_and_tolerance():
    made = channels(a_pass("1.0"), PEN, KNOWLEDGE)
    assert (made.needle_mm, made.reach, made.reached_mm) == (0.25, 0.9, 0.9)
    assert made.beyond_mm == KNOWLEDGE.dose_parameters["default_tolerance"].value.value
    with_own = channels(a_pass("1.0"), KNOWLEDGE.devices["exceed"], knowing(default_tolerance=0.9))
    assert with_own.beyond_mm == 0.15


def test_a_reach_beyond_the_setting_is_held_at_the_setting():
    reach = msgspec.structs.replace(PEN.reach, value=1.05)
    made = channels(a_pass("1.0"), msgspec.structs.replace(PEN, reach=reach), KNOWLEDGE)
    assert made.reached_mm == 1.0


def test_the_basis_names_what_is_assumed_of_the_device_and_where_documents_disagree():
    basis = basis_of("skinpen-precision", KNOWLEDGE)
    assert "SkinPen Precision: Most pages count 14" in basis.assumed[0]
    assert basis.assumed[1] == "Assumed of SkinPen Precision: needle width 0.25 mm, swath 9 mm."
    assert "pen hit 0.5 of the strokes" in basis.assumed[2]
    assert "default tolerance 0.15 mm" in basis.assumed[2]
    assert {"skinpen-pages", "sasaki-2019", "kalluri-2011", "NP"} <= set(basis.sources)


def test_the_basis_of_a_roller_names_its_drum():
    basis = basis_of("dermaroller-mf8", KNOWLEDGE)
    assert "drum 20 mm" in basis.assumed[1]
    assert "doddaballapur-2009" in basis.sources
    assert "pen hit" not in basis.assumed[2]


def test_a_device_with_a_tolerance_of_its_own_needs_no_default():
    basis = basis_of("exceed", KNOWLEDGE)
    assert all("default tolerance" not in line for line in basis.assumed)
    assert "exceed-k180778" in basis.sources
    assert not any(line.startswith("Exceed:") for line in basis.assumed)
