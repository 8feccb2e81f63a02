"""Goals, operators and published courses."""

from __future__ import annotations

import pytest

from needlepoint.course.goals import Concern, OperatorRole
from needlepoint.course.quantities import DEEPEST_MM
from needlepoint.course.zones import KINDS
from needlepoint.dose.coverage import Shape
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()
GOALS, OPERATORS, PROTOCOLS = KNOWLEDGE.goals, KNOWLEDGE.operators, KNOWLEDGE.protocols


def test_every_concern_has_a_goal():
    assert set(GOALS) == {each.value for each in Concern}


@pytest.mark.parametrize(
    ("concern", "low", "high"),
    [
        ("acne_scars", 3, 6),
        ("other_atrophic_scars", 3, 6),
        ("wrinkles", 3, 4),
        ("fine_lines", 3, 4),
        ("rejuvenation", 2, 3),
    ],
)
def test_the_sessions_are_those_of_the_trials(concern, low, high):
    assert (GOALS[concern].sessions.low, GOALS[concern].sessions.high) == (low, high)


@pytest.mark.parametrize("concern", Concern)
def test_sessions_are_whole_and_a_month_apart(concern):
    goal = GOALS[concern.value]
    assert all(n == int(n) >= 1 for n in (goal.sessions.low, goal.sessions.usual, goal.sessions.high))
    assert (goal.interval.low, goal.interval.usual, goal.interval.high) == (28, 30, 49)
    assert "S4" in goal.interval.sources


@pytest.mark.parametrize(
    "concern",
    [
        "sun_damage",
        "age_spots",
        "hyperpigmentation",
        "hypopigmentation",
        "uneven_tone",
        "large_pores",
        "stretch_marks",
    ],
)
def test_what_no_device_is_cleared_for_says_so(concern):
    assert "Not a cleared use" in GOALS[concern].note
    assert not any(concern in row.concerns for device in KNOWLEDGE.devices.values() for row in device.cleared)


def test_scars_end_at_pinpoint_bleeding_and_all_else_at_redness():
    for goal in GOALS.values():
        assert ("bleeding" in goal.endpoint) == (goal.family == "scar")


def test_every_operator_is_there_and_prescribers_are_three():
    assert set(OPERATORS) == {each.value for each in OperatorRole}
    prescribers = {key for key, row in OPERATORS.items() if row.authority == "prescriber"}
    assert prescribers == {"physician", "nurse_practitioner", "physician_assistant"}
    assert [key for key, row in OPERATORS.items() if row.authority == "nobody"] == ["home_user"]


def test_only_aestheticians_and_home_users_have_a_depth_of_their_own():
    limits = {key: row.depth_max.value for key, row in OPERATORS.items() if row.depth_max}
    assert limits == {"aesthetician": 1.5, "home_user": 0.5}


def test_operators_hold_devices_that_exist():
    known = {*KNOWLEDGE.devices, "professional", "home"}
    for row in OPERATORS.values():
        assert set(row.devices) <= known
    assert OPERATORS["home_user"].devices == ("home-roller",)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_published_course_names_what_exists(protocol):
    row = PROTOCOLS[protocol]
    assert row.device in {*KNOWLEDGE.devices, "other"}
    assert row.concern in GOALS
    assert set(row.zones) <= set(KINDS) - {"eyelid"}
    assert row.depth_mm.high <= DEEPEST_MM


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_was_not_found_is_said_and_not_filled_in(protocol):
    row = PROTOCOLS[protocol]
    if row.sessions is None or row.interval_days is None:
        assert "not found" in row.note
    if "not found" in row.depth_mm.note:
        assert row.depth_mm.basis == "assumed" or "greatest" in row.depth_mm.note


@pytest.mark.parametrize(
    ("protocol", "sessions", "interval"),
    [
        ("skinpen-pivotal", 3, 30),
        ("skinpen-neck", 4, 30),
        ("exceed-acne-scars", 4, 30),
        ("exceed-wrinkles", 4, 30),
        ("lotfi-roller", 5, 30),
        ("dogra-roller", 5, 30),
        ("alam-roller", 3, 14),
        ("el-domyati", 6, 14),
        ("skinstylus-abdomen", 3, None),
        ("rejuvapen-periorbital", None, None),
        ("ishfaq-fortnightly", None, 14),
        ("rana-roller", 3, 42),
        ("depth-split-face", 6, 14),
    ],
)
def test_the_published_courses_are_as_published(protocol, sessions, interval):
    assert (PROTOCOLS[protocol].sessions, PROTOCOLS[protocol].interval_days) == (sessions, interval)


@pytest.mark.parametrize(
    ("concern", "source"),
    [
        ("stretch_marks", "sun-2024"),
        ("hypopigmentation", "vitiligo-review-2020"),
        ("hypopigmentation", "esmat-2022"),
    ],
)
def test_where_studies_were_found_no_goal_says_that_there_were_none(concern, source):
    assert source in GOALS[concern].sources
    assert "no trial of it was found" not in GOALS[concern].note + GOALS[concern].sessions.note


@pytest.mark.parametrize("concern", ["large_pores", "rejuvenation"])
def test_a_page_that_names_no_number_of_sessions_is_not_cited_for_one(concern):
    assert "S2" not in GOALS[concern].sessions.sources


def test_the_number_for_pores_is_said_to_be_ours():
    assert GOALS["large_pores"].sessions.basis == "assumed"


def test_the_dose_finds_every_number_it_asks_for():
    asked = {*Shape.__slots__, "pen_hit", "roller_hit", "stamp_hit", "lane_scatter", "speed_scatter"}
    asked |= {"default_rate", "default_speed", "default_tolerance"}
    assert set(KNOWLEDGE.dose_parameters) == asked
