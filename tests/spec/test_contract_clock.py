"""Before and after a session as days and hours, written from table 2.2 of the evidence, not from the data files."""

from __future__ import annotations

from typing import Any

import pytest
from tests.spec.contract import AT, advice, session

STARTED = "2026-03-01T14:10:00-05:00"


def lines(told: dict[str, Any], part: str) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in told[part]}


def after(hours_later: str, started: str = STARTED, depth_mm: float = 0.5, **changes: Any) -> dict[str, Any]:
    told = advice(hours_later, session=[session(started, depth_mm)], **changes)
    return lines(told, "aftercare")


def test_make_up_waits_24_hours_and_by_preference_longer_after_a_deep_session() -> None:
    shallow, deep = after(AT)["make_up"], after(AT, depth_mm=1.0)["make_up"]
    assert (shallow["from_at"], shallow["until_at"]) == ("2026-03-02T14:10:00-05:00", None)
    assert deep["from_at"] == "2026-03-02T14:10:00-05:00"
    assert deep["prefer_from_at"] >= "2026-03-03T14:10:00-05:00"


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-03-01T14:10:00-05:00", False),
        ("2026-03-02T14:09:59-05:00", False),
        ("2026-03-02T14:10:00-05:00", True),
        ("2026-03-02T19:10:00+00:00", True),
        ("2026-03-02T19:09:00+00:00", False),
    ],
)
@pytest.mark.parametrize("name", ["make_up", "sunscreen", "strenuous_exercise", "swimming", "creams"])
def test_what_waits_a_day_is_allowed_from_that_second_on(name: str, at: str, allowed: bool) -> None:
    assert after(at)[name]["allowed_now"] is allowed


CLOCKS = [
    # zone, session, 24 elapsed hours later
    ("America/New_York", "2026-03-07T14:00:00-05:00", "2026-03-08T15:00:00-04:00"),
    ("America/New_York", "2026-10-31T14:00:00-04:00", "2026-11-01T13:00:00-05:00"),
    ("Pacific/Auckland", "2026-04-04T14:00:00+13:00", "2026-04-05T13:00:00+12:00"),
    ("Europe/Berlin", "2026-03-28T14:00:00+01:00", "2026-03-29T15:00:00+02:00"),
    ("Asia/Kolkata", "2026-03-28T14:00:00+05:30", "2026-03-29T14:00:00+05:30"),
]


@pytest.mark.parametrize(("zone", "started", "ends"), CLOCKS)
def test_24_hours_are_elapsed_hours_also_when_the_clocks_change(zone: str, started: str, ends: str) -> None:
    told = after(ends, started, clinic={"time_zone": zone})
    assert told["make_up"]["from_at"] == ends
    assert told["make_up"]["allowed_now"] is True
    assert told["swimming"]["until_at"] == ends


def test_aftercare_counts_from_the_end_of_the_session_where_it_is_known() -> None:
    told = advice(AT, session=[session(STARTED, ended_at="2026-03-01T14:40:00-05:00")])
    assert lines(told, "aftercare")["make_up"]["from_at"] == "2026-03-02T14:40:00-05:00"


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("gentle_products", "2026-03-03T14:10:00-05:00"),
        ("pat_dry", "2026-03-03T14:10:00-05:00"),
        ("shade", "2026-03-02T14:10:00-05:00"),
        ("vitamin_c_and_fragrance", "2026-03-04T14:10:00-05:00"),
        ("sun_protection", "2026-03-29T15:10:00-04:00"),
    ],
)
def test_each_line_ends_when_the_documents_say(name: str, until: str) -> None:
    assert after(AT)[name]["until_at"] == until


def test_strong_products_come_back_after_five_days() -> None:
    assert after(AT)["actives"]["from_at"] == "2026-03-06T14:10:00-05:00"


def test_without_a_session_aftercare_has_words_but_no_instants() -> None:
    for line in advice()["aftercare"]:
        assert (line["from_at"], line["until_at"], line["allowed_now"]) == (None, None, None)


def test_darker_skin_is_protected_from_sun_for_longer() -> None:
    lighter, darker = after(AT), after(AT, patient={"skin_type": "V"})
    assert set(darker) > set(lighter)


STOPS = [
    ({"retinoid": "current"}, "retinoid", "2026-02-27"),
    (
        {"exfoliating_acid": "past", "exfoliating_acid_last_used_on": "2026-01-01"},
        "exfoliating_acid",
        "2026-02-27",
    ),
    ({"nsaid": "past", "nsaid_last_used_on": "2026-01-01"}, "nsaid", "2026-02-27"),
    ({"retinoid": "past", "retinoid_last_used_on": "2026-03-01"}, "retinoid", "2026-03-01"),
]


@pytest.mark.parametrize(("answers", "name", "day"), STOPS)
def test_what_is_left_out_is_left_out_three_days_before_the_next_session(
    answers: dict[str, str], name: str, day: str
) -> None:
    told = advice(answers=answers)
    assert lines(told, "preparation")[name]["stop_by"] == day


def test_no_stop_by_day_is_named_where_no_session_has_a_day() -> None:
    told = advice(answers={"pregnant": "yes", "retinoid": "current"})
    assert {line["stop_by"] for line in told["preparation"]} == {None}


@pytest.mark.parametrize("name", ["anticoagulant", "isotretinoin", "immunosuppression", "chemotherapy"])
def test_nobody_is_told_a_day_by_which_to_stop_a_prescribed_medicine(name: str) -> None:
    told = advice(answers={name: "current"})
    line = lines(told, "preparation").get(name)
    assert line is None or line["stop_by"] is None
    words = " ".join(each["says"] for each in told["preparation"] if name in each["id"]).casefold()
    assert "stop taking" not in words
    if name == "anticoagulant":
        assert "keep taking" in words


def test_milestones_carry_the_days_of_the_documents() -> None:
    told = lines(advice(), "milestones")
    assert (told["smoother"]["from_day"], told["smoother"]["to_day"]) == (7, 14)
    assert told["flaking"]["from_day"] == 2
    assert told["flaking"]["to_day"] == 7
    assert {30, 90, 180} <= {line["from_day"] for line in told.values()}
    for line in told.values():
        assert 0 <= line["from_day"] <= line["to_day"]


def test_no_text_promises_healing_within_a_day() -> None:
    told = advice()
    said = " ".join(
        line["says"] for part in ("aftercare", "milestones", "preparation") for line in told[part]
    )
    assert "healed within 24" not in said
    assert "no downtime" not in said.casefold()
