"""Whose skin, what for, and where."""

from datetime import date

import pytest

from needlepoint.course.errors import InputError
from needlepoint.course.goals import Concern, Goal, Patient, Sex, SkinType
from needlepoint.course.zones import Zone


def test_what_is_not_known_of_a_patient_is_unknown():
    patient = Patient(date(1990, 5, 14))
    assert patient.skin_type is SkinType.UNKNOWN
    assert patient.sex is Sex.UNKNOWN


@pytest.mark.parametrize("born_on", [date(1899, 12, 31), date(2200, 1, 2)])
def test_nobody_is_born_outside_the_calendar(born_on):
    with pytest.raises(InputError, match=f"born_on: {born_on} is out of bounds"):
        Patient(born_on)


@pytest.mark.parametrize("born_on", [date(1900, 1, 1), date(2200, 1, 1)])
def test_the_bounds_of_the_calendar_belong_to_it(born_on):
    assert Patient(born_on).born_on == born_on


def test_a_goal_names_at_least_one_zone():
    with pytest.raises(InputError, match="zones: no zone is named"):
        Goal(Concern.ACNE_SCARS, ())


def test_a_goal_names_no_zone_twice():
    with pytest.raises(InputError, match="zones: a zone is named twice"):
        Goal(Concern.ACNE_SCARS, (Zone.CHIN, Zone.NOSE, Zone.CHIN))
