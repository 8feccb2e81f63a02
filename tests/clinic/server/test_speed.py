"""What is asked of a million rows goes by an index: costs do not grow with the clinic."""

from datetime import date
from uuid import uuid5

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries import duplicates
from needlepoint.clinic.chair.queries import patient_list as patients
from needlepoint.clinic.chair.queries.stock import stock
from needlepoint.clinic.models import Cartridge, CartridgeUse, Patient, PatientWord, RecordLine
from needlepoint.clinic.practice.queries.record import record_page
from needlepoint.clinic.practice.queries.review import to_review


def plans(ask, sorts=False):
    """How the database goes about each statement; where there are few rows it would rather read them all."""
    seen = []
    word = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"

    def explained(execute, sql, params, many, context):
        # A bare cursor, which does not ask us again.
        cursor = connection.create_cursor()
        cursor.execute(f"{word} {sql}", params)
        seen.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    # Once before: what is written for the first time is written about stand-ins.
    ask()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"SET LOCAL enable_sort = {sorts}")
    with connection.execute_wrapper(explained):
        ask()
    return "\n".join(seen)


@pytest.fixture
def actor(practice):
    practice.done()
    return practice.actor(Role.MEDICAL_DIRECTOR)


def test_a_recall_looks_at_the_pieces_of_the_lot_and_not_at_every_session(actor):
    _used_up(CartridgeUse.objects.get())
    plan = plans(lambda: stock.exposed(actor, "LOT7"), sorts=True)
    assert "cartridge_by_lot" in plan or "cartridge_once" in plan or "autoindex_clinic_cartridge" in plan
    assert "clinic_cartridgeuse_clinic_id" not in plan


def _used_up(use):
    """Two thousand pieces of other lots: a database that knows of few rows chooses its way by chance."""
    piece, session = use.cartridge, use.session
    names = [uuid5(piece.public_id, str(number)) for number in range(2000)]
    common = {
        field: getattr(piece, field)
        for field in ("clinic", "gtin", "expires_on", "received_at", "received_by")
    }
    Cartridge.objects.bulk_create(
        Cartridge(public_id=name, lot=f"OTHER{number % 200}", serial=name.hex[:12], **common)
        for number, name in enumerate(names)
    )
    CartridgeUse.objects.bulk_create(
        CartridgeUse(clinic=use.clinic, cartridge=each, session=session, used_at=use.used_at)
        for each in Cartridge.objects.filter(lot__startswith="OTHER")
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clinic_cartridge")
        cursor.execute("ANALYZE clinic_cartridgeuse")


def test_a_name_is_found_by_its_beginning(actor):
    pattern = Patient.objects.first()
    many = Patient.objects.bulk_create([_like(pattern, number) for number in range(3000)])
    PatientWord.objects.bulk_create(
        PatientWord(clinic=each.clinic, patient=each, word=each.family_name) for each in many
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clinic_patient")
        cursor.execute("ANALYZE clinic_patientword")
    plan = plans(lambda: patients.patient_page(actor, "byr", 1), sorts=True)
    assert "patient_by_word" in plan
    assert "SCAN clinic_patient\n" not in plan


def test_charts_that_may_be_of_the_same_person_are_found_by_their_parts(actor):
    pattern = Patient.objects.first()
    Patient.objects.bulk_create([_like(pattern, number) for number in range(3000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE clinic_patient")
    who = _like(pattern, 3001)
    who.born_on, who.phone, who.email = date(1950, 1, 2), "+1 (555) 010-9999", "Ada@home.example"
    plan = plans(lambda: duplicates.like(actor, who), sorts=True)
    assert all(f"patient_by_{part}" in plan for part in ("birth", "email", "phone_end", "whole_name")), plan


def _like(pattern, number):
    name = uuid5(pattern.public_id, str(number))
    return Patient(
        clinic=pattern.clinic,
        public_id=name,
        chart_number=1000 + number,
        given_name=name.hex[:8],
        family_name=name.hex[8:20],
        known_as=name.hex[:20],
        phone=f"+1 202 555 {number:05}",
        born_on=pattern.born_on,
        registered_at=pattern.registered_at,
    )


def test_a_page_of_patients_is_read_in_the_order_of_their_names(actor):
    assert "patient_by_name" in plans(lambda: patients.patient_page(actor, "", 1))


def test_a_label_that_is_typed_in_is_found_at_once(actor):
    wanted = Cartridge.objects.filter(clinic=actor.clinic, serial="NP000001")
    assert "cartridge_by_serial" in plans(lambda: list(wanted.all()))


def test_the_latest_sessions_are_not_sorted_out_of_all(actor):
    assert "session_by_end" in plans(lambda: to_review(actor))


def test_a_page_of_the_record_is_read_from_its_end_without_a_count(actor):
    plan = plans(lambda: record_page(actor, None, None, 1))
    assert "recordline" in plan
    assert "COUNT" not in plan.upper()
    assert "TEMP B-TREE" not in plan


def test_a_page_of_the_record_says_whether_there_are_older_lines(practice):
    for number in range(60):
        practice.patient(given_name=f"P{number}")
    actor = practice.actor(Role.AUDITOR)
    newest = record_page(actor, None, None, "1")
    assert (len(newest.rows), newest.has_next) == (50, True)
    assert newest.rows[0].number == RecordLine.objects.count()
    assert record_page(actor, None, None, "2").has_next is False
    assert record_page(actor, None, None, "9" * 30).number == 1


def test_addresses_that_lists_spell_out_are_those_that_are_served(db):
    practice = Practice.of_today("Harbour Skin")
    waiting = practice.consented()
    booking = practice.booked(waiting.patient, waiting)
    client = Client()
    nurse = practice.members[Role.NURSE]
    client.force_login(nurse, backend="allauth.account.auth_backends.AuthenticationBackend")
    day, people = (client.get(reverse(name)).content.decode() for name in ("day", "patients"))
    for name, row in (("chart", waiting.patient), ("session", waiting), ("cancel_booking", booking)):
        assert f'"{reverse(name, args=[row.public_id])}"' in day
    for name in ("chart", "book"):
        assert f'"{reverse(name, args=[waiting.patient.public_id])}"' in people
