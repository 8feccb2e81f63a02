"""What the rulebook's verdicts come to."""

from datetime import date

import pytest
from tests.unit.advice.rows import bench, knowledge_with, moment, rule, table
from tests.unit.factories import answers, goal, happened

from needlepoint.advice.door import case_facts
from needlepoint.advice.screening import screen
from needlepoint.course.answers import YesNo

PREGNANT = {"fact": "pregnant", "is": "yes"}
LASER = {"fact": "laser_on", "within": "28 days"}
PEEL = {"fact": "peel_on", "within": "30 days"}


def screened(*rules, **changes):
    others = {name: getattr(bench(), name) for name in ("devices", "operators", "goals", "zones")}
    seen = moment(knowledge=knowledge_with(rules=table(*rules), **others), **changes)
    return screen(seen, case_facts(seen))


def test_where_no_rule_fires_there_is_no_verdict():
    found = screened(rule("never", PREGNANT, "stop"))
    assert (found.verdict, found.earliest_on, found.verdicts, found.unanswered) == ("none", None, (), ())
    assert (found.stops, found.undated) == (False, ())


def test_the_strictest_verdict_leads():
    rules = [
        rule(name, {"fact": "pregnant", "is": "no"}, name) for name in ("note", "wait", "refer", "change")
    ]
    found = screened(*rules)
    assert found.verdict == "refer"
    assert [each.verdict for each in found.verdicts] == ["refer", "wait", "change", "note"]


@pytest.mark.parametrize(
    ("kinds", "earliest_on"),
    [
        (("wait", "refer"), date(2026, 3, 23)),
        (("wait", "change"), date(2026, 3, 20)),
        (("change", "note"), None),
        (("stop", "wait"), None),
        (("wait", "stop"), None),
    ],
)
def test_the_latest_end_of_waits_and_referrals_is_the_earliest_day(kinds, earliest_on):
    told = answers(laser=happened(10), peel=happened(9))
    found = screened(rule("laser", LASER, kinds[0]), rule("peel", PEEL, kinds[1]), answers=told)
    assert found.earliest_on == earliest_on
    assert found.stops is ("stop" in kinds)


def test_what_no_date_ends_is_named():
    told = answers(laser=happened(10), pregnant=YesNo.YES)
    found = screened(rule("laser", LASER, "wait"), rule("open", PREGNANT, "refer"), answers=told)
    assert found.undated == ("open",)
    assert found.earliest_on == date(2026, 3, 20)


def test_a_rule_of_zones_names_its_zones():
    found = screened(
        rule("cheeks", {"fact": "zone.kind", "is": "cheek"}, each="zone"),
        goal=goal("acne_scars", "cheek_left", "nose", "cheek_right"),
    )
    assert [each.zones for each in found.verdicts] == [("cheek_left", "cheek_right")]


def test_a_rule_of_zones_may_read_the_whole_case_too():
    both = {"all": [{"fact": "zone.kind", "is": "cheek"}, PREGNANT]}
    found = screened(rule("both", both, "note", "zone"), answers=answers(pregnant=YesNo.UNKNOWN))
    assert found.unanswered == ("pregnant",)
