"""Every page shows what it should, in few statements, and a form that fails gives back what was typed."""

import io
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from tests.clinic.practice import Practice
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.photo import photo as photos
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.models import Patient, RecordLine
from needlepoint.clinic.practice.views.door import clock


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


def statements(asked):
    """What a page asks for. Every few seconds one page also notes that somebody is there, and that work goes on."""
    now_and_then = ("SAVEPOINT", "RELEASE", 'UPDATE "django_session"')
    return [
        each["sql"]
        for each in asked
        if not each["sql"].startswith(now_and_then) and "needlepoint_cache" not in each["sql"]
    ]


@contextmanager
def stood_still(monkeypatch):
    """A clock that stands: what every page asks for once in some seconds was asked by the page before, however slow."""
    at = clock.now()
    with monkeypatch.context() as stood:
        stood.setattr(clock, "now", lambda: at)
        yield


@contextmanager
def at_most(number):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        yield
    told = [sql[:110] for sql in statements(asked)]
    assert len(told) <= number, "\n".join(told)


def test_a_whole_day_is_shown_in_few_statements(live):
    client = signed_in(live)
    of = live.patient()
    for each in range(40):
        _crowd(live, of, each) if each else live.booked(of)
    client.get(reverse("day"))
    with at_most(10):
        shown = client.get(reverse("day"))
    assert shown.content.count(b'<article class="visit') == 40


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


@pytest.mark.parametrize("patients", [1, 60])
def test_the_list_of_patients_takes_four_statements_with_the_signing_in(live, patients):
    for each in range(patients):
        live.patient(given_name=f"Ada{each}")
    client = signed_in(live)
    client.get(reverse("patients"))
    for address in (reverse("patients"), f"{reverse('patients')}?q=Byron&page=2"):
        with at_most(4):
            assert client.get(address).status_code == 200


def test_the_list_goes_on_page_by_page_and_any_page_number_is_survived(live):
    for each in range(30):
        live.patient(given_name=f"Ada{each:02}")
    client = signed_in(live)
    first, second = (client.get(f"{reverse('patients')}?page={each}").content for each in (1, 2))
    assert (first.count(b'<td class="day">'), second.count(b'<td class="day">')) == (25, 5)
    assert (b'After <span class="turn">' in first, b'After <span class="turn">' in second) == (True, False)
    for odd in ("-1", "0", "x", "99999999999999999999", "1.5", "%00"):
        assert client.get(f"{reverse('patients')}?page={odd}").status_code == 200


def test_the_chart_takes_twelve_statements_with_everything_however_long_the_course(live, monkeypatch):
    """Signing in, roles, the look-up, the line of the record and all that the page shows."""
    running = live.planned(sessions=3)
    of = running.patient
    client = signed_in(live)
    told = []
    for step in range(3):
        with stood_still(monkeypatch):
            client.get(reverse("chart", args=[of.public_id]))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse("chart", args=[of.public_id])).status_code == 200
        told.append(len(statements(asked)))
        live.catch_up()
        if step == 0:
            live.healed(live.done(live.opened(live.consented(running)), minutes=0))
            live.photographed(of, picture())
        else:
            for _ in range(4):
                live.course(of)
    assert max(told) <= 12, told
    assert len(set(told)) == 1, "the number of statements grows with the rows"


def test_what_was_decided_otherwise_stands_on_the_chart_with_its_reason(live):
    drafted = live.course()
    live.screened(drafted, keloid_history="yes")
    client = signed_in(live)
    of, address = drafted.patient, reverse("chart", args=[drafted.patient.public_id])
    decide = reverse("decide", args=[drafted.public_id])
    assert "Decide otherwise" in client.get(address).content.decode()
    refused = send(client, decide, of, rule="no.such.rule", reason="Mild.")
    assert refused.status_code == 409
    again = send(client, decide, of, rule="keloid.history", reason=" ")
    assert "Write the reason" in again.content.decode()
    send(client, decide, of, rule="keloid.history", reason="Flat scars only.")
    shown = client.get(address).content.decode()
    assert shown.count("Flat scars only.") >= 3  # at the verdict, among the decisions, and on the timeline


def test_a_reason_that_could_not_be_taken_is_still_in_its_box(live):
    drafted = live.course()
    live.screened(drafted, keloid_history="yes")
    nurse = signed_in(live, Role.MEDICAL_DIRECTOR)
    typed = {"rule": "keloid.history", "reason": "Seen by me " + "x" * 2000}
    shown = send(nurse, reverse("decide", args=[drafted.public_id]), drafted.patient, **typed)
    assert shown.status_code == 400
    assert typed["reason"] in shown.content.decode()


def test_the_header_shows_the_latest_portrait_small_and_initials_where_there_is_none(live):
    of = live.patient(given_name="Ada", family_name="Byron")
    client = signed_in(live)
    address = reverse("portrait", args=[of.public_id])
    initials = client.get(address)
    assert initials["Content-Type"] == "image/svg+xml"
    assert ">AB</text>" in initials.content.decode()
    live.photo_consent(of)
    photos.add_photo(live.act(), patient_id=of.public_id, content=picture(size=(900, 600)), shows="portrait")
    looked = RecordLine.objects.filter(act="saw portrait").count()
    shown = client.get(address)
    assert Image.open(io.BytesIO(shown.content)).size == (144, 144)
    assert shown["Cache-Control"] == "no-store"
    assert RecordLine.objects.filter(act="saw portrait").count() == looked + 1
    assert address in client.get(reverse("chart", args=[of.public_id])).content.decode()
    standing = of.consents.filter(withdrawal=None).get()
    send(client, reverse("withdraw_consent", args=[standing.public_id]), of)
    assert client.get(address)["Content-Type"] == "image/svg+xml"


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
        "phone": "202-555-0199",
        "email": "",
        "allergies": "latex, a long story",
    }
    shown = send(client, reverse("register"), **typed)
    assert shown.status_code == 400
    for kept in ("Grace", "202-555-0199", "latex, a long story", "1990-02-30"):
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
