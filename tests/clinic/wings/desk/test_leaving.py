"""A patient leaves or dies: noted with a reason, nothing open lost, nothing sent, found by name, with a way back."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.queueing import agreed, checked_in
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import triage
from needlepoint.clinic.care.actions.messages.reminders import plan
from needlepoint.clinic.care.actions.messages.worth_sending import useless
from needlepoint.clinic.care.queries.triage import open_count, queue
from needlepoint.clinic.chair.actions import adverse
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.needling import numbing, session
from needlepoint.clinic.chair.actions.outbox import message
from needlepoint.clinic.chair.queries.adverse import events
from needlepoint.clinic.chair.queries.duplicates import like, pairs
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.chair.queries.patient_list import patient_page
from needlepoint.clinic.desk.actions import booking, leaving
from needlepoint.clinic.desk.queries.day import day_columns
from needlepoint.clinic.desk.queries.enquiry import enquiries
from needlepoint.clinic.desk.queries.leaving import still_open
from needlepoint.clinic.models import Booking, Course, Message, Patient, RecordLine, Visitor
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.practice.queries.review import to_review

DIRECTOR = Role.MEDICAL_DIRECTOR


@pytest.fixture
def practice(db):
    return Practice.found("Harbour Skin")


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def reviewed(practice, of_session):
    session.countersign(practice.act(DIRECTOR), session_ids=[of_session.public_id])
    return of_session


def with_adverse_event(practice):
    of = practice.patient()
    practice.adverse_event(of)
    return of, "adverse event goes on"


def with_check_in_unread(practice):
    done = reviewed(practice, practice.done())
    checked_in(practice, done)
    return done.patient, "was not looked at"


def with_check_in_seen(practice):
    done = reviewed(practice, practice.done())
    task = checked_in(practice, done)
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    return done.patient, "is not closed"


def with_session_under_way(practice):
    return practice.opened().patient, "is under way"


def with_unsigned_session(practice):
    return practice.done().patient, "waits for the medical director"


OPEN = [
    with_adverse_event,
    with_check_in_unread,
    with_check_in_seen,
    with_session_under_way,
    with_unsigned_session,
]


@pytest.mark.parametrize("begun", OPEN)
def test_nobody_leaves_while_something_is_open_and_the_refusal_names_it(practice, begun):
    of, says = begun(practice)
    with pytest.raises(leaving.WorkOpen, match=says):
        practice.gone(of, "left")
    assert not Patient.objects.get(pk=of.pk).gone_as
    assert not RecordLine.objects.filter(act="patient left").exists()


@pytest.mark.parametrize("begun", OPEN)
def test_a_death_is_noted_at_once_and_what_is_open_stays_open(practice, begun):
    of, _ = begun(practice)
    before = [(each.page, each.row.pk) for each in still_open(of)]
    practice.gone(of)
    assert Patient.objects.get(pk=of.pk).gone_as == "died"
    assert [(each.page, each.row.pk) for each in still_open(of)] == before
    assert RecordLine.objects.get(act="patient died").detail["open"] == len(before)


def test_once_all_is_ended_the_patient_can_leave(practice):
    done = reviewed(practice, practice.done())
    event = practice.adverse_event(done.patient)
    adverse.follow_up(practice.act(), event_id=event.public_id, words="Gone.", outcome="recovered")
    task = checked_in(practice, done, level="routine")
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    triage.close(practice.act(Role.NURSE), task_id=task.public_id, outcome="advised", words="All is well.")
    assert practice.gone(done.patient, "left").gone_as == "left"


def test_every_list_of_work_keeps_what_belongs_to_the_dead(practice):
    waiting = practice.consented()
    of, nurse = waiting.patient, practice.actor(Role.NURSE)
    practice.booked(of, waiting)
    done = practice.done(practice.opened(waiting))
    task = checked_in(practice, done)
    event = practice.adverse_event(of)
    practice.asked_for_appointment(of)
    practice.gone(of)
    assert [each.task.pk for each in queue(nurse, practice.at)] == [task.pk]
    assert open_count(nurse, practice.at).red == 1
    assert [each.event.pk for each in events(nurse)] == [event.pk]
    assert [each.session.pk for each in to_review(practice.actor(DIRECTOR))] == [done.pk]
    assert [each.patient_id for each in enquiries(nurse)[0]] == [of.pk]
    today = practice.act().today
    assert sum(len(each.cards) for each in day_columns(nurse, today, practice.at)) == 1
    assert chart(of, nurse, practice.at).flags


def test_the_day_and_the_room_agree_once_a_patient_has_left(practice):
    waiting = practice.planned().sessions.order_by("number")[0]
    visit = practice.booked(waiting.patient, waiting, minutes_from_now=120)
    practice.gone(waiting.patient, "left")
    visit.refresh_from_db()
    assert visit.cancelled_at
    other = practice.booked(practice.patient(given_name="Bea", email="", phone=""), minutes_from_now=120)
    assert other.room_id == visit.room_id
    told = RecordLine.objects.get(act="cancelled booking")
    assert told.detail["reason"] == "The patient left the practice."


def test_a_visit_that_is_going_on_is_not_cancelled(practice):
    waiting = practice.consented()
    visit = practice.booked(waiting.patient, waiting)
    opened = practice.opened(waiting)
    practice.gone(opened.patient)
    visit.refresh_from_db()
    assert visit.cancelled_at is None
    assert practice.done(opened).state == "done"


def test_a_visit_that_has_begun_and_whose_session_has_not_is_cancelled_too(practice):
    visit = practice.booked(practice.patient(), minutes_from_now=-10)
    practice.gone(visit.patient, "left")
    assert Booking.objects.get(pk=visit.pk).cancelled_at


@pytest.mark.parametrize("how", ["left", "died"])
def test_nothing_new_begins_for_somebody_who_is_gone(practice, how):
    running = practice.planned()
    of, waiting = running.patient, running.sessions.order_by("number")[0]
    slot = booking.Slot(
        room_key=practice.rooms[0].pk,
        operator_key=practice.members[Role.NURSE].pk,
        starts_at=practice.at + timedelta(days=2),
        minutes=30,
    )
    practice.gone(of, how)
    assert Course.objects.get(pk=running.pk).state == "paused"
    begins = [
        lambda: practice.course(of),
        lambda: practice.planned(running),
        lambda: practice.booked(of),
        lambda: booking.book_course(
            practice.act(), course_id=running.public_id, slot=slot, starts={waiting.public_id: slot.starts_at}
        ),
        lambda: session.pass_screening(practice.act(), session_id=waiting.public_id),
        lambda: numbing.start_numbing(practice.act(), session_id=waiting.public_id),
        lambda: course.end(practice.act(), course_id=running.public_id, how="resume", reason=""),
        lambda: sign_in.invite(practice.act(), patient_id=of.public_id, language="en"),
    ]
    for begin in begins:
        with pytest.raises(Refused, match=r"has died|left the practice"):
            begin()


def test_a_session_that_was_consented_to_is_not_opened_for_somebody_who_is_gone(practice):
    waiting = practice.consented()
    practice.gone(waiting.patient, "left")
    with pytest.raises(Refused, match="left the practice"):
        practice.opened(waiting)


@pytest.mark.parametrize("how", ["left", "died"])
def test_whatever_waits_for_somebody_who_is_gone_is_dropped(practice, how):
    of = practice.patient()
    agreed(practice, of)
    for purpose in ("appointment", "check_in", "notice"):
        message.enqueue(practice.act(), purpose=purpose, channel="email", to=of, once_key=purpose)
    practice.gone(of, how)
    assert set(Message.objects.filter(patient=of).values_list("state", flat=True)) == {"dropped"}


@pytest.mark.parametrize(("how", "arrives"), [("left", True), ("died", False)])
def test_safety_reaches_those_who_left_and_nothing_reaches_the_dead(practice, how, arrives):
    of = practice.patient()
    agreed(practice, of)
    practice.gone(of, how)
    said = {}
    for purpose in ("not_seen", "appointment", "check_in", "outcome", "screening"):
        row = message.enqueue(practice.act(), purpose=purpose, channel="email", to=of, once_key=purpose)
        said[purpose] = useless(Message.objects.select_related("patient").get(pk=row.pk), practice.at)
    assert (said.pop("not_seen") == "") is arrives
    assert all(said.values())


def test_no_reminder_is_planned_for_somebody_who_is_gone(practice):
    done = reviewed(practice, practice.done())
    agreed(practice, done.patient)
    practice.gone(done.patient, "left")
    plan(practice.at + timedelta(days=1))
    assert not Message.objects.filter(patient=done.patient).exclude(state="dropped").exists()


def test_the_portal_is_shut(practice):
    of = practice.patient()
    sign_in.invite(practice.act(), patient_id=of.public_id, language="en")
    practice.gone(of, "left")
    assert Visitor.objects.get(patient=of).closed_at


def test_somebody_who_is_gone_is_found_by_name_and_named_so(practice):
    practice.gone(practice.patient(given_name="Ada"))
    desk = practice.actor(Role.FRONT_DESK)
    assert [each.gone_as for each in patient_page(desk, "Byron", None).rows] == ["died"]
    assert not patient_page(desk, "", None).rows


def test_a_second_chart_of_somebody_who_is_gone_is_noticed(practice):
    of = practice.gone(practice.patient(), "left")
    names = ("given_name", "family_name", "born_on", "phone", "email")
    again = SimpleNamespace(**{name: getattr(of, name) for name in names})
    assert again.born_on == date(1990, 5, 14)
    assert [each.pk for each, _ in like(practice.actor(Role.FRONT_DESK), again)] == [of.pk]
    practice.patient()
    assert pairs(practice.actor(DIRECTOR))[1] == 1


OTHERS = (Role.FRONT_DESK, Role.NURSE, Role.AESTHETICIAN, Role.CLINIC_ADMIN, Role.AUDITOR)


@pytest.mark.parametrize("role", OTHERS)
def test_only_whoever_prescribes_says_that_somebody_is_gone_or_takes_them_back(practice, role):
    of = practice.patient()
    with pytest.raises(NotAllowed):
        practice.gone(of, role=role)
    practice.gone(of)
    with pytest.raises(NotAllowed):
        leaving.take_back(practice.act(role), patient_id=of.public_id, reason="x")


@pytest.mark.parametrize(
    "told",
    [
        {"how": "moved", "reason": "x"},
        {"how": "", "reason": "x"},
        {"how": "left", "reason": "  "},
        {"how": "died", "reason": "x", "died_on": date(2026, 3, 3)},
        {"how": "left", "reason": "x", "died_on": date(2026, 3, 1)},
    ],
)
def test_what_cannot_be_is_refused(practice, told):
    of = practice.patient()
    with pytest.raises(Refused):
        leaving.leave(practice.act(), patient_id=of.public_id, leaving=leaving.Leaving(**told))
    assert not Patient.objects.get(pk=of.pk).gone_as


@pytest.mark.parametrize("how", ["left", "died"])
def test_there_is_a_way_back_and_the_record_tells_both_ways(practice, how):
    running = practice.planned()
    of = practice.gone(running.patient, how, "Moved to Leeds.")
    with pytest.raises(Refused):
        practice.gone(of, how)
    with pytest.raises(Refused):
        leaving.take_back(practice.act(), patient_id=of.public_id, reason=" ")
    leaving.take_back(practice.act(), patient_id=of.public_id, reason="Back from Leeds.")
    with pytest.raises(Refused):
        leaving.take_back(practice.act(), patient_id=of.public_id, reason="Again.")
    assert Patient.objects.get(pk=of.pk).gone_as == ""
    line = RecordLine.objects.get(act="took patient back")
    assert line.detail == {"was": how, "was_because": "Moved to Leeds.", "reason": "Back from Leeds."}
    course.end(practice.act(), course_id=running.public_id, how="resume", reason="")
    assert practice.booked(of)


# ------------------------------------------------------------------------------------------------------------ the pages


def sent_form(client, of, name="leave_patient", **typed):
    typed = {"key": uuid4(), "patient": of.public_id, "how": "left", "reason": "Moved."} | typed
    return client.post(reverse(name, args=[of.public_id]), typed)


@pytest.mark.parametrize("begun", OPEN)
def test_the_page_links_to_everything_that_is_open(live, begun):
    of, _ = begun(live)
    client = signed_in(live, DIRECTOR)
    answer = sent_form(client, of)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Nothing was changed" in shown
    assert "Moved." in shown
    names = {"adverse": "adverse_event", "check_in": "triage_task", "session": "session"}
    assert still_open(of)
    for each in still_open(of):
        where = reverse(names[each.page], args=[each.row.public_id])
        assert where in shown
        assert client.get(where).status_code == 200


def test_from_leaving_to_the_list_and_back_by_the_pages_alone(live):
    of = live.patient(given_name="Ada", family_name="Byron")
    client, desk = signed_in(live, DIRECTOR), signed_in(live, Role.FRONT_DESK)
    assert sent_form(client, of, how="died", died_on="2026-01-02").status_code == 302
    listed = client.get(reverse("gone")).content.decode()
    assert "Died on 2 Jan 2026: Moved." in listed
    assert "Died on 2 Jan 2026" in client.get(reverse("chart", args=[of.public_id])).content.decode()
    assert "has died" in desk.get(reverse("patients") + "?q=Byron").content.decode()
    assert "Died on 2 Jan 2026" in desk.get(reverse("edit_patient", args=[of.public_id])).content.decode()
    assert sent_form(client, of, "take_back", reason="A mistake.").status_code == 302
    assert "Byron" not in client.get(reverse("gone")).content.decode()
    assert "Died" not in client.get(reverse("chart", args=[of.public_id])).content.decode()


def test_the_front_desk_sees_the_list_and_no_way_to_change_it(live):
    of = live.gone(live.patient())
    desk = signed_in(live, Role.FRONT_DESK)
    shown = desk.get(reverse("gone")).content.decode()
    assert "The family rang." in shown
    assert "Take back" not in shown
    assert sent_form(desk, of, "take_back", reason="x").status_code == 403
    assert sent_form(desk, live.patient(given_name="Bea")).status_code == 403
