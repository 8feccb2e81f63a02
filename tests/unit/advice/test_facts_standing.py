"""The facts of patient, goal, operator and device."""

from datetime import date

import pytest
from tests.unit.advice.rows import bench, clearance, device, knowledge_with, moment, operator, table
from tests.unit.factories import goal

from needlepoint.advice.facts.standing import standing_facts
from needlepoint.course.case import Clinic
from needlepoint.course.goals import OperatorRole, Patient, SkinType
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN


def facts(**changes):
    return standing_facts(moment(**changes))


def test_who_what_by_whom_and_with_what():
    told = facts(goal=goal("stretch_marks", "cheek_left", "cheek_right", "thigh_left"))
    assert told == {
        "patient.born_on": date(1990, 5, 14),
        "patient.skin_type": "III",
        "goal.concern": "stretch_marks",
        "goal.zone_kinds": {"cheek", "thigh"},
        "goal.parts": {"face", "limb"},
        "operator": "nurse_practitioner",
        "operator.authority": "prescriber",
        "operator.by_law": NOT_APPLICABLE,
        "operator.may_use_device": "yes",
        "device.kind": "pen",
        "device.setting": "professional",
        "device.clears_skin_type": NOT_APPLICABLE,
    }


def test_an_operator_may_not_use_every_device():
    told = facts(clinic=Clinic.at("America/New_York", OperatorRole.HOME_USER))
    assert (told["operator"], told["operator.authority"]) == ("home_user", "nobody")
    assert told["operator.may_use_device"] == "no"


def test_an_unknown_skin_type_is_unknown():
    told = facts(patient=Patient(date(1990, 5, 14), SkinType.UNKNOWN))
    assert (told["patient.skin_type"], told["device.clears_skin_type"]) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(("skin_type", "cleared"), [("III", "yes"), ("V", "no"), ("VI", "yes")])
def test_any_clearance_of_the_concern_may_name_the_skin_type(skin_type, cleared):
    two = device(cleared=(clearance(), clearance(zones=("neck",), skin_types=("VI",))))
    knowledge = knowledge_with(
        devices=table(two), operators=bench().operators, goals=bench().goals, zones=bench().zones
    )
    patient = Patient(date(1990, 5, 14), SkinType(skin_type))
    assert facts(patient=patient, knowledge=knowledge)["device.clears_skin_type"] == cleared


def test_a_clearance_for_another_concern_says_nothing():
    told = facts(goal=goal("wrinkles"), patient=Patient(date(1990, 5, 14), SkinType.V))
    assert told["device.clears_skin_type"] is NOT_APPLICABLE


def test_an_operator_may_be_given_a_whole_setting():
    operators = table(operator("nurse_practitioner", devices=("professional",)))
    others = {name: getattr(bench(), name) for name in ("devices", "goals", "zones")}
    knowledge = knowledge_with(operators=operators, **others)
    assert facts(knowledge=knowledge)["operator.may_use_device"] == "yes"
    assert facts(knowledge=knowledge, device="home-roller")["operator.may_use_device"] == "no"
