"""The course after the course: looks and a session to keep the result, with the clock moved."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.unit.factories import AT, case, session

from needlepoint.advice.after_course import look_days
from needlepoint.advice.door import advise
from needlepoint.course.instants import months_after
from needlepoint.course.standing import Standing
from needlepoint.course.states import CourseState
from needlepoint.evidence.check import findings
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.follow_up import Look
from needlepoint.evidence.loader import convert, packaged

KNOWLEDGE = packaged()
LAST = AT
LAST_ON = date(2026, 3, 2)


def ended(state=CourseState.COMPLETED, after_days=0, sessions=None):
    done = (session(started_at=LAST),) if sessions is None else sessions
    return case(sessions=done, course=Standing(state, LAST + timedelta(days=after_days, hours=1)))


def after(days, **how):
    return advise(ended(**how), LAST + timedelta(days=days, hours=2)).after_course


def on(days):
    return LAST_ON + timedelta(days=days)


def test_while_a_course_is_under_way_nothing_comes_after_it():
    assert advise(case(sessions=(session(started_at=LAST),)), LAST + timedelta(days=200)).after_course is None
    # Never completed: no look is proposed by the advice, however long ago the last session was.
    paused = case(sessions=(session(started_at=LAST),), course=Standing(CourseState.PAUSED))
    assert advise(paused, LAST + timedelta(days=900)).after_course is None


def test_a_completed_course_is_looked_at_after_30_90_and_180_days_and_a_year():
    told = after(0)
    assert [(each.id, each.on) for each in told.looks] == [
        ("day_30", on(30)),
        ("day_90", on(90)),
        ("day_180", on(180)),
        ("yearly", date(2027, 3, 2)),
    ]
    assert all(each.sources and each.basis == "assumed" and each.why for each in told.looks)
    assert {"S4"} <= set(told.looks[-1].sources)


def test_before_the_end_nothing_is_said_of_it():
    assert advise(ended(after_days=50), LAST + timedelta(days=49)).after_course is None
    assert advise(ended(after_days=50), LAST + timedelta(days=51)).after_course is not None


def test_a_course_completed_late_is_not_asked_for_looks_that_are_past():
    assert [each.id for each in after(100, after_days=100).looks] == ["day_90", "day_180", "yearly"]
    assert [each.id for each in after(400, after_days=400).looks] == ["yearly"]


def test_a_stopped_course_is_looked_at_but_no_session_keeps_its_result_and_no_year_is_named():
    told = after(1, state=CourseState.STOPPED)
    assert [each.id for each in told.looks] == ["day_30", "day_90", "day_180"]
    assert told.maintenance is None
    assert "stopped" in told.why


def test_a_course_without_a_session_has_nothing_to_look_at():
    told = after(1, sessions=())
    assert (told.looks, told.maintenance) == ((), None)
    assert "nothing to look at" in told.why


@pytest.mark.parametrize(
    ("days", "ids"),
    [
        (75, ["day_30", "day_90", "day_180", "yearly"]),
        (76, ["day_90", "day_180", "yearly"]),
        (135, ["day_90", "day_180", "yearly"]),
        (136, ["day_180", "yearly"]),
        (225, ["day_180", "yearly"]),
        (226, ["yearly"]),
    ],
)
def test_a_look_is_asked_for_until_its_last_day(days, ids):
    assert [each.id for each in after(days).looks] == ids


@pytest.mark.parametrize(
    ("days", "due"),
    [
        *((24, []), (25, ["day_30"]), (75, ["day_30"]), (76, [])),
        *((334, []), (335, ["yearly"]), (455, ["yearly"]), (456, [])),
    ],
)
def test_a_look_is_due_only_within_its_days(days, due):
    found = look_days(LAST_ON, on(days), "completed", KNOWLEDGE)
    assert [each.look.id for each in found if each.is_due(on(days))] == due


@pytest.mark.parametrize("years", [1, 2, 3, 10])
def test_the_yearly_look_comes_again_each_year_on_the_day_of_the_last_session(years):
    today = months_after(LAST_ON, 12 * years) + timedelta(days=90)
    (yearly,) = look_days(LAST_ON, today, "completed", KNOWLEDGE)
    assert yearly.on == months_after(LAST_ON, 12 * years)
    (next_one,) = look_days(LAST_ON, today + timedelta(days=1), "completed", KNOWLEDGE)
    assert next_one.on == months_after(LAST_ON, 12 * (years + 1))


def test_who_was_treated_on_a_leap_day_is_looked_at_on_the_last_of_february():
    last = date(2028, 2, 29)
    yearly = [each for each in look_days(last, last, "completed", KNOWLEDGE) if each.look.id == "yearly"]
    assert yearly[0].on == date(2029, 2, 28)


def test_days_are_those_of_the_clinic_whatever_the_clocks_did():
    # The clocks of New York go forward on 8 March 2026; half past eleven at night is the next day in UTC.
    late = datetime(2026, 3, 1, 23, 30, tzinfo=ZoneInfo("America/New_York"))
    assert late.astimezone(UTC).date() == date(2026, 3, 2)
    done = case(
        sessions=(session(started_at=late),),
        course=Standing(CourseState.COMPLETED, late + timedelta(hours=1)),
    )
    told = advise(done, late + timedelta(days=20)).after_course
    assert told.looks[0].on == date(2026, 3, 31)


def test_a_session_to_keep_the_result_waits_for_the_look_after_six_months():
    told = after(10).maintenance
    assert told.from_on == on(180)
    assert {"S2", "S4"} <= set(told.sources)
    assert told.basis == "assumed"


def test_a_session_to_keep_the_result_never_comes_before_the_skin_may_be_needled_again():
    soon = msgspec.structs.replace(KNOWLEDGE.looks["day_180"], days=3)
    quick = replace(KNOWLEDGE, looks=MappingProxyType({**KNOWLEDGE.looks, "day_180": soon}))
    bare = (session(started_at=LAST, passes=()),)
    for sessions in (None, bare):
        told = advise(ended(sessions=sessions), LAST + timedelta(days=1), quick).after_course
        assert told.maintenance.from_on >= on(14)


def test_months_count_as_well_for_a_session_to_keep_the_result():
    by_months = msgspec.structs.replace(KNOWLEDGE.looks["day_180"], days=0, months=6)
    other = replace(KNOWLEDGE, looks=MappingProxyType({**KNOWLEDGE.looks, "day_180": by_months}))
    told = advise(ended(), LAST + timedelta(days=1), other).after_course
    assert told.maintenance.from_on == date(2026, 9, 2)


def test_where_nothing_is_on_file_no_session_keeps_a_result():
    none = replace(KNOWLEDGE, maintenance=MappingProxyType({}))
    told = advise(ended(), LAST + timedelta(days=1), none).after_course
    assert (told.maintenance, told.why) == (None, "")


def test_a_course_that_has_ended_plans_nothing_and_says_why():
    plan = advise(ended(), LAST + timedelta(days=40)).plan
    assert plan.sessions == ()
    assert plan.why == "No session is planned: the course was completed."


def keeping(*own_days):
    """A course that keeps what an earlier one reached, whose three sessions lie before it."""
    since = LAST + timedelta(days=200)
    earlier = [session(started_at=LAST - timedelta(days=each)) for each in (60, 30, 0)]
    own = [session(started_at=since + timedelta(days=each)) for each in own_days]
    return case(sessions=(*earlier, *own), course=Standing(maintenance_since=since)), since


def test_a_course_that_keeps_a_result_plans_one_session_by_the_rules_of_any_other():
    one, since = keeping()
    plan = advise(one, since).plan
    assert plan.sessions_range == (1, 1)
    assert [each.number for each in plan.sessions] == [1]
    another = advise(case(sessions=one.sessions), since).plan
    assert plan.sessions[0].zones == another.sessions[0].zones


def test_the_sessions_of_the_earlier_course_are_seen_by_the_rulebook():
    since = LAST + timedelta(days=3)
    early = case(sessions=(session(started_at=LAST),), course=Standing(maintenance_since=since))
    told = advise(early, since)
    assert "spacing.floor" in {each.rule for each in told.verdicts}
    assert told.plan.sessions[0].earliest_on >= on(28)


def test_after_its_one_session_a_course_that_keeps_a_result_plans_no_other():
    one, since = keeping(0)
    plan = advise(one, since + timedelta(days=60)).plan
    assert plan.sessions == ()
    assert "as many were done" in plan.why


def test_a_look_counts_days_or_months_and_not_both():
    row = msgspec.to_builtins(KNOWLEDGE.looks["day_30"])
    for change in ({"months": 1}, {"days": 0}):
        with pytest.raises(EvidenceError, match="either days or months"):
            convert("a look", row | change, Look)


def test_a_session_that_keeps_a_result_from_a_look_that_does_not_exist_is_found():
    row = msgspec.structs.replace(KNOWLEDGE.maintenance["maintenance"], from_look="day_7")
    spoilt = replace(KNOWLEDGE, maintenance=MappingProxyType({"maintenance": row}))
    says = [each.says for each in findings(spoilt, {}, LAST_ON)]
    assert "names 'day_7', which is no look" in says


def test_the_scores_of_every_scale_have_the_moments_of_the_looks():
    moments = {each for scale in KNOWLEDGE.scales.values() for each in scale.moments}
    assert moments - {"baseline"} == set(KNOWLEDGE.looks)
