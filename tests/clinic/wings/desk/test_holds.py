"""What visits take: nobody and nothing in two places at once, in the database, whoever books and however many."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random
from uuid import uuid4, uuid5

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clinic.practice import Practice
from tests.clinic.steps import migrate_back
from tests.clinic.wings.desk.test_day import signed_in
from tests.clinic.wings.desk.test_visits import HOUR, book, slot
from tests.clinic.wings.desk.test_visits_at_the_desk import form

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import holds
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.desk.actions import booking, slots
from needlepoint.clinic.desk.queries.visits import visits_of
from needlepoint.clinic.models import Booking, Hold, guards
from needlepoint.clinic.practice.actions import act as acts
from needlepoint.clinic.practice.actions import devices
from needlepoint.clinic.practice.actions.act import Act


@pytest.fixture
def tomorrow(practice):
    """Noon of the next day by the clinic's clock."""
    return practice.at + timedelta(days=1)


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


def test_whom_postgresql_lets_go_of_a_circle_is_told_to_do_it_again(practice, monkeypatch):
    class Crossed(Exception):
        sqlstate = "40P01"

    def fails(sqlstate):
        cause = Crossed()
        cause.sqlstate = sqlstate
        raise OperationalError("waits in a circle") from cause

    of, act = practice.patient(), practice.act(Role.FRONT_DESK)
    for sqlstate, refusal in (("40P01", Refused), ("57014", OperationalError)):
        monkeypatch.setattr(holds, "lock", lambda _needs, sqlstate=sqlstate: fails(sqlstate))
        with pytest.raises(refusal):
            booking.book(
                act, patient_id=of.public_id, slot=slot(practice, practice.at + HOUR), purpose="Talk"
            )
    assert not Booking.objects.exists()


def test_a_visit_follows_its_session_to_another_device_and_shows_where_that_one_is_taken(practice, tomorrow):
    other = devices.add_device(practice.act(Role.CLINIC_ADMIN), model="skinpen-precision", serial="SN2")
    first = practice.planned()
    second = practice.planned(practice.course(practice.patient(given_name="Bea")))
    visit = book(practice, first.patient, tomorrow, next_session(first))
    waiting = next_session(second)
    waiting.device = other
    waiting.save()
    there = book(practice, second.patient, tomorrow + HOUR, waiting, room=1, role=Role.PRESCRIBER)
    moving = next_session(first)
    moving.device = other
    moving.save()
    holds.follow_device(practice.act(), moving)
    held = Hold.objects.filter(booking=visit, released_at=None, device__isnull=False)
    assert [each.device for each in held] == [other]
    waiting.device = practice.device
    waiting.save()
    booking.move(
        practice.act(Role.FRONT_DESK),
        booking_id=there.public_id,
        slot=slot(practice, tomorrow, room=1, role=Role.PRESCRIBER),
        why="",
    )
    waiting.device = other
    waiting.save()
    holds.follow_device(practice.act(), waiting)
    [line] = visits_of(second.patient, practice.actor(Role.FRONT_DESK), practice.at)
    assert "Booked twice" in line.mark.says


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
                        sure=slots.Sure(tuple(slots.doubts(where.taken.patient, latest, act.actor.zone))),
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


@pytest.mark.django_db
def test_visits_of_before_get_their_holds_and_one_that_clashes_stops_no_other(emptied):
    practice = Practice.found("Harbour Skin")
    people = [practice.patient(given_name=name) for name in ("Ada", "Bea", "Cora")]
    noon = practice.at + timedelta(days=1)
    first = book(practice, people[0], noon, numbing_minutes=20, clean_down_minutes=10)
    running = practice.planned()
    device = practice.booked(running.patient, next_session(running), minutes_from_now=60 * 48)
    told = ("booking", "room", "member", "device", "patient", "starts_at", "ends_at")
    kept = sorted(map(repr, Hold.objects.values_list(*told)))
    clash = Booking.objects.create(
        clinic=practice.clinic,
        public_id=uuid4(),
        patient=people[1],
        room=practice.rooms[0],
        operator=practice.members[Role.PRESCRIBER],
        purpose="Talk",
        starts_at=noon + timedelta(minutes=30),
        ends_at=noon + timedelta(minutes=60),
    )
    long = Booking.objects.create(
        clinic=practice.clinic,
        public_id=uuid4(),
        patient=people[2],
        room=practice.rooms[1],
        operator=practice.members[Role.MEDICAL_DIRECTOR],
        purpose="Talk",
        starts_at=noon,
        ends_at=noon + timedelta(hours=13),
    )
    migrate_back("0010_holds")
    guards.lift(connection)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM clinic_hold")
    call_command("migrate", "clinic", verbosity=0)
    assert guards.missing(connection) == set()
    rows = Hold.objects.filter(booking__in=[first.pk, device.pk])
    assert sorted(map(repr, rows.values_list(*told))) == kept
    assert {each.room_id for each in clash.holds.all()} == {None}
    assert clash.holds.count() == 2
    assert long.holds.count() == 0
    act = practice.act(Role.FRONT_DESK)
    says = [line.mark.says for of in people[1:] for line in visits_of(of, act.actor, act.at)]
    assert all("Booked twice" in each for each in says)
    assert len(says) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_at_the_desk_the_loser_of_a_race_is_told_and_nobody_gets_a_fault():
    practice = Practice.of_today("Harbour Skin")
    people = [practice.patient(given_name=f"Ada{each}") for each in range(CLERKS)]
    practice.catch_up()
    desks = [signed_in(practice, Role.FRONT_DESK) for _ in range(CLERKS)]
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    gate = threading.Barrier(CLERKS)

    def clerk(number):
        answers = []
        try:
            for turn in range(5):
                gate.wait()
                room = {"room": str(practice.rooms[(number + turn) % 2].pk)}
                sent = form(practice, people[number], f"{day}T1{turn}:00", **room)
                address = reverse("book", args=[people[number].public_id])
                answers.append(desks[number].post(address, sent).status_code)
        finally:
            connections.close_all()
        return answers

    with ThreadPoolExecutor(CLERKS) as pool:
        told = list(pool.map(clerk, range(CLERKS)))
    for answers in zip(*told, strict=True):
        assert sorted(answers) == [302] + [409] * (CLERKS - 1)
    assert Booking.objects.count() == 5
