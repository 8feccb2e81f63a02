"""What was asked only after the first contract of a case: its classes, and what a case without it is told."""

from __future__ import annotations

from typing import Any

import pytest
from tests.spec.contract import FIRST, LATER, advice, advice_on, ago, answered, case, session

BLOCKS = ("stop", "refer")


def test_a_case_of_the_first_contract_is_judged_as_before_and_told_what_was_not_asked() -> None:
    plain = case()
    plain["answers"] = dict(FIRST)
    told = advice_on(plain)
    assert (told["verdict"], told["verdicts"]) == ("none", [])
    assert set(told["unanswered"]) == set(LATER)


@pytest.mark.parametrize("name", [name for name in LATER if LATER[name] in ("no", "never")])
def test_who_is_asked_and_is_not_sure_is_never_judged_as_if_they_had_said_no(name: str) -> None:
    worst = {"no": "yes", "never": "current" if name in ("aspirin", "photosensitiser") else "past"}[
        LATER[name]
    ]
    worst = {"vitiligo": "in_zone", "lichen_planus": "in_zone", "smoking": "daily"}.get(name, worst)
    yes, unsure = answered(**{name: worst}), answered(**{name: "unknown"})
    assert unsure["unanswered"] == [name]
    if yes["verdict"] in BLOCKS:
        assert unsure["verdict"] == yes["verdict"]


LATER_YES = [
    ({"vitiligo": "in_zone"}, "refer", "koebner.vitiligo"),
    ({"vitiligo": "elsewhere"}, "refer", "koebner.vitiligo"),
    ({"lichen_planus": "quiescent_in_zone"}, "refer", "koebner.lichen_planus"),
    ({"koebner_other": "yes"}, "refer", "koebner.other"),
    ({"dark_marks": "yes"}, "change", "dark_marks.history"),
    ({"steel_reaction": "yes"}, "stop", "steel_reaction"),
    ({"latex_allergy": "yes"}, "change", "latex_allergy"),
    ({"chlorhexidine_allergy": "yes"}, "change", "chlorhexidine_allergy"),
    ({"adhesive_allergy": "yes"}, "change", "adhesive_allergy"),
    ({"fish_allergy": "yes"}, "change", "fish_allergy"),
    ({"fainting": "yes"}, "change", "fainting"),
    ({"smoking": "daily"}, "note", "smoking"),
    ({"smoking": "past"}, "none", ""),
    ({"scar_severity": "severe"}, "note", "scar.severe"),
    ({"scar_severity": "moderate"}, "none", ""),
    ({"aspirin": "current"}, "change", "aspirin.current"),
    ({"photosensitiser": "current"}, "change", "photosensitiser.current"),
    ({"hair_removal": "past", "hair_removal_on": ago(6)}, "wait", "hair_removal.recent"),
    ({"hair_removal": "past", "hair_removal_on": ago(7)}, "none", ""),
    ({"hair_laser": "past", "hair_laser_on": ago(27)}, "wait", "hair_laser.recent"),
    ({"hair_laser": "past", "hair_laser_on": ago(28)}, "none", ""),
    ({"cardiac_abnormality": "yes", "cardiac_kind": "pacemaker"}, "note", "cardiac_device"),
    ({"cardiac_abnormality": "yes", "cardiac_kind": "repaired"}, "note", "cardiac_device"),
    ({"cardiac_abnormality": "yes", "cardiac_kind": "other"}, "refer", "cardiac_abnormality"),
    ({"cardiac_abnormality": "yes", "cardiac_kind": "unknown"}, "refer", "cardiac_abnormality"),
    ({"chemotherapy": "past", "chemotherapy_last_used_on": "2012-05-01"}, "note", "chemotherapy.past"),
    ({"chemotherapy": "past", "chemotherapy_last_used_on": ago(100)}, "refer", "chemotherapy"),
    ({"chemotherapy": "past"}, "refer", "chemotherapy"),
]


@pytest.mark.parametrize(("given", "verdict", "rule"), LATER_YES)
def test_what_was_asked_later_has_its_class(given: dict[str, Any], verdict: str, rule: str) -> None:
    told = answered(**given)
    assert told["verdict"] == verdict
    assert {each["rule"] for each in told["verdicts"]} == ({rule} if rule else set())


def test_who_takes_aspirin_is_told_to_go_on_with_it_and_a_bruise_is_judged_as_with_any_blood_thinner() -> (
    None
):
    done, told = session("2026-02-20T10:00:00-05:00"), {"at": "2026-02-21T10:00:00-05:00", "redness": 1}
    report = told | {"swelling": 0, "pain": 0, "signs": ["bruise"]}
    by = {
        name: advice(answers={name: "current"}, session=[done], check_in=[report])
        for name in ("aspirin", "anticoagulant")
    }
    plain = advice(session=[done], check_in=[report])
    assert by["aspirin"]["check_in"]["level"] == by["anticoagulant"]["check_in"]["level"]
    assert by["aspirin"]["check_in"]["level"] != plain["check_in"]["level"]
    for each in by.values():
        assert "anticoagulant" in {line["id"] for line in each["preparation"]}
    assert "anticoagulant" not in {line["id"] for line in plain["preparation"]}
