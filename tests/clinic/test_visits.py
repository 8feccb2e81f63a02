"""Visits moved, missed, cancelled and asked about; and what they take, which the database keeps apart."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from uuid import uuid4, uuid5

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clinic.practice import Practice
from tests.clinic.test_day import signed_in

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.actions import act as acts
from needlepoint.clinic.actions import booking, holds, slots
from needlepoint.clinic.actions.act import Act
from needlepoint.clinic.models import Booking, BookingMoved, Hold, RecordLine
from needlepoint.clinic.queries.patient import chart
from needlepoint.clinic.queries.session import next_session
from needlepoint.clinic.queries.visits import unnoted, visits_of

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
    from needlepoint.clinic.actions.numbing import start_numbing

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


# ------------------------------------------------------------------------------------------------------- what is taken


def test_one_patient_is_not_in_two_places(practice, tomorrow):
    of = practice.patient()
    book(practice, of, tomorrow)
    with pytest.raises(holds.Taken, match="has another visit"):
        book(practice, of, tomorrow, room=1, role=Role.PRESCRIBER)


def test_one_device_is_not_in_two_rooms(practice, tomorrow):
    first = practice.planned()
    second = practice.planned(practice.course(practice.patient(given_name="Bea")))
    book(practice, first.patient, tomorrow, next_session(first))
    with pytest.raises(holds.Taken, match="SN1 is taken"):
        book(practice, second.patient, tomorrow, next_session(second), room=1, role=Role.PRESCRIBER)


def test_whoever_needles_is_free_while_the_cream_works_and_the_room_is_cleaned(practice, tomorrow):
    people = [practice.patient(given_name=name) for name in ("Ada", "Bea", "Cora")]
    book(practice, people[0], tomorrow, numbing_minutes=30, clean_down_minutes=10)
    book(practice, people[1], tomorrow, room=1)
    book(practice, people[2], tomorrow + HOUR, room=1)
    with pytest.raises(holds.Taken, match="Room 1 is taken"):
        book(practice, people[1], tomorrow + HOUR, role=Role.PRESCRIBER)
    assert book(practice, people[1], tomorrow + timedelta(minutes=70), role=Role.PRESCRIBER).pk


def overlap(column):
    """How many pairs of holds of the same one overlap in the database."""
    rows = Hold.objects.filter(released_at=None).exclude(**{column: None})
    told = list(rows.values_list(column, "starts_at", "ends_at"))
    return sum(a[0] == b[0] and a[1] < b[2] and b[1] < a[2] for a, b in combinations(told, 2))


def test_the_database_itself_keeps_them_apart(practice, tomorrow):
    visit = book(practice, practice.patient(), tomorrow)
    for held in Hold.objects.filter(booking=visit):
        twin = Hold(
            clinic=practice.clinic,
            kind="visit",
            room=held.room,
            member=held.member,
            patient=held.patient,
            starts_at=held.starts_at + timedelta(minutes=5),
            ends_at=held.ends_at + timedelta(minutes=5),
        )
        with pytest.raises(DatabaseError), transaction.atomic():
            twin.save()
        twin.starts_at, twin.ends_at = held.ends_at, held.ends_at + HOUR
        twin.save()
    long = Hold(clinic=practice.clinic, kind="visit", room=practice.rooms[1], starts_at=tomorrow)
    long.ends_at = tomorrow + timedelta(hours=12, minutes=1)
    with pytest.raises(DatabaseError, match="longer than 12 hours"), transaction.atomic():
        long.save()
    long.ends_at = tomorrow + timedelta(hours=12)
    long.save()
    late = Hold(clinic=practice.clinic, kind="visit", room=practice.rooms[1])
    late.starts_at, late.ends_at = tomorrow + timedelta(hours=11, minutes=59), tomorrow + timedelta(hours=13)
    with pytest.raises(DatabaseError), transaction.atomic():
        late.save()


def test_what_was_let_go_stays_let_go_and_nothing_of_a_hold_changes(practice, tomorrow):
    visit = book(practice, practice.patient(), tomorrow)
    held = Hold.objects.filter(booking=visit).first()
    for column, value in (("starts_at", tomorrow + HOUR), ("kind", "offer"), ("booking", None)):
        with pytest.raises(DatabaseError), transaction.atomic():
            Hold.objects.filter(pk=held.pk).update(**{column: value})
    booking.cancel(practice.act(Role.FRONT_DESK), booking_id=visit.public_id, reason="Ill.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.filter(pk=held.pk).update(released_at=None)


def test_a_clash_that_is_older_than_the_holds_is_shown_and_its_time_is_not_given_away(practice, tomorrow):
    of, other = practice.patient(), practice.patient(given_name="Bea")
    first = book(practice, of, tomorrow, minutes=60)
    clash = Booking.objects.create(
        clinic=practice.clinic,
        public_id=uuid4(),
        patient=other,
        room=first.room,
        operator=first.operator,
        purpose="Talk",
        starts_at=tomorrow + timedelta(minutes=30),
        ends_at=tomorrow + timedelta(minutes=90),
    )
    act = practice.act(Role.FRONT_DESK)
    [line] = visits_of(other, act.actor, act.at)
    assert "Booked twice" in line.mark.says
    with pytest.raises(holds.Taken):
        book(practice, practice.patient(given_name="Cora"), tomorrow + timedelta(minutes=65))
    booking.move(
        practice.act(Role.FRONT_DESK),
        booking_id=clash.public_id,
        slot=slot(practice, tomorrow + 3 * HOUR),
        why="Clash.",
    )
    [line] = visits_of(other, act.actor, act.at)
    assert line.mark is None


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_after_any_sequence_nothing_is_taken_twice(practice, seed):
    dice = Random(seed)
    with transaction.atomic():
        people = [practice.patient(given_name=name) for name in ("Ada", "Bea", "Cora")]
        base = practice.at + timedelta(days=3)
        for _ in range(14):
            what = dice.choice(["book", "book", "move", "cancel", "missed"])
            where = slot(
                practice,
                base + dice.randrange(12) * timedelta(minutes=15),
                room=dice.randrange(2),
                role=dice.choice([Role.NURSE, Role.PRESCRIBER]),
                numbing_minutes=dice.choice([0, 20]),
                clean_down_minutes=dice.choice([0, 10]),
            )
            there = list(Booking.objects.filter(cancelled_at=None, no_show_at=None))
            act = practice.act(Role.FRONT_DESK)
            try:
                if what == "book" or not there:
                    of = dice.choice(people)
                    booking.book(act, patient_id=of.public_id, slot=where, purpose="Talk")
                elif what == "move":
                    booking.move(act, booking_id=dice.choice(there).public_id, slot=where, why="")
                elif what == "cancel":
                    booking.cancel(act, booking_id=dice.choice(there).public_id, reason="x")
                else:
                    late = Act(act.actor, base + timedelta(days=1), act.key)
                    booking.did_not_come(late, booking_id=dice.choice(there).public_id)
            except Refused:
                pass
        assert [overlap(each) for each in ("room_id", "member_id", "patient_id", "device_id")] == [0] * 4
        for each in Booking.objects.filter(cancelled_at=None, no_show_at=None):
            assert each.holds.filter(released_at=None).count() == 3
        transaction.set_rollback(True)


CLERKS, TIMES = 6, 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_six_clerks_at_once_book_no_more_than_fits(monkeypatch):
    """One operator, two rooms, two patients a clerk: each time goes to one of six, and nobody waits in a circle."""
    practice = Practice.found("Harbour Skin")
    people = [practice.patient(given_name=f"Ada{each}") for each in range(CLERKS)]
    clerks = [practice.act(Role.FRONT_DESK) for _ in range(CLERKS)]
    latest = practice.act().at
    base, gate = latest + timedelta(days=1), threading.Barrier(CLERKS)
    crossed = []
    monkeypatch.setattr(acts, "CROSSED", "CROSSED")

    def clerk(number):
        won = 0
        try:
            for turn in range(TIMES):
                gate.wait()
                where = slot(practice, base + turn * timedelta(minutes=30), room=(number + turn) % 2)
                act = Act(clerks[number].actor, latest, uuid5(clerks[number].key, str(turn)))
                try:
                    booking.book(
                        act,
                        patient_id=people[number].public_id,
                        slot=where,
                        purpose="Talk",
                        sure=slots.Sure(tuple(slots.doubts(where.taken.room, latest, act.actor.zone))),
                    )
                    won += 1
                except Refused as refused:
                    if "CROSSED" in str(refused):
                        crossed.append(turn)
        finally:
            connections.close_all()
        return won

    with ThreadPoolExecutor(CLERKS) as pool:
        won = sum(pool.map(clerk, range(CLERKS)))
    assert won == Booking.objects.count() == TIMES
    assert [overlap(each) for each in ("room_id", "member_id", "patient_id")] == [0] * 3
    assert crossed == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_without_the_locks_the_database_still_refuses_and_nobody_gets_a_fault(monkeypatch):
    practice = Practice.found("Harbour Skin")
    people = [practice.patient(given_name=f"Ada{each}") for each in range(CLERKS)]
    clerks = [practice.act(Role.FRONT_DESK) for _ in range(CLERKS)]
    latest = practice.act().at
    base, gate = latest + timedelta(days=1), threading.Barrier(CLERKS)
    monkeypatch.setattr(holds, "lock", lambda _needs: None)
    monkeypatch.setattr(holds, "check_free", lambda *_: None)

    def clerk(number):
        won = 0
        try:
            for turn in range(TIMES // 4):
                gate.wait()
                where = slot(practice, base + turn * timedelta(minutes=30), room=(number + turn) % 2)
                act = Act(clerks[number].actor, latest, uuid5(clerks[number].key, str(turn)))
                try:
                    booking.book(act, patient_id=people[number].public_id, slot=where, purpose="Talk")
                    won += 1
                except Refused:
                    pass
        finally:
            connections.close_all()
        return won

    with ThreadPoolExecutor(CLERKS) as pool:
        won = sum(pool.map(clerk, range(CLERKS)))
    assert won == Booking.objects.count() <= TIMES // 4
    assert [overlap(each) for each in ("room_id", "member_id", "patient_id")] == [0] * 3


# --------------------------------------------------------------------------------------------------------- at the desk

CASES = Path(__file__).parent / "cases" / "bookings_nobody_meant.json"


@pytest.fixture
def desk(db):
    """A practice of today with its front desk signed in, and one patient."""
    practice = Practice.of_today("Harbour Skin")
    return practice, signed_in(practice, Role.FRONT_DESK), practice.patient()


def form(practice, of, starts_at, **more):
    return {
        "key": str(uuid4()),
        "patient": str(of.public_id),
        "starts_at": starts_at,
        "room": str(practice.rooms[0].pk),
        "operator": str(practice.members[Role.NURSE].pk),
        "minutes": "30",
        "numbing_minutes": "0",
        "clean_down_minutes": "0",
        "purpose": "Talk",
    } | more


@pytest.mark.parametrize("case", json.loads(CASES.read_text("utf-8")), ids=lambda case: case["name"])
def test_a_booking_that_nobody_meant_is_asked_about_and_taken_once_it_is_meant(desk, case):
    practice, client, of = desk
    address = reverse("book", args=[of.public_id])
    today = datetime.now(UTC).astimezone(practice.actor(Role.NURSE).zone)
    starts_at = case["starts_at"] or f"{today + timedelta(days=case['days']):%Y-%m-%d}T{case['clock']}"
    answer = client.post(address, form(practice, of, starts_at))
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert case["asks"] in shown
    assert "Book anyway" in shown
    assert f'value="{starts_at}"' in shown
    assert not Booking.objects.exists()
    agreed = [part.split('"')[0] for part in shown.split('name="agreed" value="')[1:]]
    from html import unescape

    sent = form(practice, of, starts_at, agreed=[unescape(each) for each in agreed])
    assert client.post(address, sent).status_code == 302
    assert Booking.objects.count() == 1


def test_a_patient_in_two_rooms_is_refused_with_what_was_typed_kept(desk):
    practice, client, of = desk
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    address = reverse("book", args=[of.public_id])
    assert client.post(address, form(practice, of, f"{day}T10:00")).status_code == 302
    where = {"room": str(practice.rooms[1].pk), "operator": str(practice.members[Role.PRESCRIBER].pk)}
    answer = client.post(address, form(practice, of, f"{day}T10:00", **where))
    assert answer.status_code == 409
    assert "has another visit" in answer.content.decode()
    assert Booking.objects.count() == 1


def test_a_course_is_shown_its_days_before_any_is_booked(desk):
    practice, client, _ = desk
    running = practice.planned()
    practice.catch_up()
    of, address = running.patient, reverse("book", args=[running.patient.public_id])
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    what = {"what": f"course:{running.public_id}"}
    shown = client.post(address, form(practice, of, f"{day}T10:00", **what))
    assert shown.status_code == 200
    assert not Booking.objects.exists()
    page = shown.content.decode()
    assert page.count("datetime-local") == 3
    assert f'value="{day}T10:00"' in page
    names = [part.split('"')[0] for part in page.split('name="start_')[1:]]
    days = [part.split('"')[0] for part in page.split('value="')[1:] if "T10:00" in part[:16]][-3:]
    sent = form(practice, of, f"{day}T10:00", **what) | {
        f"start_{name}": each for name, each in zip(names, days, strict=True)
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("visits", args=[of.public_id])
    page = client.get(answer["Location"]).content.decode()
    assert page.count("<article") == Booking.objects.count() == 3


def test_the_page_of_moving_shows_what_is_free_around_it(desk):
    practice, client, of = desk
    other = practice.patient(given_name="Bea")
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    client.post(reverse("book", args=[of.public_id]), form(practice, of, f"{day}T10:00"))
    client.post(reverse("book", args=[other.public_id]), form(practice, other, f"{day}T12:00"))
    visit = Booking.objects.get(patient=of)
    address = reverse("move_booking", args=[visit.public_id])
    page = " ".join(client.get(address).content.decode().split())
    assert f'at={day}T06:00">06:00</a> to 12:00' in page
    assert f'at={day}T12:30">12:30</a> to 22:00' in page
    answer = client.post(address, form(practice, of, f"{day}T12:15"))
    assert answer.status_code == 409
    assert "is taken at" in answer.content.decode()
    assert client.post(address, form(practice, of, f"{day}T13:00", why="Train.")).status_code == 302
    page = client.get(reverse("visits", args=[of.public_id])).content.decode()
    assert "Train." in page


def test_the_desk_notes_who_did_not_come_on_days_gone_by(desk):
    practice, client, of = desk
    visit = practice.booked(of, minutes_from_now=-60 * 24)
    page = client.get(reverse("day")).content.decode()
    assert "Did they come?" in page
    day = visit.starts_at.astimezone(practice.actor(Role.NURSE).zone).date().isoformat()
    page = client.get(f"{reverse('day')}?on={day}").content.decode()
    assert "Nobody noted whether they came." in page
    sent = {"key": str(uuid4()), "reason": "No word.", "to": "visits"}
    answer = client.post(reverse("missed_booking", args=[visit.public_id]), sent)
    assert answer["Location"] == reverse("visits", args=[of.public_id])
    page = client.get(answer["Location"]).content.decode()
    assert "Did not come: No word." in page
    assert "Book again" in page
    assert "Did they come?" not in client.get(reverse("day")).content.decode()
    page = client.get(f"{reverse('day')}?on={day}").content.decode()
    assert "did not come" in page


def test_the_day_marks_what_must_not_stay_and_offers_to_move_it(desk):
    from needlepoint.clinic.actions import course

    practice, client, _ = desk
    running = practice.planned()
    practice.booked(running.patient, next_session(running), minutes_from_now=240)
    practice.catch_up()
    course.end(practice.act(), course_id=running.public_id, how="pause", reason="Abroad.")
    page = client.get(reverse("day")).content.decode()
    assert "The course is paused." in page
    assert "/move/" in page
    nurse = signed_in(practice, Role.NURSE).get(reverse("day")).content.decode()
    assert ">Screen</a>" not in nurse


def test_a_statement_less_or_more_of_visits_costs_no_statement(desk):
    from django.test.utils import CaptureQueriesContext

    practice, _, of = desk
    told = []
    for number in (1, 12):
        for each in range(number):
            practice.booked(of, minutes_from_now=60 * 24 * number + 40 * each)
        with CaptureQueriesContext(connection) as asked:
            visits_of(of, practice.actor(Role.FRONT_DESK), practice.at)
        told.append(len(asked))
    assert told[0] == told[1]
