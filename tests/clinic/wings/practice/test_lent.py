"""A tablet in a patient's hands opens one page and nothing else of the clinic, until a member takes it back."""

import re
from importlib import import_module
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.clinic.doors import is_in, sign_in, with_password
from tests.clinic.models.test_races import at_once
from tests.clinic.practice import STROKES, Practice, healthy
from tests.clinic.test_access import POLICY, address, counts, house, signed_in

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.needling.session import current_text
from needlepoint.clinic.models import Lending, RecordLine
from needlepoint.clinic.practice.actions.door import lending
from needlepoint.clinic.practice.queries.door.lending import LENT, PIN

SECRET = "2714"
LENT_PAGES = {"lent", "lent_back"}


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def lend(client, row, name="lend_screening"):
    """Give the tablet of a browser to the patient of a course or a session."""
    where = reverse(name, args=[row.public_id])
    typed = {"key": str(uuid4()), "patient": str(row.patient.public_id), "pin": SECRET, "again": SECRET}
    answer = client.post(where, typed)
    assert answer.url == reverse("lent")
    return client


def lent_for_screening(live):
    course = live.course()
    return lend(signed_in(live, Role.NURSE), course), course


def back(client, pin):
    return client.post(reverse("lent_back"), {"pin": pin})


def acts(live):
    return list(
        RecordLine.objects.filter(clinic=live.clinic).order_by("number").values_list("act", flat=True)
    )


def test_while_the_tablet_is_lent_every_address_leads_to_its_page_and_does_nothing(db):
    practice, rows = house("Harbour Skin", "Zyx")
    client = lend(signed_in(practice, Role.MEDICAL_DIRECTOR), rows["own"]["course"])
    before = counts()
    for name, (_, _, kinds) in POLICY.items():
        if name in LENT_PAGES:
            continue
        for verb in ("GET", "POST"):
            key = {"key": str(uuid4()), "patient": str(rows["own"]["patient"].public_id)}
            answer = getattr(client, verb.lower())(
                address(name, kinds, rows["own"]), key if verb == "POST" else {}
            )
            assert answer.status_code == 302, (name, verb)
            assert answer.url == reverse("lent"), (name, verb)
    assert counts() == before
    for where in (
        "/no/such/page/",
        "/sign-in/login/",
        "/sign-in/second-factor/",
        "/sign-in/reauthenticate/",
        "/",
    ):
        assert client.get(where).url == reverse("lent"), where


def test_a_part_of_a_page_is_told_to_move_the_whole_page(live):
    client, _ = lent_for_screening(live)
    for name, asked in (("watch", {"HX-Request": "true"}), ("still_in", {"X-By-Itself": "yes"})):
        answer = client.get(reverse(name), headers=asked)
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"] == reverse("lent")
    passkey = {"X-By-Itself": "yes", "Referer": f"http://testserver{reverse('mfa_reauthenticate_webauthn')}"}
    assert client.get(reverse("still_in"), headers=passkey).status_code == 204
    assert client.get(reverse("still_in") + "?lent=yes", headers={"X-By-Itself": "yes"}).status_code == 204


def test_the_patient_answers_and_the_pin_brings_the_clinic_back(live):
    client, course = lent_for_screening(live)
    page = client.get(reverse("lent")).content.decode()
    assert 'class="rail"' not in page
    assert "/patients/" not in page
    typed = healthy() | {"key": str(uuid4()), "patient": str(course.patient.public_id), "shown": ""}
    assert client.post(reverse("lent"), typed).url == reverse("lent")
    assert course.screenings.count() == 1
    assert "Thank you, Ada" in client.get(reverse("lent")).content.decode()
    assert not is_in(client)
    answer = back(client, SECRET)
    assert answer.url == reverse("course_chart", args=[course.patient.public_id, course.public_id])
    assert is_in(client)
    assert [each for each in acts(live) if "tablet" in each] == ["handed tablet over", "took tablet back"]


def test_the_consent_shows_zones_with_depths_and_is_signed_in_the_patients_hands(live):
    of = live.planned()
    waiting = of.sessions.get(number=1)
    from needlepoint.clinic.chair.actions.needling import session as sessions

    sessions.pass_screening(live.act(), session_id=waiting.public_id)
    client = lend(signed_in(live, Role.NURSE), waiting, "lend_consent")
    page = client.get(reverse("lent")).content.decode()
    assert re.search(r"Cheek left</dt>\s*<dd class=\"num\">1.00 mm × 2", page)
    typed = {
        "key": str(uuid4()),
        "patient": str(of.patient.public_id),
        "text_sha256": current_text(live.clinic.pk, "session").sha256,
        "signed_name": "Ada Byron",
        "strokes": str(STROKES),
    }
    assert client.post(reverse("lent"), typed).url == reverse("lent")
    waiting.refresh_from_db()
    assert waiting.state == "consented"
    assert back(client, SECRET).url == reverse("session", args=[waiting.public_id])


def test_what_was_answered_once_is_not_taken_again(live):
    client, course = lent_for_screening(live)
    typed = {"key": str(uuid4()), "patient": str(course.patient.public_id)} | healthy()
    client.post(reverse("lent"), typed)
    client.post(reverse("lent"), typed | {"key": str(uuid4())})
    assert course.screenings.count() == 1


def test_after_five_wrong_pins_not_even_the_right_one_opens_and_signing_in_anew_does(live):
    client, _ = lent_for_screening(live)
    for left in (4, 3, 2, 1):
        assert f"Tries left: {left}" in back(client, "9182").content.decode()
    assert "Five PINs were wrong" in back(client, "9182").content.decode()
    assert back(client, SECRET).status_code == 409
    assert not is_in(client)
    assert acts(live).count("typed a wrong PIN") == 5
    member = with_password(live.members[Role.NURSE])
    client.post(reverse("account_logout"))
    assert client.get(reverse("day")).url.startswith(settings.LOGIN_URL)
    client, _ = sign_in(member, client=client)
    assert is_in(client)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptied")
def test_of_many_tries_at_one_instant_five_are_compared_and_no_more():
    live = Practice.of_today("Harbour Skin")
    _, course = lent_for_screening(live)
    live.catch_up()
    row, tries = Lending.objects.get(course=course), [live.act(Role.NURSE) for _ in range(8)]
    opened = at_once(lambda number: lending.taken_by_pin(tries[number], row, "9182"), times=len(tries))
    assert not any(opened)
    # Each that was compared is in the record.
    assert acts(live).count("typed a wrong PIN") == 5


@pytest.mark.parametrize("pin", ["", "123", "1234", "4321", "7777", "12a4", "123456789", "²³⁴⁵"])
def test_a_pin_that_is_guessed_at_once_is_refused(pin):
    with pytest.raises(Refused):
        lending.sealed_pin(pin, pin)


def test_the_pin_is_kept_as_a_digest_only_and_asked_for_once_until_one_signs_out(live):
    client, course = lent_for_screening(live)
    assert SECRET not in client.session[PIN]
    assert Lending.objects.get().pin.startswith("argon2")
    back(client, SECRET)
    assert 'name="pin"' not in client.get(reverse("lend_screening", args=[course.public_id])).content.decode()
    client.post(reverse("account_logout"))
    assert PIN not in client.session


def test_signing_out_or_being_idle_leads_to_the_way_in_and_not_into_the_clinic(live, settings):
    from datetime import timedelta

    client, _ = lent_for_screening(live)
    settings.IDLE_AFTER = timedelta(seconds=-1)
    assert client.get(reverse("lent")).url.startswith(settings.LOGIN_URL)
    settings.IDLE_AFTER = timedelta(minutes=10)
    assert client.get(reverse("day")).url.startswith(settings.LOGIN_URL)
    assert LENT not in client.session


def test_a_tap_that_writes_the_session_at_the_same_instant_opens_nothing(live):
    client, _ = lent_for_screening(live)
    session = client.session
    # As a request leaves it that read the session before the tablet was lent, and writes it afterwards.
    for name in (LENT, "lent_at"):
        del session[name]
    session.save()
    assert client.get(reverse("day")).url == reverse("lent")
    assert client.get(reverse("lent")).status_code == 200
    assert back(client, SECRET).status_code == 302
    assert is_in(client)


def test_who_signs_in_anew_is_not_kept_by_what_was_lent_before(live):
    client, _ = lent_for_screening(live)
    client.post(reverse("account_logout"))
    client, _ = sign_in(with_password(live.members[Role.NURSE]), client=client)
    assert "np_lent" in client.cookies
    assert is_in(client)


def test_a_server_that_started_again_still_knows_that_the_tablet_is_lent(live):
    client, _ = lent_for_screening(live)
    # What knows it is a row of the database, not the memory of a process: another process reads the same.
    store = import_module(settings.SESSION_ENGINE).SessionStore(client.session.session_key)
    assert store[LENT] == Lending.objects.get().pk
    other = Client()
    other.cookies = client.cookies
    assert other.get(reverse("day")).url == reverse("lent")


def test_what_the_device_keeps_for_a_failing_network_stays_sealed_in_a_patients_hands(live):
    client, _ = lent_for_screening(live)
    answer = client.get(reverse("lent"))
    assert client.cookies["np_device"].value == "lent", "a word that opens nothing, and says why"
    assert "Clear-Site-Data" not in answer.headers
    back(client, SECRET)
    client.get(reverse("day"))
    assert client.cookies["np_device"].value


def test_the_pin_of_one_session_opens_no_other_members_tablet(live):
    theirs = live.course()
    client, _ = lent_for_screening(live)
    other = lend(signed_in(live, Role.PRESCRIBER), theirs)
    session = other.session
    session[LENT] = client.session[LENT]
    session.save()
    assert back(other, SECRET).status_code == 302
    assert Lending.objects.get(pk=client.session[LENT]).back_at is None
    # Where nobody knows what was lent, nobody is in any more.
    assert other.get(reverse("day")).url.startswith(settings.LOGIN_URL)


def test_nobody_comes_by_a_passkey_that_was_shown_before_the_tablet_was_lent(live):
    client, course = lent_for_screening(live)
    assert client.get(reverse("lent_back")).status_code == 200
    session = client.session
    member = live.members[Role.NURSE]
    shown = {"method": "mfa", "type": "webauthn", "reauthenticated": True}
    session["account_authentication_methods_user"] = str(member.pk)
    session["account_authentication_methods"] = [shown | {"at": session["lent_at"] - 1}]
    session.save()
    assert client.get(reverse("lent_back")).status_code == 200
    session["account_authentication_methods"] = [shown | {"at": session["lent_at"] + 1}]
    session.save()
    answer = client.get(reverse("lent_back"))
    assert answer.url == reverse("course_chart", args=[course.patient.public_id, course.public_id])
    assert Lending.objects.get().back_by == "passkey"
