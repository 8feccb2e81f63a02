"""Triage as sentences: every sign has a level, the worst leads, and silence never sounds better than an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needlepoint.course.session import Sign
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.schema import TriageRule
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN
from needlepoint.rules.triage import LEVELS, URGENCY, Triage
from needlepoint.rules.vocabulary import FactKind, vocabulary

TODAY = date(2026, 3, 2)
TRIAGE = Triage.of(packaged())
NAMES = vocabulary(packaged())


def calm(**changes: Any) -> dict[str, Any]:
    """Return the facts of a person for whom nothing is raised and nothing is wrong, a day after the session."""
    facts: dict[str, Any] = dict.fromkeys(NAMES.names, NOT_APPLICABLE)
    facts |= {
        name: "no"
        for name, held in NAMES.names.items()
        if held.kind is FactKind.CHOICE and "no" in held.choices
    }
    facts |= {
        "isotretinoin": "never",
        "anticoagulant": "never",
        "immunosuppression": "never",
        "chemotherapy": "never",
    }
    facts |= {"patient.born_on": date(1990, 5, 14), "patient.skin_type": "III"}
    facts |= {"check_in.anaesthetic_used": "yes"}
    facts |= {"check_in.redness": 1, "check_in.swelling": 0, "check_in.pain": 0}
    return facts | at_hours(24) | {name.replace("__", "."): value for name, value in changes.items()}


def at_hours(hours: float) -> dict[str, float]:
    return {"check_in.hours": hours, "check_in.days": hours / 24}


def level(facts: dict[str, Any]) -> str:
    return TRIAGE.judge(facts, TODAY).level.id


def with_signs(*signs: str, hours: float = 24, **changes: Any) -> str:
    return level(calm(**changes) | {f"check_in.sign.{sign}": "yes" for sign in signs} | at_hours(hours))


EXPECTED_LEVELS = {
    "emergency": """fever eye_pain vision_change breathing_difficulty lip_or_tongue_swelling collapse perioral_numbness
        metallic_taste tinnitus palpitations twitching blue_grey_colour reused_cartridge sharps_injury""",
    "same_day": """oozing_over_30_min spreading_bruise swelling_spreading spreading_redness pus red_streaks blisters
        grouped_blisters raw_or_wet_skin sheet_peeling cold_sore hives face_swelling pustules""",
    "call_48h": "firm_red_bumps growing_lump new_dark_patch",
    "this_week": "track_marks",
    "routine": "milia",
    "expected": "fine_flaking pinpoint_bleeding bruise warmth itch",
}


@pytest.mark.parametrize(
    ("sign", "expected"), [(s, lvl) for lvl, signs in EXPECTED_LEVELS.items() for s in signs.split()]
)
def test_each_sign_alone_on_the_first_day_has_its_level(sign: str, expected: str) -> None:
    assert with_signs(sign) == expected


def test_every_sign_of_the_contract_has_a_level() -> None:
    assert {sign for signs in EXPECTED_LEVELS.values() for sign in signs.split()} == {
        sign.value for sign in Sign
    }


@pytest.mark.parametrize(
    ("signs", "hours", "changes", "expected"),
    [
        (["fine_flaking"], 24 * 7, {"check_in__redness": 0}, "expected"),
        (["fine_flaking"], 24 * 7 + 1, {"check_in__redness": 0}, "routine"),
        (["fine_flaking"], 24 * 10, {"check_in__redness": 0}, "routine"),
        (["fine_flaking"], 24 * 10 + 1, {"check_in__redness": 0}, "this_week"),
        (["pinpoint_bleeding"], 24, {}, "expected"),
        (["pinpoint_bleeding"], 24.1, {}, "call_48h"),
        (["warmth"], 47.9, {}, "expected"),
        (["warmth"], 48, {}, "call_48h"),
        (["warmth"], 72, {"check_in__redness": 0}, "same_day"),
        (["bruise"], 24 * 7 + 1, {"check_in__redness": 0}, "this_week"),
        (["bruise"], 24, {"anticoagulant": "current"}, "call_48h"),
        (["bruise"], 24, {"anticoagulant": UNKNOWN}, "call_48h"),
        (["grouped_blisters"], 48, {"check_in__near_eye": "yes"}, "emergency"),
        (["grouped_blisters"], 48, {"eczema": "elsewhere"}, "emergency"),
        (["pus"], 48, {"immunosuppression": "current"}, "emergency"),
        (["pus"], 48, {"immunosuppression": UNKNOWN}, "same_day"),
        (["pus"], 48, {"patient__born_on": date(1961, 3, 2)}, "same_day"),
        (["pus"], 48, {"patient__born_on": date(1961, 3, 3)}, "same_day"),
        (["oozing_over_30_min"], 1, {"anticoagulant": "current"}, "same_day"),
        (["growing_lump"], 24 * 30, {"check_in__redness": 0}, "call_48h"),
        (
            ["growing_lump"],
            24 * 30,
            {"check_in__redness": 0, "immunosuppression": "current"},
            "same_day",
        ),
        (["pustules"], 24 * 14, {"check_in__redness": 0}, "same_day"),
        (["pustules"], 24 * 14 + 1, {"check_in__redness": 0}, "call_48h"),
        (["hives"], 24 * 14, {"check_in__redness": 0}, "same_day"),
        (["hives"], 24 * 14 + 1, {"check_in__redness": 0}, "call_48h"),
        (["hives", "face_swelling"], 6, {}, "emergency"),
        (["hives"], 6, {"check_in__swelling": 3, "check_in__on_face": "yes"}, "emergency"),
        (["itch"], 24 * 7 + 1, {"check_in__redness": 0}, "this_week"),
        (["fever"], 24 * 7, {}, "emergency"),
        (["fever"], 24 * 7 + 1, {"check_in__redness": 0}, "same_day"),
        (["fever"], 24 * 14 + 1, {"check_in__redness": 0}, "call_48h"),
        (["fever", "pus"], 24 * 60, {"check_in__redness": 0}, "emergency"),
        (["fever"], 24 * 14, {"check_in__redness": 2}, "emergency"),
        (["fever"], 24 * 60, {"check_in__redness": 2}, "same_day"),
        (["fever", "warmth"], 24 * 60, {"check_in__redness": 0}, "same_day"),
        (["fever", "red_streaks"], 24 * 60, {"check_in__redness": 0}, "emergency"),
        (["fever"], 24 * 60, {"check_in__redness": UNKNOWN}, "same_day"),
        (["eye_pain"], 24 * 7, {}, "emergency"),
        (["eye_pain"], 24 * 30, {"check_in__redness": 0}, "same_day"),
        (["eye_pain", "vision_change"], 24 * 30, {"check_in__redness": 0}, "emergency"),
        (["tinnitus"], 24, {}, "emergency"),
        (["tinnitus"], 24.1, {}, "same_day"),
        (["tinnitus"], 2, {"check_in__anaesthetic_used": UNKNOWN}, "emergency"),
        (["tinnitus"], 2, {"check_in__anaesthetic_used": "no"}, "same_day"),
        (["sharps_injury"], 73, {"check_in__redness": 0}, "same_day"),
        (["warmth"], 60, {"check_in__swelling": 2, "check_in__pain": 5}, "same_day"),
        (["warmth"], 30, {"check_in__swelling": 2}, "expected"),
        (["warmth"], 30, {"check_in__swelling": 2, "patient__skin_type": "V"}, "call_48h"),
        ([], 2, {"check_in__swelling": 4, "check_in__on_face": "yes"}, "emergency"),
        (["face_swelling"], 2, {"check_in__swelling": 4}, "emergency"),
        ([], 2, {"check_in__swelling": 4, "check_in__on_face": UNKNOWN}, "same_day"),
        ([], 2, {"check_in__swelling": 4, "check_in__on_neck": "yes"}, "same_day"),
        ([], 2, {"check_in__swelling": 3, "check_in__near_eye": "yes"}, "same_day"),
        ([], 2, {"check_in__swelling": 3, "check_in__near_eye": UNKNOWN}, "same_day"),
        (["new_dark_patch"], 24 * 30, {"patient__skin_type": "V", "check_in__redness": 0}, "this_week"),
        (["track_marks"], 24 * 30, {"patient__skin_type": UNKNOWN, "check_in__redness": 0}, "call_48h"),
        ([], 24, {"check_in__redness": 4}, "call_48h"),
        ([], 0.5, {"check_in__redness": 4}, "call_48h"),
        ([], 72, {"check_in__redness": 3}, "call_48h"),
        ([], 71.9, {"check_in__redness": 3}, "expected"),
        ([], 72, {"check_in__redness": 2}, "expected"),
        ([], 72, {"check_in__redness": 2, "check_in__highest_earlier_redness": 3}, "expected"),
        ([], 72, {"check_in__redness": 2, "check_in__highest_earlier_redness": 2}, "call_48h"),
        ([], 72, {"check_in__redness": 1, "check_in__highest_earlier_redness": 1}, "call_48h"),
        ([], 72, {"check_in__redness": 1, "check_in__highest_earlier_redness": UNKNOWN}, "call_48h"),
        ([], 24 * 7, {}, "expected"),
        ([], 24 * 7 + 1, {}, "this_week"),
        ([], 24 * 29, {}, "this_week"),
        ([], 24 * 29, {"check_in__redness": 0}, "expected"),
        ([], 48, {"check_in__swelling": 2}, "expected"),
        ([], 1, {"check_in__swelling": 3}, "call_48h"),
        ([], 24 * 3 + 1, {"check_in__swelling": 2, "check_in__redness": 0}, "call_48h"),
        ([], 24, {"check_in__swelling": 4}, "same_day"),
        ([], 24, {"check_in__redness": 4, "check_in__swelling": 3}, "same_day"),
        ([], 24, {"check_in__redness": 3, "check_in__swelling": 3}, "call_48h"),
        (["itch"], 71.9, {"check_in__redness": 2}, "expected"),
        (["itch"], 72, {"check_in__redness": 2}, "call_48h"),
        (["hives", "tinnitus"], 48, {"check_in__anaesthetic_used": "no"}, "emergency"),
        (["hives", "palpitations"], 24 * 14 + 1, {"check_in__redness": 0}, "same_day"),
        (["cold_sore"], 24 * 14, {"check_in__redness": 0}, "same_day"),
        (["cold_sore"], 24 * 14 + 1, {"check_in__redness": 0}, "call_48h"),
        (["warmth"], 24 * 14 + 1, {"check_in__redness": 0}, "call_48h"),
        (["new_dark_patch"], 71.9, {}, "call_48h"),
        (["new_dark_patch"], 72, {"check_in__redness": 0}, "routine"),
        (["blisters"], 48, {"immunosuppression": "current"}, "same_day"),
        (["swelling_spreading"], 48, {"immunosuppression": "current"}, "emergency"),
        ([], 72, {"check_in__swelling": 1, "check_in__redness": 0}, "expected"),
        ([], 72.1, {"check_in__swelling": 1, "check_in__redness": 0}, "routine"),
        ([], 24 * 8, {"check_in__swelling": 1, "check_in__redness": 0}, "this_week"),
        ([], 23.9, {"check_in__pain": 6}, "expected"),
        ([], 24, {"check_in__pain": 4}, "call_48h"),
        ([], 24, {"check_in__pain": 7}, "same_day"),
        ([], 0.5, {"check_in__pain": 7}, "same_day"),
        ([], 72, {"check_in__pain": 4, "check_in__redness": 0}, "call_48h"),
        ([], 24 * 8, {"check_in__pain": 1, "check_in__redness": 0}, "this_week"),
    ],
)
def test_time_and_person_move_the_level(
    signs: list[str], hours: float, changes: dict[str, Any], expected: str
) -> None:
    assert with_signs(*signs, hours=hours, **changes) == expected


def test_nothing_reported_is_expected_and_still_has_words() -> None:
    judged = TRIAGE.judge(calm(check_in__redness=0), TODAY)
    assert judged.level.id == "expected"
    assert judged.rules == ()
    assert "person" in judged.level.says


@pytest.mark.parametrize("sign", ["fever", "spreading_redness", "vision_change", "breathing_difficulty"])
def test_an_unanswered_red_flag_is_never_called_expected(sign: str) -> None:
    assert level(calm() | {f"check_in.sign.{sign}": UNKNOWN}) not in (
        "expected",
        "routine",
        "this_week",
        "call_48h",
    )


reports = st.fixed_dictionaries(
    {
        **{f"check_in.sign.{sign}": st.sampled_from(["no", "no", "no", "yes", UNKNOWN]) for sign in Sign},
        "check_in.redness": st.one_of(st.integers(0, 4), st.just(UNKNOWN)),
        "check_in.swelling": st.one_of(st.integers(0, 4), st.just(UNKNOWN)),
        "check_in.pain": st.one_of(st.integers(0, 10), st.just(UNKNOWN)),
        "check_in.highest_earlier_redness": st.one_of(
            st.integers(0, 4), st.just(UNKNOWN), st.just(NOT_APPLICABLE)
        ),
        "check_in.near_eye": st.sampled_from(["yes", "no"]),
        "anticoagulant": st.sampled_from(["current", "never", UNKNOWN]),
        "patient.skin_type": st.sampled_from(["I", "V", UNKNOWN]),
    }
)


@settings(max_examples=300)
@given(reports, st.floats(0, 1500), st.sampled_from([s.value for s in Sign]))
def test_adding_a_sign_never_lowers_the_level(report: dict[str, Any], hours: float, sign: str) -> None:
    before = calm() | report | at_hours(hours) | {f"check_in.sign.{sign}": "no"}
    after = before | {f"check_in.sign.{sign}": "yes"}
    assert URGENCY[level(after)] >= URGENCY[level(before)]


@settings(max_examples=300)
@given(reports, st.floats(0, 1500), st.data())
def test_removing_an_answer_never_lowers_the_level(
    report: dict[str, Any], hours: float, data: st.DataObject
) -> None:
    before = calm() | report | at_hours(hours)
    name = data.draw(st.sampled_from(sorted(name for name in report if name != "check_in.near_eye")))
    if before[name] is not NOT_APPLICABLE:
        # An answer less ends an emergency at the most in a call the same day.
        assert URGENCY[level(before | {name: UNKNOWN})] >= min(URGENCY[level(before)], URGENCY["same_day"])


@pytest.mark.parametrize("score", ["redness", "swelling", "pain"])
@given(report=reports, hours=st.floats(0, 1500), low=st.integers(0, 10), high=st.integers(0, 10))
@settings(max_examples=100)
def test_a_higher_score_never_lowers_the_level(
    score: str, report: dict[str, Any], hours: float, low: int, high: int
) -> None:
    top = 10 if score == "pain" else 4
    low, high = sorted((min(low, top), min(high, top)))
    facts = calm() | report | at_hours(hours)
    assert (
        URGENCY[level(facts | {f"check_in.{score}": high})]
        >= URGENCY[level(facts | {f"check_in.{score}": low})]
    )


# What an ambulance may be sent for by itself; everything else needs a place, a second sign or weak defences.
EMERGENCIES = {
    *"""breathing_difficulty lip_or_tongue_swelling collapse vision_change eye_pain fever perioral_numbness
    metallic_taste tinnitus palpitations twitching blue_grey_colour reused_cartridge sharps_injury""".split()
}


@settings(max_examples=300)
@given(reports, st.floats(0, 1500), st.sampled_from(["current", "never", UNKNOWN]), st.booleans())
def test_there_is_no_emergency_without_a_sign_of_one(
    report: dict[str, Any], hours: float, medicine: object, old: bool
) -> None:
    facts = calm() | report | at_hours(hours) | {"check_in.near_eye": "no", "anticoagulant": medicine}
    facts |= {"patient.born_on": date(1940, 1, 1) if old else date(1990, 1, 1)}
    for sign in (*EMERGENCIES, "face_swelling"):
        name = f"check_in.sign.{sign}"
        facts[name] = UNKNOWN if facts[name] is UNKNOWN else "no"
    assert level(facts) != "emergency"


def test_no_row_lies_under_its_own_floor_and_every_row_has_its_reason() -> None:
    for rule in packaged().triage.values():
        assert URGENCY[rule.level] >= URGENCY[rule.floor], rule.id
        assert len(rule.why) > 20, rule.id


def test_a_row_that_no_document_stands_behind_is_not_called_retrieved() -> None:
    bare = [rule for rule in packaged().triage.values() if rule.sources == ("NP",)]
    assert bare
    assert {rule.basis for rule in bare} == {"assumed"}


def test_rules_come_most_urgent_first() -> None:
    judged = TRIAGE.judge(calm() | {"check_in.sign.milia": "yes", "check_in.sign.fever": "yes"}, TODAY)
    assert [rule.id for rule in judged.rules][:2] == ["fever", "milia"]


def test_a_level_without_words_is_refused() -> None:
    fewer = {name: row for name, row in packaged().levels.items() if name != "same_day"}
    with pytest.raises(EvidenceError, match="no words for the level same_day"):
        Triage.of(replace(packaged(), levels=fewer))


def triage_rule(**changes: Any) -> TriageRule:
    row = {
        "id": "aa",
        "level": "routine",
        "floor": "routine",
        "why": "Because.",
        "when": {"fact": "check_in.redness", "above": 1},
        "says": "Words.",
        "sources": ["NP"],
        "basis": "assumed",
    }
    return msgspec.convert(row | changes, TriageRule)


def test_a_raiser_that_nobody_defined_is_refused() -> None:
    with pytest.raises(EvidenceError, match="triage rule aa: raised_by names moon"):
        Triage.of(replace(packaged(), triage={"a": triage_rule(raised_by=["moon"])}))


def test_an_unknown_fact_in_triage_is_refused() -> None:
    with pytest.raises(EvidenceError, match="triage rule aa: condition: 'check_in\\.moon' is no fact"):
        Triage.of(replace(packaged(), triage={"a": triage_rule(when={"fact": "check_in.moon", "above": 1})}))


def test_nothing_rises_above_an_emergency() -> None:
    rule = triage_rule(level="emergency", raised_by=["older"])
    judged = Triage.of(replace(packaged(), triage={"a": rule})).judge(
        calm() | {"patient.born_on": date(1940, 1, 1), "check_in.redness": 4}, TODAY
    )
    assert judged.level.id == LEVELS[-1]


def told(*signs: str) -> str:
    return TRIAGE.judge(calm() | {f"check_in.sign.{sign}": "yes" for sign in signs}, TODAY).says


def test_a_rules_own_words_are_told_whatever_else_is_as_urgent() -> None:
    emergency = packaged().levels["emergency"].says
    own = packaged().triage["sharps_injury"].tells
    assert told("sharps_injury") == own
    assert told("sharps_injury", "milia") == own
    assert told("fever") == emergency
    assert told("sharps_injury", "fever") == f"{emergency} {own}"


@pytest.mark.parametrize("rule", [each.id for each in packaged().triage.values() if each.tells])
def test_own_words_that_nobody_answered_for_are_not_told_as_if_they_were(rule: str) -> None:
    judged = TRIAGE.judge(calm() | {f"check_in.sign.{sign.value}": UNKNOWN for sign in Sign}, TODAY)
    assert packaged().triage[rule].tells not in judged.says


@pytest.mark.parametrize(
    ("scores", "hours"),
    [({"redness": 3}, 1), ({"redness": 3}, 60), ({"redness": 4}, 1), ({"swelling": 3}, 1), ({"pain": 7}, 1)],
)
def test_no_score_in_its_upper_third_is_told_to_be_as_it_should_be(
    scores: dict[str, int], hours: float
) -> None:
    facts = calm() | at_hours(hours) | {f"check_in.{name}": score for name, score in scores.items()}
    facts |= {"check_in.sign.fine_flaking": "yes"}
    says = TRIAGE.judge(facts, TODAY).says
    assert packaged().levels["expected"].says not in says
    assert "expected" not in says
    assert "normal" not in says


def test_a_rule_says_which_answers_made_it_hold() -> None:
    facts = (
        calm() | at_hours(60) | {"check_in.sign.warmth": "yes", "check_in.swelling": 2, "check_in.pain": 5}
    )
    held = {each.rule.id: each for each in TRIAGE.judge(facts, TODAY).held}
    assert held["together.heat_swelling_pain"].because == ("sign.warmth", "swelling", "pain")
    assert held["together.heat_swelling_pain"].leads
    silent = TRIAGE.judge(calm() | {"check_in.sign.fever": UNKNOWN}, TODAY).held[0]
    assert (silent.because, silent.certain) == (("open",), False)
