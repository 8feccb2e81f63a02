"""How deep, how often and how far apart, written from tables 2.2 and 3.2 of the evidence, not from the data files."""

from __future__ import annotations

from typing import Any

import pytest
from tests.spec.contract import advice, session

CAPS = {
    # zone: start, max of table 3.2
    "forehead": (0.5, 1.0),
    "temple_left": (0.5, 1.0),
    "glabella": (0.5, 1.0),
    "nose": (0.25, 0.75),
    "cheek_left": (0.75, 1.5),
    "chin": (0.75, 1.5),
    "upper_lip": (0.25, 1.0),
    "perioral": (0.25, 1.0),
    "neck": (0.5, 1.0),
    "chest": (0.5, 1.0),
    "hand_left": (0.5, 1.0),
    "abdomen": (1.0, 2.0),
    "back": (1.0, 2.0),
    "upper_arm_left": (1.0, 2.0),
    "thigh_left": (1.0, 2.0),
}
# The same table gives focal acne scars of the cheek a start of their own.
SCAR_STARTS = {"cheek_left": 1.0}


def depths(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        zone["zone"]: zone["depth_mm"]
        for planned in told["plan"]["sessions"][:1]
        for zone in planned["zones"]
    }


def planned_for(
    zone: str, concern: str = "acne_scars", device: str = "skinpen-precision", **changes: Any
) -> Any:
    return advice(goal={"concern": concern, "zones": [zone]}, device={"id": device}, **changes)


@pytest.mark.parametrize("zone", CAPS)
@pytest.mark.parametrize("concern", ["acne_scars", "fine_lines", "stretch_marks", "rejuvenation"])
def test_no_zone_is_planned_deeper_than_its_cap(zone: str, concern: str) -> None:
    told = planned_for(zone, concern)
    depth = depths(told)[zone]
    assert depth["max"] <= CAPS[zone][1]
    assert depth["max"] <= 1.5, "the SkinPen is evaluated to 1.5 mm"
    own = SCAR_STARTS if concern == "acne_scars" else {}
    assert depth["start"] <= own.get(zone, CAPS[zone][0])
    assert 0 < depth["start"] <= depth["max"]
    assert depth["limited_by"]


LIMITS = [
    # zone, concern, device, max, a word of limited_by
    (
        "cheek_left",
        "acne_scars",
        "skinpen-precision",
        1.5,
        "evaluated depth of skinpen-precision for acne_scars",
    ),
    ("forehead", "acne_scars", "skinpen-precision", 1.0, "zone"),
    ("nose", "acne_scars", "skinpen-precision", 0.75, "zone"),
    ("neck", "wrinkles", "skinpen-precision", 1.0, "zone"),
    ("periorbital_left", "fine_lines", "rejuvapen-nxt", 0.5, "zone"),
    ("periorbital_left", "fine_lines", "exceed", 0.5, "zone"),
    ("periorbital_left", "fine_lines", "skinpen-precision", 0.5, "zone"),
    ("cheek_left", "acne_scars", "exceed", 1.5, ""),
    ("abdomen", "hypertrophic_scar", "skinpen-precision", 1.5, "evaluated"),
    ("thigh_left", "stretch_marks", "skinpen-precision", 1.5, "evaluated"),
]


@pytest.mark.parametrize(("zone", "concern", "device", "most", "by"), LIMITS)
def test_the_least_of_all_limits_holds_and_says_its_name(
    zone: str, concern: str, device: str, most: float, by: str
) -> None:
    depth = depths(planned_for(zone, concern, device))[zone]
    assert depth["max"] == most
    assert by in depth["limited_by"]


@pytest.mark.parametrize(
    ("device", "reach"),
    [("skinpen-precision", 2.5), ("rejuvapen-nxt", 2.5), ("exceed", 1.5), ("dermaroller-mf8", 1.5)],
)
@pytest.mark.parametrize("zone", ["cheek_left", "abdomen", "neck"])
def test_no_plan_is_deeper_than_the_device(device: str, reach: float, zone: str) -> None:
    for depth in depths(planned_for(zone, "other_atrophic_scars", device)).values():
        assert depth["max"] <= reach


@pytest.mark.parametrize("zone", ["forehead", "nose", "neck", "upper_lip"])
def test_a_roller_longer_than_the_zone_allows_is_not_planned_there(zone: str) -> None:
    told = planned_for(zone, "acne_scars", "dermaroller-mf8")
    assert depths(told) == {}
    assert zone in [left["zone"] for left in told["plan"]["left_out"]]


@pytest.mark.parametrize("device", ["skinpen-precision", "rejuvapen-nxt", "exceed", "dermaroller-mf8"])
def test_an_eyelid_is_never_planned_with_any_device_by_anyone(device: str) -> None:
    for operator in ("physician", "aesthetician", "home_user"):
        told = planned_for("eyelid_left", "fine_lines", device, clinic={"operator": operator})
        assert depths(told) == {}
        assert told["verdict"] in ("change", "stop")
        assert told["verdicts"][0]["overridable_by"] == "nobody" or told["verdict"] == "stop"


def test_an_eyelid_beside_a_cheek_leaves_the_cheek() -> None:
    told = advice(goal={"concern": "acne_scars", "zones": ["cheek_left", "eyelid_left"]})
    assert set(depths(told)) in ({"cheek_left"}, set())
    assert told["verdict"] != "none"


def test_the_skin_beside_the_eye_is_off_label_but_with_a_device_cleared_for_it() -> None:
    assert planned_for("periorbital_left", "wrinkles", "rejuvapen-nxt")["plan"]["off_label"] == []
    assert planned_for("periorbital_left", "wrinkles", "exceed")["plan"]["off_label"] == []
    assert planned_for("periorbital_left", "wrinkles", "skinpen-precision")["plan"]["off_label"]


ON_LABEL = [
    ("cheek_left", "acne_scars", "skinpen-precision", "VI"),
    ("forehead", "acne_scars", "skinpen-precision", "I"),
    ("neck", "wrinkles", "skinpen-precision", "II"),
    ("neck", "wrinkles", "skinpen-precision", "IV"),
    ("periorbital_left", "wrinkles", "rejuvapen-nxt", "IV"),
    ("glabella", "wrinkles", "exceed", "III"),
    ("cheek_left", "acne_scars", "exceed", "IV"),
]
OFF_LABEL = [
    ("neck", "wrinkles", "skinpen-precision", "I"),
    ("neck", "wrinkles", "skinpen-precision", "V"),
    ("cheek_left", "wrinkles", "skinpen-precision", "III"),
    ("abdomen", "stretch_marks", "skinpen-precision", "III"),
    ("chest", "acne_scars", "skinpen-precision", "III"),
    ("cheek_left", "hyperpigmentation", "skinpen-precision", "III"),
    ("periorbital_left", "wrinkles", "rejuvapen-nxt", "V"),
    ("cheek_left", "acne_scars", "rejuvapen-nxt", "III"),
    ("glabella", "wrinkles", "exceed", "IV"),
    ("cheek_left", "acne_scars", "exceed", "V"),
    ("cheek_left", "acne_scars", "dermaroller-mf8", "III"),
    ("abdomen", "hypertrophic_scar", "skinpen-precision", "III"),
]


@pytest.mark.parametrize(("zone", "concern", "device", "skin_type"), ON_LABEL)
def test_what_is_cleared_is_not_called_off_label(
    zone: str, concern: str, device: str, skin_type: str
) -> None:
    told = planned_for(zone, concern, device, patient={"skin_type": skin_type})
    assert told["plan"]["off_label"] == []


@pytest.mark.parametrize(("zone", "concern", "device", "skin_type"), OFF_LABEL)
def test_what_is_not_cleared_is_called_off_label(
    zone: str, concern: str, device: str, skin_type: str
) -> None:
    told = planned_for(zone, concern, device, patient={"skin_type": skin_type})
    assert told["plan"]["off_label"]
    assert all(isinstance(each, str) and each for each in told["plan"]["off_label"])


def test_below_22_is_off_label() -> None:
    assert advice(patient={"born_on": "2005-01-01"})["plan"]["off_label"]


@pytest.mark.parametrize("skin_type", ["IV", "V", "VI"])
def test_darker_skin_changes_the_plan_and_starts_no_deeper(skin_type: str) -> None:
    told, lighter = advice(patient={"skin_type": skin_type}), advice()
    assert told["verdict"] == "change"
    assert depths(told)["cheek_left"]["start"] < depths(lighter)["cheek_left"]["start"]
    assert depths(told)["cheek_left"]["max"] <= depths(lighter)["cheek_left"]["max"]


@pytest.mark.parametrize("skin_type", ["I", "II", "III"])
def test_lighter_skin_fires_no_rule(skin_type: str) -> None:
    assert advice(patient={"skin_type": skin_type})["verdict"] == "none"


@pytest.mark.parametrize("concern", ["age_spots", "hyperpigmentation", "hypopigmentation"])
def test_pigment_is_no_cleared_goal_and_is_said_so(concern: str) -> None:
    told = planned_for("cheek_left", concern)
    assert told["plan"]["off_label"]
    assert told["verdict"] in ("note", "change")


RANGES = [
    ("acne_scars", [3, 6]),
    ("other_atrophic_scars", [3, 6]),
    ("fine_lines", [3, 4]),
    ("wrinkles", [3, 4]),
    # Three by default; two in S2 and S4.
    ("rejuvenation", [2, 3]),
    ("large_pores", [2, 3]),
]


@pytest.mark.parametrize(("concern", "expected"), RANGES)
def test_the_number_of_sessions_is_that_of_the_goal(concern: str, expected: list[int]) -> None:
    assert planned_for("cheek_left", concern)["plan"]["sessions_range"] == expected


def test_sessions_are_a_month_apart_and_never_closer_than_28_days() -> None:
    interval = advice()["plan"]["interval_days"]
    assert (interval["usual"], interval["minimum"]) == (30, 28)


def test_each_further_session_lies_a_usual_interval_after_the_one_before() -> None:
    days = [each["earliest_on"] for each in advice()["plan"]["sessions"]]
    assert days[:2] == ["2026-03-02", "2026-04-01"]
    assert len(days) == 3 or len(days) == 6


SPACING = [
    # started, at, zone of the clinic, verdict
    ("2026-02-02T14:00:00-05:00", "2026-03-01T23:59:00-05:00", "America/New_York", "wait"),
    ("2026-02-02T14:00:00-05:00", "2026-03-02T00:00:00-05:00", "America/New_York", None),
    ("2026-02-02T23:30:00-05:00", "2026-03-02T00:00:00-05:00", "America/New_York", None),
    ("2026-02-02T00:30:00+13:00", "2026-03-02T00:00:00+13:00", "Pacific/Auckland", None),
    ("2026-02-02T23:30:00+13:00", "2026-03-01T23:59:00+13:00", "Pacific/Auckland", "wait"),
]


@pytest.mark.parametrize(("started", "at", "zone", "verdict"), SPACING)
def test_28_days_are_counted_by_the_clinics_calendar(
    started: str, at: str, zone: str, verdict: str | None
) -> None:
    told = advice(at, clinic={"time_zone": zone}, session=[session(started)])
    waits = [each for each in told["verdicts"] if each["verdict"] == "wait"]
    assert [each["until"] for each in waits] == (["2026-03-02"] if verdict else [])
    assert told["earliest_on"] == ("2026-03-02" if verdict else None)
    assert told["plan"]["sessions"][0]["number"] == 2


def test_seven_weeks_are_allowed() -> None:
    told = advice("2026-03-23T10:00:00-04:00", session=[session("2026-02-02T14:00:00-05:00")])
    assert told["verdict"] == "none"


@pytest.mark.parametrize(("healed", "verdict"), [("no", "wait"), ("unknown", "change"), ("yes", "none")])
def test_a_date_alone_does_not_say_that_the_skin_has_healed(healed: str, verdict: str) -> None:
    told = advice(session=[session("2026-01-20T14:00:00-05:00", healed=healed)])
    assert told["verdict"] == verdict


def test_a_plan_names_its_earliest_day_from_the_verdicts() -> None:
    told = advice(answers={"isotretinoin": "past", "isotretinoin_last_used_on": "2026-01-10"})
    assert told["plan"]["sessions"][0]["earliest_on"] == "2026-07-10"


def test_nothing_is_planned_while_something_stops_it() -> None:
    told = advice(answers={"pregnant": "yes"})
    assert [each["earliest_on"] for each in told["plan"]["sessions"]] in ([], [None] * 6, [None] * 3)


@pytest.mark.parametrize("device", ["skinpen-precision", "rejuvapen-nxt"])
@pytest.mark.parametrize("concern", ["acne_scars", "fine_lines", "rejuvenation"])
def test_more_than_a_millimetre_and_a_half_on_a_face_goes_to_a_prescriber(device: str, concern: str) -> None:
    done = session("2026-01-20T14:00:00-05:00", 2.5, device=device)
    told = planned_for("cheek_left", concern, device, session=[done])
    assert (told["verdict"], told["verdicts"][0]["overridable_by"]) == ("refer", "prescriber")
    assert depths(told)["cheek_left"]["max"] == 1.5


HOME = {"clinic": {"operator": "home_user"}}


def test_a_home_user_gets_no_professional_device() -> None:
    assert advice(**HOME)["verdict"] == "stop"


def test_a_home_roller_is_shallow_and_never_beside_the_eye() -> None:
    told = planned_for("cheek_left", "fine_lines", "home-roller", **HOME)
    assert told["verdict"] != "none"
    assert all(depth["max"] <= 0.5 for depth in depths(told).values())
    assert planned_for("periorbital_left", "fine_lines", "home-roller", **HOME)["verdict"] in (
        "stop",
        "change",
    )


@pytest.mark.parametrize(
    "answers",
    [{"eczema": "elsewhere"}, {"dermatitis": "elsewhere"}, {"active_acne": "yes"}, {"rosacea": "elsewhere"}],
)
def test_at_home_eczema_rosacea_acne_and_dermatitis_belong_to_a_professional(answers: dict[str, Any]) -> None:
    told = planned_for("cheek_left", "fine_lines", "home-roller", answers=answers, **HOME)
    assert told["verdict"] == "stop"
    assert any("S2" in each["sources"] for each in told["verdicts"] if each["verdict"] == "stop")


OVERRIDES = [
    ("pregnant", "nobody"),
    ("nursing", "nobody"),
    ("keloid_history", "prescriber"),
    ("collagen_vascular_disease", "prescriber"),
]


@pytest.mark.parametrize(("name", "who"), OVERRIDES)
def test_only_a_prescriber_may_override_and_some_things_nobody(name: str, who: str) -> None:
    told = advice(answers={name: "yes"})
    assert told["verdicts"][0]["overridable_by"] == who


@pytest.mark.parametrize("concern", ["acne_scars", "fine_lines", "stretch_marks"])
def test_at_home_no_session_is_to_end_in_bleeding(concern: str) -> None:
    (zone,) = planned_for("cheek_left", concern, "home-roller", **HOME)["plan"]["sessions"][0]["zones"]
    assert "pinpoint" not in zone["endpoint"]
    assert "redness" in zone["endpoint"]
