"""Signing in with a passkey alone, in a browser whose authenticator is made of software; and nobody else is asked."""

import pytest
from allauth.mfa.models import Authenticator
from tests.browser.conftest import ASKED_ELSEWHERE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
OWNER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def authenticator(page):
    """The browser has an authenticator that knows its owner."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send("WebAuthn.addVirtualAuthenticator", {"options": OWNER})
    yield tools, made["authenticatorId"]
    tools.detach()


def test_a_passkey_alone_opens_the_day_and_somebody_elses_opens_nothing(desk, authenticator):
    page, (tools, key) = desk.page, authenticator
    desk.sign_in("medical_director@harbour.example")
    desk.go("/sign-in/second-factor/webauthn/add/")
    # The password was typed just now; a tablet that was left lying open is asked for it again.
    page.fill("[name=name]", "tablet")
    page.check("[name=passwordless]")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")
    kept = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert kept.user.email == "medical_director@harbour.example"
    (held,) = tools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]

    desk.go("/day/")
    desk.sign_out()
    desk.go("/day/")
    assert "/sign-in/login/" in page.url
    with page.expect_navigation(url="**/day/"):
        page.click("#passkey_login")
    assert page.locator(".rail a", has_text="medical_director of Harbour Skin").count() == 1

    # A passkey that the clinic does not know, or whose owner cannot show who they are, opens nothing.
    desk.sign_out()
    desk.go("/day/")
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.click("#passkey_login")
    page.wait_for_timeout(1000)
    assert "/sign-in/login/" in page.url
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    Authenticator.objects.filter(pk=kept.pk).delete()
    desk.go("/day/")
    with page.expect_navigation():
        page.click("#passkey_login")
    desk.go("/day/")
    assert "/sign-in/login/" in page.url
    assert held["rpId"] == "localhost"


def test_a_page_that_asked_somebody_else_would_be_noticed(browser):
    context = browser.new_context()
    page = context.new_page()
    page.set_content('<img src="http://203.0.113.7/counted.png">')
    page.wait_for_timeout(200)
    context.close()
    assert ASKED_ELSEWHERE == ["http://203.0.113.7/counted.png"]
    ASKED_ELSEWHERE.clear()
