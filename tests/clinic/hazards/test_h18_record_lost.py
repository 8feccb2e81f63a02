"""H18: what was done is lost, or is there by half."""

import contextlib
from types import SimpleNamespace
from uuid import uuid4

from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import RecordLine, SessionDose, SessionPass, Signature

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class CutError(Exception):
    """The power went, or the disk was full."""


def cut_at(number):
    """Let so many writes through, and no more."""
    left = [number]

    def watched(execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")):
            left[0] -= 1
            if left[0] < 0:
                raise CutError(sql[:40])
        return execute(sql, params, many, context)

    return connection.execute_wrapper(watched)


def test_a_session_is_finished_wholly_or_not_at_all_wherever_it_is_cut(bites, practice):
    opened = practice.opened()

    def cut_at_the_first_write_the_second_and_so_on():
        for number in range(1, 40):
            with contextlib.suppress(CutError), cut_at(number):
                practice.done(opened, minutes=0)
            transaction.set_rollback(False)
            opened.refresh_from_db()
            there = [
                model.objects.filter(session=opened).exists()
                for model in (SessionPass, SessionDose, Signature)
            ]
            there.append(RecordLine.objects.filter(act="finished session").exists())
            assert set(there) == {opened.state == "done"}, (number, opened.state, there)
            if opened.state == "done":
                assert number > 5
                return
        raise AssertionError("the session was never finished")

    bites(
        cut_at_the_first_write_the_second_and_so_on,
        instead=SimpleNamespace(atomic=contextlib.nullcontext),
    )


def test_what_was_answered_is_on_disk(bites, db):
    def every_commit_is_flushed():
        fresh = connections.create_connection("default")
        try:
            with fresh.cursor() as cursor:
                if fresh.vendor == "sqlite":
                    cursor.execute("PRAGMA synchronous")
                    assert cursor.fetchone()[0] == 2
                else:
                    for name in ("synchronous_commit", "fsync", "full_page_writes"):
                        cursor.execute(f"SHOW {name}")
                        assert cursor.fetchone()[0] == "on"
        finally:
            fresh.close()

    if connection.vendor == "sqlite":
        bites(every_commit_is_flushed, instead=("PRAGMA synchronous = NORMAL",))
    else:
        every_commit_is_flushed()


def test_what_is_typed_is_kept_as_a_draft(bites, live):
    opened = live.opened()
    client = Client()
    client.force_login(live.members[Role.PRESCRIBER], backend=BACKEND)

    def typed_and_then_the_tab_is_closed():
        typed = {"key": uuid4(), "patient": opened.patient.public_id, "note": "Left cheek first."}
        answer = client.post(reverse("save_draft", args=[opened.public_id]), typed)
        assert answer.status_code == 200
        opened.refresh_from_db()
        assert opened.draft.get("note") == "Left cheek first."
        assert opened.draft_saved_at is not None

    # Switched off, the page is answered as ever, and nothing is kept.
    bites(typed_and_then_the_tab_is_closed, instead=lambda *_, **__: opened)
