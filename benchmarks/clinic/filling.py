"""A practice of any size, up to a million sessions: one patient is written, and the database multiplies that one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import md5
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from tests.clinic.practice import GTIN, Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import (
    Booking,
    Cartridge,
    CartridgeUse,
    Course,
    Hold,
    Patient,
    Session,
    SessionPass,
    guards,
)

# Every tenth patient's sessions also have passes: those are the charts that are read.
WITH_PASSES = 10
LOT_PIECES = 100
FAMILIES = "Abara Bauer Chen Diaz Eriksen Farouk Haddad Ito Jovanovic Kaya Larsen Mbeki Okafor Park".split()
GIVEN = (
    "Ada Bo Chi Dina Emre Fay Gus Hana Ivo Jo Kofi Lea Mio Nia Omar Pia Quin Rosa Sami Tea Uma Vera".split()
)
BORN_FROM = date(1950, 1, 1)
ZONES = ("cheek_left", "cheek_right")
# What is lifted is lifted for this connection; every row that is written here is sound by the way it is made.
LIFTED = {
    "postgresql": ("SET session_replication_role = replica", "SET synchronous_commit = off"),
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -500000"),
}
SETTLED = {"postgresql": ("VACUUM ANALYZE",), "sqlite": ("ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)")}


def public_id(kind: str, number: int) -> UUID:
    """Return the id that the row of this number has; the database computes the same."""
    return UUID(md5(f"{kind} {number}".encode()).hexdigest())  # noqa: S324 - a name, no secret


def filled(practice: Practice, patients: int, sessions: int, say: Callable[[str], None]) -> None:
    """See to it that there are patients, one course each, and their sessions with a cartridge used in every one."""
    if Patient.objects.filter(public_id=public_id("patient", 0)).exists():
        return
    began = time.perf_counter()
    each_has = sessions // patients
    with _lifted():
        _multiply(_Seed.written(practice, each_has), patients, each_has)
        people = Patient.objects.filter(public_id__in=[public_id("patient", each) for each in range(40)])
        visits = [_booking(practice, person, place) for place, person in enumerate(people)]
        Booking.objects.bulk_create(visits)
        Hold.objects.bulk_create(hold for visit in visits for hold in _holds(visit))
    for statement in SETTLED[connection.vendor]:
        _run(statement)
    say(f"filled with {patients} patients and {sessions} sessions in {time.perf_counter() - began:.0f} s")


@contextmanager
def _lifted() -> Iterator[None]:
    guards.lift(connection)
    for statement in LIFTED[connection.vendor]:
        _run(statement)
    try:
        yield
    finally:
        # A new connection has its own settings again.
        connection.close()
        guards.install(connection)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@dataclass(frozen=True)
class _Seed:
    """One patient with a course, its sessions and all that hangs on them, as the ORM has written it."""

    patient: Patient
    course: Course
    sessions: list[Session]
    pieces: list[Cartridge]
    uses: list[CartridgeUse]
    passes: list[SessionPass]

    @classmethod
    def written(cls, practice: Practice, each_has: int) -> _Seed:
        patient = _saved(_patient(practice))
        course = _saved(_course(practice, patient))
        sessions = [_saved(_session(practice, course, number)) for number in range(1, each_has + 1)]
        pieces = [_saved(_piece(practice, number)) for number in range(each_has)]
        return cls(
            patient,
            course,
            sessions,
            pieces,
            [_saved(_use(piece, session)) for piece, session in zip(pieces, sessions, strict=True)],
            [_saved(_pass(session, zone)) for session in sessions for zone in ZONES],
        )


def _saved(row: Any) -> Any:
    row.save(force_insert=True)
    return row


def _multiply(seed: _Seed, patients: int, each_has: int) -> None:
    """Copy the seed for every other patient; `n` is the patient's number, `seed.id` the copied row's key."""
    among = f"(n * {each_has} + seed.id - {{}})"
    session, piece = (among.format(rows[0].pk) if rows else "0" for rows in (seed.sessions, seed.pieces))
    patient, course = f"{seed.patient.pk} + n", f"{seed.course.pk} + n"
    _copies(Patient, [seed.patient], patients, _person())
    _copies(Course, [seed.course], patients, {"public_id": _public("course", "n"), "patient_id": patient})
    _copies(
        Session,
        seed.sessions,
        patients,
        {"public_id": _public("session", session), "patient_id": patient, "course_id": course},
    )
    _copies(
        Cartridge,
        seed.pieces,
        patients,
        {
            "public_id": _public("piece", piece),
            "lot": f"'L' || ({piece} / {LOT_PIECES})",
            "serial": f"'B' || {piece}",
        },
    )
    moved = {name: f"seed.{name} + n * {each_has}" for name in ("session_id", "cartridge_id")}
    _copies(CartridgeUse, seed.uses, patients, moved)
    _copies(SessionPass, seed.passes, patients, {"session_id": moved["session_id"]}, every=WITH_PASSES)


def _copies(model: Any, rows: list[Any], patients: int, changes: Mapping[str, str], every: int = 1) -> None:
    """Write the copies of these rows in one statement; a column that is not changed is as in the seed."""
    if not rows:
        return
    table = model._meta.db_table  # noqa: SLF001 (Django documents it for such use)
    columns = [field.column for field in model._meta.concrete_fields]  # noqa: SLF001
    told = {column: f"seed.{column}" for column in columns} | dict(changes)
    told["id"] = f"seed.id + n / {every} * {len(rows)}"
    # A table of its own for the seed: what reads and writes the same table is first laid aside as a whole.
    with transaction.atomic():
        seed = f"SELECT * FROM {table} WHERE id BETWEEN {rows[0].pk} AND {rows[-1].pk}"  # noqa: S608 (our own)
        _run(f"CREATE TEMPORARY TABLE seed AS {seed}")
        _run(
            f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 (names and numbers of our own)
            f"WITH RECURSIVE counted(n) AS (SELECT {every} UNION ALL SELECT n + {every} FROM counted "
            f"WHERE n + {every} < {patients}) SELECT {', '.join(told[each] for each in columns)} "
            f"FROM counted CROSS JOIN seed WHERE n < {patients}"
        )
        _run("DROP TABLE seed")
        if connection.vendor == "postgresql":
            _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608


def _person() -> dict[str, str]:
    days = "n * 37 % 18000"
    born_on = {
        "postgresql": f"DATE '{BORN_FROM}' + {days}",
        "sqlite": f"date('{BORN_FROM}', ({days}) || ' days')",
    }
    return {
        "public_id": _public("patient", "n"),
        "chart_number": "seed.chart_number + n",
        "given_name": _one_of(GIVEN, "n"),
        "family_name": f"{_one_of(FAMILIES, 'n * 7')} || ' ' || (n % 991)",
        "born_on": born_on[connection.vendor],
    }


def _public(kind: str, number: str) -> str:
    digest = f"md5('{kind} ' || {number})"
    return f"{digest}::uuid" if connection.vendor == "postgresql" else digest


def _one_of(words: list[str], number: str) -> str:
    cases = " ".join(f"WHEN {place} THEN '{word}'" for place, word in enumerate(words))
    return f"CASE {number} % {len(words)} {cases} END"


def _patient(practice: Practice) -> Patient:
    return Patient(
        clinic=practice.clinic,
        public_id=public_id("patient", 0),
        chart_number=100,
        given_name=GIVEN[0],
        family_name=f"{FAMILIES[0]} 0",
        born_on=BORN_FROM,
        sex="female",
        skin_type="III",
        phone="+1 202 555 0100",
        registered_at=practice.at,
    )


def _course(practice: Practice, patient: Patient) -> Course:
    return Course(
        clinic=practice.clinic,
        public_id=public_id("course", 0),
        patient=patient,
        concern="acne_scars",
        zones=list(ZONES),
        device=practice.device,
        state="active",
        drafted_at=practice.at,
        drafted_by=practice.members[Role.PRESCRIBER],
    )


def _session(practice: Practice, course: Course, number: int) -> Session:
    opened_at: datetime = practice.at - timedelta(days=35 * (12 - number % 11))
    return Session(
        clinic=practice.clinic,
        public_id=public_id("session", number - 1),
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
        public_id=public_id("piece", number),
        gtin=GTIN,
        lot="L0",
        serial=f"B{number}",
        expires_on=date(2028, 1, 1),
        received_at=practice.at,
        received_by=practice.members[Role.PRESCRIBER],
    )


def _use(piece: Cartridge, session: Session) -> CartridgeUse:
    return CartridgeUse(clinic=session.clinic, cartridge=piece, session=session, used_at=session.opened_at)


def _pass(session: Session, zone: str) -> SessionPass:
    return SessionPass(
        clinic=session.clinic,
        session=session,
        place=ZONES.index(zone) + 1,
        zone=zone,
        depth_mm="1.00",
        limit_mm="1.50",
        passes=2,
    )


def _booking(practice: Practice, patient: Patient, place: int) -> Booking:
    starts_at = practice.at.replace(minute=0) + timedelta(minutes=10 * (place // 2))
    return Booking(
        clinic=practice.clinic,
        public_id=public_id("booking", place),
        patient=patient,
        room=practice.rooms[place % 2],
        operator=practice.members[(Role.PRESCRIBER, Role.NURSE)[place % 2]],
        purpose="Session",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=10),
    )


def _holds(visit: Booking) -> Iterator[Hold]:
    span = {"starts_at": visit.starts_at, "ends_at": visit.ends_at}
    for taken in ({"room": visit.room}, {"member": visit.operator}, {"patient": visit.patient}):
        yield Hold(clinic=visit.clinic, kind="visit", booking=visit, **taken, **span)
