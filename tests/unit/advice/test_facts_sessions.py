"""The facts of the sessions done."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.unit.advice.rows import moment
from tests.unit.factories import CARTRIDGE, LIDOCAINE, TODAY, passes
from tests.unit.factories import session as any_session

from needlepoint.advice.facts.sessions import session_facts
from needlepoint.course.answers import YesNo
from needlepoint.course.session import Cartridge, Topical, TopicalKind
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

GEL = Topical(TopicalKind.GLIDE, "gel")
SERUM = Topical(TopicalKind.SERUM, "vitamin C")


def session(days=35, **changes):
    return any_session(days, **{"device": "pen", **changes})


def facts(*sessions):
    return session_facts(moment(sessions=sessions))


def of_last(**changes):
    return facts(session(**changes))


def test_without_a_session_there_is_nothing_to_tell():
    told = facts()
    assert told.pop("session.count") == 0
    assert set(told.values()) == {NOT_APPLICABLE}
    assert set(told) == set(facts(session())) - {"session.count"}


def test_the_last_session_leads():
    told = facts(session(70, passes=passes("2.0")), session(35, passes=(*passes("0.5"), *passes("1.25"))))
    assert told["session.count"] == 2
    assert told["session.last_on"] == TODAY - timedelta(days=35)
    assert told["session.last_deepest_mm"] == Decimal("1.25")
    assert told["session.deepest_mm"] == Decimal("2.0")


def test_a_depth_that_nobody_wrote_down_is_unknown():
    told = facts(session(70), session(35, passes=()))
    assert told["session.last_deepest_mm"] is UNKNOWN
    assert told["session.deepest_mm"] == Decimal("1.0")
    assert of_last(passes=())["session.deepest_mm"] is UNKNOWN


@pytest.mark.parametrize(("healed", "fact"), [("yes", "yes"), ("no", "no"), ("unknown", UNKNOWN)])
def test_healing_is_what_was_checked(healed, fact):
    assert of_last(healed=YesNo(healed))["session.last_healed"] == fact


@pytest.mark.parametrize(("depth", "fact"), [("1.25", "no"), ("0", "no"), ("1.3", "yes"), ("2.75", "yes")])
def test_a_depth_between_two_marks_of_the_dial_is_noticed_in_any_session(depth, fact):
    assert facts(session(70, passes=passes(depth)), session())["session.off_step"] == fact


@pytest.mark.parametrize(
    ("cartridge", "expired", "recorded"),
    [
        (CARTRIDGE, "no", "yes"),
        (replace(CARTRIDGE, expires_on=TODAY - timedelta(days=35)), "no", "yes"),
        (replace(CARTRIDGE, expires_on=TODAY - timedelta(days=36)), "yes", "yes"),
        (replace(CARTRIDGE, expires_on=None), UNKNOWN, "no"),
        (replace(CARTRIDGE, lot=None), "no", "no"),
        (None, UNKNOWN, "no"),
    ],
)
def test_a_cartridge_has_a_lot_and_a_last_day(cartridge, expired, recorded):
    told = facts(session(35, cartridge=cartridge), session(1))
    assert told["session.cartridge_expired"] == expired
    assert told["session.cartridge_recorded"] == recorded


def test_one_expired_cartridge_is_enough_where_another_was_not_recorded():
    old = replace(CARTRIDGE, expires_on=date(2020, 1, 1))
    assert facts(session(35, cartridge=None), session(1, cartridge=old))["session.cartridge_expired"] == "yes"


def one(gtin="00860000000001", lot="A", serial="7"):
    return Cartridge(gtin, lot, None, serial)


@pytest.mark.parametrize(
    ("first", "second", "reused"),
    [
        (one(), one(), "yes"),
        (one(), one(serial="8"), "no"),
        (one(), one(lot="B"), "no"),
        (one(), one(gtin="00860000000018"), "no"),
        (one(), one(lot=None), "yes"),
        (one(gtin=None), one(), "yes"),
        (one(serial=None), one(serial=None), "no"),
        (one(), None, "no"),
    ],
)
def test_a_cartridge_in_two_sessions_is_known_by_its_serial_number(first, second, reused):
    told = facts(session(35, cartridge=first), session(1, cartridge=second))
    assert told["session.cartridge_reused"] == reused


def test_a_reused_cartridge_is_found_behind_another_with_the_same_serial_number():
    told = facts(*(session(days, cartridge=one(lot=lot)) for days, lot in ((9, "A"), (8, "B"), (7, "B"))))
    assert told["session.cartridge_reused"] == "yes"


def test_a_cartridge_without_a_serial_number_hides_no_other():
    used = (one(), one(serial=None), one())
    told = facts(*(session(9 - index, cartridge=each) for index, each in enumerate(used)))
    assert told["session.cartridge_reused"] == "yes"


def test_a_roller_of_ones_own_has_no_cartridge_to_record():
    told = facts(
        session(35, device="home-roller", passes=passes("0.5"), cartridge=one()),
        session(1, device="home-roller"),
    )
    names = ("expired", "recorded", "reused")
    assert [told[f"session.cartridge_{name}"] for name in names] == [NOT_APPLICABLE] * 3


def test_without_a_numbing_cream_there_is_nothing_to_tell_of_it():
    told = of_last(topicals=(GEL, SERUM))
    names = ("percent", "compounded", "area_cm2", "occluded")
    assert [told[f"session.anaesthetic_{name}"] for name in names] == [NOT_APPLICABLE] * 4
    assert told["session.anaesthetic_count"] == 0
    assert told["session.serum_used"] == "yes"


def test_two_numbing_creams_add_up():
    strong = replace(LIDOCAINE, name="Lidocaine ", strength_percent=Decimal(7), area_cm2=Decimal(150))
    told = of_last(topicals=(LIDOCAINE, strong, GEL))
    assert told["session.anaesthetic_percent"] == 7
    assert told["session.anaesthetic_area_cm2"] == 450
    assert told["session.anaesthetic_count"] == 1
    other = replace(strong, name="tetracaine")
    assert of_last(topicals=(LIDOCAINE, other))["session.anaesthetic_count"] == 2
    assert told["session.serum_used"] == "no"


def test_one_open_strength_leaves_the_strength_open():
    vague = replace(LIDOCAINE, strength_percent=None, area_cm2=None)
    told = of_last(topicals=(LIDOCAINE, vague))
    assert told["session.anaesthetic_percent"] is UNKNOWN
    assert told["session.anaesthetic_area_cm2"] is UNKNOWN


@pytest.mark.parametrize(
    ("said", "fact"),
    [(("no", "yes"), "yes"), (("unknown", "yes"), "yes"), (("no", "unknown"), UNKNOWN), (("no", "no"), "no")],
)
def test_one_yes_among_creams_is_enough(said, fact):
    creams = tuple(replace(LIDOCAINE, occluded=YesNo(each), compounded=YesNo(each)) for each in said)
    told = of_last(topicals=creams)
    assert (told["session.anaesthetic_occluded"], told["session.anaesthetic_compounded"]) == (fact, fact)


def test_only_the_last_session_tells_of_creams_and_serums():
    told = facts(session(70, topicals=(SERUM, LIDOCAINE)), session(35, topicals=()))
    assert (told["session.serum_used"], told["session.anaesthetic_count"]) == ("no", 0)
