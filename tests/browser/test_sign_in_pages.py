"""The pages of signing in and of second factors: read, tapped and laid out as all others; each asks one thing."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from tests.browser.desk import COLOURED, RULES, SMALL, WIDER
from tests.browser.test_every_page import THEMES, WIDTHS
from tests.browser.test_passkey import OWNER
from tests.clinic.doors import PASSWORD, with_codes, with_password
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
FILLED = "() => [...document.querySelectorAll('main .first')].filter((each) => each.checkVisibility()).length"
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# The widest and the narrowest are read through as a screen reader would; all are measured.
READ_AT = (WIDTHS[0], WIDTHS[-1])


@pytest.fixture
def page(browser):
    context = browser.new_context(has_touch=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def practice():
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def look(page, live_server):
    """Look at a page at all widths, light and dark; one that is there already where no address is given."""

    def looked(name, where=None, filled=1):
        if where is not None:
            page.goto(live_server.url + where)
        for width in WIDTHS:
            for theme in THEMES:
                page.set_viewport_size({"width": width, "height": 844 if width < 600 else 820})
                page.emulate_media(color_scheme=theme)
                page.evaluate(DRAWN)
                page.evaluate(COLOURED)
                assert troubles(page, width in READ_AT) == [], (name, width, theme)
                pictured(page, f"{name}-{width}-{theme}")
        assert page.evaluate(FILLED) == filled, name
        assert page.locator("h1").count() == 1, name
        assert "{" not in page.locator("body").inner_text(), name

    return looked


def troubles(page, read):
    wide = page.evaluate(WIDER)
    found = [f"{wide} px wider than the screen"] if wide > 0 else []
    found += page.evaluate(SMALL)
    violations = Axe().run(page, options=RULES).response["violations"] if read else []
    return found + [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in violations]


def pictured(page, name):
    if folder := os.environ.get("NEEDLEPOINT_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def comes_in(page, live_server, client):
    """Go on in the browser as whoever has signed in by that client."""
    kept = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": kept, "url": live_server.url}])


def with_the_password(member):
    client = Client(HTTP_HOST="localhost")
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    return client


def say(page, words):
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=words, exact=True).click()


def test_what_a_stranger_sees(page, live_server, practice, look, settings):
    member = with_password(practice.members[Role.NURSE])
    look("sign-in", reverse("account_login"))
    page.fill("[name=login]", member.email)
    page.fill("[name=password]", "mistyped")
    say(page, "Sign in")
    assert "do not belong together" in page.locator("[role=alert]:visible").inner_text()
    # What was typed stays, but for the password; and the page says where to go on.
    assert page.input_value("[name=login]") == member.email
    assert page.input_value("[name=password]") == ""
    look("sign-in-wrong")
    look("no-mail", reverse("account_reset_password"))
    settings.EMAIL_HOST = "localhost"
    look("forgot", reverse("account_reset_password"))
    look("mailed", reverse("account_reset_password_done"))
    look("closed", reverse("account_inactive"), filled=0)
    look("link-over", reverse("account_reset_password_from_key", args=["1", "no-such"]))


def test_a_new_password_is_set_by_the_mailed_link_and_what_is_wrong_with_it_is_said(
    page, practice, look, settings, mailoutbox
):
    settings.EMAIL_HOST = "localhost"
    member = with_password(practice.members[Role.NURSE])
    Client(HTTP_HOST="localhost").post(reverse("account_reset_password"), {"email": member.email})
    address = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)
    look("new-password", urlsplit(address).path)
    page.fill("[name=password1]", "too like 12")
    page.fill("[name=password2]", "three quiet herons")
    page.evaluate(
        "() => document.querySelectorAll('input').forEach((each) => each.removeAttribute('minlength'))"
    )
    say(page, "Set it")
    look("new-password-wrong")
    page.fill("[name=password1]", "three quiet herons")
    page.fill("[name=password2]", "three quiet herons")
    say(page, "Set it")
    look("password-changed")
    member.refresh_from_db()
    assert member.check_password("three quiet herons")


def test_whoever_has_no_second_factor_yet_is_led_to_one(page, live_server, practice, look, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    comes_in(page, live_server, with_the_password(with_password(practice.members[Role.NURSE])))
    look("add-a-factor", reverse("mfa_index"))
    look("codes", reverse("mfa_activate_totp"))
    secret = page.locator("#authenticator_secret").text_content()
    page.fill("[name=code]", "000000")
    say(page, "Add it")
    assert "This code does not open" in page.locator("[role=alert]:visible").inner_text()
    # The picture that was scanned is still the same, so that the app's next code fits.
    assert page.locator("#authenticator_secret").text_content() == secret
    look("codes-wrong")
    look("a-passkey", reverse("mfa_add_webauthn"))


def test_a_passkey_that_is_not_given_is_told_of_and_what_was_typed_stays(page, live_server, practice, look):
    comes_in(page, live_server, with_the_password(with_password(practice.members[Role.NURSE])))
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.fill("[name=name]", "tablet in room 1")
    page.check("[name=passwordless]")
    # No device of this browser has one, and the owner calls it off.
    page.evaluate(
        "() => { navigator.credentials.create = () => Promise.reject(new DOMException('', 'NotAllowedError')); }"
    )
    page.click("#mfa_webauthn_add")
    page.wait_for_selector("[data-passkey]:visible")
    assert page.input_value("[name=name]") == "tablet in room 1"
    assert page.is_checked("[name=passwordless]")
    look("passkey-not-given")
    assert not Authenticator.objects.exists()


@pytest.fixture
def owner(page):
    """The browser has an authenticator that knows its owner."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": OWNER})
    yield
    tools.detach()


@pytest.mark.usefixtures("owner")
def test_what_is_asked_of_and_shown_to_whoever_holds_factors(page, live_server, practice, look):
    member = with_password(practice.members[Role.NURSE])
    comes_in(page, live_server, with_the_password(member))
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.fill("[name=name]", "a tablet in the first room")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")
    look("recovery-codes")
    with_codes(member)
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    look("factors", reverse("mfa_index"), filled=0)
    look("passkeys", reverse("mfa_list_webauthn"))
    look("rename", reverse("mfa_edit_webauthn", args=[key.pk]))
    look("take-away", reverse("mfa_remove_webauthn", args=[key.pk]), filled=0)
    look("take-codes-away", reverse("mfa_deactivate_totp"), filled=0)
    look("make-codes", reverse("mfa_generate_recovery_codes"))
    look("is-it-you", reverse("mfa_reauthenticate"))
    look("is-it-you-passkey", reverse("mfa_reauthenticate_webauthn"))
    look("password", reverse("account_change_password"))
    look("sign-out", reverse("account_logout"))
    say(page, "Sign out")
    page.fill("[name=login]", member.email)
    page.fill("[name=password]", PASSWORD)
    say(page, "Sign in")
    look("second-factor")
    page.fill("[name=code]", "000000")
    say(page, "Sign in")
    assert "This code does not open" in page.locator("[role=alert]:visible").inner_text()
    look("second-factor-wrong")


def test_whoever_has_a_password_only_is_asked_for_it_again(page, live_server, practice, look):
    comes_in(page, live_server, with_the_password(with_password(practice.members[Role.NURSE])))
    look("is-it-you-password", reverse("account_reauthenticate"))
    page.fill("[name=password]", "mistyped")
    say(page, "Go on")
    assert "This is not your password" in page.locator("[role=alert]:visible").inner_text()
    look("is-it-you-password-wrong")
