"""The closed door: what is answered there, to a person and to a script, and how one comes back to where one was."""

from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.clinic.doors import PASSWORD, code_of, is_in, sign_in, with_factor, with_password
from tests.clinic.practice import Practice
from tests.clinic.test_access import POLICY

from needlepoint.clinic.access.roles import Permission, Role
from needlepoint.clinic.models import Patient

SCRIPTS = ({"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}, {"X-By-Itself": "yes"})
TYPED = {
    "given_name": "Ada",
    "family_name": "Volkov-Åström",
    "born_on": "1990-05-14",
    "sex": "female",
    "skin_type": "III",
    "phone": "555-0100",
    "email": "ada@patients.example",
    "allergies": "lidocaine: rash in 2019",
}


@pytest.fixture(autouse=True)
def nothing_kept(db):
    cache.clear()


@pytest.fixture
def house(db):
    practice = Practice.of_today("Harbour Skin")
    for role in (Role.NURSE, Role.FRONT_DESK, Role.CLINIC_ADMIN):
        with_password(practice.members[role])
    return practice


def addresses(*verbs):
    """Every address of the staff's that answers one of these verbs, of rows that may or may not be there."""
    return [
        (name, reverse(name, args=[uuid4() for _ in kinds.split()] if kinds else []))
        for name, (_, answers, kinds) in POLICY.items()
        if set(verbs) & set(answers.split())
    ]


@pytest.mark.parametrize("headers", SCRIPTS, ids=lambda each: next(iter(each)))
def test_a_part_of_a_page_that_meets_a_closed_door_is_told_and_given_no_page(house, headers):
    for verb in ("GET", "POST"):
        for name, where in addresses(verb):
            answer = Client().generic(verb, where, headers=headers)
            assert (answer.status_code, answer.content) == (401, b""), (name, verb)
            assert answer.headers["HX-Redirect"].startswith(reverse("account_login")), name
            assert "Location" not in answer.headers


def test_a_page_that_a_service_worker_passes_on_leads_to_the_way_in(house):
    """The worker of the day's page asks for it in its own name: without a destination, and still to go there."""
    passed_on = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "navigate"}
    for name, where in addresses("GET"):
        answer = Client().get(where, headers=passed_on)
        assert answer.status_code == 302, name
        assert answer.url.startswith(reverse("account_login")), name


@pytest.mark.parametrize("headers", SCRIPTS, ids=lambda each: next(iter(each)))
def test_in_a_session_without_a_factor_no_part_of_a_page_opens_either(house, settings, headers):
    settings.SECOND_FACTOR_REQUIRED = True
    client, _ = sign_in(house.members[Role.NURSE])
    for verb in ("GET", "POST"):
        for name, where in addresses(verb):
            answer = client.generic(verb, where, headers=headers)
            assert (answer.status_code, answer.content) == (401, b""), (name, verb)
            assert answer.headers["HX-Redirect"] == reverse("mfa_index"), name


def test_a_script_is_refused_in_plain_words_and_given_no_page(house):
    client, _ = sign_in(house.members[Role.FRONT_DESK])
    for name, where in addresses("GET"):
        if Permission(POLICY[name][0]) in (Permission.SEE_CHART, Permission.READ_RECORD):
            answer = client.get(where, headers={"HX-Request": "true"})
            assert answer.status_code == 403, name
            assert answer.headers["Content-Type"].startswith("text/plain"), name
            assert b"<" not in answer.content, name
    gone = client.get(reverse("edit_patient", args=[uuid4()]), headers={"HX-Request": "true"})
    assert (gone.status_code, b"<html" in gone.content) == (404, False)


def test_a_script_that_has_to_show_again_who_it_is_moves_the_whole_page(house):
    member = with_factor(house.members[Role.CLINIC_ADMIN])
    client, _ = sign_in(member)
    answer = client.get(reverse("take_on"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["HX-Redirect"].startswith(reverse("mfa_reauthenticate"))


def test_the_pages_of_signing_in_ask_for_nothing_by_themselves_and_show_no_menu(house, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client, _ = sign_in(house.members[Role.NURSE])
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn"):
        shown = client.get(reverse(name)).content.decode()
        assert "hx-get" not in shown, name
        assert 'aria-label="Main"' not in shown, name
        assert "Sign out" in shown, name
    assert "Before anything opens, add a second factor" in client.get(reverse("mfa_index")).content.decode()


def test_signing_in_leads_back_to_the_page_with_all_that_its_address_asked_for(house):
    client = Client()
    for where in ("/patients/?q=Volkov", "/day/?on=2026-12-05&by=operator", "/patients/?q=a%26b%3D%3F"):
        led = client.get(where)
        shown = client.get(led.url)
        hidden = shown.context_data["redirect_field_value"]
        asked = {"login": house.members[Role.NURSE].email, "password": PASSWORD, "next": hidden}
        assert client.post(reverse("account_login"), asked).url == where
        client.post(reverse("account_logout"))


def test_no_form_that_met_a_closed_door_ends_on_an_address_that_shows_nothing(house):
    stood_on = "http://testserver/patients/?q=Volkov"
    for name, where in addresses("POST"):
        for headers in ({}, {"Referer": stood_on}, {"Referer": "https://elsewhere.example/day/"}):
            client = Client()
            led = client.post(where, {"words": "typed"}, headers=headers)
            shown = client.get(led.url)
            hidden = shown.context_data["redirect_field_value"] or "/"
            if headers.get("Referer") == stood_on:
                assert hidden == "/patients/?q=Volkov", name
            assert hidden == "/" or "GET" in POLICY_OF(hidden), (name, hidden)


def POLICY_OF(where):  # noqa: N802 (beside the table that it reads)
    from django.urls import resolve

    return POLICY[resolve(where.partition("?")[0]).url_name][1]


def test_going_to_an_address_that_only_takes_forms_shows_a_page_that_says_so(house):
    client, _ = sign_in(house.members[Role.NURSE])
    for name, where in addresses("POST"):
        if "GET" not in POLICY[name][1] and Permission(POLICY[name][0]) in (
            Permission.NEEDLE,
            Permission.TRIAGE,
        ):
            answer = client.get(where)
            assert (answer.status_code, answer.headers["Allow"]) == (405, "POST"), name
            assert "Go back to the day" in answer.content.decode(), name


@pytest.fixture
def at_work(house):
    """The nurse is at work, and then the session is over: the cookie is gone, and the rest of the browser stays."""
    client, _ = sign_in(house.members[Role.NURSE])
    assert is_in(client)
    del client.cookies["sessionid"]
    return client


def back_in(client, member, where="/patients/new/"):
    asked = {"login": member.email, "password": PASSWORD, "next": where}
    assert client.post(reverse("account_login"), asked).url == where
    return client.get(where)


def kept(client, where="/patients/new/"):
    return client.get(reverse("kept"), {"page": where}).json()["forms"]


def test_what_was_typed_comes_back_to_whoever_typed_it(house, at_work):
    led = at_work.post(reverse("register"), TYPED | {"key": str(uuid4())})
    assert led.url == "/sign-in/login/?next=%2Fpatients%2Fnew%2F"
    shown = back_in(at_work, house.members[Role.NURSE])
    assert 'data-kept="/door/kept/"' in shown.content.decode()
    (form,) = kept(at_work)
    assert form["action"] == "/patients/new/"
    assert dict(form["fields"]) == TYPED
    assert Patient.objects.count() == 0
    at_work.post(reverse("kept") + "?page=/patients/new/")
    assert kept(at_work) == []


def test_what_was_typed_comes_back_to_nobody_else(house, at_work):
    at_work.post(reverse("register"), TYPED)
    shown = back_in(at_work, house.members[Role.FRONT_DESK])
    assert kept(at_work) == []
    assert TYPED["family_name"] not in shown.content.decode()
    # Nor to the same member in another browser.
    other, _ = sign_in(house.members[Role.NURSE])
    assert kept(other) == []


def test_what_was_typed_is_sealed_while_it_waits(house, at_work):
    at_work.post(reverse("register"), TYPED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM needlepoint_cache")
        rows = [row for row in cursor.fetchall() if "kept-form" in row[0]]
    assert len(rows) == 1
    assert not any(value in str(rows) for value in (TYPED["family_name"], TYPED["phone"], "lidocaine"))


def test_a_browser_in_which_nobody_was_at_work_keeps_nothing(house):
    stranger = Client()
    stranger.post(reverse("register"), TYPED)
    back_in(stranger, house.members[Role.NURSE])
    assert kept(stranger) == []
    forged = Client()
    forged.cookies["np_was_here"] = f'[{house.members[Role.NURSE].pk},"{uuid4()}"]:forged:forged'
    forged.post(reverse("register"), TYPED)
    back_in(forged, house.members[Role.NURSE])
    assert kept(forged) == []


def test_signing_out_by_hand_leaves_nothing_to_come_back_to(house):
    client, _ = sign_in(house.members[Role.NURSE])
    client.get(reverse("day"))
    client.post(reverse("account_logout"))
    client.post(reverse("register"), TYPED)
    back_in(client, house.members[Role.NURSE])
    assert kept(client) == []


def test_no_password_no_key_and_no_flood_is_kept(house, at_work):
    at_work.post(reverse("register"), TYPED | {"password": "secret", "key": "k", "csrfmiddlewaretoken": "t"})
    at_work.post(
        reverse("adverse_events"), {"words": "x" * 70_000}, headers={"Referer": "http://testserver/day/"}
    )
    back_in(at_work, house.members[Role.NURSE])
    assert dict(kept(at_work)[0]["fields"]) == TYPED
    assert kept(at_work, "/day/") == []


def test_the_page_itself_hands_over_what_stands_in_it(house, at_work):
    sent = {
        "page": "/courses/1/screening/?step=2",
        "action": "/courses/1/screening/",
        "fields": '[["answers", "yes"], ["answers", "no"], ["password", "x"]]',
    }
    assert at_work.post(reverse("keep_typed"), sent).status_code == 204
    assert at_work.post(reverse("keep_typed"), sent | {"fields": "{broken"}).status_code == 400
    sign_in(house.members[Role.NURSE], client=at_work)
    (form,) = kept(at_work, "/courses/1/screening/?step=2")
    assert form == {"action": "/courses/1/screening/", "fields": [["answers", "yes"], ["answers", "no"]]}


def test_a_page_is_told_how_long_it_stays_open(house, settings):
    client, _ = sign_in(house.members[Role.NURSE])
    answer = client.get(reverse("still_in"), headers={"X-By-Itself": "yes"})
    assert (answer.status_code, answer.content) == (204, b"")
    whole = int(settings.IDLE_AFTER.total_seconds())
    assert (
        whole - 5 <= int(answer.headers["X-Seconds-Left"]) <= whole == int(answer.headers["X-Idle-Seconds"])
    )


@pytest.mark.parametrize(
    "header", [{"Sec-Fetch-Mode": "cors"}, {"X-By-Itself": "yes"}, {"HX-Request": "true"}]
)
def test_a_script_that_still_carries_an_old_key_does_not_take_the_new_cookie_away(house, header):
    browser = Client(headers=header)
    browser.cookies["sessionid"] = "a-key-that-was-turned"
    answer = browser.get(reverse("still_in"))
    assert answer.status_code in (302, 401)
    assert "sessionid" not in answer.cookies


def test_a_page_that_is_opened_with_an_old_key_gives_it_back(house):
    browser = Client(headers={"Sec-Fetch-Mode": "navigate"})
    browser.cookies["sessionid"] = "a-key-that-was-turned"
    assert browser.get(reverse("day")).cookies["sessionid"].value == ""


def test_what_is_nested_too_deeply_is_refused_in_a_sentence(house):
    client, _answer = sign_in(with_factor(house.members[Role.CLINIC_ADMIN]))
    cache.clear()
    client.post(reverse("mfa_reauthenticate"), {"code": code_of()})
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200
    nested = "[" * 100_000 + "]" * 100_000
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "Key", "credential": nested})
    assert answer.status_code == 400
    assert "Load the page anew" in answer.content.decode()
