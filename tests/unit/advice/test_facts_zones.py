"""The facts of each zone of the goal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.unit.advice.rows import bench, clearance, device, evaluated, knowledge_with, moment, table
from tests.unit.factories import TODAY, goal, passes
from tests.unit.factories import session as any_session

from needlepoint.advice.facts.zones import zone_facts
from needlepoint.course.zones import Zone
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

LEFT, RIGHT, NOSE = Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT, Zone.NOSE


def session(days=35, **changes):
    return any_session(days, **{"device": "pen", **changes})


def facts(*sessions, concern="acne_scars", zones=("cheek_left",), **changes):
    return zone_facts(moment(sessions=sessions, goal=goal(concern, *zones), **changes))


def test_each_zone_of_the_goal_has_its_facts_in_the_goals_order():
    told = facts(zones=("thigh_left", "cheek_left"))
    assert list(told) == [Zone.THIGH_LEFT, LEFT]
    assert told[Zone.THIGH_LEFT] == {
        "zone.kind": "thigh",
        "zone.part": "limb",
        "zone.cleared": "no",
        "zone.evaluated": "no",
        "zone.last_on": NOT_APPLICABLE,
        "zone.last_depth_mm": NOT_APPLICABLE,
        "zone.beyond_evaluated": NOT_APPLICABLE,
        "zone.beyond_zone": NOT_APPLICABLE,
    }
    assert (told[LEFT]["zone.cleared"], told[LEFT]["zone.evaluated"]) == ("yes", "yes")


def test_a_clearance_names_concern_and_zone_together():
    split = device(
        cleared=(clearance(zones=("nose",)), clearance(concerns=("wrinkles",), zones=("cheek",))),
        evaluated=(evaluated(1.0, zones=("nose",)), evaluated(1.0, concerns=("wrinkles",), zones=("cheek",))),
    )
    others = {name: getattr(bench(), name) for name in ("operators", "goals", "zones")}
    told = facts(knowledge=knowledge_with(devices=table(split), **others))[LEFT]
    assert (told["zone.cleared"], told["zone.evaluated"]) == ("no", "no")


def test_the_last_session_on_a_zone_need_not_be_the_last_session():
    told = facts(
        session(70, passes=(*passes("0.5", LEFT), *passes("1.25", LEFT, RIGHT))),
        session(35, passes=passes("0.75", RIGHT)),
        zones=("cheek_left", "cheek_right", "nose"),
    )
    assert told[LEFT]["zone.last_on"] == TODAY - timedelta(days=70)
    assert told[LEFT]["zone.last_depth_mm"] == Decimal("1.25")
    assert told[RIGHT]["zone.last_on"] == TODAY - timedelta(days=35)
    assert told[RIGHT]["zone.last_depth_mm"] == Decimal("0.75")
    assert told[NOSE]["zone.last_on"] is NOT_APPLICABLE


def test_a_session_without_a_pass_on_record_may_have_touched_every_zone():
    told = facts(session(70, passes=passes("0.5", NOSE)), session(35, passes=()), zones=("nose",))[NOSE]
    assert told["zone.last_on"] == TODAY - timedelta(days=35)
    assert told["zone.last_depth_mm"] is UNKNOWN
    assert (told["zone.beyond_evaluated"], told["zone.beyond_zone"]) == ("no", "no")


@pytest.mark.parametrize(
    ("zone", "depth", "beyond_evaluated", "beyond_zone"),
    [
        ("cheek_left", "1.5", "no", "no"),
        ("cheek_left", "1.75", "yes", "yes"),
        ("nose", "0.75", "no", "no"),
        ("nose", "1.0", "no", "yes"),
        ("thigh_left", "2.0", "no", "no"),
        ("thigh_left", "2.25", "yes", "yes"),
    ],
)
def test_a_pass_deeper_than_a_limit_is_remembered(zone, depth, beyond_evaluated, beyond_zone):
    sessions = (session(70, passes=passes(depth, Zone(zone))), session(35, passes=passes("0.25", Zone(zone))))
    told = facts(*sessions, zones=(zone,))[Zone(zone)]
    assert told["zone.beyond_evaluated"] == beyond_evaluated
    assert told["zone.beyond_zone"] == beyond_zone


def test_the_device_used_decides_what_was_evaluated():
    told = facts(session(35, device="plain", passes=passes("2.0", LEFT)))[LEFT]
    # Nothing was evaluated on it, so what passes the zone's limit was not evaluated either.
    assert (told["zone.evaluated"], told["zone.beyond_evaluated"], told["zone.beyond_zone"]) == (
        "yes",
        "yes",
        "yes",
    )


def test_a_pass_on_a_zone_the_knowledge_base_does_not_know_breaks_nothing():
    told = facts(session(35, passes=passes("2.0", Zone.BACK)), zones=("back",))[Zone.BACK]
    assert told["zone.beyond_zone"] == "no"
