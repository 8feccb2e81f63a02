"""Every page shows what it should, in few statements, and a form that fails gives back what was typed."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Patient
from needlepoint.clinic.queries.session import next_session


@pytest.fixture
def live(db):
    """A practice whose clock stands at the present, because views ask the real one."""
    return Practice.of_today("Harbour Skin")


def signed_in(practice, role=Role.MEDICAL_DIRECTOR):
    client = Client()
    client.force_login(practice.members[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(client, address, patient=None, **typed):
    hidden = {"key": str(uuid4())} | ({"patient": str(patient.public_id)} if patient else {})
    return client.post(address, hidden | typed)


@contextmanager
def at_most(number):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        yield
    told = [each["sql"][:110] for each in asked if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(told) <= number, "\n".join(told)


def test_a_whole_day_is_shown_in_few_statements(live):
    client = signed_in(live)
    of = live.patient()
    for each in range(40):
        _crowd(live, of, each) if each else live.booked(of)
    client.get(reverse("day"))
    with at_most(10):
        shown = client.get(reverse("day"))
    assert shown.content.count(b'class="card visit"') == 40


def _crowd(practice, of, each):
    from datetime import timedelta

    from needlepoint.clinic.models import Booking

    first = Booking.objects.filter(clinic=practice.clinic).first()
    Booking.objects.create(
        clinic=practice.clinic,
        public_id=uuid4(),
        patient=of,
        room=practice.rooms[1],
        operator=first.operator,
        purpose=f"Visit {each}",
        starts_at=first.starts_at + timedelta(seconds=each),
        ends_at=first.starts_at + timedelta(seconds=each + 1),
    )


def test_the_list_of_patients_takes_four_statements_beside_the_signing_in(live):
    for each in range(30):
        live.patient(given_name=f"Ada{each}")
    client = signed_in(live)
    client.get(reverse("patients"))
    with at_most(4 + SIGNED_IN):
        assert client.get(reverse("patients")).status_code == 200


# Django's session, its saving, the member, the clinic and the roles are asked on every page.
SIGNED_IN = 5


def test_the_chart_does_not_ask_more_for_a_longer_course(live):
    running = live.planned(sessions=3)
    address = reverse("chart", args=[running.patient.public_id])
    client = signed_in(live)
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    live.catch_up()
    live.done(live.opened(live.consented(running)), minutes=0)
    with CaptureQueriesContext(connection) as after:
        shown = client.get(address)
    assert shown.status_code == 200
    # A done session adds its passes, topicals, cartridges and healing checks: four statements for any number.
    assert len(after) <= len(before) + 6
    assert len(after) <= 40


def test_every_page_of_a_course_opens(live):
    running = live.planned()
    client = signed_in(live)
    of = running.patient
    waiting = next_session(running)
    for name, args in (
        ("home", []),
        ("day", []),
        ("patients", []),
        ("register", []),
        ("chart", [of.public_id]),
        ("course_chart", [of.public_id, running.public_id]),
        ("edit_patient", [of.public_id]),
        ("book", [of.public_id]),
        ("photos", [of.public_id]),
        ("photo_consent", [of.public_id]),
        ("draft_course", [of.public_id]),
        ("screening", [running.public_id]),
        ("plan", [running.public_id]),
        ("session", [waiting.public_id]),
        ("consent", [waiting.public_id]),
        ("stock", []),
        ("recall", []),
        ("record", []),
        ("review", []),
        ("mfa_index", []),
        ("account_login", []),
    ):
        shown = client.get(reverse(name, args=args), follow=True)
        assert shown.status_code == 200, name
        assert "Byron" in shown.content.decode() or "chart" not in name
    live.catch_up()
    opened = live.opened(live.consented(running))
    assert (
        b"Finish and sign"
        in signed_in(live, Role.PRESCRIBER).get(reverse("session", args=[opened.public_id])).content
    )
    live.catch_up()
    done = live.done(opened, minutes=0)
    assert b"Channels per" in client.get(reverse("session", args=[done.public_id])).content


def test_a_form_that_fails_gives_back_what_was_typed(live):
    client = signed_in(live, Role.FRONT_DESK)
    typed = {
        "given_name": "Grace",
        "family_name": "",
        "born_on": "1990-02-30",
        "sex": "female",
        "skin_type": "II",
        "phone": "555-0199",
        "email": "",
        "allergies": "latex, a long story",
    }
    shown = send(client, reverse("register"), **typed)
    assert shown.status_code == 400
    for kept in ("Grace", "555-0199", "latex, a long story", "1990-02-30"):
        assert kept in shown.content.decode()
    assert not Patient.objects.exists()


def test_a_form_opened_for_another_patient_is_refused(live):
    ada, bea = live.patient(), live.patient(given_name="Bea")
    client = signed_in(live)
    shown = send(
        client,
        reverse("edit_patient", args=[bea.public_id]),
        ada,
        given_name="Ada",
        family_name="X",
        born_on="1990-01-01",
        sex="female",
        skin_type="II",
    )
    assert shown.status_code == 409
    assert "another patient" in shown.content.decode()
    bea.refresh_from_db()
    assert bea.given_name == "Bea"


def test_a_form_sent_twice_is_taken_once(live):
    client = signed_in(live)
    typed = {
        "key": str(uuid4()),
        "given_name": "Ada",
        "family_name": "Byron",
        "born_on": "1990-01-01",
        "sex": "female",
        "skin_type": "II",
    }
    first, second = (client.post(reverse("register"), typed) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    assert Patient.objects.count() == 1
    assert client.post(reverse("register"), typed | {"given_name": "Bea"}).status_code == 409


def test_a_used_cartridge_fills_the_screen(live):
    piece = live.stocked()[0]
    live.done(live.opened(live.consented(), piece))
    waiting = live.consented(live.planned(live.course()))
    ticks = {f"check_{each}": "yes" for each in range(6)}
    client = signed_in(live, Role.PRESCRIBER)
    shown = send(
        client, reverse("open_session", args=[waiting.public_id]), waiting.patient, code=piece.serial, **ticks
    )
    assert shown.status_code == 409
    assert "STOP" in shown.content.decode()
    assert "Used before" in shown.content.decode()
