"""What each answer must lead to, written from the contract and the evidence table, not from the rulebook."""

from __future__ import annotations

from typing import Any

import pytest
from tests.spec.contract import FIRST, HARMLESS, advice, ago, ahead, answered, strictest, until_of

PLAIN = [
    ("pregnant", "stop"),
    ("nursing", "stop"),
    ("keloid_history", "stop"),
    ("active_acne", "wait"),
    ("active_infection", "stop"),
    ("open_wound", "stop"),
    ("herpes_active", "stop"),
    ("herpes_history", "change"),
    ("skin_cancer", "stop"),
    ("suspicious_lesion", "refer"),
    ("actinic_keratosis", "refer"),
    ("scleroderma", "stop"),
    ("bleeding_disorder", "stop"),
    ("diabetes_controlled", "change"),
    ("diabetes_uncontrolled", "refer"),
    ("metal_allergy", "refer"),
    ("anaesthetic_allergy", "refer"),
    ("methaemoglobinaemia_risk", "refer"),
    ("tattoo_in_zone", "change"),
    ("collagen_vascular_disease", "refer"),
    ("cardiac_abnormality", "refer"),
]
BLOCKS = ("stop", "refer")


def test_somebody_of_whom_there_is_nothing_to_tell_fires_no_rule() -> None:
    told = advice()
    assert (told["verdict"], told["verdicts"], told["unanswered"]) == ("none", [], [])


@pytest.mark.parametrize(("name", "verdict"), PLAIN)
def test_a_yes_has_the_class_of_the_evidence_table(name: str, verdict: str) -> None:
    told = answered(**{name: "yes"})
    assert told["verdict"] == verdict
    assert told["unanswered"] == []
    assert until_of(told, verdict) == [None] * len(until_of(told, verdict))
    assert told["earliest_on"] is None


@pytest.mark.parametrize(("name", "verdict"), PLAIN)
@pytest.mark.parametrize("silence", ["unknown", None])
def test_silence_blocks_like_yes_where_yes_stops_or_refers(
    name: str, verdict: str, silence: str | None
) -> None:
    told = answered(**{name: silence})
    assert told["unanswered"] == [name]
    if verdict in BLOCKS:
        assert told["verdict"] == verdict
    else:
        assert told["verdict"] not in BLOCKS


@pytest.mark.parametrize("name", [name for name in FIRST if name != "scar_age_months"])
def test_every_question_of_the_contract_is_missed_when_it_is_missing(name: str) -> None:
    assert answered(**{name: None})["unanswered"] == [name]
    assert answered(**{name: "unknown"})["unanswered"] == [name]


MEDICINES = [
    # name, use, days since the last use (None: no date), verdict, days from today until
    ("isotretinoin", "current", None, "stop", None),
    ("isotretinoin", "past", None, "refer", None),
    ("isotretinoin", "unknown", None, "stop", None),
    ("retinoid", "current", None, "wait", None),
    ("retinoid", "past", 0, "wait", 3),
    ("retinoid", "past", 2, "wait", 1),
    ("retinoid", "past", 3, "none", None),
    ("exfoliating_acid", "past", 2, "wait", 1),
    ("exfoliating_acid", "past", 3, "none", None),
    ("benzoyl_peroxide", "past", 2, "wait", 1),
    ("benzoyl_peroxide", "past", 3, "none", None),
    ("hydroquinone", "past", 2, "wait", 1),
    ("hydroquinone", "past", 3, "none", None),
    ("retinoid", "current", 2, "wait", 1),
    ("anticoagulant", "current", None, "refer", None),
    ("anticoagulant", "current", 1, "refer", None),
    ("anticoagulant", "unknown", None, "refer", None),
    ("nsaid", "past", 1, "change", 2),
    ("nsaid", "past", 2, "change", 1),
    ("nsaid", "past", 3, "none", None),
    ("nsaid", "current", None, "change", None),
    ("chemotherapy", "current", None, "refer", None),
    ("chemotherapy", "unknown", None, "refer", None),
    ("immunosuppression", "current", None, "refer", None),
    ("immunosuppression", "unknown", None, "refer", None),
    *((name, "never", None, "none", None) for name in HARMLESS if HARMLESS[name] == "never"),
]


@pytest.mark.parametrize(("name", "use", "days", "verdict", "until"), MEDICINES)
def test_a_medicine_has_the_class_and_the_day_of_the_evidence_table(
    name: str, use: str, days: int | None, verdict: str, until: int | None
) -> None:
    given: dict[str, Any] = {name: use}
    if days is not None:
        given[f"{name}_last_used_on"] = ago(days)
    told = answered(**given)
    assert told["verdict"] == verdict
    end = None if until is None else ahead(until)
    if verdict != "none":
        assert end in until_of(told, verdict)
    waits = verdict in ("wait", "refer")
    assert told["earliest_on"] == (end if waits else None)


ISOTRETINOIN = [
    # last used on, the day of advice, verdict, until
    ("2026-01-10", "2026-07-09", "refer", "2026-07-10"),
    ("2026-01-10", "2026-07-10", "note", None),
    ("2025-09-02", "2026-03-01", "refer", "2026-03-02"),
    ("2025-09-02", "2026-03-02", "note", None),
    ("2025-09-03", "2026-03-02", "refer", "2026-03-03"),
    ("2025-03-03", "2026-03-02", "note", None),
    ("2025-03-02", "2026-03-02", "none", None),
    ("2025-08-31", "2026-02-27", "refer", None),
]


@pytest.mark.parametrize(("last", "on", "verdict", "until"), ISOTRETINOIN)
@pytest.mark.parametrize(
    ("zone", "offset"), [("Pacific/Auckland", "+13:00"), ("America/Los_Angeles", "-08:00"), ("UTC", "+00:00")]
)
def test_six_calendar_months_after_isotretinoin_in_any_zone(
    last: str, on: str, verdict: str, until: str | None, zone: str, offset: str
) -> None:
    offset = {"2026-07-09Pacific/Auckland": "+12:00", "2026-07-10Pacific/Auckland": "+12:00"}.get(
        on + zone, offset
    )
    offset = "-07:00" if on.startswith("2026-07") and zone.startswith("America") else offset
    for clock in ("00:00:30", "23:59:30"):
        told = answered_in(zone, f"{on}T{clock}{offset}", isotretinoin="past", isotretinoin_last_used_on=last)
        assert told["verdict"] == verdict, clock
        if until:
            assert until_of(told, verdict) == [until]
            assert told["earliest_on"] == until


def answered_in(zone: str, at: str, **answers: Any) -> dict[str, Any]:
    return advice(at, clinic={"time_zone": zone}, answers=answers)


PROCEDURES = [
    ("radiation_in_zone", 1, "stop", None),
    ("radiation_in_zone", 200, "refer", None),
    ("radiation_in_zone", 4000, "refer", None),
    ("radiation_in_zone", None, "stop", None),
    ("botulinum", 13, "wait", 1),
    ("botulinum", 14, "none", None),
    ("botulinum", None, "wait", None),
    ("filler", 13, "wait", 1),
    ("filler", 14, "none", None),
    ("filler_permanent", 5, "refer", None),
    ("filler_permanent", 3000, "refer", None),
    ("filler_permanent", None, "refer", None),
    ("laser", 27, "wait", 1),
    ("laser", 28, "none", None),
    ("laser", None, "wait", None),
    ("peel", 27, "wait", 1),
    ("peel", 28, "none", None),
    ("deep_resurfacing", 89, "wait", 1),
    ("deep_resurfacing", 90, "none", None),
    ("surgery_in_zone", 10, "refer", "2026-08-20"),
    ("surgery_in_zone", 400, "none", None),
    ("surgery_in_zone", None, "refer", None),
    ("rf_needling", 27, "wait", 1),
    ("rf_needling", 28, "none", None),
    ("sunburn", 0, "stop", None),
    ("sunburn", 2, "stop", None),
    ("sunburn", 4, "wait", 10),
    ("sunburn", 13, "wait", 1),
    ("sunburn", 14, "none", None),
    ("sunburn", None, "stop", None),
    ("tan", 13, "wait", 1),
    ("tan", 14, "none", None),
    ("tan", 0, "wait", 14),
]


@pytest.mark.parametrize(("name", "days", "verdict", "until"), PROCEDURES)
def test_a_procedure_has_the_class_and_the_day_of_the_evidence_table(
    name: str, days: int | None, verdict: str, until: int | str | None
) -> None:
    given: dict[str, Any] = {name: "past"}
    if days is not None:
        given[f"{name}_on"] = ago(days)
    told = answered(**given)
    assert told["verdict"] == verdict
    end = ahead(until) if isinstance(until, int) else until
    assert told["earliest_on"] == end
    if verdict in ("wait", "refer"):
        assert end in until_of(told, verdict)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("radiation_in_zone", "stop"),
        ("filler_permanent", "refer"),
        ("surgery_in_zone", "refer"),
        ("sunburn", "stop"),
    ],
)
def test_a_procedure_nobody_knows_of_blocks_like_one_that_was(name: str, verdict: str) -> None:
    told = answered(**{name: "unknown"})
    assert (told["verdict"], told["unanswered"]) == (verdict, [name])


@pytest.mark.parametrize(("days", "stops"), [(2, True), (3, False), (4, False)])
def test_a_sunburn_in_the_last_three_days_counts_as_unhealed(days: int, stops: bool) -> None:
    assert (answered(sunburn="past", sunburn_on=ago(days))["verdict"] == "stop") is stops


@pytest.mark.parametrize(("days", "verdict"), [(180, "stop"), (181, "refer")])
def test_radiation_stops_for_six_calendar_months_and_is_referred_ever_after(days: int, verdict: str) -> None:
    # 2025-09-03 and 2025-09-02, seen from 2026-03-02.
    told = answered(radiation_in_zone="past", radiation_in_zone_on=ago(days))
    assert told["verdict"] == verdict
    assert ("2026-03-03" in until_of(told, "stop")) is (verdict == "stop")


CONDITIONS = [
    (name, where, verdict)
    for name in ("eczema", "psoriasis", "dermatitis")
    for where, verdict in (
        ("in_zone", "stop"),
        ("quiescent_in_zone", "refer"),
        ("elsewhere", "note"),
        ("no", "none"),
        ("unknown", "stop"),
    )
]


@pytest.mark.parametrize(("name", "where", "verdict"), CONDITIONS)
def test_a_skin_condition_counts_by_where_it_is(name: str, where: str, verdict: str) -> None:
    told = answered(**{name: where})
    assert told["verdict"] == verdict
    assert told["unanswered"] == ([name] if where == "unknown" else [])


@pytest.mark.parametrize(
    ("where", "kind", "verdict"),
    [
        ("in_zone", "papulopustular", "stop"),
        ("in_zone", "erythematotelangiectatic", "refer"),
        ("in_zone", "unknown", "stop"),
        ("in_zone", None, "stop"),
        ("unknown", None, "stop"),
        ("unknown", "erythematotelangiectatic", "refer"),
        ("no", None, "none"),
        ("elsewhere", "papulopustular", "note"),
        ("elsewhere", "erythematotelangiectatic", "note"),
    ],
)
def test_rosacea_counts_by_where_it_is_and_its_kind(where: str, kind: str | None, verdict: str) -> None:
    assert answered(rosacea=where, rosacea_kind=kind)["verdict"] == verdict


@pytest.mark.parametrize(
    ("concern", "months", "verdict"),
    [
        ("acne_scars", 11.9, "refer"),
        ("acne_scars", 12, "none"),
        ("acne_scars", None, "refer"),
        ("stretch_marks", 11, "refer"),
        ("other_atrophic_scars", 0, "refer"),
        ("hypertrophic_scar", 11, "refer"),
        ("hypertrophic_scar", 120, "refer"),
    ],
)
def test_a_scar_or_striae_below_a_year_is_referred(concern: str, months: float | None, verdict: str) -> None:
    told = advice(goal={"concern": concern}, answers={**HARMLESS, "scar_age_months": months or 0})
    if months is None:
        told = answered(scar_age_months=None)
        assert told["unanswered"] == ["scar_age_months"]
    classes = [each["verdict"] for each in told["verdicts"]]
    assert ("refer" in classes) is (verdict == "refer")


@pytest.mark.parametrize(
    ("born_on", "at", "verdict", "until"),
    [
        ("2008-03-03", "2026-03-02T23:59:00-05:00", "stop", "2026-03-03"),
        ("2008-03-03", "2026-03-03T00:00:00-05:00", "refer", "2030-03-03"),
        ("2004-03-03", "2026-03-02T23:59:00-05:00", "refer", "2026-03-03"),
        ("2004-03-03", "2026-03-03T00:00:00-05:00", "none", None),
        # By the clinic's calendar, whatever the day is in UTC.
        ("2008-03-03", "2026-03-03T02:00:00+00:00", "stop", "2026-03-03"),
        ("2004-02-29", "2026-02-27T10:00:00-05:00", "refer", None),
        ("2004-02-29", "2026-03-01T10:00:00-05:00", "none", None),
    ],
)
def test_below_18_stops_and_below_22_is_referred(
    born_on: str, at: str, verdict: str, until: str | None
) -> None:
    told = advice(at, patient={"born_on": born_on})
    assert told["verdict"] == verdict
    if until:
        assert until in until_of(told, verdict)
        assert told["earliest_on"] == (until if verdict == "refer" else None)


def test_the_latest_of_several_dates_is_the_earliest_day() -> None:
    told = answered(
        isotretinoin="past", isotretinoin_last_used_on="2026-01-10", laser="past", laser_on="2026-02-20",
        nsaid="past", nsaid_last_used_on="2026-03-02",
    )  # fmt: skip
    assert told["earliest_on"] == "2026-07-10"
    assert {"wait", "refer", "change"} <= {each["verdict"] for each in told["verdicts"]}
    assert told["verdict"] == strictest(each["verdict"] for each in told["verdicts"])


def test_no_day_is_named_while_something_stops() -> None:
    told = answered(pregnant="yes", laser="past", laser_on="2026-02-20")
    assert (told["verdict"], told["earliest_on"]) == ("stop", None)
