"""The facts of the screening."""

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.factories import harmless

from needlepoint.advice.facts.answers import answer_facts
from needlepoint.course.answers import (
    Answers,
    Happened,
    Medicine,
    Presence,
    Procedure,
    RosaceaKind,
    Use,
    YesNo,
)
from needlepoint.course.errors import InputError
from needlepoint.evidence.loader import packaged
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

DAY = date(2026, 1, 10)


def facts(**given):
    return answer_facts(Answers(given), packaged())


def test_what_nobody_asked_is_unknown():
    known = facts()
    assert set(known.values()) == {UNKNOWN}
    assert set(packaged().questions) < set(known)
    assert {"isotretinoin_last_used_on", "laser_on"} < set(known)


@pytest.mark.parametrize(
    ("name", "answer", "fact"),
    [
        ("pregnant", YesNo.YES, "yes"),
        ("pregnant", YesNo.NO, "no"),
        ("pregnant", YesNo.UNKNOWN, UNKNOWN),
        ("eczema", Presence.ELSEWHERE, "elsewhere"),
        ("eczema", Presence.UNKNOWN, UNKNOWN),
        ("rosacea_kind", RosaceaKind.PAPULOPUSTULAR, "papulopustular"),
        ("rosacea_kind", RosaceaKind.UNKNOWN, UNKNOWN),
        ("scar_age_months", Decimal(8), Decimal(8)),
    ],
)
def test_an_answer_is_a_fact(name, answer, fact):
    told = facts(**{name: answer})
    assert told[name] == fact
    assert type(told[name]) is not type(answer) or name == "scar_age_months"
    assert {each for each, value in told.items() if value is not UNKNOWN} <= {name}


@pytest.mark.parametrize(
    ("answer", "use", "day"),
    [
        (Medicine(Use.PAST, DAY), "past", DAY),
        (Medicine(Use.CURRENT, DAY), "current", DAY),
        (Medicine(Use.CURRENT), "current", UNKNOWN),
        (Medicine(Use.PAST), "past", UNKNOWN),
        (Medicine(Use.NEVER), "never", NOT_APPLICABLE),
        (Medicine(Use.UNKNOWN), UNKNOWN, UNKNOWN),
    ],
)
def test_a_medicine_has_a_day_of_its_own(answer, use, day):
    told = facts(isotretinoin=answer)
    assert (told["isotretinoin"], told["isotretinoin_last_used_on"]) == (use, day)


@pytest.mark.parametrize(
    ("answer", "happened", "day"),
    [
        (Procedure(Happened.PAST, DAY), "past", DAY),
        (Procedure(Happened.PAST), "past", UNKNOWN),
        (Procedure(Happened.NEVER), "never", NOT_APPLICABLE),
        (Procedure(Happened.UNKNOWN), UNKNOWN, UNKNOWN),
    ],
)
def test_a_procedure_has_a_day_of_its_own(answer, happened, day):
    told = facts(laser=answer)
    assert (told["laser"], told["laser_on"]) == (happened, day)


def test_the_answers_of_one_case_do_not_leak_into_the_next():
    facts(pregnant=YesNo.YES)
    assert facts()["pregnant"] is UNKNOWN


@pytest.mark.parametrize("name", sorted(harmless()))
def test_an_answer_of_another_kind_is_refused(name):
    wrong = RosaceaKind.UNKNOWN
    with pytest.raises(
        InputError, match=rf"^answers\.{name}: .* is of another kind; expected an answer of the kind"
    ):
        facts(**{name: wrong})
