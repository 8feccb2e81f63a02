"""Numbing cream beside the label of its own product: which product it is, and how much of what its label allows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.advice import advise
from needlepoint.advice.facts.sessions import _weighed
from needlepoint.advice.numbing import UNLISTED, numbing, product
from needlepoint.course.answers import YesNo
from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient
from needlepoint.course.session import Session, Topical, TopicalKind
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.rules.conditions import UNKNOWN

KNOWLEDGE = packaged()
GROWN = date(1990, 5, 14)
ON = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def cream(name: str = "lidocaine", strength: Any = 4, **more: Any) -> Topical:
    numbers = {
        key: Decimal(str(value)) if isinstance(value, int | float) else value for key, value in more.items()
    }
    given_strength = None if strength is None else Decimal(str(strength))
    return Topical(TopicalKind.ANAESTHETIC, name, strength_percent=given_strength, **numbers)


def fired(
    *creams: Topical, operator: OperatorRole = OperatorRole.NURSE_PRACTITIONER, born_on: date = GROWN
) -> dict:
    session = Session(AT - timedelta(hours=1), "skinpen-precision", topicals=creams)
    case = Case(
        Patient(born_on),
        Goal(Concern.ACNE_SCARS, (Zone.CHEEK_LEFT,)),
        "skinpen-precision",
        Clinic.at("Europe/Berlin", operator),
        sessions=(session,),
    )
    found = advise(case, AT).verdicts
    return {
        each.rule.removeprefix("anaesthetic."): each.verdict for each in found if "anaesthetic." in each.rule
    }


FITTING = {"grams": 30, "area_cm2": 200, "on_minutes": 30}


# ------------------------------------------------------------------------------------------------- which product it is


@pytest.mark.parametrize(
    ("name", "strength", "expected"),
    [
        ("Lidocaine", 4, "lidocaine_4"),
        ("LIDOCAÍNA crema", 4, "lidocaine_4"),
        ("LMX4", 4, "lidocaine_4"),
        ("Lidocaine", 2, "lidocaine_4"),
        ("Lidocaine", 5, UNLISTED),
        ("Lidocaine", None, UNLISTED),
        ("EMLA", 5, "lidocaine_prilocaine"),
        ("emla", None, "lidocaine_prilocaine"),
        ("Lidocaine/prilocaine 2.5/2.5", 5, "lidocaine_prilocaine"),
        ("lidocain und prilocain", 2.5, "lidocaine_prilocaine"),
        ("EMLA", 10, UNLISTED),
        ("Pliaglis", 7, "lidocaine_tetracaine"),
        ("Pliaglis", 14, "lidocaine_tetracaine"),
        ("BLT", 30, UNLISTED),
        ("Benzocaine lidocaine tetracaine", 30, UNLISTED),
        ("lidocaine 23 / tetracaine 7", 30, UNLISTED),
        ("numbing cream", None, UNLISTED),
    ],
)
def test_a_name_and_a_strength_say_which_label_counts(name: str, strength: Any, expected: str) -> None:
    assert product(cream(name, strength), KNOWLEDGE).id == expected


def test_what_a_pharmacy_made_has_no_label_whatever_its_name() -> None:
    assert product(cream("EMLA", 5, compounded=YesNo.YES), KNOWLEDGE).id == UNLISTED


def test_the_unlisted_cream_is_held_to_the_smallest_figure_of_all_labels() -> None:
    grown = [each.limits[-1] for each in KNOWLEDGE.creams.values() if each.id != UNLISTED]
    least = KNOWLEDGE.creams[UNLISTED].limits[-1]
    for name in ("grams", "area_cm2", "minutes", "per_10_cm2"):
        assert getattr(least, name).value == min(getattr(each, name).value for each in grown)


# ------------------------------------------------------------------------------------------ how much the label allows


@pytest.mark.parametrize("operator", [each for each in OperatorRole if each is not OperatorRole.HOME_USER])
@pytest.mark.parametrize(
    ("given_cream", "rule"),
    [
        (cream(grams=250, area_cm2=390, on_minutes=240), "too_much"),
        (cream(grams=250, area_cm2=390, on_minutes=240), "too_thick"),
        (cream("EMLA", 5, grams=61, area_cm2=600, on_minutes=60), "too_much"),
        (cream("EMLA", 5, grams=50, area_cm2=601, on_minutes=60), "too_wide"),
        (cream("EMLA", 5, grams=50, area_cm2=500, on_minutes=301), "too_long"),
        (cream("EMLA", 5, grams=50, area_cm2=200, on_minutes=60), "too_thick"),
        (cream("Pliaglis", 14, grams=54, area_cm2=400, on_minutes=30), "too_much"),
        (cream("Pliaglis", 14, grams=20, area_cm2=200, on_minutes=61), "too_long"),
        (cream("BLT", 30, grams=60, area_cm2=390, on_minutes=30), "too_much"),
        (cream("LMX4", 4, grams=100, area_cm2=901, on_minutes=60), "too_wide"),
    ],
)
def test_beyond_a_label_a_rule_speaks_for_every_profession(
    given_cream: Topical, rule: str, operator: Any
) -> None:
    assert rule in fired(given_cream, operator=operator)


@pytest.mark.parametrize(
    "given_cream",
    [
        cream(**FITTING),
        cream("EMLA", 5, grams=60, area_cm2=600, on_minutes=300, reason="Dr Roe: sore at 4 %"),
        cream("Pliaglis", 14, grams=53, area_cm2=400, on_minutes=60, reason="Dr Roe: tattoo"),
        cream("LMX4", 4, grams=180, area_cm2=900, on_minutes=300),
    ],
)
def test_at_the_limit_itself_no_limit_is_passed(given_cream: Topical) -> None:
    assert not {"too_much", "too_wide", "too_long", "too_thick"} & set(fired(given_cream))


def test_two_creams_add_up() -> None:
    half = cream(grams=100, area_cm2=500, on_minutes=30)
    other = cream("LMX4", 4, grams=100, area_cm2=500, on_minutes=30)
    assert {"too_much", "too_wide", "two_agents"} <= set(fired(half, other))
    assert "too_much" not in fired(half)


@pytest.mark.parametrize("missing", ["grams", "area_cm2", "on_minutes"])
def test_what_is_not_written_down_is_said_to_be_unjudged(missing: str) -> None:
    assert "unmeasured" in fired(cream(**{**FITTING, missing: None}))
    assert "unmeasured" not in fired(cream(**FITTING))


@pytest.mark.parametrize(
    "given_cream",
    [cream("BLT", 30, **FITTING), cream(compounded=YesNo.YES, **FITTING), cream("EMLA", 5, **FITTING)],
)
def test_a_strong_or_compounded_cream_asks_for_the_prescribers_reason(given_cream: Topical) -> None:
    assert {"strong", "reason"} <= set(fired(given_cream))


def test_a_reason_on_record_leaves_the_change_and_takes_the_question_away() -> None:
    said = fired(cream("BLT", 30, reason="Dr Roe: nothing weaker held", **FITTING))
    assert "strong" in said
    assert "reason" not in said


def test_an_ordinary_cream_asks_for_no_reason() -> None:
    assert not {"strong", "reason"} & set(fired(cream(**FITTING)))


# ------------------------------------------------------------------------------------------------- age and weight


@pytest.mark.parametrize(("years", "most"), [(0, 1), (1, 10), (5, 10), (6, 20), (11, 20), (12, 60), (40, 60)])
def test_the_label_of_emla_goes_by_age(years: int, most: int) -> None:
    born_on = date(ON.year - years, ON.month, ON.day) - timedelta(days=10)
    limit = numbing(cream("EMLA", 5), born_on, ON, KNOWLEDGE).limit
    assert limit is not None
    assert limit.grams.value == most


@pytest.mark.parametrize(("years", "most", "before"), [(1, 10, 2), (6, 20, 10), (12, 60, 20)])
def test_an_age_is_reached_on_the_birthday_and_not_the_day_before(years: int, most: int, before: int) -> None:
    born_on = date(ON.year - years, ON.month, ON.day)
    limits = [numbing(cream("EMLA", 5), born_on, on, KNOWLEDGE).limit for on in (ON - timedelta(days=1), ON)]
    assert [each.grams.value for each in limits if each is not None] == [before, most]


def test_who_comes_of_age_today_has_the_dose_of_the_grown_and_yesterday_had_none() -> None:
    born_on = date(ON.year - 18, ON.month, ON.day)
    assert "age" not in fired(cream("LMX4", 4, **FITTING), born_on=born_on)
    assert fired(cream("LMX4", 4, **FITTING), born_on=born_on + timedelta(days=1)).get("age") == "refer"


@pytest.mark.parametrize(("kilograms", "most"), [(60, 60), (20, 60), (19, 10), (9, 2), (None, 60)])
def test_whoever_weighs_too_little_for_a_row_counts_as_younger(kilograms: Any, most: int) -> None:
    limit = numbing(cream("EMLA", 5, patient_kg=kilograms), GROWN, ON, KNOWLEDGE).limit
    assert limit is not None
    assert limit.grams.value == most


def test_a_label_without_a_dose_for_the_age_refers() -> None:
    assert fired(cream("LMX4", 4, **FITTING), born_on=date(2010, 6, 2)).get("age") == "refer"
    assert "age" not in fired(cream("LMX4", 4, **FITTING), born_on=date(2008, 5, 1))


def test_of_an_unknown_age_the_smallest_row_counts() -> None:
    limit = numbing(cream("EMLA", 5), None, ON, KNOWLEDGE).limit
    assert limit is not None
    assert limit.grams.value == 1


@given(
    grams=st.decimals(0, 500, places=1),
    area=st.decimals(1, 2000, places=0),
    more=st.decimals(0, 100, places=1),
    name=st.sampled_from(["EMLA", "LMX4", "Pliaglis", "BLT"]),
)
def test_more_cream_never_comes_closer_to_its_label(
    grams: Decimal, area: Decimal, more: Decimal, name: str
) -> None:
    less = numbing(cream(name, 4, grams=grams, area_cm2=area), GROWN, ON, KNOWLEDGE)
    greater = numbing(
        cream(name, 4, grams=min(grams + more, Decimal(500)), area_cm2=area), GROWN, ON, KNOWLEDGE
    )
    assert less.grams is not None
    assert greater.grams is not None
    assert less.grams <= greater.grams
    assert less.area == greater.area


def test_a_cream_without_a_weight_goes_by_that_of_the_screening_and_by_its_own_where_it_has_one() -> None:
    bare, weighed = cream("EMLA", 5), cream("EMLA", 5, patient_kg=Decimal(50))
    assert _weighed(bare, Decimal(60)).patient_kg == 60
    assert _weighed(weighed, Decimal(60)).patient_kg == 50
    assert _weighed(bare, UNKNOWN) is bare
