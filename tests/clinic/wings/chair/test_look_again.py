"""The course after the course: who is looked at again and when, with the clock moved."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.clinic.practice import Practice, agreeing
from tests.clinic.queueing import agreed, checked_in
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.checks import NotAllowed, NotHere, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import triage
from needlepoint.clinic.care.actions.messages.reminders import still_wanted
from needlepoint.clinic.chair.actions import chart_link, outcome
from needlepoint.clinic.chair.actions.course import course as courses
from needlepoint.clinic.chair.actions.course import maintenance
from needlepoint.clinic.chair.queries import outcome as outcome_queries
from needlepoint.clinic.chair.queries.look_again import due_looks, looks_at, looks_for
from needlepoint.clinic.chair.queries.look_again import maintenance as proposed
from needlepoint.clinic.desk.actions import booking, look_again, slots
from needlepoint.clinic.desk.queries.booking import choices
from needlepoint.clinic.desk.queries.look_again import due_to_be_seen
from needlepoint.clinic.models import Booking, Message, OutcomeScore, Photo

WAYS = (("look_again", "email"), ("look_again", "sms"))
DESK = Role.FRONT_DESK


def ended(practice, how="complete", sessions=1, **lapse):
    """A course of one session that was done and then ended, at once or later."""
    done = practice.done(practice.opened(practice.consented(practice.planned(sessions=sessions))))
    practice.later(**lapse)
    courses.end(practice.act(), course_id=done.course.public_id, how=how, reason="As agreed.")
    done.course.refresh_from_db()
    return done


def days_after(practice, done, days, hours=0):
    practice.at = done.finished_at + timedelta(days=days, hours=hours)
    return practice


def due(practice):
    return [each.day.look.id for each in due_looks(practice.actor(DESK), practice.at)]


def invited(practice, done, look="day_30"):
    return look_again.invite(practice.act(DESK), course_id=done.course.public_id, look=look)


def booked(practice, done, look="day_30", days=1):
    slot = slots.Slot(
        room_key=practice.rooms[0].pk,
        operator_key=practice.members[Role.NURSE].pk,
        starts_at=practice.at + timedelta(days=days),
        minutes=30,
    )
    act = practice.act(DESK)
    wanted = look_again.LookFor(done.course.public_id, look)
    return agreeing(
        lambda sure: booking.book(
            act, patient_id=done.patient.public_id, slot=slot, purpose="Look", look=wanted, sure=sure
        )
    )


def scored(practice, of, moment):
    return outcome.score(practice.act(Role.NURSE), course_id=of.public_id, moment=moment, values={"gais": 2})


# ------------------------------------------------------------------------------------------------------- who is due


def test_a_completed_course_is_due_after_30_90_and_180_days_and_every_year(practice):
    done = ended(practice)
    found = {days: due(days_after(practice, done, days)) for days in (24, 25, 75, 76, 90, 136, 180, 226, 300)}
    assert found == {
        24: [],
        25: ["day_30"],
        75: ["day_30"],
        76: [],
        90: ["day_90"],
        136: [],
        180: ["day_180"],
        226: [],
        300: [],
    }
    for years in (1, 2, 5):
        assert due(days_after(practice, done, 365 * years)) == ["yearly"]
        assert due(days_after(practice, done, 365 * years + 200)) == []


def test_a_course_completed_late_is_asked_for_what_is_not_past(practice):
    done = ended(practice, days=100)
    assert due(practice) == ["day_90"]
    days_after(practice, done, 100, hours=1)
    looks = looks_at(done.course, practice.actor(Role.NURSE), practice.at)
    assert [each.day.look.id for each in looks] == ["day_90", "day_180", "yearly"]


def test_a_stopped_course_is_looked_at_but_not_every_year_and_nothing_keeps_its_result(practice):
    done = ended(practice, how="stop")
    assert due(days_after(practice, done, 30)) == ["day_30"]
    assert due(days_after(practice, done, 365)) == []
    assert proposed(done.course, practice.actor(Role.NURSE)) is None
    with pytest.raises(Refused, match="Only the result of a completed course"):
        maintenance.keep_result(practice.act(), course_id=done.course.public_id)


def test_a_course_that_nobody_ended_is_found_after_three_months_and_says_so(practice):
    done = practice.done(practice.opened(practice.consented(practice.planned(sessions=3))))
    assert due(days_after(practice, done, 40)) == []
    (found,) = due_to_be_seen(practice.actor(DESK), days_after(practice, done, 95).at)
    assert (found.at.never_ended, found.inviting) == (True, False)
    with pytest.raises(Refused, match="not due now"):
        invited(practice, done, "day_90")
    # With its next session in the diary it was not forgotten.
    practice.booked(done.patient, done.course.sessions.get(number=2), minutes_from_now=60 * 24)
    assert due(practice) == []


def test_nobody_who_left_or_died_is_due_or_can_be_invited_or_booked(practice):
    done = ended(practice)
    agreed(practice, done.patient, *WAYS)
    days_after(practice, done, 31)
    practice.gone(done.patient, how="died")
    assert due(practice) == []
    for refused in (invited, booked):
        with pytest.raises(Refused):
            refused(practice, done)
    assert not Message.objects.filter(purpose="look_again").exists()


@pytest.mark.parametrize(
    ("zone", "hour"), [("America/New_York", 3), ("Europe/Berlin", 22), ("Asia/Kathmandu", 18)]
)
def test_days_are_those_of_the_clinics_calendar_whatever_the_clocks_did(db, zone, hour):
    # In these days clocks go forward in New York and in Berlin; late in the evening UTC has another date.
    practice = Practice.found("Harbour Skin", zone_name=zone, at=datetime(2026, 2, 27, hour, 40, tzinfo=UTC))
    done = ended(practice)
    local = practice.actor(DESK).zone
    last_on = done.finished_at.astimezone(local).date()
    (first, *_) = looks_at(done.course, practice.actor(DESK), practice.at)
    assert first.day.on == last_on + timedelta(days=30)
    begins = datetime.combine(last_on + timedelta(days=25), datetime.min.time(), local)
    practice.at = begins - timedelta(seconds=1)
    assert due(practice) == []
    practice.at = begins
    assert due(practice) == ["day_30"]


def test_what_was_scored_or_seen_is_due_no_more_until_the_next_look(practice):
    done = ended(practice)
    days_after(practice, done, 31)
    scored(practice, done.course, "day_30")
    assert due(practice) == []
    assert due(days_after(practice, done, 91)) == ["day_90"]
    visit = booked(practice, done, "day_90", days=0)
    booking.came(practice.act(DESK), booking_id=visit.public_id)
    assert due(practice) == []
    # A year later a score of the year before does not count.
    scored(days_after(practice, done, 366), done.course, "yearly")
    assert due(practice) == []
    assert due(days_after(practice, done, 731)) == ["yearly"]


def test_the_patients_own_score_is_no_look(practice):
    done = ended(practice)
    days_after(practice, done, 31)
    outcome.score(
        practice.act(Role.NURSE),
        course_id=done.course.public_id,
        moment="day_30",
        values={"sgais": 2},
        by_patient=True,
    )
    assert due(practice) == ["day_30"]


def test_another_clinics_courses_are_not_due_here(practice, other_practice):
    done = ended(practice)
    other_practice.at = days_after(practice, done, 31).at
    assert due(other_practice) == []
    with pytest.raises(NotHere):
        invited(other_practice, done)


# ---------------------------------------------------------------------------------------------- booked and invited


def test_a_look_is_booked_once_and_stands_as_booked_until_it_is_cancelled(practice):
    done = ended(practice)
    days_after(practice, done, 31)
    value = f"look:{done.course.public_id}:day_30"
    assert value in {each.value for each in choices(done.patient, practice.actor(DESK), practice.at)}
    visit = booked(practice, done)
    assert (visit.looks_at, visit.look, visit.session) == (done.course, "day_30", None)
    assert value not in {each.value for each in choices(done.patient, practice.actor(DESK), practice.at)}
    with pytest.raises(Refused, match="in the diary already"):
        booked(practice, done)
    (listed,) = due_to_be_seen(practice.actor(DESK), practice.at)
    assert (listed.at.booking, listed.inviting) == (visit, False)
    booking.cancel(practice.act(DESK), booking_id=visit.public_id, reason="She is ill.")
    assert booked(practice, done, days=2).look == "day_30"


def test_a_look_that_was_missed_is_due_again(practice):
    done = ended(practice)
    days_after(practice, done, 31)
    visit = booked(practice, done)
    practice.later(days=1, hours=2)
    booking.did_not_come(practice.act(DESK), booking_id=visit.public_id)
    (listed,) = due_to_be_seen(practice.actor(DESK), practice.at)
    assert listed.at.booking is None


def test_no_visit_looks_at_another_patients_course_nor_at_no_look(practice):
    done = ended(practice)
    stranger = practice.patient(given_name="Eve")
    slot = slots.Slot(
        room_key=practice.rooms[0].pk,
        operator_key=practice.members[Role.NURSE].pk,
        starts_at=practice.at + timedelta(days=1),
        minutes=30,
    )
    for patient, look, why in (
        (stranger, "day_30", "another patient"),
        (done.patient, "day_7", "which look"),
    ):
        with pytest.raises(Refused, match=why):
            agreeing(
                lambda sure, to=patient, of=look: booking.book(
                    practice.act(DESK),
                    patient_id=to.public_id,
                    slot=slot,
                    purpose="Look",
                    look=look_again.LookFor(done.course.public_id, of),
                    sure=sure,
                )
            )
    visit = booked(practice, done)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=visit.pk).update(look="")


def test_an_invitation_goes_once_on_every_way_that_was_agreed_to(practice):
    done = ended(practice)
    agreed(practice, done.patient, *WAYS)
    days_after(practice, done, 31)
    assert due_to_be_seen(practice.actor(DESK), practice.at)[0].inviting
    invited(practice, done)
    rows = Message.objects.filter(purpose="look_again")
    assert {(each.channel, each.patient_id) for each in rows} == {
        ("email", done.patient.pk),
        ("sms", done.patient.pk),
    }
    with pytest.raises(Refused, match="invited to this look already"):
        invited(practice, done)
    (listed,) = due_to_be_seen(practice.actor(DESK), practice.at)
    assert (listed.inviting, listed.invited_at is not None) == (False, True)


def test_without_an_answer_to_just_this_nobody_is_written_to(practice):
    done = ended(practice)
    agreed(practice, done.patient, ("visits", "email"), ("follow_up", "sms"))
    days_after(practice, done, 31)
    assert not due_to_be_seen(practice.actor(DESK), practice.at)[0].inviting
    with pytest.raises(Refused, match="has not agreed"):
        invited(practice, done)
    agreed(practice, done.patient, ("look_again", "email"))
    agreed(practice, done.patient, ("look_again", "email"), yes=False)
    with pytest.raises(Refused, match="has not agreed"):
        invited(practice, done)


def test_while_a_report_is_unread_nobody_is_invited(practice):
    done = ended(practice)
    agreed(practice, done.patient, *WAYS)
    days_after(practice, done, 31)
    task = checked_in(practice, done, level="emergency")
    (listed,) = due_to_be_seen(practice.actor(DESK), practice.at)
    assert (listed.report, listed.inviting) == (True, False)
    with pytest.raises(Refused, match="report of this patient waits"):
        invited(practice, done)
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    triage.close(
        practice.act(Role.NURSE), task_id=task.public_id, outcome="advised", words="Called and seen."
    )
    assert invited(practice, done)


def test_a_report_on_another_chart_of_the_same_person_holds_the_invitation_on_the_list_too(practice):
    done, other = ended(practice), practice.done(practice.opened())
    agreed(practice, done.patient, *WAYS)
    days_after(practice, done, 31)
    checked_in(practice, other, level="emergency")
    assert not due_to_be_seen(practice.actor(DESK), practice.at)[0].report
    chart_link.link(
        practice.act(Role.MEDICAL_DIRECTOR),
        patient_id=done.patient.public_id,
        chart_number=other.patient.chart_number,
        reason="The same phone.",
    )
    listed = next(
        each
        for each in due_to_be_seen(practice.actor(DESK), practice.at)
        if each.at.course.pk == done.course_id
    )
    assert (listed.report, listed.inviting) == (True, False)
    with pytest.raises(Refused, match="report of this patient waits"):
        invited(practice, done)


def test_an_invitation_is_not_sent_once_the_look_is_booked_or_past(practice):
    done = ended(practice)
    agreed(practice, done.patient, ("look_again", "email"))
    days_after(practice, done, 31)
    (row,) = invited(practice, done)
    assert still_wanted(row, practice.at)
    assert not still_wanted(row, practice.at + timedelta(days=60))
    booked(practice, done)
    assert not still_wanted(row, practice.at)


def test_only_who_writes_messages_invites(practice):
    done = ended(practice)
    days_after(practice, done, 31)
    with pytest.raises(NotAllowed):
        look_again.invite(practice.act(Role.AUDITOR), course_id=done.course.public_id, look="day_30")


# ------------------------------------------------------------------------------------ what a look brings is kept there


def test_photos_and_scores_of_a_look_name_the_course_that_is_looked_at(practice, settings):
    done = ended(practice)
    practice.photographed(done.patient, picture())
    days_after(practice, done, 90)
    booked(practice, done, "day_90", days=0)
    practice.photographed(done.patient, picture())
    scored(practice, done.course, "day_90")
    before, at_look = Photo.objects.order_by("pk")
    assert (before.course, at_look.course) == (None, done.course)
    assert OutcomeScore.objects.get().course == done.course
    look = looks_at(done.course, practice.actor(Role.NURSE), practice.at)[0]
    assert (look.day.look.id, look.photos, look.scored, look.seen) == ("day_90", 1, True, True)


def test_a_score_given_now_belongs_to_the_look_that_is_due(practice):
    done = ended(practice)
    actor = practice.actor(Role.NURSE)
    found = {
        days: outcome_queries.moment_now(done.course, actor, done.finished_at + timedelta(days=days))
        for days in (1, 30, 90, 180, 240, 365, 800)
    }
    assert found == {1: "", 30: "day_30", 90: "day_90", 180: "day_180", 240: "", 365: "yearly", 800: "yearly"}


def test_the_looks_of_a_patient_take_five_statements_however_many_courses_have_ended(practice):
    patient, desk, counted = practice.patient(), practice.actor(DESK), []
    for _course in range(3):
        practice.later(days=60)
        done = practice.done(practice.opened(practice.consented(practice.planned(practice.course(patient)))))
        courses.end(practice.act(), course_id=done.course.public_id, how="complete", reason="As agreed.")
        with CaptureQueriesContext(connection) as asked:
            found = looks_for(patient, desk, practice.at)
        counted.append((len(asked), len({each.course.pk for each in found})))
    assert counted == [(5, 1), (5, 2), (5, 3)]
