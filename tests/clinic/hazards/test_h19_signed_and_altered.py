"""H19: what was signed is changed afterwards, and nobody notices."""

import json

import pytest
from django.db import DatabaseError, connection, transaction
from tests.clinic.rows import refused

from needlepoint.clinic.chair.queries.needling import session
from needlepoint.clinic.models import RecordLine, SessionPass, Signature, guards, record_chain
from needlepoint.clinic.practice.queries import record


def test_no_sql_changes_what_was_signed(bites, practice):
    done = practice.done()

    def raw_statements():
        key = SessionPass.objects.filter(session=done).first().pk
        assert refused("UPDATE clinic_sessionpass SET depth_mm = 0.5 WHERE id = %s", [key])
        assert refused("DELETE FROM clinic_sessionpass WHERE id = %s", [key])

    bites(raw_statements)


def test_no_verb_of_the_programs_own_changes_what_was_signed(bites, practice):
    done = practice.done()

    def verbs():
        rows = Signature.objects.filter(session=done)
        row = rows.get()
        for do in (
            lambda: rows.update(meaning="other"),
            rows.delete,
            row.save,
            row.delete,
            lambda: Signature.objects.bulk_update([row], ["meaning"]),
        ):
            try:
                with transaction.atomic():
                    do()
            except DatabaseError:
                continue
            raise AssertionError("a signature was changed")

    bites(verbs)


def test_a_line_of_the_record_altered_by_force_is_found_and_named(bites, practice):
    practice.done()
    guards.lift(connection)
    altered = RecordLine.objects.get(act="finished session")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clinic_recordline SET detail = %s WHERE id = %s", [json.dumps({"zones": 1}), altered.pk]
        )
    guards.install(connection)

    def the_chain():
        assert record.record_faults(practice.clinic) == [f"line {altered.number} was altered"]

    # Without its digest over the line, nothing is noticed.
    kept = {
        record_chain.json.dumps({name: line[name] for name in record_chain.SEALED}, sort_keys=True): line[
            "digest"
        ]
        for line in record.sealed_lines(practice.clinic)
    }
    bites(
        the_chain,
        instead=lambda line: kept[
            record_chain.json.dumps({name: line[name] for name in record_chain.SEALED}, sort_keys=True)
        ],
    )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL itself takes neither of these")
@pytest.mark.parametrize(
    ("column", "forced"),
    [("detail", '{"zones": 1'), ("detail", "NaN"), ("at", "2026-03-02"), ("at", "yesterday"), ("at", "")],
)
def test_a_line_that_can_no_longer_be_read_is_named_like_any_other(practice, column, forced):
    practice.patient()
    guards.lift(connection)
    with connection.cursor() as cursor:
        # Without its checks SQLite takes any text.
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(
            f"UPDATE clinic_recordline SET {column} = %s WHERE act = 'registered patient'", [forced]
        )
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    guards.install(connection)
    (number,) = RecordLine.objects.filter(act="registered patient").values_list("number", flat=True)
    assert record.record_faults(practice.clinic) == [f"line {number} was altered"]


def test_a_pass_altered_by_force_is_told_on_the_page_of_the_session(bites, practice):
    done = practice.done()
    signed = session.content_digest(done)
    guards.lift(connection)
    SessionPass.objects.filter(session=done).update(depth_mm="0.25")
    guards.install(connection)

    def the_page():
        assert session.session_page(done).unaltered is False

    bites(the_page, instead=lambda _: signed)
