"""Who may hold the device where, and who is told to decide."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import pytest
from tests.spec.contract import advice, answered, rules_of
from tests.unit.factories import AT, case

from needlepoint.advice import advise
from needlepoint.course.case import Clinic
from needlepoint.course.errors import InputError
from needlepoint.course.goals import OperatorRole
from needlepoint.evidence.addressed import to_you
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.jurisdictions import Jurisdiction
from needlepoint.evidence.loader import convert, packaged

ROW = {
    "id": "nowhere",
    "place": "AQ",
    "title": "Antarctica",
    "operators": ["nurse"],
    "settings": ["professional"],
    "may": "to_depth",
    "says": "Half a millimetre.",
    "seen_on": "2026-11-30",
    "sources": ["NP"],
    "basis": "assumed",
    "depth_max": {"value": 0.5, "unit": "mm", "low": 0.5, "high": 0.5, "sources": ["NP"], "basis": "assumed"},
}


def at(place: str, operator: str = "aesthetician"):
    return advice(clinic={"operator": operator, "place": place})


def test_an_aesthetician_in_california_is_stopped_and_told_of_when_that_was_said() -> None:
    told = at("US-CA")
    assert told["verdict"] == "stop"
    assert "law.may_not" in rules_of(told)
    assert [(each["id"], each["says_on"]) for each in told["laws"]] == [("us-ca-aesthetician", "2016-09")]


@pytest.mark.parametrize("operator", ["physician", "nurse_practitioner", "physician_assistant"])
def test_a_prescriber_is_not_asked_about_a_law_that_names_others(operator: str) -> None:
    told = at("US-CA", operator)
    assert (told["verdict"], told["laws"]) == ("none", [])


def test_a_licence_that_is_only_proposed_is_a_note() -> None:
    told = at("GB-ENG")
    assert told["verdict"] == "note"
    assert {"law.proposed", "operator.oversight"} == rules_of(told)


@pytest.mark.parametrize("place", ["US-NV", "US", "FR"])
def test_a_place_that_is_not_on_file_says_so(place: str) -> None:
    assert "law.not_on_file" in rules_of(at(place))
    assert at(place)["laws"] == []


def test_no_place_says_nothing_of_the_law() -> None:
    told = advice(clinic={"operator": "aesthetician"})
    assert rules_of(told) == {"operator.oversight"}


@pytest.mark.parametrize("place", ["California", "us-ca", "US-", "US-CALI"])
def test_a_place_is_a_code(place: str) -> None:
    with pytest.raises(InputError, match=r"clinic\.place"):
        at(place)


def test_a_row_that_allows_to_a_depth_bounds_the_plan() -> None:
    law = convert("here", ROW, Jurisdiction)
    knowledge = replace(packaged(), jurisdictions=MappingProxyType({law.id: law}))
    there = Clinic.at("UTC", OperatorRole.NURSE, "AQ")
    zone = advise(case(clinic=there), AT, knowledge).plan.sessions[0].zones[0]
    assert (float(zone.depth_mm.max), zone.depth_mm.limited_by) == (0.5, "limit of Antarctica")
    elsewhere = Clinic.at("UTC", OperatorRole.NURSE, "FR")
    assert (
        advise(case(clinic=elsewhere), AT, knowledge).plan.sessions[0].zones[0].depth_mm.max
        > zone.depth_mm.max
    )


@pytest.mark.parametrize(
    "spoilt", [{"may": "not"}, {"depth_max": None}, {"place": "Antarctica"}, {"says_on": "May"}]
)
def test_a_row_that_contradicts_itself_is_refused(spoilt: dict[str, object]) -> None:
    row = {key: value for key, value in (ROW | spoilt).items() if value is not None}
    with pytest.raises(EvidenceError):
        convert("here", row, Jurisdiction)


# -- nobody is referred to themselves


def verdict_of(told, rule: str):
    return next(each for each in told["verdicts"] if each["rule"] == rule)


def test_a_prescriber_who_holds_the_device_is_told_to_decide_and_not_to_ask_a_prescriber() -> None:
    told = answered(anticoagulant="current")
    refer = verdict_of(told, "anticoagulant.current")
    assert (refer["verdict"], refer["overridable_by"], refer["settled_by"]) == ("refer", "prescriber", "you")
    for each in told["verdicts"]:
        assert "rescriber decides" not in each["reason"]


def test_a_nurse_is_told_to_ask_a_prescriber() -> None:
    told = advice(clinic={"operator": "nurse"}, answers={"anticoagulant": "current"})
    refer = verdict_of(told, "anticoagulant.current")
    assert refer["settled_by"] == "prescriber"
    assert "prescriber decides" in refer["reason"]


def test_what_nobody_may_set_aside_is_not_the_prescribers_either() -> None:
    assert verdict_of(answered(pregnant="yes"), "pregnancy")["settled_by"] == "nobody"


@pytest.mark.parametrize("rule", packaged().rules.values(), ids=lambda rule: rule.id)
def test_no_reason_sends_a_prescriber_to_another(rule) -> None:
    assert "rescriber decides" not in to_you(rule.reason)
