"""Requests that no browser would send, by every role to every address: never a fault of ours."""

import os
import random

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from tests.clinic.fuzzing import NASTY, Fuzz, signed_in, targets
from tests.clinic.practice import Practice
from tests.clinic.test_photos import picture

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.queries.session import next_session

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("NEEDLEPOINT_FUZZ" not in os.environ, reason="make soak runs it: it takes minutes"),
]
# For eight callers: `make soak` asks for 100,000 altogether.
BATCH = 50
EXAMPLES = int(os.environ.get("NEEDLEPOINT_FUZZ", "10000")) // BATCH // (len(Role) + 1)
SLOW_SECONDS = 2.0


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """A clinic with a row of every kind, and a session in every state."""
    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            practice = Practice.of_today("Harbour Skin")
            done = practice.done(minutes=0)
            opened = practice.opened(
                practice.consented(practice.planned(practice.course())), practice.stocked()[0]
            )
            waiting = practice.consented(practice.planned(practice.course()))
            planned = next_session(practice.planned(practice.course()))
            sessions = [done, opened, waiting, planned]
            of = done.patient
            rows = {
                "patient": [each.patient.public_id for each in sessions],
                "course": [each.course.public_id for each in sessions],
                "session": [each.public_id for each in sessions],
                "booking": [practice.booked(waiting.patient, waiting, minutes_from_now=90).public_id],
                "consent": [waiting.consents.get().public_id],
                "photo": [practice.photographed(of, picture()).public_id],
            }
            director = signed_in(practice, Role.MEDICAL_DIRECTOR)
            yield practice, rows, targets(director, rows)
            transaction.set_rollback(True)


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role.value if role else "nobody")
def test_no_request_of_whatever_kind_breaks_a_page(house, django_db_blocker, role):
    practice, rows, addresses = house
    with django_db_blocker.unblock():
        fuzz = Fuzz(signed_in(practice, role), addresses, rows)

        @seed(2026)
        @settings(
            max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None, database=None
        )
        @given(st.integers(0, 2**32), st.lists(st.text(max_size=60), min_size=BATCH, max_size=BATCH))
        def batch(number, texts):
            dice = random.Random(number)
            for text in texts:
                status, told = fuzz.send(dice, text)
                assert status < 500, told

        batch()
    assert fuzz.sent >= EXAMPLES * BATCH
    assert fuzz.slowest[0] < SLOW_SECONDS, fuzz.slowest
    print(
        f"\n{role or 'nobody'}: {fuzz.sent} requests, the slowest took {fuzz.slowest[0]:.2f} s of the processor"
    )


def test_the_fuzzer_knows_the_forms(house):
    """If pages hide their forms from it, it fuzzes nothing."""
    _, _, addresses = house
    known = {target.pattern: set(target.fields) for target in addresses}
    with_fields = [pattern for pattern, fields in known.items() if len(fields) > 1]
    assert len(with_fields) >= 25, sorted(known)
    assert {"given_name", "family_name", "born_on"} <= known["/patients/new/"]
    assert len(addresses) > 50


@pytest.mark.parametrize("megabytes", [1, 3, 10])
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_body_of_many_megabytes_is_refused_in_words(house, django_db_blocker, megabytes, kind):
    practice, rows, _ = house
    with django_db_blocker.unblock():
        client = signed_in(practice, Role.PRESCRIBER)
        for name, kept in (
            ("register", ""),
            ("photos", "patient"),
            ("save_draft", "session"),
            ("account_login", ""),
        ):
            body = b"note=" + b"x" * (megabytes * 1024 * 1024)
            answer = client.generic("POST", reverse(name, args=[rows[kept][0]] if kept else []), body, kind)
            assert 200 <= answer.status_code < 500, (name, answer.status_code)


@pytest.mark.parametrize("text", NASTY)
def test_no_odd_text_breaks_a_search(house, django_db_blocker, text):
    practice, _, _ = house
    with django_db_blocker.unblock():
        client = signed_in(practice, Role.MEDICAL_DIRECTOR)
        for asked in ("patients q", "patients page", "day on", "stock lot", "record member", "record chart"):
            name, ask = asked.split()
            given = {ask: text[:3000].encode("utf-8", "replace")}
            assert client.get(reverse(name), given).status_code == 200


@pytest.mark.parametrize(
    "path", ["/%00", "/%ff", "//", "/..", "/patients/%2e%2e/", "/" + "a" * 4000, "/\u202e", "/photos/x.jpg"]
)
def test_no_odd_address_breaks_the_server(house, django_db_blocker, path):
    with django_db_blocker.unblock():
        assert Client(raise_request_exception=False).get(path).status_code in (301, 302, 400, 404)


def test_the_house_stands_in_either_database(house):
    assert connection.vendor in ("sqlite", "postgresql")
