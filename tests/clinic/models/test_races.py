"""Many at once: one cartridge, one winner; one form, one answer; one chain."""

import gc
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from uuid import uuid5

import pytest
from django.db import connection, connections, transaction
from tests.clinic.practice import GTIN, Practice, agreeing, next_session

from needlepoint.clinic.access.checks import Refused, Stop
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import consent, patient
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.needling import session
from needlepoint.clinic.chair.actions.stock import recall, stock
from needlepoint.clinic.chair.actions.stock.cartridge import Scanned, claim
from needlepoint.clinic.desk.actions import booking, slots
from needlepoint.clinic.models import Booking, CartridgeUse, Patient, Recall, RecordLine, Submission
from needlepoint.clinic.practice.actions import act as act_module
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import once
from needlepoint.clinic.practice.queries.record import record_faults
from needlepoint.course.goals import Concern
from needlepoint.course.zones import Zone

THREADS = 64
# `make soak` asks for a thousand.
EXPIRES = date(2028, 1, 31)
ROUNDS = int(os.environ.get("NEEDLEPOINT_ROUNDS", "8"))


def at_once(do, times=THREADS):
    """Let so many threads do something at the same moment, and return what became of each."""
    return rounds_at_once([do], times)[0]


def rounds_at_once(rounds, times=THREADS):
    """The same, round after round, with one connection for each thread."""
    gate = threading.Barrier(times)

    def all_rounds(number):
        try:
            return [one(do, number) for do in rounds]
        finally:
            connections.close_all()

    def one(do, number):
        gate.wait()
        try:
            return do(number)
        except (Refused, Stop) as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(zip(*pool.map(all_rounds, range(times)), strict=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_many_sessions_claim_one_cartridge_and_one_gets_it():
    practice = Practice.found("Harbour Skin")
    sessions = [practice.consented(practice.planned(practice.course())) for _ in range(4)]
    pieces = [piece for _ in range(0, ROUNDS, 25) for piece in practice.stocked(25)][:ROUNDS]
    act = practice.act()

    def claiming(piece):
        def take(number):
            with transaction.atomic():
                return claim(act, sessions[number % 4], practice.scan(piece))

        return take

    began = time.monotonic()
    for outcomes in rounds_at_once([claiming(piece) for piece in pieces]):
        assert sum(isinstance(each, CartridgeUse) for each in outcomes) == 1
        assert sum(isinstance(each, Stop) for each in outcomes) == THREADS - 1
    assert CartridgeUse.objects.count() == ROUNDS
    print(f"\n{ROUNDS} rounds of {THREADS} threads in {time.monotonic() - began:.0f} s")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_a_form_sent_many_times_is_taken_once():
    practice = Practice.found("Harbour Skin")
    act = practice.act(Role.FRONT_DESK)
    known = {"given_name": "Ada", "family_name": "Byron", "born_on": practice.at.date().replace(year=1990)}

    def send(_):
        return once(
            act, "a" * 64, lambda: str(patient.register(act, person=patient.Person(**known)).public_id)
        )

    outcomes = set(at_once(send, 8))
    assert len(outcomes) == 1
    assert Patient.objects.count() == Submission.objects.count() == 1
    with pytest.raises(Refused, match="other content"):
        once(act, "b" * 64, lambda: "/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_the_record_has_no_gap_when_many_write():
    practice = Practice.found("Harbour Skin")
    acts = [practice.act() for _ in range(16)]

    def look(number):
        from needlepoint.clinic.practice.actions.record import saw

        act = acts[number]
        for _ in range(5):
            saw(Act(act.actor, acts[-1].at, act.key), "day", "day")

    before = RecordLine.objects.count()
    at_once(look, 16)
    assert RecordLine.objects.count() == before + 16 * 5
    assert record_faults(practice.clinic) == []


def test_no_lock_is_held_harder_than_needed():
    """Every row refers to its clinic: on PostgreSQL, who locks it with its key makes others wait, some in a ring."""
    lock = re.compile(r"select_for_update\((?![^)]*no_key=True)")
    clinic = Path(act_module.__file__).parents[2]
    paths = [path for path in sorted(clinic.rglob("*.py")) if "select_for_update(" in path.read_text()]
    assert len(paths) > 5
    assert [path.name for path in paths if lock.search(path.read_text())] == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its own queue")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["commit", "rollback", "close", "drop"])
def test_whoever_is_done_with_writing_lets_the_next_one_write(end):
    """On SQLite the writers of a process take turns; a connection that is lost in the middle keeps no turn."""
    wrote = threading.Event()

    def write():
        with transaction.atomic():
            wrote.set()
        connections.close_all()

    first = connection.copy()
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    second = threading.Thread(target=write)
    second.start()
    assert not wrote.wait(0.2)
    if end == "drop":
        del first
        gc.collect()
    else:
        getattr(first, end)()
    assert wrote.wait(connection.settings_dict["OPTIONS"]["timeout"] / 2)
    second.join()
    if end in ("commit", "rollback"):
        first.set_autocommit(True)
        first.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_those_who_write_about_different_things_never_wait_in_a_circle():
    practice = Practice.found("Harbour Skin")
    known = {"family_name": "Byron", "born_on": practice.at.date().replace(year=1990)}
    acts = [practice.act(Role.PRESCRIBER) for _ in range(24)]
    of, room = practice.patient(), practice.rooms[0]
    latest = practice.act().at

    def work(number):
        for turn in range(4):
            act = Act(acts[number].actor, latest, uuid5(acts[number].key, str(turn)))
            if number % 3 == 0:
                patient.register(act, person=patient.Person(given_name=f"Ada{number}", **known))
            elif number % 3 == 1:
                slot = slots.Slot(
                    room_key=room.pk,
                    operator_key=practice.members[Role.NURSE].pk,
                    starts_at=latest + timedelta(hours=number * 4 + turn),
                    minutes=30,
                )
                agreeing(partial(booking.book, act, patient_id=of.public_id, slot=slot, purpose="Visit"))
            else:
                stock.receive(act, scanned=Scanned(GTIN, f"L{number}-{turn}", expires_on=EXPIRES), pieces=2)

    before = RecordLine.objects.count()
    assert at_once(work, 24) == (None,) * 24
    assert RecordLine.objects.count() == before + 24 * 4
    assert record_faults(practice.clinic) == []


def held_up(start, module, name):
    """Begin something in a thread of its own and hold it before it calls `name`; return what lets it go on."""
    whole, reached, go, came = getattr(module, name), threading.Event(), threading.Event(), []

    def waits(*given):
        reached.set()
        go.wait(20)
        return whole(*given)

    def begin():
        try:
            came.append(start())
        except Refused as error:
            came.append(error)
        finally:
            connections.close_all()

    setattr(module, name, waits)
    thread = threading.Thread(target=begin)
    thread.start()
    assert reached.wait(20)
    setattr(module, name, whole)

    def end():
        go.set()
        thread.join()
        return came[0]

    return end


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_nobody_is_booked_who_died_while_the_visit_was_being_booked():
    practice = Practice.found("Harbour Skin")
    of, act = practice.patient(), practice.act(Role.FRONT_DESK)
    slot = slots.Slot(
        room_key=practice.rooms[0].pk,
        operator_key=practice.members[Role.NURSE].pk,
        starts_at=practice.at + timedelta(days=2),
        minutes=30,
    )
    booked = partial(booking.book, act, patient_id=of.public_id, slot=slot, purpose="Visit")
    end = held_up(booked, booking.holds, "lock")
    practice.gone(of)
    assert isinstance(end(), Refused)
    assert not Booking.objects.exists()


def beginnings(practice):
    """What may begin for a patient, each with the first thing that it does once it knows them to be here."""
    planned, screened = next_session(practice.planned()), next_session(practice.planned())
    session.pass_screening(practice.act(), session_id=screened.public_id)
    drafted = practice.course()
    return {
        "a course": (
            planned.patient,
            partial(
                course.draft,
                practice.act(),
                patient_id=planned.patient.public_id,
                concern=Concern.ACNE_SCARS,
                zones=[Zone.CHEEK_LEFT],
                device_key=practice.device.pk,
            ),
            (course, "write"),
        ),
        "a screening": (
            planned.patient,
            partial(session.pass_screening, practice.act(), session_id=planned.public_id),
            (session, "_check_standing"),
        ),
        "a consent": (
            screened.patient,
            partial(
                consent.consent_to_session,
                practice.act(),
                session_id=screened.public_id,
                signed=practice.signed(),
            ),
            (consent, "_text_signed"),
        ),
        "a plan": (
            drafted.patient,
            partial(
                course.agree_plan,
                practice.act(),
                course_id=drafted.public_id,
                wishes=[],
                sessions=1,
                interval_days=42,
            ),
            (course, "course_rows"),
        ),
    }


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
@pytest.mark.parametrize("what", ["a course", "a screening", "a consent", "a plan"])
def test_who_notes_a_death_waits_for_what_is_just_beginning_and_finds_it_open(what):
    practice = Practice.found("Harbour Skin")
    of, start, (module, name) = beginnings(practice)[what]
    end = held_up(start, module, name)
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(lambda: (practice.gone(of), connections.close_all()))
        time.sleep(0.5)
        assert not going.done(), "the patient's row is held by what is beginning"
        end()
        going.result(20)
    assert Patient.objects.get(pk=of.pk).gone_as == "died"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_a_piece_that_a_session_is_just_claiming_is_not_taken_out_of_stock():
    practice = Practice.found("Harbour Skin")
    waiting = practice.consented()
    used, left = practice.stocked(2)
    end = held_up(partial(practice.opened, waiting, used), session, "write")
    out = partial(
        stock.take_out, practice.act(Role.PRESCRIBER), piece_id=used.public_id, reason="Wet pouches"
    )
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(lambda: (out(), connections.close_all()))
        time.sleep(0.5)
        assert not taking.done(), "it waits until the session has the piece"
        end()
        assert [each.pk for each in taking.result(20)[0]] == [left.pk]
    used.refresh_from_db()
    assert used.out_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_of_many_who_block_or_lift_a_lot_at_once_one_does():
    practice = Practice.found("Harbour Skin")
    acts = [practice.act(Role.MEDICAL_DIRECTOR) for _ in range(16)]
    acts = [Act(each.actor, acts[-1].at, each.key) for each in acts]
    blocked = at_once(lambda n: recall.recall(acts[n], lot="LOT7", gtin="", reason="A letter."), 8)
    (row,) = [each for each in blocked if isinstance(each, Recall)]
    lifted = at_once(lambda n: recall.lift(acts[8 + n], key=row.pk, reason="Taken back."), 8)
    assert sum(isinstance(each, Recall) for each in lifted) == 1
    assert sum(isinstance(each, Refused) for each in (*blocked, *lifted)) == 14
