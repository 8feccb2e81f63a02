"""A course lives in time: one day for each session on every page, and a visit that must not stay says so."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from tests.clinic.practice import Practice

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions.messages import reminders
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.needling import session as sessions
from needlepoint.clinic.chair.queries.course.advice import advice_on, open_verdicts
from needlepoint.clinic.chair.queries.course.course_days import days_of
from needlepoint.clinic.chair.queries.course.forecast import _asked
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.desk.actions import booking, slots
from needlepoint.clinic.desk.queries.booking import choices, proposed
from needlepoint.clinic.desk.queries.visits import visits_of
from needlepoint.clinic.models import Booking, Session
from needlepoint.clinic.portal.queries.home_screening import next_visit, preparation
from needlepoint.clinic.portal.queries.portal import strip
from needlepoint.course.zones import Zone

JUNE = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
TEN = time(10)


@pytest.fixture
def founded(db):
    return Practice.found("Harbour Skin", at=JUNE)


def at_ten(practice, day):
    return datetime.combine(day, TEN, practice.actor(Role.NURSE).zone).astimezone(UTC)


def slot(practice, starts_at, room=0, minutes=30, operator=Role.NURSE):
    return slots.Slot(
        room_key=practice.rooms[room].pk,
        operator_key=practice.members[operator].pk,
        starts_at=starts_at,
        minutes=minutes,
    )


def book(practice, of_session, day, role=Role.FRONT_DESK, **sure):
    act = practice.act(role)
    return booking.book(
        act,
        patient_id=of_session.patient.public_id,
        slot=slot(practice, at_ten(practice, day)),
        purpose=f"Session {of_session.number}",
        session_id=of_session.public_id,
        sure=slots.Sure(**sure),
    )


def session_of(of_course, number):
    return Session.objects.select_related("patient", "course").get(course=of_course, number=number)


def on(practice, day):
    """Stand at ten in the morning of a day."""
    practice.at = at_ten(practice, day)
    return practice


def screened_again(practice, of_course):
    practice.screened(of_course)
    practice.settled(of_course)


def done_on(practice, of_course, day):
    """The next session of a course, done on a day, whatever stands against it being set aside."""
    on(practice, day)
    screened_again(practice, of_course)
    return practice.done(practice.opened(practice.consented(of_course)))


def all_days(practice, of_course):
    """The day of the next session by every page that names one."""
    act = practice.act(Role.PRESCRIBER)
    of = of_course.patient
    visitor = practice.visitor(of)
    shown = chart(of, act.actor, act.at).course
    _, to_come = _asked(of_course, act.actor, act.at)
    _, prepared = preparation(of_course, visitor, act.at)
    due = strip(of_course, visitor, act.at).due
    return {
        "computed": days_of(of_course, act.actor, act.at).next.on,
        "chart": shown.days.next.on,
        "forecast": to_come.sessions[0].started_at.date(),
        "preparation": prepared,
        "portal": due[shown.next_session.pk],
        "booking": choices(of, act.actor, act.at)[0].on,
    }


def test_a_session_done_late_moves_what_follows_on_every_page(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 7, 21))
    days = all_days(founded, of_course)
    assert set(days.values()) == {date(2026, 8, 20)}, days
    by_session = days_of(of_course, founded.act().actor, founded.at).by_session
    assert [each.on for each in by_session.values()] == [date(2026, 8, 20), date(2026, 9, 19)]


def test_a_whole_course_is_booked_on_the_days_that_were_shown(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 7, 21))
    act = founded.act(Role.FRONT_DESK)
    wish = slot(founded, at_ten(founded, date(2026, 7, 22)))
    shown = proposed(of_course, act.actor, act.at, wish)
    assert [each.starts_at for each in shown] == ["2026-08-20T10:00", "2026-09-19T10:00"]
    starts = {each.session: at_ten(founded, date.fromisoformat(each.starts_at[:10])) for each in shown}
    added = booking.book_course(act, course_id=of_course.public_id, slot=wish, starts=starts)
    assert [each.starts_at.date() for each in added] == [date(2026, 8, 20), date(2026, 9, 19)]


def test_a_visit_that_a_late_session_made_too_early_is_marked_everywhere_and_nobody_is_reminded(founded):
    of_course = founded.planned()
    early = book(founded, session_of(of_course, 2), date(2026, 7, 28))
    done_on(founded, of_course, date(2026, 7, 21))
    act = founded.act()
    [shown] = chart(of_course.patient, act.actor, act.at).visits
    assert shown.mark.says == "Too early for session 2: not before 18 Aug 2026"
    assert shown.mark.from_on == date(2026, 8, 20)
    lines = [each for each in visits_of(of_course.patient, act.actor, act.at) if each.mark]
    assert [each.booking for each in lines] == [early]
    told = next_visit(founded.visitor(of_course.patient), act.at)
    assert (told.booking, told.unfit, told.from_on) == (None, early, date(2026, 8, 20))
    wanted = reminders.wanted_messages(founded.clinic, act.at)
    assert not [each for each in wanted if each.purpose in ("appointment", "screening")]
    moved = booking.move(
        founded.act(Role.FRONT_DESK),
        booking_id=early.public_id,
        slot=slot(founded, at_ten(founded, date(2026, 8, 20))),
        why="The first session was late.",
    )
    assert not [each for each in visits_of(of_course.patient, act.actor, founded.at) if each.mark]
    assert next_visit(founded.visitor(of_course.patient), founded.at).booking == moved
    soon = at_ten(founded, date(2026, 8, 16))
    assert [each.purpose for each in reminders.wanted_messages(founded.clinic, soon)].count(
        "appointment"
    ) == 1


def test_a_reminder_that_is_in_the_outbox_is_not_sent_once_the_visit_is_in_vain(founded):
    of_course = founded.planned()
    visit = book(founded, session_of(of_course, 1), date(2026, 6, 10))
    [message] = [
        each
        for each in reminders.wanted_messages(founded.clinic, at_ten(founded, date(2026, 6, 9)))
        if each.purpose == "appointment"
    ]
    row = reminders.Message(
        clinic=founded.clinic, purpose="appointment", once_key=f"{message.key} email", due_at=message.due_at
    )
    assert reminders.still_wanted(row, at_ten(founded, date(2026, 6, 9)))
    course.end(founded.act(), course_id=of_course.public_id, how="pause", reason="Abroad.")
    assert not reminders.still_wanted(row, at_ten(founded, date(2026, 6, 9)))
    course.end(founded.act(), course_id=of_course.public_id, how="resume", reason="Back.")
    assert reminders.still_wanted(row, at_ten(founded, date(2026, 6, 9)))
    booking.cancel(founded.act(Role.FRONT_DESK), booking_id=visit.public_id)
    assert not reminders.still_wanted(row, at_ten(founded, date(2026, 6, 9)))


@pytest.mark.parametrize(
    ("how", "words"),
    [("pause", "The course is paused"), ("stop", "called off"), ("complete", "called off")],
)
def test_visits_of_a_course_that_rests_or_ended_are_marked(founded, how, words):
    of_course = founded.planned()
    visit = book(founded, session_of(of_course, 1), date(2026, 6, 10))
    course.end(founded.act(), course_id=of_course.public_id, how=how, reason="As agreed.")
    act = founded.act()
    [line] = visits_of(of_course.patient, act.actor, act.at)
    assert words in line.mark.says
    if how == "pause":
        with pytest.raises(Refused, match="paused"):
            book(founded, session_of(of_course, 2), date(2026, 8, 10))
    booking.cancel(founded.act(Role.FRONT_DESK), booking_id=visit.public_id, reason="Course ended.")


def plan(practice, of_course, sessions, interval_days=40, depth="0.75"):
    wishes = [course.ZoneWish(Zone(zone), Decimal(depth), 2) for zone in of_course.zones]
    return course.agree_plan(
        practice.act(),
        course_id=of_course.public_id,
        wishes=wishes,
        sessions=sessions,
        interval_days=interval_days,
    )


def test_a_changed_plan_dates_all_that_is_to_come_anew(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 6, 2))
    done_on(founded, of_course, date(2026, 7, 20))
    founded.screened(of_course, scar_age_months=60)
    plan(founded, of_course, sessions=4)
    days = days_of(of_course, founded.act().actor, founded.at)
    assert [each.on for each in days.by_session.values()] == [date(2026, 8, 29), date(2026, 10, 8)]


def test_a_plan_of_fewer_sessions_calls_off_those_too_many_and_marks_their_visits(founded):
    of_course = founded.planned(sessions=4)
    visit = book(founded, session_of(of_course, 4), date(2026, 9, 10))
    done_on(founded, of_course, date(2026, 6, 2))
    founded.screened(of_course, scar_age_months=60)
    plan(founded, of_course, sessions=2)
    states = list(of_course.sessions.order_by("number").values_list("state", flat=True))
    assert states == ["done", "planned", "called_off", "called_off"]
    assert "changed to 2 sessions" in session_of(of_course, 4).end_reason
    [line] = [
        each for each in visits_of(of_course.patient, founded.actor(Role.NURSE), founded.at) if each.coming
    ]
    assert (line.booking, line.mark.says, line.mark.movable) == (visit, "Session 4 was called off", False)


def test_a_plan_as_long_as_what_is_done_leaves_nothing_to_come(founded):
    of_course = founded.planned(sessions=3)
    done_on(founded, of_course, date(2026, 6, 2))
    founded.screened(of_course, scar_age_months=60)
    plan(founded, of_course, sessions=1)
    assert days_of(of_course, founded.actor(Role.NURSE), founded.at).next is None
    plan(founded, of_course, sessions=2)
    assert days_of(of_course, founded.actor(Role.NURSE), founded.at).next.number == 4


def test_what_was_broken_off_counts_for_the_skin_and_not_for_the_plan(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 6, 2))
    on(founded, date(2026, 7, 2))
    screened_again(founded, of_course)
    opened = founded.opened(founded.consented(of_course))
    one = sessions.PassDone(Zone(of_course.zones[0]), Decimal("1.00"), 2)
    done = sessions.Done(passes=[one], sharps_container="SC-1", broken_off="The patient felt faint.")
    sessions.finish(founded.later(minutes=10).act(), session_id=opened.public_id, done=done)
    days = days_of(of_course, founded.actor(Role.NURSE), founded.at)
    assert [each.on for each in days.by_session.values()] == [date(2026, 7, 30), date(2026, 8, 29)]


def test_another_device_is_held_by_the_visits_of_its_course(founded):
    from needlepoint.clinic.chair.actions.course import device as course_device
    from needlepoint.clinic.practice.actions import devices

    other = devices.add_device(founded.act(Role.CLINIC_ADMIN), model="skinpen-precision", serial="SN2")
    of_course = founded.planned()
    visit = book(founded, session_of(of_course, 1), date(2026, 6, 10))
    course_device.change_device(
        founded.act(), course_id=of_course.public_id, device_key=other.pk, reason="The first one broke."
    )
    held = visit.holds.filter(released_at=None, device__isnull=False)
    assert [each.device for each in held] == [other]


def test_whoever_prescribes_changes_a_plan_the_day_after_a_session(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 6, 2))
    on(founded, date(2026, 6, 3))
    founded.screened(of_course, scar_age_months=60)
    act = founded.act()
    held = open_verdicts(of_course, advice_on(of_course, act.actor, act.at))
    assert {each.rule for each in held if each.verdict == "wait"} == {"spacing.floor", "spacing.minimum"}
    plan(founded, of_course, sessions=3, depth="0.50")
    waiting = session_of(of_course, 2)
    with pytest.raises(Refused, match=r"spacing\.floor"):
        sessions.pass_screening(founded.act(), session_id=waiting.public_id)


def test_what_else_speaks_against_a_plan_still_does(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 6, 2))
    founded.screened(of_course, scar_age_months=60, pregnant="yes")
    with pytest.raises(Refused, match="First settle: pregnan"):
        plan(founded, of_course, sessions=3)


# -------------------------------------------------------------------------------------------------- the rulebook's word


def test_a_visit_below_the_floor_is_refused_with_the_first_day_and_nobody_may_have_it_sooner(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 6, 2))
    waiting = session_of(of_course, 2)
    with pytest.raises(Refused, match=r"cannot be on 15 Jun 2026\. The first day is 30 Jun 2026; nobody may"):
        book(founded, waiting, date(2026, 6, 15))
    with pytest.raises(Refused, match="nobody may go below 16 Jun 2026"):
        book(founded, waiting, date(2026, 6, 15), role=Role.PRESCRIBER, early_reason="Wedding.")
    assert not Booking.objects.exists()


def test_what_a_prescriber_may_have_sooner_asks_for_the_prescriber_and_a_reason(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 6, 2))
    waiting = session_of(of_course, 2)
    with pytest.raises(slots.TooEarly, match=r"first day is 30 Jun 2026; a prescriber may"):
        book(founded, waiting, date(2026, 6, 20))
    with pytest.raises(NotAllowed):
        book(founded, waiting, date(2026, 6, 20), early_reason="Wedding.")
    visit = book(founded, waiting, date(2026, 6, 20), role=Role.MEDICAL_DIRECTOR, early_reason="Wedding.")
    assert visit.early_reason == "Wedding."
    act = founded.act()
    [line] = [each for each in visits_of(of_course.patient, act.actor, act.at) if each.coming]
    assert line.mark is None


def test_what_is_allowed_but_sooner_than_planned_is_asked_about(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 6, 2))
    waiting = session_of(of_course, 2)
    with pytest.raises(slots.Unsure, match="By the plan it is due from 2 Jul 2026") as asked:
        book(founded, waiting, date(2026, 7, 1))
    assert book(founded, waiting, date(2026, 7, 1), agreed=asked.value.questions).pk
    with pytest.raises(Refused, match="in the diary already"):
        book(founded, waiting, date(2026, 7, 10))


def test_a_later_session_keeps_its_distance_from_the_visit_before_it(founded):
    of_course = founded.planned()
    done_on(founded, of_course, date(2026, 6, 2))
    book(founded, session_of(of_course, 2), date(2026, 7, 20))
    with pytest.raises(Refused, match=r"Session 3 cannot be on 1 Aug 2026\. The first day is 17 Aug 2026"):
        book(founded, session_of(of_course, 3), date(2026, 8, 1))
    assert book(founded, session_of(of_course, 3), date(2026, 8, 19)).pk


def test_a_wait_from_the_answers_counts_for_a_visit_too(founded):
    of_course = founded.planned()
    founded.screened(of_course, scar_age_months=60, botulinum="past", botulinum_on="2026-05-31")
    act = founded.act()
    held = open_verdicts(of_course, advice_on(of_course, act.actor, act.at))
    assert [each.until for each in held if each.until] == [date(2026, 6, 14)]
    with pytest.raises(Refused, match=r"cannot be on 13 Jun 2026\. The first day is 14 Jun 2026"):
        book(founded, session_of(of_course, 1), date(2026, 6, 13))
    assert book(founded, session_of(of_course, 1), date(2026, 6, 14)).pk


def test_a_course_that_ended_takes_no_visit(founded):
    of_course = founded.planned()
    waiting = session_of(of_course, 1)
    course.end(founded.act(), course_id=of_course.public_id, how="stop", reason="Wish.")
    with pytest.raises(Refused, match="called off"):
        book(founded, waiting, date(2026, 6, 10))


def test_asked_again_word_for_word_only_what_was_agreed_is_taken(founded):
    of = founded.patient()
    act = founded.act(Role.FRONT_DESK)

    def visit(starts_at, sure=slots.NOT_ASKED):
        at = slot(founded, starts_at)
        return booking.book(act, patient_id=of.public_id, slot=at, purpose="Talk", sure=sure)

    with pytest.raises(slots.Unsure, match="at night") as asked:
        visit(datetime(2026, 6, 20, 7, 0, tzinfo=UTC))
    agreed = slots.Sure(asked.value.questions)
    with pytest.raises(slots.Unsure, match="at night"):
        visit(datetime(2026, 6, 21, 7, 0, tzinfo=UTC), agreed)
    assert visit(datetime(2026, 6, 20, 7, 0, tzinfo=UTC), agreed).pk
