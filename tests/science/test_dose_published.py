"""The dose beside the few published figures about it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from needlepoint.course.goals import Sex
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.course.zones import Zone
from needlepoint.dose.geometry import channels, gliding, timed
from needlepoint.dose.session import doses
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()


def dose_of(device: str, zone: Zone, depth: str, passes: int, sex: Sex = Sex.FEMALE):
    session = Session(datetime(2026, 2, 2, tzinfo=UTC), device, passes=(Pass(zone, Depth(depth), passes),))
    (dose,) = doses([session], sex, KNOWLEDGE)
    return dose


def test_fifteen_passes_of_a_roller_make_about_250_holes_per_cm2():
    """Doddaballapur 2009: 192 needles, 15 passes."""
    dose = dose_of("dermaroller-mf8", Zone.CHEEK_LEFT, "1.5", 15)
    assert dose.channels_per_cm2 == pytest.approx(250, rel=0.15)


def test_the_worked_example_of_a_gliding_pen():
    """Twelve needles at 100 Hz, two passes at 20 mm/s, a swath of 9 mm, every second stroke pierces: 667 per cm2."""
    density = gliding(hit=0.5, needles=12, rate_hz=100, passes=2, speed_mm_s=20, width_mm=9)
    assert 100 * density == pytest.approx(667, abs=0.5)


@pytest.mark.parametrize(
    ("device", "rate", "low", "high"),
    [("skinpen-precision", "116.7", 1633, 1634), ("exceed", "100", 600, 600), ("exceed", "150", 900, 900)],
)
def test_strokes_a_second_times_needles_are_the_published_punctures_a_second(device, rate, low, high):
    needles = KNOWLEDGE.devices[device].needles.count.value
    on_one_cm2 = timed(hit=1.0, needles=needles, rate_hz=float(rate), seconds=1.0, area_mm2=100.0)
    assert low <= 100 * on_one_cm2 <= high


def test_seven_thousand_turns_a_minute_are_the_rate_of_skinpen():
    assert KNOWLEDGE.devices["skinpen-precision"].rate.usual == pytest.approx(7000 / 60, abs=0.1)


@pytest.mark.parametrize("depth", ["0.5", "1.5"])
def test_a_pen_comes_close_to_its_setting(depth):
    """Sasaki 2019: channels of pens close to 0.5 and 1.5 mm in cut-out skin."""
    dose = dose_of("skinpen-precision", Zone.CHEEK_LEFT, depth, 2)
    assert dose.depth_reached_mm == pytest.approx(float(depth), rel=0.12)


def test_a_roller_may_fall_as_short_as_it_did_in_rats_and_in_people():
    """Kalluri 2011: 0.15 mm from needles of 0.77 mm; polymer needles in people: 0.46 mm from 0.60 mm."""
    reach = KNOWLEDGE.devices["dermaroller-mf8"].reach
    assert reach.low <= 0.1525 / 0.77 + 0.005
    assert reach.low <= 0.46 / 0.6 <= reach.high


def test_holes_are_half_as_wide_as_their_needles():
    """Kalluri 2011: 71 micrometres from needles of 140."""
    share = KNOWLEDGE.dose_parameters["channel_share"].value
    assert share.value == pytest.approx(71 / 140, rel=0.02)


@pytest.mark.parametrize(
    "zone", [Zone.FOREHEAD, Zone.GLABELLA, Zone.TEMPLE_LEFT, Zone.NOSE, Zone.CHEEK_LEFT, Zone.NECK]
)
def test_a_true_millimetre_and_a_half_passes_through_the_mean_skin_of_face_and_neck(zone):
    """Ultrasound of 118 faces: epidermis and dermis together are 0.75 to 1.39 mm."""
    stack = KNOWLEDGE.zones[zone.kind].dose_stack
    for sex in ("female", "male"):
        assert 0.75 <= stack[f"epidermis_{sex}"].value + stack[f"dermis_{sex}"].value < 1.5


def test_a_pen_makes_several_times_as_many_channels_as_a_roller():
    pen = dose_of("skinpen-precision", Zone.CHEEK_LEFT, "1.5", 4)
    roller = dose_of("dermaroller-mf8", Zone.CHEEK_LEFT, "1.5", 15)
    assert 3 < pen.channels_per_cm2 / roller.channels_per_cm2 < 15


def test_one_turn_of_the_drum_sets_each_needle_once():
    roller = KNOWLEDGE.devices["dermaroller-mf8"]
    made = channels(Pass(Zone.CHEEK_LEFT, Depth(Decimal("1.5")), 1), roller, KNOWLEDGE)
    needles = roller.needles
    one_turn = math.pi * needles.drum_diameter.value * needles.width.value
    assert made.per_mm2 * one_turn == pytest.approx(needles.count.value)
