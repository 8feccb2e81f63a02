"""The facts of the screening."""

from datetime import date
from decimal import Decimal

import pytest
from tests.unit.factories import harmless

from needlepoint.advice.facts.answers import answer_facts
from needlepoint.course.answers import (
    Answers,
    Chosen,
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
from needlepoint.rules.conditions import NOT_APPLICABLE, NOT_ASKED, UNKNOWN

DAY = date(2026, 1, 10)


def facts(**given):
    return answer_facts(Answers(given), packaged())


def test_what_nobody_asked_is_unknown_and_what_a_case_could_not_hold_was_not_asked():
    known = facts()
    assert set(packaged().questions) < set(known)
    assert {"isotretinoin_last_used_on", "laser_on", "hair_laser_on"} < set(known)
    later = {name for name, value in known.items() if value is NOT_ASKED}
    assert {name for name in later if name in packaged().questions} == {
        each.name for each in packaged().questions.values() if each.since
    }
    assert "hair_laser_on" in later
    assert {value for name, value in known.items() if name not in later} == {UNKNOWN}


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
        ("smoking", Chosen("daily"), "daily"),
        ("smoking", Chosen("unknown"), UNKNOWN),
        ("weight_kg", Decimal(70), Decimal(70)),
    ],
)
def test_an_answer_is_a_fact(name, answer, fact):
    told = facts(**{name: answer})
    assert told[name] == fact
    assert type(told[name]) is not type(answer) or isinstance(answer, Decimal)
    assert {each for each, value in told.items() if value not in (UNKNOWN, NOT_ASKED)} <= {name}


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
