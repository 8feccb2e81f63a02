"""How a session healed: as it was seen, as it was reported, as an unwanted effect says."""

from dataclasses import replace

import pytest
from tests.unit.advice.rows import moment
from tests.unit.factories import check_in, session

from needlepoint.advice.door import case_facts
from needlepoint.advice.healed import healings
from needlepoint.course.answers import YesNo


def healed(*sessions, check_ins=()):
    now = moment(
        sessions=tuple(sessions), check_ins=tuple(sorted(check_ins, key=lambda each: each.at)), device="pen"
    )
    return [each.value for each in healings(now, case_facts(now))]


def done(days=35, seen="yes", **changes):
    return session(days, device="pen", healed=YesNo(seen), **changes)


def test_without_a_session_nothing_has_healed():
    assert healed() == []


@pytest.mark.parametrize(("seen", "is_"), [("yes", "well"), ("no", "not_healed"), ("unknown", "unknown")])
def test_what_somebody_saw_counts(seen, is_):
    assert healed(done(seen=seen)) == [is_]


@pytest.mark.parametrize("seen", ["yes", "no", "unknown"])
def test_a_reaction_outweighs_what_was_seen(seen):
    assert healed(done(seen=seen), check_ins=[check_in(33, "pus")]) == ["reaction"]


def test_what_is_expected_is_no_reaction():
    assert healed(done(), check_ins=[check_in(34, "fine_flaking", redness=2, swelling=1)]) == ["well"]


@pytest.mark.parametrize(("seen", "is_"), [("yes", "slow"), ("no", "not_healed"), ("unknown", "unknown")])
def test_what_is_not_quite_expected_makes_it_slow_where_it_was_seen_healed(seen, is_):
    assert healed(done(seen=seen), check_ins=[check_in(27, "fine_flaking")]) == [is_]


def test_a_dark_patch_is_a_reaction_though_nobody_hurries_for_it():
    assert healed(done(), check_ins=[check_in(25, "new_dark_patch")]) == ["reaction"]


@pytest.mark.parametrize("scores", [{"redness": 1}, {"swelling": 1}, {"pain": 1}])
def test_a_score_of_one_more_than_a_week_later_is_a_reaction(scores):
    assert healed(done(), check_ins=[check_in(26.5, **scores)]) == ["reaction"]


def test_a_report_is_judged_by_its_own_day():
    redness = {"redness": 2}
    assert healed(done(), check_ins=[check_in(34, **redness)]) == ["well"]
    assert healed(done(), check_ins=[check_in(20, **redness)]) == ["reaction"]


def test_a_report_is_judged_beside_those_before_it():
    rising = [check_in(33.5, redness=1), check_in(31.5, redness=2)]
    assert healed(done(), check_ins=rising) == ["reaction"]
    assert healed(done(), check_ins=[check_in(33.5, redness=2)]) == ["well"]


def test_an_earlier_report_counts_as_the_latest_does():
    assert healed(done(), check_ins=[check_in(33, "pus"), check_in(28)]) == ["reaction"]


def test_what_a_report_left_open_is_settled_by_the_look():
    blank = check_in(33, redness=None, swelling=None, pain=None, signs=None)
    assert healed(done(), check_ins=[blank]) == ["well"]
    assert healed(done(seen="unknown"), check_ins=[blank]) == ["unknown"]


def test_what_only_may_hold_is_no_reaction():
    unsure = check_in(33, "itch", redness=1, unanswered=frozenset(("pus",)))
    assert healed(done(), check_ins=[unsure]) == ["well"]


def test_each_report_belongs_to_the_session_before_it():
    told = [check_in(50, "pus")]
    assert healed(done(80), done(60), done(35), check_ins=told) == ["well", "reaction", "well"]
    assert healed(done(80), check_ins=[check_in(90, "pus")]) == ["well"]


def test_days_are_counted_from_the_session_that_a_report_belongs_to():
    late, early = [check_in(60, redness=1)], [check_in(34, redness=2)]
    assert healed(done(80), done(35), check_ins=late) == ["reaction", "well"]
    assert healed(done(80), done(35), check_ins=early) == ["well", "well"]


def test_a_report_of_the_instant_of_a_session_belongs_to_that_session():
    assert healed(done(60), done(35), check_ins=[check_in(35, "pus")]) == ["well", "reaction"]


@pytest.mark.parametrize(
    ("kind", "is_"), [("dark_patch", "reaction"), ("device_fault", "well"), ("something_new", "reaction")]
)
def test_an_unwanted_effect_of_the_skin_is_a_reaction(kind, is_):
    assert healed(done(adverse=(kind,))) == [is_]


def test_one_effect_of_the_skin_is_enough():
    assert healed(done(adverse=("device_fault", "burn"))) == ["reaction"]


def test_what_the_table_of_depths_leaves_out_says_nothing():
    now = moment(sessions=(done(),), check_ins=(check_in(33, "pus"),))
    bare = moment(
        knowledge=_without_reactions(now.knowledge), sessions=(done(),), check_ins=(check_in(33, "pus"),)
    )
    assert [each.value for each in healings(bare, case_facts(bare))] == ["well"]


def _without_reactions(knowledge):
    return replace(knowledge, depth_reactions={})
