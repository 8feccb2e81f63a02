"""Answers: unknown is an answer of its own, and a date stands only beside an answer that can carry it."""

import pickle
from datetime import date
from decimal import Decimal

import pytest

from needlepoint.course.answers import Answers, Chosen, Happened, Medicine, Presence, Procedure, Use, YesNo
from needlepoint.course.errors import InputError

DAY = date(2026, 1, 10)


@pytest.mark.parametrize("use", [Use.NEVER, Use.UNKNOWN])
def test_a_medicine_that_was_not_used_has_no_last_day(use):
    with pytest.raises(InputError, match="last_used_on: a date beside"):
        Medicine(use, DAY)


@pytest.mark.parametrize("use", [Use.CURRENT, Use.PAST])
def test_a_medicine_that_was_used_may_leave_its_last_day_open(use):
    assert Medicine(use).last_used_on is None
    assert Medicine(use, DAY).last_used_on == DAY


@pytest.mark.parametrize("happened", [Happened.NEVER, Happened.UNKNOWN])
def test_a_procedure_that_did_not_happen_has_no_day(happened):
    with pytest.raises(InputError, match="on: a date beside"):
        Procedure(happened, DAY)
    assert Procedure(happened).last_on is None


def test_a_procedure_that_happened_may_carry_its_day():
    assert Procedure(Happened.PAST, DAY).last_on == DAY


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2200, 1, 2)])
def test_a_day_far_from_our_time_is_refused(day):
    with pytest.raises(InputError, match="out of bounds"):
        Medicine(Use.PAST, day)
    with pytest.raises(InputError, match="out of bounds"):
        Procedure(Happened.PAST, day)


def test_answers_are_a_mapping_that_nobody_can_change():
    given = {"pregnant": YesNo.NO, "scar_age_months": Decimal(14)}
    answers = Answers(given)
    given["pregnant"] = YesNo.YES
    assert answers["pregnant"] is YesNo.NO
    assert list(answers) == ["pregnant", "scar_age_months"]
    assert len(answers) == 2
    assert "nursing" not in answers
    with pytest.raises(TypeError):
        answers.given["pregnant"] = YesNo.YES


def test_something_that_is_no_kind_of_answer_is_refused():
    with pytest.raises(InputError, match="pregnant: 'no' is not an answer"):
        Answers({"pregnant": "no"})


def test_equal_answers_are_equal_in_every_use():
    one, two = (Answers({"eczema": Presence.NO, "laser": Procedure(Happened.PAST, DAY)}) for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - our own bytes, a line ago


def test_every_day_is_told_under_its_key_in_the_case_file():
    answers = Answers(
        {
            "isotretinoin": Medicine(Use.PAST, DAY),
            "retinoid": Medicine(Use.CURRENT),
            "laser": Procedure(Happened.PAST, DAY),
            "peel": Procedure(Happened.NEVER),
            "pregnant": YesNo.NO,
        }
    )
    assert dict(answers.dates()) == {"isotretinoin_last_used_on": DAY, "laser_on": DAY}


def test_an_empty_choice_is_none():
    with pytest.raises(InputError, match="an empty choice"):
        Chosen("")
