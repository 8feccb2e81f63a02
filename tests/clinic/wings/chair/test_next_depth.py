"""The depth that is proposed from what was done and what came of it: on the plan's page and at the chair."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.needling import healing
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.case import case_of
from needlepoint.clinic.chair.queries.course.plan import Proposed, plan_rows
from needlepoint.clinic.chair.queries.needling.capture import capture_rows
from needlepoint.clinic.models import AdviceGiven
from needlepoint.course.answers import YesNo
from needlepoint.course.zones import Zone

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CHEEK = "cheek_left"


@pytest.fixture
def practice(db):
    """One whose first session lies so far back that the second may take place today."""
    now = datetime.now(UTC)
    # Where it is noon now, so that no midnight comes between.
    return Practice.found("Harbour Skin", zone_name=f"Etc/GMT{now.hour - 12:+d}", at=now - timedelta(days=45))


@pytest.fixture
def done(practice):
    return practice.done()


def today(practice):
    practice.at = max(practice.at, datetime.now(UTC) - timedelta(minutes=30))
    return practice


def row_of(practice, course, zone=CHEEK):
    advice = advice_on(course, practice.actor(Role.PRESCRIBER), today(practice).at)
    return next(each for each in plan_rows(course, advice, {}) if each.zone.value == zone)


def page(practice, name, key):
    client = Client()
    client.force_login(practice.members[Role.PRESCRIBER], backend=BACKEND)
    answer = client.get(reverse(name, args=[key]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def second(practice, done):
    """The next session, opened at the chair today."""
    today(practice)
    practice.screened(done.course)
    practice.settled(done.course)
    return practice.opened(practice.consented(done.course))


def test_before_the_first_session_the_plan_proposes_where_the_goal_begins(practice):
    row = row_of(practice, practice.course())
    assert (row.depth_mm, row.proposed.move, row.proposed.last_mm) == (Decimal("1.00"), "first", None)
    assert row.done_so.startswith("Start low, raise to the endpoint; most scar trials")


def test_the_page_of_a_first_plan_says_where_it_begins_and_how_courses_were_done(practice):
    course = practice.course()
    today(practice).screened(course)
    said = page(practice, "plan", course.public_id)
    assert "Proposed: 1.00 mm. Not needled in this course yet: it starts low." in said
    assert "Start low, raise to the endpoint; most scar trials ended at 1.5 mm." in said


def test_what_healed_well_is_proposed_a_step_deeper_with_the_reason(practice, done):
    practice.healed(done)
    row = row_of(practice, done.course)
    assert (row.proposed.mm, row.proposed.last_mm, row.proposed.move) == (Decimal("1.25"), 1, "up")
    # What was agreed on stands; nobody is taken deeper by a page.
    assert row.depth_mm == Decimal("1.00")
    said = page(practice, "plan", done.course.public_id)
    assert "Proposed: 1.25 mm, deeper than the 1.00 mm of last time. It healed well:" in said


def test_where_nobody_looked_it_stays(practice, done):
    said = page(today(practice), "plan", done.course.public_id)
    assert row_of(practice, done.course).proposed.move == "stays"
    assert "Proposed: 1.00 mm, as last time. Whether it healed is not on record" in said


def test_what_had_not_healed_begins_a_step_less_deep_on_the_page(practice, done):
    healing.check_healing(today(practice).act(), session_id=done.public_id, healed=YesNo.NO)
    row = row_of(practice, done.course)
    assert (row.depth_mm, row.proposed.move) == (Decimal("0.75"), "down")


def test_after_an_unwanted_effect_the_plan_begins_a_step_less_deep(practice, done):
    practice.healed(done)
    practice.adverse_event(done.patient, done)
    row = row_of(practice, done.course)
    assert (row.depth_mm, row.proposed.mm) == (Decimal("0.75"), Decimal("0.75"))
    said = page(practice, "plan", done.course.public_id)
    assert "Proposed: 0.75 mm, less deep than the 1.00 mm of last time. There was a reaction" in said


def test_an_unwanted_effect_without_a_session_counts_to_the_last_one_before_it_began(practice, done):
    practice.healed(done)
    practice.adverse_event(done.patient, began_on=done.opened_at.date() - timedelta(days=9))
    assert row_of(practice, done.course).proposed.move == "up"
    practice.adverse_event(done.patient, kind="burn")
    assert row_of(practice, done.course).proposed.move == "down"
    case = case_of(done.course, practice.actor(Role.NURSE), practice.at)
    assert [each.adverse for each in case.sessions] == [("burn",)]


def test_a_fault_of_the_device_moves_no_depth(practice, done):
    practice.healed(done)
    practice.adverse_event(done.patient, done, kind="device_fault")
    assert row_of(practice, done.course).proposed.move == "up"


def test_an_effect_after_a_session_of_another_course_is_not_of_this_one(practice, done):
    practice.healed(done)
    nose = practice.planned(practice.course(of=done.patient, zones=(Zone.NOSE,)), depth="0.50")
    practice.settled(nose)
    practice.done(practice.opened(practice.consented(nose)), depth="0.50")
    practice.adverse_event(done.patient, done)
    cases = [case_of(each, practice.actor(Role.NURSE), today(practice).at) for each in (nose, done.course)]
    assert [[each.adverse for each in case.sessions] for case in cases] == [[()], [("dark_patch",)]]


def test_at_the_chair_the_proposal_stands_beside_the_depth_of_last_time(practice, done):
    practice.healed(done)
    session = second(practice, done)
    row = next(each for each in capture_rows(session, {}) if each.zone == CHEEK)
    assert (row.depth_mm, row.proposed.mm, row.proposed.move) == (Decimal("1.00"), Decimal("1.25"), "up")
    said = page(practice, "session", session.public_id)
    assert "Proposed: 1.25 mm, deeper than the 1.00 mm of last time. It healed well:" in said


def test_at_the_chair_a_reaction_begins_a_step_less_deep(practice, done):
    practice.healed(done)
    practice.adverse_event(done.patient, done, kind="burn")
    session = second(practice, done)
    rows = {each.zone: each for each in capture_rows(session, {})}
    assert (rows[CHEEK].depth_mm, rows[CHEEK].proposed.move) == (Decimal("0.75"), "down")
    assert rows[CHEEK].usual == "0.75 2"
    said = page(practice, "session", session.public_id)
    assert "There was a reaction after it: a step less deep." in said


def test_a_session_opened_before_there_were_proposals_shows_none(practice, done):
    practice.healed(done)
    session = second(practice, done)
    for zone in session.advice.document["plan"]["sessions"][0]["zones"]:
        del zone["proposal"]
    rows = capture_rows(session, {})
    assert {each.proposed for each in rows} == {None}
    assert rows[0].depth_mm == Decimal("1.00")
    assert AdviceGiven.objects.filter(pk=session.advice_id).exists()


@pytest.mark.parametrize(("move", "stands"), [("down", "0.75"), ("stays", "1.00"), ("up", "1.00")])
def test_only_a_step_down_takes_the_place_of_what_was_agreed_on(move, stands):
    proposed = Proposed(Decimal("0.75"), Decimal(1), move, "because")
    assert proposed.instead_of(Decimal("1.00")) == Decimal(stands)
    assert proposed.instead_of(Decimal("0.50")) == Decimal("0.50")
