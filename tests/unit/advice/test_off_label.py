"""The ways in which a plan leaves what a device is cleared for."""

from datetime import date

import pytest
from tests.unit.advice.rows import bench, clearance, device, knowledge_with, moment, table
from tests.unit.factories import TODAY, goal

from needlepoint.advice.off_label import off_label
from needlepoint.course.goals import Patient, SkinType

BORN = date(1990, 5, 14)


def lines(*cleared, **changes):
    others = {name: getattr(bench(), name) for name in ("operators", "goals", "zones")}
    knowledge = knowledge_with(devices=table(device(cleared=cleared or (clearance(),))), **others)
    return off_label(moment(knowledge=knowledge, **changes))


def test_within_its_clearance_nothing_is_off_label():
    assert lines() == ()


def test_a_concern_without_a_clearance_is_said_once():
    assert lines(goal=goal("stretch_marks", "thigh_left", "thigh_right")) == (
        "The pen has no clearance for stretch marks.",
    )


def test_a_zone_outside_the_clearance_is_said_once_for_both_sides():
    found = lines(goal=goal("acne_scars", "cheek_left", "upper_arm_left", "upper_arm_right"))
    assert found == ("The pen is cleared for acne scars, but not in this zone: upper arm.",)


@pytest.mark.parametrize(
    ("skin_type", "said"),
    [
        (
            "V",
            "The pen is cleared for acne scars (cheek) in skin types II, III, IV only; the patient's is V.",
        ),
        (
            "unknown",
            "The pen is cleared for acne scars (cheek) in skin types II, III, IV only; it is not known.",
        ),
    ],
)
def test_a_skin_type_outside_the_clearance_is_said(skin_type, said):
    assert lines(patient=Patient(BORN, SkinType(skin_type))) == (said,)


def test_an_unknown_skin_type_is_inside_a_clearance_for_all():
    everyone = clearance(skin_types=("I", "II", "III", "IV", "V", "VI"))
    assert lines(everyone, patient=Patient(BORN, SkinType.UNKNOWN)) == ()


def test_the_clearances_of_a_zone_add_up():
    dark = clearance(zones=("cheek",), skin_types=("V", "VI"), min_age_years=18)
    assert lines(clearance(), dark, patient=Patient(date(2006, 3, 2), SkinType.V)) == ()
    elsewhere = clearance(zones=("nose",), skin_types=("V",))
    assert len(lines(clearance(), elsewhere, patient=Patient(BORN, SkinType.V))) == 1


@pytest.mark.parametrize(("born_on", "too_young"), [(date(2004, 3, 2), False), (date(2004, 3, 3), True)])
def test_an_age_below_the_clearance_is_said_up_to_the_birthday(born_on, too_young):
    assert date(2026, 3, 2) == TODAY
    said = ("The pen is cleared for acne scars from the age of 22, and the patient is younger.",)
    assert lines(patient=Patient(born_on, SkinType.III)) == (said if too_young else ())


def test_the_lowest_age_of_a_zones_clearances_counts():
    young = clearance(min_age_years=18)
    assert lines(clearance(), young, patient=Patient(date(2007, 1, 1), SkinType.III)) == ()
