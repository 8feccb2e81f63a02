"""After the course: a session to keep its result goes through the rulebook, and the pages say who is due and why."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.queueing import agreed
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_look_again import days_after, due, ended, scored

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.course import course as courses
from needlepoint.clinic.chair.actions.course import maintenance
from needlepoint.clinic.chair.queries.course.advice import advice_on, against_a_plan, open_verdicts
from needlepoint.clinic.chair.queries.course.case import case_of
from needlepoint.clinic.chair.queries.course.course_days import days_of
from needlepoint.clinic.chair.queries.look_again import after, looks_at
from needlepoint.clinic.chair.queries.look_again import maintenance as proposed
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.models import Booking, Course, Message, OutcomeScore
from needlepoint.course.zones import Zone

WAYS = (("look_again", "email"), ("look_again", "sms"))
DESK = Role.FRONT_DESK


# ------------------------------------------------------------------------------------- a session to keep a result


def kept(practice, done):
    return maintenance.keep_result(practice.act(), course_id=done.course.public_id)


def test_a_session_to_keep_a_result_makes_sense_from_the_look_after_six_months(practice):
    done = ended(practice)
    row, on = proposed(done.course, practice.actor(Role.NURSE))
    assert on == practice.act().today + timedelta(days=180)
    assert row.sources


def test_it_is_a_course_of_its_own_that_takes_nothing_over_but_goal_zones_and_device(practice):
    done = ended(practice)
    days_after(practice, done, 200)
    made = kept(practice, done)
    assert (made.follows, made.concern, made.zones, made.device) == (
        done.course,
        done.course.concern,
        done.course.zones,
        done.course.device,
    )
    assert (made.state, made.screenings.count(), made.plans.count()) == ("drafted", 0, 0)
    with pytest.raises(Refused, match="under way already"):
        kept(practice, done)
    Course.objects.filter(pk=made.pk).update(state="stopped", ended_at=practice.at)
    assert kept(practice, done).follows == done.course


def test_it_goes_through_the_rulebook_which_sees_what_was_done_in_the_course_before(practice):
    done = ended(practice)
    made = kept(days_after(practice, done, 3), done)
    actor = practice.actor(Role.PRESCRIBER)
    made = Course.objects.select_related("patient", "device").get(pk=made.pk)
    case = case_of(made, actor, practice.at)
    assert [each.started_at for each in case.sessions] == [done.opened_at]
    said = advice_on(made, actor, practice.at)
    assert "spacing.floor" in {each.rule for each in said.verdicts}
    assert "spacing.floor" in {each.rule for each in open_verdicts(made, said)}
    assert said.plan.sessions_range == (1, 1)
    read = chart(made.patient, actor, practice.at, made.public_id).course
    assert {each.rule for each in read.advice.verdicts} == {each.rule for each in said.verdicts}


def test_its_day_is_named_as_late_as_the_skin_needs_and_no_session_opens_before(practice):
    done = ended(practice)
    made = kept(days_after(practice, done, 3), done)
    practice.screened(made)
    for each in against_a_plan(
        open_verdicts(made, advice_on(made, practice.actor(Role.PRESCRIBER), practice.at))
    ):
        courses.decide_otherwise(
            practice.act(), course_id=made.public_id, rule=each.rule, reason="Seen and weighed."
        )
    made = Course.objects.select_related("patient", "device").get(pk=made.pk)
    wishes = [courses.ZoneWish(Zone(zone), Decimal("1.00"), 2) for zone in made.zones]
    courses.agree_plan(practice.act(), course_id=made.public_id, wishes=wishes, sessions=1, interval_days=30)
    made = Course.objects.select_related("patient", "device").get(pk=made.pk)
    day = days_of(made, practice.actor(Role.PRESCRIBER), practice.at).next
    assert day.allowed_on >= (done.opened_at + timedelta(days=28)).date()
    with pytest.raises(Refused):
        practice.opened(practice.consented(made))


def test_it_is_screened_planned_consented_to_and_needled_like_any_other(practice):
    done = ended(practice)
    practice.healed(done)
    made = kept(days_after(practice, done, 200), done)
    with pytest.raises(Refused):
        courses.agree_plan(practice.act(), course_id=made.public_id, wishes=[], sessions=2, interval_days=30)
    again = practice.done(practice.opened(practice.consented(practice.planned(made, sessions=1))))
    assert (again.number, again.course) == (1, made)
    courses.end(practice.act(), course_id=made.public_id, how="complete", reason="Done.")
    actor = practice.actor(Role.NURSE)
    # The looks count from the session that kept the result, and stay with the course that reached it.
    first = looks_at(done.course, actor, practice.at)[0]
    assert first.day.on == practice.act().today + timedelta(days=30)
    assert after(Course.objects.get(pk=made.pk), actor, practice.at) is None
    assert due(days_after(practice, again, 31)) == ["day_30"]
    scored(practice, made, "day_30")
    assert OutcomeScore.objects.get().course == done.course
    assert due(practice) == []


def test_who_has_gone_gets_no_further_course(practice):
    done = ended(practice)
    practice.gone(done.patient)
    with pytest.raises(Refused):
        kept(practice, done)


def test_only_who_drafts_courses_begins_one_that_keeps_a_result(practice):
    done = ended(practice)
    with pytest.raises(NotAllowed):
        maintenance.keep_result(practice.act(DESK), course_id=done.course.public_id)


# ------------------------------------------------------------------------------------------------------------- pages


@pytest.fixture
def live(db):
    """A course that ended 31 days before the present."""
    practice = Practice.found("Harbour Skin", at=datetime.now(UTC) - timedelta(days=31, hours=2))
    done = ended(practice)
    agreed(practice, done.patient, *WAYS)
    practice.at = datetime.now(UTC) - timedelta(minutes=5)
    return practice, done


def sent(client, where, done, **typed):
    told = {"key": str(uuid4()), "patient": str(done.patient.public_id)}
    return client.post(where, told | typed)


def test_the_chart_of_a_completed_course_says_what_comes_after_and_why(live):
    practice, done = live
    where = reverse("course_chart", args=[done.patient.public_id, done.course.public_id])
    page = " ".join(signed_in(practice, Role.PRESCRIBER).get(where).content.decode().split())
    for words in (
        "After this course",
        "Look after 30 days",
        "due now, until",
        "Yearly look",
        "not before",
        "S4, NP",
    ):
        assert words in page
    assert "assumed" in page
    answer = sent(
        signed_in(practice, Role.PRESCRIBER), reverse("keep_result", args=[done.course.public_id]), done
    )
    assert answer.status_code == 302
    made = Course.objects.get(follows=done.course)
    assert answer.url == reverse("screening", args=[made.public_id])
    theirs = reverse("course_chart", args=[done.patient.public_id, made.public_id])
    assert (
        "keeps the result of an earlier one" in signed_in(practice, Role.NURSE).get(theirs).content.decode()
    )


def test_the_front_desk_sees_who_is_due_and_books_or_invites_with_one_tap(live):
    practice, done = live
    client = signed_in(practice, DESK)
    page = client.get(reverse("look_again")).content.decode()
    assert "Look after 30 days" in page
    book = f"{reverse('book', args=[done.patient.public_id])}?what=look%3A{done.course.public_id}%3Aday_30"
    assert book.replace("&", "&amp;") in page
    assert 'value="look:' in client.get(book).content.decode()
    assert (
        sent(client, reverse("invite_to_look", args=[done.course.public_id]), done, look="day_30").status_code
        == 302
    )
    assert Message.objects.filter(purpose="look_again").count() == 2
    again = sent(client, reverse("invite_to_look", args=[done.course.public_id]), done, look="day_30")
    assert again.status_code == 409
    assert "Invited" in client.get(reverse("look_again")).content.decode()


def test_a_look_is_booked_from_the_form_and_stands_in_the_diary_by_its_name(live):
    practice, done = live
    client = signed_in(practice, DESK)
    starts = (
        (datetime.now(UTC) + timedelta(days=1))
        .astimezone(practice.actor(DESK).zone)
        .replace(hour=11, minute=0)
    )
    typed = {
        "what": f"look:{done.course.public_id}:day_30",
        "starts_at": f"{starts:%Y-%m-%dT%H:%M}",
        "room": practice.rooms[0].pk,
        "operator": practice.members[Role.NURSE].pk,
        "minutes": "30",
        "numbing_minutes": "0",
        "clean_down_minutes": "0",
        "purpose": "ignored",
    }
    where = reverse("book", args=[done.patient.public_id])
    answer = sent(client, where, done, **typed)
    if answer.status_code != 302:
        asked = [each["says"] if isinstance(each, dict) else each for each in answer.context["questions"]]
        answer = sent(client, where, done, **typed, agreed=asked)
    assert answer.status_code == 302
    visit = Booking.objects.get()
    assert (visit.purpose, visit.looks_at) == ("Look after 30 days", done.course)
    assert (
        sent(client, where, done, **typed | {"what": f"look:{done.course.public_id}:day_7"}).status_code
        == 404
    )


def test_a_day_without_anybody_due_says_so(practice):
    practice.at = datetime.now(UTC) - timedelta(minutes=2)
    page = signed_in(practice, DESK).get(reverse("look_again")).content.decode()
    assert "Nobody is due to be looked at." in page
