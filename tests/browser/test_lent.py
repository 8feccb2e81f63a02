"""The tablet in a patient's hands, in a real browser: no Back key, reload, tab or lost network opens the clinic."""

import contextlib
import re

import pytest
from playwright.sync_api import Error, expect
from tests.browser.test_passkey import authenticator  # noqa: F401 (a fixture)

from needlepoint.clinic.chair.actions.needling import session as sessions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
PIN = "2714"
THEIRS = "Zyx-Secret"


def lent(desk, where):
    """The tablet goes into a patient's hands; what the page before asked by itself is told that it is closed."""
    page = desk.page
    page.meant = ("ERR_FAILED", "status of 401")
    desk.go(where)
    page.fill("[name=pin]", PIN)
    page.fill("[name=again]", PIN)
    desk.press("Hand it over")
    expect(page).to_have_url(re.compile(r"/lent/$"))


def only_theirs(page):
    page.wait_for_url("**/lent/", timeout=20_000)
    page.wait_for_load_state()
    assert page.locator(".rail").count() == 0
    assert THEIRS not in page.content()


@pytest.fixture
def at_the_desk(desk):
    """A patient is to answer, and somebody else stands in the diary and in the lists."""
    practice = desk.practice
    practice.booked(practice.patient(family_name=THEIRS))
    desk.course = practice.course()
    desk.sign_in("medical_director@harbour.example")
    return desk


def test_no_way_out_of_the_questionnaire_opens_the_clinic(at_the_desk):
    desk, page = at_the_desk, at_the_desk.page
    page.meant = ("ERR_FAILED", "status of 401")
    other = page.context.new_page()
    other.goto(desk.address + "/day/")
    assert THEIRS in other.content()
    desk.go("/day/")
    lent(desk, f"/courses/{desk.course.public_id}/screening/lend/")
    only_theirs(page)
    # The tab that was open beside it goes by itself.
    only_theirs(other)
    other.close()
    for away in (page.go_back, page.go_back, page.reload, lambda: page.goto(desk.address + "/day/")):
        away()
        only_theirs(page)
    third = page.context.new_page()
    third.goto(f"{desk.address}/patients/")
    only_theirs(third)
    third.close()
    page.context.set_offline(True)
    with contextlib.suppress(Error):
        page.goto(f"{desk.address}/day/")
    assert THEIRS not in page.content()
    page.context.set_offline(False)
    page.goto(f"{desk.address}/lent/")
    desk.look()
    desk.looked_at("lent-screening")
    page.evaluate(
        "() => document.querySelectorAll('.group [value=no], .group [value=never]').forEach((each) => each.click())"
    )
    while page.get_by_role("button", name="Next", exact=True).is_visible():
        assert page.locator(".group:visible").count() == 1
        page.get_by_role("button", name="Next", exact=True).tap()
    desk.press("These are my answers")
    expect(page.get_by_role("heading", name="Thank you, Ada")).to_be_visible()
    desk.looked_at("lent-thanks")
    assert desk.course.screenings.count() == 1


def test_the_keys_of_the_pin_bring_the_clinic_back(at_the_desk):
    desk, page = at_the_desk, at_the_desk.page
    lent(desk, f"/courses/{desk.course.public_id}/screening/lend/")
    desk.follow("Give the tablet back")
    for each in page.locator(".keys button").all():
        assert min(each.bounding_box()["width"], each.bounding_box()["height"]) >= 48
    for digit in "9999":
        page.get_by_role("button", name=digit, exact=True).tap()
    desk.press("Open")
    expect(page.get_by_role("alert")).to_contain_text("Tries left: 4")
    for digit in PIN:
        page.get_by_role("button", name=digit, exact=True).tap()
    desk.press("Open")
    expect(page).to_have_url(re.compile(rf"/course/{desk.course.public_id}/$"))
    assert page.locator(".rail").count() == 1


def test_the_consent_is_read_and_signed_with_its_depths_in_the_patients_hands(desk):
    page, practice = desk.page, desk.practice
    of = practice.planned()
    waiting = of.sessions.get(number=1)
    sessions.pass_screening(practice.act(), session_id=waiting.public_id)
    desk.sign_in("medical_director@harbour.example")
    page.emulate_media(color_scheme="dark")
    desk.go(f"/sessions/{waiting.public_id}/")
    desk.follow("Hand the tablet to the patient")
    lent(desk, page.url.removeprefix(desk.address))
    expect(page.locator(".agreed")).to_contain_text("1.00 mm × 2")
    desk.look()
    desk.sign()
    desk.looked_at("lent-consent")
    desk.press("I have read it, and I agree")
    expect(page.get_by_role("heading", name="Thank you, Ada")).to_be_visible()
    waiting.refresh_from_db()
    assert waiting.state == "consented"


def test_a_passkey_takes_the_tablet_back(at_the_desk, authenticator):  # noqa: F811 (the fixture)
    desk, page = at_the_desk, at_the_desk.page
    desk.go("/sign-in/second-factor/webauthn/add/")
    page.fill("[name=name]", "tablet")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")
    lent(desk, f"/courses/{desk.course.public_id}/screening/lend/")
    desk.follow("Give the tablet back")
    page.get_by_role("link", name="Use your passkey").click()
    page.wait_for_url(re.compile("webauthn"))
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url(re.compile(rf"/course/{desk.course.public_id}/$"), timeout=20_000)
    assert page.locator(".rail").count() == 1


def test_what_this_device_keeps_for_its_member_outlives_the_patients_hands(at_the_desk, authenticator):  # noqa: F811
    desk, page = at_the_desk, at_the_desk.page
    desk.go("/sign-in/second-factor/webauthn/add/")
    page.fill("[name=name]", "tablet")
    with page.expect_navigation():
        page.click("#mfa_webauthn_add")
    desk.go("/day/")
    page.wait_for_function("() => localStorage.getItem('np-sealed:day-sheet')")
    kept = page.evaluate("() => localStorage.getItem('np-sealed:day-sheet')")
    lent(desk, f"/courses/{desk.course.public_id}/screening/lend/")
    page.context.set_offline(True)
    with contextlib.suppress(Error):
        page.goto(f"{desk.address}/day/")
    page.wait_for_timeout(1_000)
    assert THEIRS not in page.content()
    page.context.set_offline(False)
    page.goto(f"{desk.address}/lent/")
    desk.follow("Give the tablet back")
    page.get_by_role("link", name="Use your passkey").click()
    page.wait_for_url(re.compile("webauthn"))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => localStorage.getItem('np-sealed:day-sheet')") == kept
