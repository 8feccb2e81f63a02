"""What is asked of a million rows goes by an index: costs do not grow with the clinic."""

import pytest
from django.db import connection

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Cartridge, RecordLine
from needlepoint.clinic.queries import patient as patients
from needlepoint.clinic.queries import stock
from needlepoint.clinic.queries.record import record_page
from needlepoint.clinic.queries.review import to_review


def plans(ask):
    """How the database goes about each statement; where there are few rows it would rather read them all."""
    seen = []

    def explained(execute, sql, params, many, context):
        with (
            connection.connection.cursor()
            if connection.vendor == "postgresql"
            else connection.cursor() as cursor
        ):
            word = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{word} {sql}", params)
            seen.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
        return execute(sql, params, many, context)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    with connection.execute_wrapper(explained):
        ask()
    return "\n".join(seen)


@pytest.fixture
def actor(practice):
    practice.done()
    return practice.actor(Role.MEDICAL_DIRECTOR)


def test_a_recall_looks_at_the_pieces_of_the_lot_and_not_at_every_session(actor):
    plan = plans(lambda: stock.exposed(actor, "LOT7"))
    assert "cartridge_by_lot" in plan or "cartridge_once" in plan or "autoindex_clinic_cartridge" in plan
    assert "clinic_cartridgeuse_clinic_id" not in plan


def test_a_name_is_found_by_its_beginning(actor):
    plan = plans(lambda: patients.patient_page(actor, "byr", 1))
    assert "patient_by_family_name" in plan
    assert "patient_by_given_name" in plan


def test_a_page_of_patients_is_read_in_the_order_of_their_names(actor):
    assert "patient_by_name" in plans(lambda: patients.patient_page(actor, "", 1))


def test_a_label_that_is_typed_in_is_found_at_once(actor):
    wanted = Cartridge.objects.filter(clinic=actor.clinic, serial="NP000001")
    assert "cartridge_by_serial" in plans(lambda: list(wanted))


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
