"""Lines before and after a session, and which of them are shown."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.advice.rows import bench, knowledge_with, moment, table
from tests.unit.factories import AT, TODAY, answers, days_before, goal, happened, passes
from tests.unit.factories import session as any_session

from needlepoint.advice.aftercare import aftercare
from needlepoint.advice.disagreements import disagreements
from needlepoint.advice.door import case_facts
from needlepoint.advice.healed import healings
from needlepoint.advice.home_use import home_use
from needlepoint.advice.lines import conditions
from needlepoint.advice.milestones import milestones
from needlepoint.advice.pairing import pairing
from needlepoint.advice.plan import plan
from needlepoint.advice.preparation import preparation
from needlepoint.advice.screening import Screening
from needlepoint.course.answers import YesNo
from needlepoint.course.case import Clinic
from needlepoint.course.goals import Concern, OperatorRole
from needlepoint.evidence import schema
from needlepoint.evidence.errors import EvidenceError

PREGNANT = {"fact": "pregnant", "is": "yes"}
SAID = {"says": "something", "sources": ("NP",), "basis": "assumed"}


def session(days=0.5, **changes):
    return any_session(days, **{"device": "pen", **changes})


def seen(name, *rows, **changes):
    parts = {each: getattr(bench(), each) for each in ("devices", "operators", "goals", "zones")}
    return moment(knowledge=knowledge_with(**{**parts, name: table(*rows)}), **changes)


# -- before a session


def before(*rows, screening=None, **changes):
    now = seen("preparation", *rows, **changes)
    intended = plan(now, screening or Screening("none", None, (), ()), healings(now, case_facts(now)))
    return preparation(now, case_facts(now), intended)


def prepare(name="sun", **changes):
    return schema.Preparation(**{"id": name, **SAID, **changes})


def test_a_line_counts_back_from_the_next_session():
    line = before(prepare(stop_by_days=14), sessions=(session(8),))[0]
    assert line.stop_by == TODAY + timedelta(days=20 - 14)
    assert (line.id, line.says, line.sources, line.basis) == ("sun", "something", ("NP",), "assumed")


def test_a_line_without_days_has_no_day():
    assert before(prepare())[0].stop_by is None


def test_a_line_stays_while_no_session_has_a_day():
    stopped = Screening("stop", None, (), ())
    assert [each.stop_by for each in before(prepare(stop_by_days=3), screening=stopped)] == [None]
    elsewhere = goal("acne_scars", "eyelid_left")
    assert [each.stop_by for each in before(prepare(stop_by_days=3), goal=elsewhere)] == [None]


@pytest.mark.parametrize(("said", "shown"), [("yes", True), ("unknown", True), ("no", False)])
def test_a_line_is_shown_where_its_condition_may_hold(said, shown):
    told = answers(pregnant=YesNo(said))
    found = before(prepare("always"), prepare("some", when=PREGNANT), answers=told)
    assert [each.id for each in found] == (["always", "some"] if shown else ["always"])


def test_a_line_may_look_at_the_day():
    recently = prepare(when={"fact": "laser_on", "within": "28 days"})
    assert [len(before(recently, answers=answers(laser=happened(days)))) for days in (27, 28)] == [1, 0]


# -- after a session


def after(*rows, at=AT, **changes):
    now = seen("aftercare", *rows, at=at, **changes)
    return aftercare(now, case_facts(now))


def care(kind="allowed_from", name="make_up", **changes):
    return schema.Aftercare(**{"id": name, "kind": kind, **SAID, **changes})


def test_hours_count_from_the_end_of_the_last_session():
    ended_at = AT - timedelta(hours=3)
    sessions = (session(40), session(0.5, ended_at=ended_at))
    line = after(care(from_hours=24, until_hours=48.5), sessions=sessions)[0]
    assert (line.from_at, line.until_at) == (AT + timedelta(hours=21), AT + timedelta(hours=45.5))
    assert line.from_at.tzinfo is UTC
    assert (line.id, line.kind, line.says, line.sources) == ("make_up", "allowed_from", "something", ("NP",))
    assert line.basis == "assumed"


def test_hours_count_from_the_start_where_no_end_is_on_record():
    assert after(care(from_hours=24), sessions=(session(1),))[0].from_at == AT


def test_hours_are_elapsed_hours_when_the_clocks_change():
    started_at = datetime.fromisoformat("2026-03-07T14:00:00-05:00")
    at = datetime.fromisoformat("2026-03-08T15:00:00-04:00")
    line = after(care(from_hours=24), at=at, sessions=(session(started_at=started_at),))[0]
    assert line.from_at == at
    assert line.allowed_now is True


@pytest.mark.parametrize(
    ("kind", "hours", "allowed"),
    [
        *(("allowed_from", hours, hours >= 24) for hours in (0, 23.99, 24, 500)),
        *(("do", hours, 24 <= hours < 48) for hours in (23.99, 24, 47.99, 48)),
        *(("avoid", hours, not 24 <= hours < 48) for hours in (23.99, 24, 47.99, 48)),
    ],
)
def test_what_is_allowed_now_turns_on_the_hour(kind, hours, allowed):
    row = care(kind, from_hours=24, until_hours=None if kind == "allowed_from" else 48)
    line = after(row, at=days_before(0) + timedelta(hours=hours), sessions=(session(0),))[0]
    assert line.allowed_now is allowed


@pytest.mark.parametrize(("kind", "allowed"), [("avoid", False), ("do", True)])
def test_a_line_without_an_end_goes_on(kind, allowed):
    line = after(care(kind), sessions=(session(900),))[0]
    assert (line.until_at, line.allowed_now) == (None, allowed)


def test_without_a_session_a_line_has_no_instants():
    line = after(care(until_hours=24, prefer_from_hours=48))[0]
    assert (line.from_at, line.until_at, line.prefer_from_at, line.allowed_now) == (None, None, None, None)


@pytest.mark.parametrize(
    ("depth", "asked_at", "preferred"),
    [("1.0", 1.0, True), ("0.75", 1.0, False), (None, 1.0, True), ("0.25", None, True), ("0.3", 0.3, True)],
)
def test_a_deep_session_prefers_the_later_hour(depth, asked_at, preferred):
    row = care(from_hours=24, prefer_from_hours=48, prefer_at_depth_mm=asked_at)
    last = session(0, passes=passes(depth) if depth else ())
    line = after(row, sessions=(session(40, passes=passes("2.0")), last))[0]
    assert line.prefer_from_at == (AT + timedelta(hours=48) if preferred else None)
    assert line.from_at == AT + timedelta(hours=24)


def test_a_line_without_a_later_hour_prefers_none():
    assert after(care(), sessions=(session(),))[0].prefer_from_at is None


def test_aftercare_for_some_is_shown_to_some():
    told = answers(pregnant=YesNo.NO)
    assert after(care(when=PREGNANT), answers=told) == ()


# -- conditions


def test_a_wrong_condition_is_named_with_its_line():
    with pytest.raises(EvidenceError, match=r"^preparation\.toml: sun: condition on pregnant"):
        before(prepare(when={"fact": "pregnant", "is": "perhaps"}))


def test_a_line_for_the_whole_case_reads_no_zone():
    with pytest.raises(EvidenceError, match=r"^aftercare\.toml: make_up: reads a zone's fact"):
        after(care(when={"fact": "zone.kind", "is": "cheek"}))


def test_the_packaged_lines_compile():
    for name in ("preparation", "aftercare", "disagreements"):
        assert len(conditions(name, bench())) == len(getattr(bench(), name)) > 0


# -- what does not depend on the hour


def test_milestones_are_those_of_the_concern_and_of_all():
    days = {"from_day": 7, "to_day": 14, "counts_from": "each_session", **SAID}
    rows = table(
        schema.Milestone(id="all", **days),
        schema.Milestone(id="scars", concerns=("acne_scars",), **days),
        schema.Milestone(id="lines", concerns=("wrinkles",), **days),
    )
    found = milestones(Concern.ACNE_SCARS, knowledge_with(milestones=rows))
    assert [each.id for each in found] == ["all", "scars"]
    assert (found[0].from_day, found[0].to_day, found[0].counts_from) == (7, 14, "each_session")
    assert (found[0].says, found[0].sources, found[0].basis) == ("something", ("NP",), "assumed")


def test_every_pairing_is_shown():
    row = schema.Pairing(id="laser", partner="a laser", gap_days=28, **SAID)
    line = pairing(knowledge_with(pairing=table(row)))[0]
    assert (line.id, line.partner, line.gap_days, line.says) == ("laser", "a laser", 28, "something")
    assert (line.sources, line.basis) == (("NP",), "assumed")
    assert [each.id for each in pairing(bench())] == list(bench().pairing)


@pytest.mark.parametrize(
    ("operator", "device", "shown"),
    [
        ("home_user", "pen", True),
        ("nurse", "home-roller", True),
        ("home_user", "home-roller", True),
        ("nurse", "pen", False),
    ],
)
def test_home_use_is_for_homes_and_for_home_devices(operator, device, shown):
    clinic = Clinic.at("America/New_York", OperatorRole(operator))
    row = schema.HomeUse(id="ask", **SAID)
    found = home_use(seen("home_use", row, clinic=clinic, device=device))
    assert [(each.id, each.says, each.sources, each.basis) for each in found] == (
        [("ask", "something", ("NP",), "assumed")] if shown else []
    )


def test_a_disagreement_names_what_each_source_says():
    positions = tuple(schema.Position(source=each, says=f"{each} says so") for each in ("S0", "S3", "S0"))
    plain = {
        "topic": "depth",
        "positions": positions,
        "does": "this",
        "why": "that",
        "lives_in": ("zones:cheek",),
    }
    rows = [schema.Disagreement(id="all", **plain), schema.Disagreement(id="some", when=PREGNANT, **plain)]
    now = seen("disagreements", *rows)
    found = disagreements(now, case_facts(now))
    assert [each.id for each in found] == ["all"]
    assert [(each.source, each.says) for each in found[0].positions] == [
        (s, f"{s} says so") for s in ("S0", "S3", "S0")
    ]
    assert (found[0].topic, found[0].does, found[0].why, found[0].sources) == (
        "depth",
        "this",
        "that",
        ("S0", "S3"),
    )
