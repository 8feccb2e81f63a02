"""A practice of any size, up to a million sessions, written in bulk with the guards lifted meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import connection
from tests.clinic.practice import GTIN, Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import (
    Booking,
    Cartridge,
    CartridgeUse,
    Course,
    Patient,
    Session,
    SessionPass,
    guards,
)

BATCH = 5_000
# Every tenth patient's sessions also have passes: those are the charts that are read.
WITH_PASSES = 10
LOT_PIECES = 100
FAMILIES = "Abara Bauer Chen Diaz Eriksen Farouk Haddad Ito Jovanovic Kaya Larsen Mbeki Okafor Park".split()
GIVEN = (
    "Ada Bo Chi Dina Emre Fay Gus Hana Ivo Jo Kofi Lea Mio Nia Omar Pia Quin Rosa Sami Tea Uma Vera".split()
)
NAMESPACE = UUID(int=7)


def fill(practice: Practice, patients: int, sessions: int, say: Callable[[str], None]) -> None:
    """Write patients, one course each, and their sessions with a cartridge used in every one."""
    began = time.perf_counter()
    guards.lift(connection)
    try:
        people = _write(Patient, (_patient(practice, each) for each in range(patients)))
        courses = _write(Course, (_course(practice, each) for each in people))
        each_has = sessions // patients
        for first in range(0, patients, BATCH // 5):
            _sessions(practice, courses[first : first + BATCH // 5], first, each_has)
        _write(Booking, (_booking(practice, person, place) for place, person in enumerate(people[:40])))
    finally:
        guards.install(connection)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA optimize")
    say(f"filled with {patients} patients and {sessions} sessions in {time.perf_counter() - began:.0f} s")


def _write(model: Any, rows: Iterable[Any]) -> list[Any]:
    written: list[Any] = []
    for batch in _batches(rows):
        written += model.objects.bulk_create(batch)
    return written


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _id(kind: str, number: int) -> UUID:
    return uuid5(NAMESPACE, f"{kind} {number}")


def _patient(practice: Practice, number: int) -> Patient:
    return Patient(
        clinic=practice.clinic,
        public_id=_id("patient", number),
        chart_number=number + 100,
        given_name=GIVEN[number % len(GIVEN)],
        family_name=f"{FAMILIES[number * 7 % len(FAMILIES)]} {number % 991}",
        born_on=date(1950, 1, 1) + timedelta(days=number * 37 % 18_000),
        sex="female",
        skin_type="III",
        phone="555-0100",
        registered_at=practice.at,
    )


def _course(practice: Practice, patient: Patient) -> Course:
    return Course(
        clinic=practice.clinic,
        public_id=uuid5(patient.public_id, "course"),
        patient=patient,
        concern="acne_scars",
        zones=["cheek_left", "cheek_right"],
        device=practice.device,
        state="active",
        drafted_at=practice.at,
        drafted_by=practice.members[Role.PRESCRIBER],
    )


def _sessions(practice: Practice, courses: list[Course], first: int, each_has: int) -> None:
    sessions = Session.objects.bulk_create(
        _session(practice, course, number) for course in courses for number in range(1, each_has + 1)
    )
    begins = first * each_has
    pieces = Cartridge.objects.bulk_create(
        _piece(practice, number) for number in range(begins, begins + len(sessions))
    )
    CartridgeUse.objects.bulk_create(
        CartridgeUse(clinic=practice.clinic, cartridge=piece, session=session, used_at=session.opened_at)
        for piece, session in zip(pieces, sessions, strict=True)
    )
    SessionPass.objects.bulk_create(
        _pass(practice, session, zone)
        for place, session in enumerate(sessions)
        if (first + place // each_has) % WITH_PASSES == 0
        for zone in ("cheek_left", "cheek_right")
    )


def _session(practice: Practice, course: Course, number: int) -> Session:
    opened_at: datetime = practice.at - timedelta(days=35 * (12 - number % 11))
    return Session(
        clinic=practice.clinic,
        public_id=uuid5(course.public_id, f"session {number}"),
        patient_id=course.patient_id,
        course=course,
        number=number,
        state="done",
        planned_on=opened_at.date(),
        device=practice.device,
        operator=practice.members[Role.PRESCRIBER],
        opened_at=opened_at,
        finished_at=opened_at + timedelta(minutes=30),
        sharps_container="SC-1",
    )


def _piece(practice: Practice, number: int) -> Cartridge:
    return Cartridge(
        clinic=practice.clinic,
        public_id=_id("piece", number),
        gtin=GTIN,
        lot=f"L{number // LOT_PIECES}",
        serial=f"B{number}",
        expires_on=date(2028, 1, 1),
        received_at=practice.at,
        received_by=practice.members[Role.PRESCRIBER],
    )


def _pass(practice: Practice, session: Session, zone: str) -> SessionPass:
    return SessionPass(
        clinic=practice.clinic,
        session=session,
        place=1 if zone == "cheek_left" else 2,
        zone=zone,
        depth_mm="1.00",
        limit_mm="1.50",
        passes=2,
    )


def _booking(practice: Practice, patient: Patient, place: int) -> Booking:
    starts_at = practice.at.replace(minute=0) + timedelta(minutes=10 * (place // 2))
    return Booking(
        clinic=practice.clinic,
        public_id=uuid5(patient.public_id, "booking"),
        patient=patient,
        room=practice.rooms[place % 2],
        operator=practice.members[Role.PRESCRIBER],
        purpose="Session",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=10),
    )
