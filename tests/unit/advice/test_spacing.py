"""How many days lie between two sessions."""

from decimal import Decimal

import pytest
from tests.unit.advice.rows import bench, knowledge_with, moment, rule, table
from tests.unit.factories import passes
from tests.unit.factories import session as any_session

from needlepoint.advice.spacing import against_a_day, interval, rest, spacing_rules
from needlepoint.evidence.loader import packaged
from needlepoint.rules.conditions import UNKNOWN

SINCE = {"fact": "zone.last_on", "within": "20 days"}
DEEP = {"fact": "zone.last_depth_mm", "at_least": 1}


def rulebook(*rules):
    return knowledge_with(rules=table(*rules))


def wait(name, when, **changes):
    return rule(name, when, **{"verdict": "wait", "each": "zone", "sources": (name,), **changes})


def session(days=35, **changes):
    return any_session(days, **{"device": "pen", **changes})


def between(*planned, sessions=()):
    return interval(moment(sessions=sessions), map(Decimal, planned))


def test_the_packaged_rulebook_asks_for_four_weeks_after_a_deep_session_and_for_two_after_a_shallow_one():
    assert rest(Decimal("1.0"), bench())[0] == 28
    assert rest(Decimal("0.99"), bench())[0] == 14
    assert rest(UNKNOWN, bench())[0] == 28


def test_the_sources_of_the_waits_are_named():
    assert set(rest(Decimal("0.5"), bench())[1]) < set(rest(Decimal("1.5"), bench())[1])


def test_the_longest_wait_counts():
    both = rulebook(wait("S1", SINCE), wait("S2", {"fact": "zone.last_on", "within": "1 month"}))
    assert rest(Decimal(1), both) == (31, ("S1", "S2"))


def test_waits_that_read_anything_else_do_not_speak_of_spacing():
    kind = {"fact": "zone.kind", "is": "cheek"}
    others = rulebook(
        wait("S0", DEEP),
        wait("S1", {"all": [SINCE, kind]}),
        wait("S2", SINCE, verdict="refer"),
        wait("S3", {"fact": "sunburn_on", "within": "60 days"}, each="case"),
    )
    assert rest(Decimal(2), others) == (0, ())
    assert rest(Decimal(2), rulebook(*others.rules.values(), wait("S4", {"all": [SINCE, DEEP]}))) == (
        20,
        ("S4",),
    )


def test_a_wait_that_never_ends_adds_no_days():
    endless = {"any": [SINCE, {"not": SINCE}]}
    assert rest(Decimal(2), rulebook(wait("S1", endless))) == (0, ("S1",))


def test_usual_days_come_from_the_goal():
    found = between("0.5")
    assert (found.usual, found.minimum) == (30, 14)
    assert found.sources[0] == "harris-2015"
    assert len(set(found.sources)) == len(found.sources)


@pytest.mark.parametrize(
    ("planned", "done", "minimum"),
    [
        (("0.5", "1.0"), None, 28),
        (("0.5", "0.75"), None, 14),
        (("0.5",), "1.0", 28),
        (("0.5",), "0.75", 14),
        (("1.0",), "0.5", 28),
        ((), None, 28),
        ((), "0.5", 14),
    ],
)
def test_the_deepest_of_what_was_done_and_what_is_planned_sets_the_minimum(planned, done, minimum):
    sessions = (session(70, passes=passes("2.0")), session(passes=passes(done))) if done else ()
    assert between(*planned, sessions=sessions).minimum == minimum


def test_a_last_session_without_a_depth_on_record_counts_as_deep():
    assert between("0.5", sessions=(session(passes=()),)).minimum == 28


def test_what_rests_on_the_last_session_alone_speaks_against_a_day_and_not_against_a_plan():
    spacing = {"spacing.floor", "spacing.minimum"}
    assert spacing_rules(packaged()) == spacing
    assert against_a_day(packaged()) == spacing | {"healing.not_healed"}
