"""Visits moved, missed, cancelled and asked about; and what they take, which the database keeps apart."""

from datetime import time, timedelta
from functools import partial

import pytest
from django.db import transaction
from django.urls import reverse
from tests.clinic.wings.desk.test_day import signed_in

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import holds
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.desk.actions import booking, slots
from needlepoint.clinic.desk.queries.visits import unnoted, visits_of
from needlepoint.clinic.models import Booking, BookingMoved, Hold, RecordLine

HOUR = timedelta(hours=1)


def slot(practice, starts_at, room=0, role=Role.NURSE, **more):
    return slots.Slot(
        room_key=practice.rooms[room].pk,
        operator_key=practice.members[role].pk,
        starts_at=starts_at,
        **{"minutes": 30} | more,
    )


def book(practice, of, starts_at, of_session=None, sure=slots.NOT_ASKED, **where):
    return booking.book(
        practice.act(Role.FRONT_DESK),
        patient_id=of.public_id,
        slot=slot(practice, starts_at, **where),
        purpose="Talk",
        session_id=of_session.public_id if of_session else None,
        sure=sure,
    )


@pytest.fixture
def tomorrow(practice):
    """Noon of the next day by the clinic's clock."""
    return practice.at + timedelta(days=1)


# ------------------------------------------------------------------------------------------------------------- moving


def test_a_moved_visit_stays_the_same_visit_and_frees_what_it_took(practice, tomorrow):
    of, other = practice.patient(), practice.patient(given_name="Bea")
    visit = book(practice, of, tomorrow)
    moved = booking.move(
        practice.act(Role.FRONT_DESK),
        booking_id=visit.public_id,
        slot=slot(practice, tomorrow + HOUR, room=1, role=Role.PRESCRIBER),
        why="The nurse is ill.",
    )
    assert (moved.public_id, moved.starts_at) == (visit.public_id, tomorrow + HOUR)
    row = BookingMoved.objects.get(booking=visit)
    assert (row.from_starts_at, row.to_starts_at, row.why) == (tomorrow, tomorrow + HOUR, "The nurse is ill.")
    assert (row.from_room, row.to_room) == tuple(practice.rooms)
    assert (row.from_operator.name, row.to_operator.name) == (
        "nurse of Harbour Skin",
        "prescriber of Harbour Skin",
    )
    assert row.moved_by == practice.members[Role.FRONT_DESK]
    line = RecordLine.objects.get(act="moved booking")
    assert (line.detail["from"], line.detail["to"]) == (tomorrow.isoformat(), (tomorrow + HOUR).isoformat())
    assert book(practice, other, tomorrow).pk
    [shown] = visits_of(of, practice.actor(Role.FRONT_DESK), practice.at)
    assert [each.pk for each in shown.moves] == [row.pk]


def test_a_move_to_where_something_is_taken_changes_nothing(practice, tomorrow):
    of, other = practice.patient(), practice.patient(given_name="Bea")
    visit, there = book(practice, of, tomorrow), book(practice, other, tomorrow + HOUR)
    for where in ({"room": 1}, {"role": Role.PRESCRIBER}):
        with pytest.raises(holds.Taken, match=r"taken|busy"):
            booking.move(
                practice.act(Role.FRONT_DESK),
                booking_id=visit.public_id,
                slot=slot(practice, there.starts_at, **where),
                why="",
            )
    visit.refresh_from_db()
    assert visit.starts_at == tomorrow
    assert Hold.objects.filter(booking=visit, released_at=None).count() == 3
    assert not BookingMoved.objects.exists()


def test_a_visit_may_be_put_over_the_time_it_has_now(practice, tomorrow):
    visit = book(practice, practice.patient(), tomorrow, minutes=60)
    later = slot(practice, tomorrow + timedelta(minutes=15), minutes=60)
    booking.move(practice.act(Role.FRONT_DESK), booking_id=visit.public_id, slot=later, why="")
    assert Hold.objects.filter(released_at=None).count() == 3
    with pytest.raises(Refused, match="there already"):
        booking.move(practice.act(Role.FRONT_DESK), booking_id=visit.public_id, slot=later, why="")


def test_what_has_begun_is_numbed_missed_or_cancelled_is_not_moved(practice, tomorrow):
    from needlepoint.clinic.chair.actions.needling.numbing import start_numbing

    waiting = practice.consented()
    visit = practice.booked(waiting.patient, waiting)
    elsewhere = slot(practice, practice.at + 2 * HOUR)

    def moving():
        booking.move(practice.act(Role.FRONT_DESK), booking_id=visit.public_id, slot=elsewhere, why="")

    start_numbing(practice.act(), session_id=waiting.public_id)
    with pytest.raises(Refused, match="cream is on"):
        moving()
    practice.opened(waiting)
    with pytest.raises(Refused, match="has begun"):
        moving()
    other = book(practice, practice.patient(given_name="Bea"), tomorrow)
    booking.cancel(practice.act(Role.FRONT_DESK), booking_id=other.public_id, reason="Ill.")
    with pytest.raises(Refused, match="cancelled already"):
        booking.move(practice.act(Role.FRONT_DESK), booking_id=other.public_id, slot=elsewhere, why="")


# ----------------------------------------------------------------------------------------------- missed and cancelled


def test_a_missed_visit_is_counted_and_frees_its_session_to_be_booked_again(practice):
    running = practice.planned()
    waiting = next_session(running)
    visit = practice.booked(running.patient, waiting)
    with pytest.raises(Refused, match="in the diary already"):
        practice.booked(running.patient, waiting, minutes_from_now=60)
    noted = booking.did_not_come(
        practice.later(days=1).act(Role.FRONT_DESK), booking_id=visit.public_id, reason="Forgot."
    )
    assert (noted.no_show_reason, noted.cancelled_at) == ("Forgot.", None)
    assert not Hold.objects.filter(booking=visit, released_at=None).exists()
    again = practice.booked(running.patient, waiting, minutes_from_now=60)
    act = practice.act()
    shown = chart(running.patient, act.actor, act.at)
    assert [each.pk for each in shown.missed] == [visit.pk]
    assert [each.booking.pk for each in shown.visits] == [again.pk]
    page = signed_in(practice).get(reverse("chart", args=[running.patient.public_id])).content.decode()
    assert "Did not come 1 time, last to the visit of" in page


def test_a_visit_is_not_missed_before_its_time_and_a_patient_who_came_late_did_come(practice):
    running = practice.planned()
    visit = practice.booked(running.patient, next_session(running), minutes_from_now=30)
    with pytest.raises(Refused, match="not begun yet"):
        booking.did_not_come(practice.act(Role.FRONT_DESK), booking_id=visit.public_id)
    practice.later(minutes=40)
    booking.did_not_come(practice.act(Role.FRONT_DESK), booking_id=visit.public_id)
    booking.came(practice.act(Role.FRONT_DESK), booking_id=visit.public_id)
    visit.refresh_from_db()
    assert (visit.no_show_at, bool(visit.arrived_at)) == (None, True)
    assert Hold.objects.filter(booking=visit, released_at=None).count() == 4
    with pytest.raises(Refused, match="noted that the patient came"):
        booking.did_not_come(practice.act(Role.FRONT_DESK), booking_id=visit.public_id)


def test_one_whose_session_is_booked_anew_cannot_have_come_to_the_missed_visit(practice):
    running = practice.planned()
    visit = practice.booked(running.patient, next_session(running))
    booking.did_not_come(practice.act(Role.FRONT_DESK), booking_id=visit.public_id)
    practice.booked(running.patient, next_session(running), minutes_from_now=120)
    with pytest.raises(Refused, match="booked anew"):
        booking.came(practice.act(Role.FRONT_DESK), booking_id=visit.public_id)


def test_a_late_cancel_asks_why_and_an_early_one_does_not(practice):
    soon = book(practice, practice.patient(), practice.at + 3 * HOUR)
    far = book(practice, practice.patient(given_name="Bea"), practice.at + timedelta(days=3))
    with pytest.raises(Refused, match="Write why"):
        booking.cancel(practice.act(Role.FRONT_DESK), booking_id=soon.public_id)
    booking.cancel(practice.act(Role.FRONT_DESK), booking_id=soon.public_id, reason="A cold.")
    booking.cancel(practice.act(Role.FRONT_DESK), booking_id=far.public_id)
    soon.refresh_from_db()
    assert soon.cancel_reason == "A cold."
    assert not Hold.objects.filter(released_at=None).exists()


def test_a_visit_of_which_nobody_noted_anything_is_asked_about_the_next_day(practice):
    running = practice.planned()
    visit = practice.booked(running.patient, next_session(running))
    desk = practice.actor(Role.FRONT_DESK)
    assert unnoted(desk, practice.at) == []
    practice.later(days=1)
    # The screening of the same hour is not by itself a visit that took place.
    later = {name: getattr(visit, name) + timedelta(hours=8) for name in ("starts_at", "ends_at")}
    Booking.objects.filter(pk=visit.pk).update(**later)
    assert [each.pk for each in unnoted(desk, practice.at + timedelta(hours=12))] == [visit.pk]
    booking.came(practice.act(Role.FRONT_DESK), booking_id=visit.public_id)
    assert unnoted(desk, practice.at + timedelta(hours=12)) == []


def test_what_was_done_with_a_patient_speaks_for_itself(practice):
    waiting = practice.consented()
    practice.booked(waiting.patient, waiting)
    practice.done(practice.opened(waiting))
    assert unnoted(practice.actor(Role.FRONT_DESK), practice.at + timedelta(days=1)) == []


def test_all_coming_visits_of_a_patient_are_cancelled_at_once_and_the_room_is_free(practice, tomorrow):
    of, other = practice.patient(), practice.patient(given_name="Bea")
    past = practice.booked(of, minutes_from_now=-90)
    for each in (0, 1):
        book(practice, of, tomorrow + each * HOUR)
    kept = book(practice, other, tomorrow + 2 * HOUR)
    with transaction.atomic():
        number = booking.cancel_coming(practice.act(), of, "Moved away.")
    assert number == 2
    standing = Booking.objects.filter(cancelled_at=None)
    assert {each.pk for each in standing} == {past.pk, kept.pk}
    assert book(practice, other, tomorrow).pk


def test_a_closed_day_and_hours_outside_the_opening_are_asked_about(practice):
    from needlepoint.clinic.care.actions import duty
    from needlepoint.clinic.practice.queries.opening import Opening

    of = practice.patient()
    week = [Opening(day, time(9), time(17)) for day in range(5)]
    duty.set_hours(practice.act(Role.MEDICAL_DIRECTOR), openings=week, out_of_hours={})
    noon = practice.at.replace(minute=0, second=0) + timedelta(days=1)
    assert book(practice, of, noon).pk
    with pytest.raises(slots.Unsure, match="open 09:00 to 17:00 on that day"):
        book(practice, of, noon + 6 * HOUR)
    sunday = noon + timedelta(days=5)
    with pytest.raises(slots.Unsure, match="closed on that day"):
        book(practice, of, sunday)
    duty.close_day(practice.act(Role.MEDICAL_DIRECTOR), on=(noon + timedelta(days=7)).date(), name="Outing")
    with pytest.raises(slots.Unsure, match="closed on that day") as asked:
        book(practice, of, noon + timedelta(days=7))
    assert book(practice, of, noon + timedelta(days=7), sure=slots.Sure(asked.value.questions)).pk


def test_a_visit_of_which_nothing_is_noted_is_never_said_to_have_taken_place(practice):
    of, desk = practice.patient(), practice.actor(Role.FRONT_DESK)
    book(practice, of, practice.at + 7 * HOUR)

    def said():
        return [each.says for each in visits_of(of, desk, practice.at)]

    practice.later(hours=8)
    assert said() == ["Not noted whether anybody came"]
    practice.gone(of)
    assert said() == ["Not noted whether anybody came"]
    assert unnoted(desk, practice.at + timedelta(days=1)) == []


def test_who_came_to_a_visit_has_not_come_to_the_day_to_which_it_is_moved(practice, tomorrow):
    act, here = practice.act, practice.at.replace(second=0, microsecond=0) + HOUR
    visit = book(practice, practice.patient(), here)
    practice.later(hours=1)
    booking.came(act(Role.FRONT_DESK), booking_id=visit.public_id)
    moved = partial(booking.move, booking_id=visit.public_id, why="")
    assert moved(act(Role.FRONT_DESK), slot=slot(practice, here, room=1)).arrived_at is not None
    assert moved(act(Role.FRONT_DESK), slot=slot(practice, tomorrow)).arrived_at is None
    practice.later(days=1)
    assert booking.did_not_come(act(Role.FRONT_DESK), booking_id=visit.public_id).no_show_at is not None


def test_nobody_has_come_to_a_visit_of_another_day(practice, tomorrow):
    visit = book(practice, practice.patient(), tomorrow)
    with pytest.raises(Refused, match="This visit is on 3 Mar 2026"):
        booking.came(practice.act(Role.FRONT_DESK), booking_id=visit.public_id)
