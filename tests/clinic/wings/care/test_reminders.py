"""Reminders: planned once from bookings and sessions, with the visit as a file, and nobody is asked twice."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.clinic.queueing import Taken, agreed, checked_in, due, sent, state

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions.messages import reminders
from needlepoint.clinic.desk.actions.booking import cancel
from needlepoint.clinic.models import Message


def test_reminders_are_planned_from_bookings_and_sessions_once(practice):
    done = practice.done()
    of = done.patient
    agreed(practice, of, ("visits", "sms"), ("follow_up", "sms"))
    booked = practice.booked(of, minutes_from_now=3 * 24 * 60)
    assert reminders.plan(practice.at) == 4
    assert reminders.plan(practice.at) == 0
    purposes = sorted(Message.objects.values_list("purpose", flat=True))
    assert purposes == ["appointment", "check_in", "check_in", "check_in"]
    assert {row.due_at.astimezone(ZoneInfo("America/New_York")).hour for row in Message.objects.all()} == {10}
    cancel(practice.act(Role.FRONT_DESK), booking_id=booked.public_id)
    reminder = Message.objects.get(purpose="appointment")
    sent(practice, Taken(), at=reminder.due_at)
    assert state(reminder) == "dropped"


def announced(practice, channel):
    """What goes out on a channel about a visit in three days, and the visit."""
    of = practice.patient(family_name="Byron", email=f"{channel}@patients.example")
    agreed(practice, of, ("visits", channel))
    booked = practice.booked(of, minutes_from_now=3 * 24 * 60, room=("sms", "email").index(channel))
    reminders.plan(practice.at)
    gateway = Taken()
    sent(practice, gateway, at=Message.objects.get(patient=of).due_at)
    return booked, gateway.letters[-1]


def test_a_mail_that_announces_a_visit_carries_it_for_the_calendar(practice):
    booked, letter = announced(practice, "email")
    file = letter.calendar.decode()
    assert f"DTSTART:{booked.starts_at:%Y%m%dT%H%M}" in file
    assert "SUMMARY:Appointment" in file
    assert not any(word in file for word in ("Byron", "Ada", "Harbour", "Session"))


def test_a_text_message_about_a_visit_carries_no_file(practice):
    assert announced(practice, "sms")[1].calendar == b""


def test_outcomes_are_asked_for_at_30_90_and_180_days(practice):
    done = practice.done()
    agreed(practice, done.patient, ("follow_up", "email"))
    start = practice.at
    for day in range(0, 200, 5):
        reminders.plan(start + timedelta(days=day))
    rows = Message.objects.filter(purpose="outcome").order_by("due_at")
    assert [round((row.due_at - start) / timedelta(days=1)) for row in rows] == [30, 90, 180]


def test_whoever_has_reported_today_is_not_asked_again(practice):
    done = practice.done()
    agreed(practice, done.patient, ("follow_up", "sms"))
    reminders.plan(practice.at)
    first = Message.objects.filter(purpose="check_in").order_by("due_at")[0]
    practice.at = first.due_at - timedelta(hours=1)
    checked_in(practice, done, "expected")
    sent(practice, Taken(), at=first.due_at)
    assert state(first) == "dropped"


def test_who_agreed_to_texts_and_mails_gets_both_on_each_day_on_which_a_reminder_is_due(practice):
    done, gateway = practice.done(), Taken()
    agreed(practice, done.patient)
    reminders.plan(practice.at)
    for day in (1, 3, 7):
        both = Message.objects.filter(once_key__contains=f" {day} ")
        assert sent(practice, gateway, at=both[0].due_at) == 2
        assert {state(row) for row in both} == {"handed_over"}


def test_what_is_about_something_else_waits_for_the_next_day_by_whichever_way_it_would_go(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of)
    for about in ("one", "other"):
        for channel in ("sms", "email"):
            due(practice, of, once_key=f"about {about} {channel}", channel=channel)
    by_day = [sent(practice, gateway, at=practice.at + timedelta(days=day)) for day in range(3)]
    assert by_day == [2, 2, 0]


def test_the_reminder_of_a_visit_is_held_up_by_no_other_question_and_the_others_wait_for_it(practice):
    done, gateway = practice.done(), Taken()
    of = done.patient
    agreed(practice, of)
    booked = practice.booked(of, minutes_from_now=4 * 24 * 60)
    reminders.plan(practice.at)
    reminder = Message.objects.get(purpose="appointment", channel="sms")
    on_the_day = Message.objects.get(once_key__contains=" 3 ", channel="sms")
    assert on_the_day.due_at == reminder.due_at, "the question of day 3 falls on the day before the visit"
    for number in range(3):
        due(practice, of, purpose="outcome", once_key=f"about {number}", channel="email")
        sent(practice, gateway, at=reminder.due_at - timedelta(days=3 - number))
    sent(practice, gateway, at=reminder.due_at)
    assert (state(reminder), state(on_the_day)) == ("handed_over", "waiting")
    assert reminder.handed_over_at < booked.starts_at


def test_two_visits_on_one_day_are_both_announced(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of, ("visits", "sms"))
    practice.booked(of, minutes_from_now=3 * 24 * 60)
    practice.booked(of, minutes_from_now=3 * 24 * 60 + 90, room=1)
    reminders.plan(practice.at)
    both = list(Message.objects.filter(purpose="appointment"))
    sent(practice, gateway, at=both[0].due_at)
    assert [state(row) for row in both] == ["handed_over"] * 2
