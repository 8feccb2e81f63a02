"""Which sessions are planned, when, how deep, and why a plan is empty."""

from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.unit.advice.rows import bench, goal_facts, knowledge_with, moment, table
from tests.unit.factories import TODAY, goal, passes
from tests.unit.factories import session as any_session

from needlepoint.advice.door import case_facts
from needlepoint.advice.healed import healings
from needlepoint.advice.plan import plan
from needlepoint.advice.screening import Screening
from needlepoint.course.answers import YesNo
from needlepoint.course.case import Clinic
from needlepoint.course.goals import OperatorRole, Patient, SkinType
from needlepoint.course.zones import Zone
from needlepoint.rules.verdicts import Verdict

CLEAR = Screening("none", None, (), ())


def session(days=35, **changes):
    return any_session(days, **{"device": "pen", **changes})


def planned(screening=CLEAR, **changes):
    now = moment(**changes)
    return plan(now, screening, healings(now, case_facts(now)))


def by(operator):
    return Clinic.at("America/New_York", OperatorRole(operator))


def skin(skin_type):
    return Patient(date(1990, 5, 14), SkinType(skin_type))


def verdict(name, kind, until=None):
    return Verdict(name, kind, "because", until, ("NP",), "assumed", "prescriber")


def days(found):
    return [each.earliest_on and (each.earliest_on - TODAY).days for each in found.sessions]


def test_a_first_course_is_planned_up_to_the_upper_end_of_its_range():
    found = planned()
    assert found.sessions_range == (3, 6)
    assert [each.number for each in found.sessions] == [1, 2, 3, 4, 5, 6]
    assert days(found) == [0, 30, 60, 90, 120, 150]
    assert (found.interval_days.usual, found.interval_days.minimum) == (30, 28)
    assert (found.why, found.left_out, found.off_label) == ("", (), ())
    assert found.sources == ("S0", "alam-2014", "S1")


def test_sessions_done_count():
    found = planned(sessions=(session(80), session(35)))
    assert [each.number for each in found.sessions] == [3, 4, 5, 6]
    assert days(found) == [0, 30, 60, 90]


def test_after_the_last_session_of_the_range_none_is_planned():
    found = planned(sessions=tuple(session(200 - 30 * n) for n in range(6)))
    assert found.sessions == ()
    assert found.why == "No session is planned: as many were done as such a course usually takes."


@pytest.mark.parametrize(("ago", "first"), [(27, 1), (28, 0), (10, 18)])
def test_the_next_session_keeps_its_distance_from_the_last(ago, first):
    assert days(planned(sessions=(session(ago),)))[:2] == [first, first + 30]


def test_a_shallow_course_may_go_on_sooner():
    shallow = session(10, passes=passes("0.5", Zone.PERIORBITAL_LEFT))
    found = planned(sessions=(shallow,), goal=goal("acne_scars", "periorbital_left"))
    assert found.interval_days.minimum == 14
    assert days(found)[0] == 4


def test_the_next_session_waits_for_the_screening():
    waits = Screening("wait", TODAY + timedelta(days=40), (), ())
    assert days(planned(waits, sessions=(session(10),)))[:2] == [40, 70]
    over = Screening("refer", TODAY + timedelta(days=5), (), ())
    assert days(planned(over, sessions=(session(10),)))[0] == 18


def test_while_a_stop_stands_no_day_is_named():
    found = planned(Screening("stop", None, (), ()))
    assert days(found) == [None] * 6
    assert found.sessions[0].zones != ()


def test_what_no_date_ends_is_settled_before_the_next_session():
    verdicts = (
        verdict("a", "refer"),
        verdict("b", "wait", TODAY),
        verdict("c", "wait"),
        verdict("d", "change"),
    )
    found = planned(Screening("refer", None, verdicts, ()))
    assert found.sessions[0].settle_first == ("a", "c")
    assert {each.settle_first for each in found.sessions[1:]} == {()}


def test_a_goal_closer_than_the_rulebook_keeps_the_rulebooks_distance():
    goals = table(goal_facts(usual_days=14))
    others = {name: getattr(bench(), name) for name in ("devices", "operators", "zones")}
    found = planned(knowledge=knowledge_with(goals=goals, **others))
    assert found.interval_days.usual == 14
    assert days(found)[:2] == [0, 28]


def test_each_zone_has_its_own_depth_and_says_what_limits_it():
    found = planned(goal=goal("acne_scars", "cheek_left", "nose"), clinic=by("nurse"))
    cheek, nose = found.sessions[0].zones
    assert (cheek.zone, nose.zone) == (Zone.CHEEK_LEFT, Zone.NOSE)
    assert (cheek.depth_mm.start, cheek.depth_mm.max) == (Decimal("0.75"), Decimal("1.5"))
    assert cheek.depth_mm.limited_by == "evaluated depth of pen for acne_scars"
    assert (nose.depth_mm.start, nose.depth_mm.max) == (Decimal("0.25"), Decimal("0.75"))
    assert nose.depth_mm.limited_by == "depth limit of the zone nose"
    assert [limit.kind for limit in cheek.limits] == ["evaluated", "device", "zone", "operator"]
    assert cheek.sources == ("skinpen-label", "skinpen-pages", "face-ultrasound", "NP", "depth-charts", "S0")
    assert cheek.endpoint == "an even flush"
    assert cheek.passes == "as many as the endpoint needs, and no more once it shows"


@pytest.mark.parametrize(
    ("skin_type", "start"),
    [("I", "0.75"), ("III", "0.75"), ("IV", "0.5"), ("V", "0.5"), ("VI", "0.5"), ("unknown", "0.5")],
)
def test_skin_that_marks_easily_begins_a_step_lower(skin_type, start):
    zone = planned(patient=skin(skin_type)).sessions[0].zones[0]
    assert (zone.depth_mm.start, zone.depth_mm.max) == (Decimal(start), Decimal("1.5"))


def test_an_eyelid_has_no_depth():
    found = planned(goal=goal("acne_scars", "eyelid_left", "cheek_left"))
    assert [each.zone for each in found.sessions[0].zones] == [Zone.CHEEK_LEFT]
    left_out = found.left_out[0]
    assert (left_out.zone, left_out.sources) == (Zone.EYELID_LEFT, ("face-ultrasound",))
    assert left_out.reason == "Inside the orbital rim: no device is cleared there, so it has no depth."


def test_needles_that_are_too_long_leave_a_zone_out():
    found = planned(device="fixed-roller", goal=goal("acne_scars", "nose", "cheek_left"))
    assert [each.zone for each in found.sessions[0].zones] == [Zone.CHEEK_LEFT]
    assert found.left_out[0].reason == (
        "The fixed-roller needles 1.5 mm deep at the least, "
        "deeper than the 0.75 mm allowed here (depth limit of the zone nose)."
    )
    assert found.left_out[0].sources == ("skinpen-den160029", "skinpen-pages", "face-ultrasound", "S1")


@pytest.mark.parametrize(
    ("device", "zones"), [("pen", ("eyelid_left", "eyelid_right")), ("fixed-roller", ("nose",))]
)
def test_a_plan_without_a_zone_says_so(device, zones):
    found = planned(device=device, goal=goal("acne_scars", *zones))
    assert found.sessions == ()
    assert found.why == "No session is planned: no zone of the goal can be needled with this device."
    assert [each.zone for each in found.left_out] == list(zones)


@pytest.mark.parametrize(
    ("operator", "device"), [("home_user", "pen"), ("nurse_practitioner", "home-roller")]
)
def test_a_device_for_other_hands_has_an_empty_plan_and_a_reason(operator, device):
    found = planned(clinic=by(operator), device=device)
    assert (found.sessions, found.left_out) == ((), ())
    name, who = f"The {device}", operator.replace("_", " ")
    assert found.why == f"No session is planned: {name} is not a device for the operator named ({who})."


def test_a_home_user_keeps_to_the_home_limit():
    found = planned(clinic=by("home_user"), device="home-roller")
    assert found.sessions[0].zones[0].depth_mm.max == Decimal("0.5")
    assert found.off_label == ("The home-roller has no clearance for acne scars.",)


AGAIN = "Screening again on the day: answers grow old."
SCORE = "Outcome score (Global improvement (GAIS)): is another session worth it?"


def test_before_the_first_session_only_the_screening_is_open():
    assert [each.still_open for each in planned().sessions[:2]] == [
        (AGAIN,),
        ("Healing check: has session 1 healed?", SCORE, AGAIN),
    ]


@pytest.mark.parametrize(("healed", "is_open"), [("yes", False), ("no", True), ("unknown", True)])
def test_a_healing_check_that_was_made_is_not_open(healed, is_open):
    first, second = planned(sessions=(session(healed=YesNo(healed)),)).sessions[:2]
    check = ("Healing check: has session 1 healed?",) if is_open else ()
    assert first.still_open == (*check, SCORE, AGAIN)
    assert second.still_open[0] == "Healing check: has session 2 healed?"


def exact_numbers(value):
    if is_dataclass(value):
        return all(exact_numbers(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple):
        return all(map(exact_numbers, value))
    return not isinstance(value, float)


def test_depths_are_decimal_all_the_way():
    assert exact_numbers(planned(goal=goal("acne_scars", "cheek_left", "nose"), clinic=by("nurse")))
