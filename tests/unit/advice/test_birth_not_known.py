"""A birth date that is not known, or known by its year or month: never taken for an adult's, and said so."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from needlepoint.advice.door import advise
from needlepoint.course.case import Case, Clinic
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient, Sex, SkinType
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_file import read
from needlepoint.exchange.case_writer import toml
from needlepoint.healing.plan import age_years

AT = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def case(born_on=None, born_in=""):
    return Case(
        patient=Patient(born_on, SkinType.III, Sex.FEMALE, born_in),
        goal=Goal(Concern.ACNE_SCARS, (Zone.CHEEK_LEFT,)),
        device="skinpen-precision",
        clinic=Clinic(ZoneInfo("UTC"), OperatorRole.NURSE_PRACTITIONER),
    )


def verdicts(of):
    return {each.rule: each for each in advise(of, AT, packaged()).verdicts if each.rule.startswith("age.")}


@pytest.mark.parametrize(
    ("born_on", "born_in", "fires"),
    [
        (date(1970, 6, 1), "", set()),
        (None, "1970", set()),
        (None, "1970-06", set()),
        (None, "", {"age.under_18", "age.under_22"}),
        (None, "2008", {"age.under_18", "age.under_22"}),
        (None, "2008-06", {"age.under_18", "age.under_22"}),
        (None, "2008-05", {"age.under_22"}),
        (None, "2010", {"age.under_18"}),
        (None, "2007", {"age.under_22"}),
        (None, "2004", {"age.under_22"}),
        (None, "2004-06", {"age.under_22"}),
        (None, "2004-05", set()),
        (None, "2003", set()),
    ],
)
def test_whoever_may_be_too_young_is_treated_as_if_they_were(born_on, born_in, fires):
    assert set(verdicts(case(born_on, born_in))) == fires


def test_not_knowing_stops_and_says_that_it_is_not_known():
    said = verdicts(case())["age.under_18"]
    assert said.verdict == "stop"
    assert said.overridable_by == "nobody"
    assert said.reason.startswith("Not known yet")
    assert said.because_unknown


def test_a_year_that_leaves_it_open_says_that_it_is_not_known():
    assert verdicts(case(born_in="2008"))["age.under_18"].reason.startswith("Not known yet")
    assert verdicts(case(born_in="2010"))["age.under_18"].reason.startswith("Under 18")


def test_the_plan_says_that_the_age_is_not_known():
    lines = advise(case(), AT, packaged()).plan.off_label
    assert any("age is not known" in each for each in lines)
    assert any(
        "may be younger" in each for each in advise(case(born_in="2004"), AT, packaged()).plan.off_label
    )
    assert not any("age" in each for each in advise(case(born_in="1970"), AT, packaged()).plan.off_label)


@pytest.mark.parametrize(
    "born_in", ["70", "1970-13", "1970-00", "1970-6", "1970-06-01", "1970-", "nineteen", "०१९७"]
)
def test_what_is_no_year_and_no_month_is_refused(born_in):
    with pytest.raises(InputError):
        Patient(None, born_in=born_in)


def test_a_day_and_a_year_at_once_are_refused():
    with pytest.raises(InputError):
        Patient(date(1970, 6, 1), born_in="1970")


@pytest.mark.parametrize(
    ("born_in", "first", "last"),
    [
        ("1970", date(1970, 1, 1), date(1970, 12, 31)),
        ("1972-02", date(1972, 2, 1), date(1972, 2, 29)),
        ("1971-12", date(1971, 12, 1), date(1971, 12, 31)),
    ],
)
def test_a_year_and_a_month_have_a_first_and_a_last_day(born_in, first, last):
    of = Patient(None, born_in=born_in)
    assert (of.born_first, of.born_last) == (first, last)


@pytest.mark.parametrize(
    ("born_on", "born_in"), [(None, ""), (None, "1970"), (None, "1970-06"), (date(1970, 6, 1), "")]
)
def test_a_case_file_says_what_is_known_and_no_more(born_on, born_in):
    written = case(born_on, born_in)
    again = read(toml(written).encode(), "case.toml", packaged())
    assert again.patient == written.patient


def test_what_happened_before_the_birth_is_refused_by_what_is_known():
    told = toml(case(born_in="1990")).replace(
        "[patient]", "[[check_in]]\nat = 1989-12-31T12:00:00Z\n[patient]"
    )
    with pytest.raises(InputError, match="before the birth"):
        read(told.encode(), "case.toml", packaged())


def test_the_model_takes_the_middle_of_what_can_be():
    from needlepoint.evidence.healing import packaged_healing

    on, evidence = AT.date(), packaged_healing()
    known = age_years(Patient(date(1970, 7, 1)), on, evidence)
    assert age_years(Patient(None, born_in="1970"), on, evidence) == pytest.approx(known, abs=0.02)
    limit = evidence.limits["age_years"]
    assert limit.low < age_years(Patient(None), on, evidence) < limit.high
