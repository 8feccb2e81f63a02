"""How soon a person must look at a check-in, written from table 5.2 of the evidence, not from the triage rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from tests.spec.contract import LEVELS, advice, session

STARTED = datetime.fromisoformat("2026-03-02T14:00:00-05:00")
SAME_DAY = LEVELS.index("same_day")
QUIET: dict[str, Any] = {"redness": 0, "swelling": 0, "pain": 0, "signs": []}
SIGNS = """fine_flaking pinpoint_bleeding oozing_over_30_min bruise spreading_bruise swelling_spreading
spreading_redness warmth pus fever red_streaks blisters grouped_blisters raw_or_wet_skin sheet_peeling eye_pain
vision_change breathing_difficulty lip_or_tongue_swelling collapse perioral_numbness metallic_taste tinnitus
palpitations twitching blue_grey_colour firm_red_bumps new_dark_patch track_marks milia cold_sore
reused_cartridge sharps_injury""".split()


def report(hours: float, *signs: str, **scores: Any) -> dict[str, Any]:
    """Return a check-in so many hours after the session; a score of None was not answered."""
    told = {**QUIET, "at": (STARTED + timedelta(hours=hours)).isoformat(), "signs": list(signs), **scores}
    return {name: value for name, value in told.items() if value is not None}


def heard(*reports: dict[str, Any], **changes: Any) -> dict[str, Any]:
    told = advice(
        reports[-1]["at"], session=[session(STARTED.isoformat(), None)], check_in=list(reports), **changes
    )
    check_in: dict[str, Any] = told["check_in"]
    return check_in


@cache
def level_of(hours: float, *signs: str) -> str:
    return level(hours, *signs)


def level(hours: float, *signs: str, **scores: Any) -> str:
    found: str = heard(report(hours, *signs, **scores))["level"]
    return found


EXACT = [
    *((sign, 1, "emergency") for sign in SIGNS[SIGNS.index("eye_pain") : SIGNS.index("firm_red_bumps")]),
    ("fever", 48, "emergency"),
    ("pus", 48, "same_day"),
    ("red_streaks", 48, "same_day"),
    ("spreading_redness", 48, "same_day"),
    ("grouped_blisters", 72, "same_day"),
    ("cold_sore", 72, "same_day"),
    ("blisters", 24, "same_day"),
    ("raw_or_wet_skin", 24, "same_day"),
    ("sheet_peeling", 24, "same_day"),
    ("oozing_over_30_min", 2, "same_day"),
    ("spreading_bruise", 20, "same_day"),
    ("firm_red_bumps", 24 * 10, "call_48h"),
    ("track_marks", 24 * 20, "this_week"),
    ("new_dark_patch", 24 * 30, "routine"),
    ("milia", 24 * 14, "routine"),
    ("fine_flaking", 24 * 3, "expected"),
    ("fine_flaking", 24 * 7, "expected"),
    ("pinpoint_bleeding", 0.5, "expected"),
]


@pytest.mark.parametrize(("sign", "hours", "expected"), EXACT)
def test_a_sign_has_the_level_of_the_evidence_table(sign: str, hours: float, expected: str) -> None:
    assert level(hours, sign) == expected


LEAST = [
    ("reused_cartridge", 0.5, "same_day"),
    ("sharps_injury", 0.5, "same_day"),
    ("swelling_spreading", 48, "same_day"),
    ("warmth", 24 * 4, "call_48h"),
    ("fine_flaking", 24 * 12, "routine"),
    ("pinpoint_bleeding", 48, "routine"),
    ("bruise", 24 * 12, "routine"),
]


@pytest.mark.parametrize(("sign", "hours", "least"), LEAST)
def test_a_sign_is_no_lower_than_the_documents_allow(sign: str, hours: float, least: str) -> None:
    assert LEVELS.index(level(hours, sign)) >= LEVELS.index(least)


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("hours", [1, 24, 72, 24 * 10, 24 * 40])
def test_every_sign_is_heard_at_every_hour_with_words_and_sources(sign: str, hours: float) -> None:
    told = heard(report(hours, sign))
    assert told["level"] in LEVELS
    assert told["says"]
    assert told["sources"]
    if told["level"] != "expected":
        assert any(sign in rule for rule in told["rules"]) or told["rules"]


@pytest.mark.parametrize(
    ("hours", "scores", "expected"),
    [
        (20, {"redness": 2, "swelling": 1, "pain": 3}, "expected"),
        (1, {"redness": 3, "swelling": 2, "pain": 5}, "expected"),
        (60, {"redness": 1}, "expected"),
        (24 * 6, {"redness": 1}, "expected"),
        (24 * 8, {"redness": 1}, "this_week"),
        (24 * 29, {"redness": 1}, "this_week"),
    ],
)
def test_scores_have_the_level_of_the_evidence_table(
    hours: float, scores: dict[str, int], expected: str
) -> None:
    assert level(hours, **scores) == expected


@pytest.mark.parametrize(
    ("hours", "scores"),
    [
        (80, {"redness": 4}),
        (24 * 6, {"swelling": 3}),
        (24 * 5, {"pain": 7}),
        (24 * 2, {"pain": 9}),
        (20, {"swelling": 4}),
    ],
)
def test_strong_or_late_scores_are_not_called_expected(hours: float, scores: dict[str, int]) -> None:
    assert level(hours, **scores) != "expected"


@pytest.mark.parametrize(
    ("hours", "before", "now", "expected"),
    [
        (71.9, 3, 3, "expected"),
        (72, 3, 3, "call_48h"),
        (72, 2, 3, "call_48h"),
        (72, 3, 2, "expected"),
        (72, 0, 0, "expected"),
    ],
)
def test_redness_unchanged_or_worse_at_72_hours_is_a_call(
    hours: float, before: int, now: int, expected: str
) -> None:
    assert heard(report(20, redness=before), report(hours, redness=now))["level"] == expected


def test_redness_that_had_gone_and_is_back_after_72_hours_is_a_call() -> None:
    story = [report(2, redness=3), report(40, redness=0), report(80, redness=2)]
    assert heard(*story)["level"] == "call_48h"
    assert heard(*story[:2], report(80, redness=0))["level"] == "expected"


def test_an_earlier_redness_nobody_answered_does_not_calm() -> None:
    assert heard(report(20, redness=None), report(80, redness=2))["level"] == "call_48h"


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_nobody_answered_is_no_lower_than_the_sign_itself(sign: str) -> None:
    for hours in (2, 48, 24 * 12):
        silent = heard(report(hours, unanswered=[sign]))
        # An open question asks for a call at the most.
        assert LEVELS.index(silent["level"]) >= min(LEVELS.index(level(hours, sign)), SAME_DAY), hours
        assert silent["level"] != "emergency"


def test_a_check_in_without_its_signs_is_a_call_the_same_day_and_no_ambulance() -> None:
    assert level(48, signs=None) == "same_day"


@pytest.mark.parametrize("score", ["redness", "swelling", "pain"])
@pytest.mark.parametrize("hours", [2, 48, 80, 24 * 9, 24 * 30])
def test_a_score_nobody_gave_is_no_lower_than_the_worst(score: str, hours: float) -> None:
    worst = 10 if score == "pain" else 4
    worst_level = LEVELS.index(level(hours, **{score: worst}))
    assert LEVELS.index(level(hours, **{score: None})) >= min(worst_level, SAME_DAY)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_second_sign_never_calms_the_first(sign: str) -> None:
    for other in SIGNS[SIGNS.index(sign) + 1 :]:
        worse = max(level_of(48, sign), level_of(48, other), key=LEVELS.index)
        assert LEVELS.index(level(48, sign, other)) >= LEVELS.index(worse), other


@pytest.mark.parametrize(
    ("changes", "sign", "expected"),
    [
        ({"patient": {"skin_type": "V"}}, "new_dark_patch", "this_week"),
        ({"answers": {"immunosuppression": "current"}}, "pus", "emergency"),
        ({"answers": {"immunosuppression": "unknown"}}, "pus", "same_day"),
        ({"goal": {"zones": ["periorbital_left"]}}, "grouped_blisters", "emergency"),
        *(
            (changes, sign, expected)
            for changes, expected in (
                ({"patient": {"skin_type": "VI"}}, "same_day"),
                ({"patient": {"born_on": "1950-01-01"}}, "same_day"),
                ({"answers": {"anticoagulant": "current"}}, "same_day"),
                ({"answers": {"immunosuppression": "current"}}, "emergency"),
            )
            for sign in ("pus", "red_streaks", "spreading_redness")
        ),
        ({"answers": {"anticoagulant": "current"}}, "spreading_bruise", "same_day"),
        ({"answers": {"eczema": "elsewhere"}}, "cold_sore", "emergency"),
    ],
)
def test_who_it_is_and_where_raises_a_level(changes: dict[str, Any], sign: str, expected: str) -> None:
    assert heard(report(24 * 5, sign), **changes)["level"] == expected


ANSWER = [
    ("emergency", "collapse", 1, 0, 1),
    ("same_day", "pus", 48, 0.1, 24),
    ("call_48h", "firm_red_bumps", 240, 24, 48),
    ("this_week", "track_marks", 480, 72, 168),
    ("routine", "milia", 336, 72, 168),
]


@pytest.mark.parametrize(("name", "sign", "hours", "low", "high"), ANSWER)
def test_each_level_names_by_when_somebody_answers(
    name: str, sign: str, hours: float, low: float, high: float
) -> None:
    told = heard(report(hours, sign))
    assert told["level"] == name
    waited = datetime.fromisoformat(told["answer_by_at"]) - (STARTED + timedelta(hours=hours))
    assert low <= waited / timedelta(hours=1) <= high


def test_what_is_expected_needs_no_answer() -> None:
    assert heard(report(20, redness=2))["answer_by_at"] is None


def test_a_call_in_48_hours_crosses_the_change_of_clocks_by_elapsed_hours() -> None:
    # Clocks go forward on 2026-03-08 in New York: 48 hours after Friday 14:00 is Sunday 15:00.
    told = heard(report(96, "firm_red_bumps"))
    assert told["answer_by_at"] == "2026-03-08T15:00:00-04:00"


def test_without_a_check_in_there_is_no_triage_and_the_latest_one_counts() -> None:
    assert advice()["check_in"] is None
    assert heard(report(2, "collapse"), report(40))["level"] == "expected"


def test_an_open_reaction_stands_against_the_next_session() -> None:
    for sign in ("pus", "collapse", "track_marks", "new_dark_patch", "firm_red_bumps"):
        told = advice("2026-04-20T10:00:00-04:00", session=[session(STARTED.isoformat(), None)],
                      check_in=[report(24 * 12, sign)])  # fmt: skip
        assert told["verdict"] in ("stop", "refer", "wait"), sign


@pytest.mark.parametrize(
    ("hours", "signs", "scores", "changes", "levels"),
    [
        (24 * 25, ["fever"], {}, {}, ("same_day", "call_48h", "this_week")),
        (24 * 30, ["new_dark_patch"], {}, {"patient": {"skin_type": "V"}}, ("this_week",)),
        (
            22,
            [],
            {"redness": 2, "swelling": 3, "pain": 1},
            {
                "device": {"id": "exceed"},
                "goal": {"concern": "wrinkles", "zones": ["periorbital_left"]},
            },
            ("same_day",),
        ),
        (49, ["bruise"], {"redness": 1}, {"answers": {"anticoagulant": "current"}}, ("call_48h",)),
        (24 * 10, ["firm_red_bumps"], {"redness": 1}, {}, ("call_48h",)),
        (2, [], {"redness": 4}, {}, ("call_48h",)),
        (20, [], {"swelling": 3}, {}, ("call_48h",)),
        (20, [], {"redness": 1, "swelling": 1, "pain": 10}, {}, ("same_day",)),
        (30, [], {"pain": 6}, {}, ("call_48h",)),
        (71, [], {"pain": 6}, {}, ("call_48h",)),
        (24 * 20, ["tinnitus"], {}, {}, ("same_day",)),
        (24 * 5, ["metallic_taste"], {}, {}, ("same_day",)),
        (24 * 40, ["palpitations"], {}, {}, ("same_day",)),
        (24 * 55, ["fever"], {}, {}, ("call_48h", "same_day")),
        (1, ["pus"], {}, {"patient": {"skin_type": "VI"}}, ("same_day",)),
    ],
)
def test_what_an_audit_found_too_low_or_too_high_has_its_right_level(
    hours: float, signs: list[str], scores: dict[str, int], changes: dict[str, Any], levels: tuple[str, ...]
) -> None:
    assert heard(report(hours, *signs, **scores), **changes)["level"] in levels
