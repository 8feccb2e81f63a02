"""The scanner's separators arrive in Firefox and in WebKit too, where this machine has them."""

import pytest
from django.conf import settings
from django.test import Client
from tests.browser.others import Firefox, WebKit
from tests.clinic.practice import Practice
from tests.clinic.wedge import GOOD, stored

from needlepoint.clinic.access.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
SEPARATORS = ("Control+]", "Alt+029", "F8", "<GS>", "|", "]")
SIGNED_IN = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(params=[Firefox, WebKit], ids=["firefox", "webkit"])
def window(request, tmp_path):
    if not request.param.is_here():
        pytest.skip(f"this browser was not found; mend it with: {request.param.mend}")
    opened = request.param(tmp_path)
    yield opened
    opened.close()


def test_whatever_key_a_scanner_presses_for_the_separator_the_lot_ends_there(window, live_server):
    practice = Practice.of_today("Harbour Skin")
    client = Client()
    client.force_login(practice.members[Role.CLINIC_ADMIN], backend=SIGNED_IN)
    window.go(live_server.url + "/sign-in/login/")
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    window.ask(f"document.cookie = '{settings.SESSION_COOKIE_NAME}={kept}; path=/'")
    window.go(live_server.url + "/stock/")
    window.wait_for("return document.readyState === 'complete' && document.activeElement.id === 'code'")
    for number, separator in enumerate(SEPARATORS):
        window.press(f"{GOOD}WEDGE1", separator, f"21SER{number}", "Enter")
        window.wait_for(
            f"return document.getElementById('count').textContent.trim().startsWith('{number + 1} piece')"
        )
    assert [row[1:3] for row in stored()] == [("WEDGE1", f"SER{number}") for number in range(len(SEPARATORS))]
    assert window.ask("return document.activeElement.id") == "code"
    assert window.ask("return document.getElementById('code').value") == ""
