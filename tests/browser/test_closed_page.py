"""A page whose session is over shows nothing of a patient within seconds, and comes back with what was typed."""

import threading
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.browser.desk import PASSWORD, sat_down
from tests.clinic.doors import code_of

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.practice.actions import members
from needlepoint.clinic.server import middleware
from needlepoint.clinic.server.door import session_cookie

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
NURSE = "nurse@harbour.example"
SECRET_WORDS = ("Zyx-Byron", "penicillin")


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1180, "height": 820})
    yield context.new_page()
    context.close()


@pytest.fixture
def chart(page, live_server):
    desk = sat_down(page, live_server.url, Role.NURSE)
    of = desk.practice.patient(family_name="Zyx-Byron", allergies="penicillin")
    desk.sign_in(NURSE)
    desk.where = f"/patients/{of.public_id}/"
    return desk


def nothing_is_seen(page, within=6_000):
    """Neither on the page nor in its title; the words are gone from what the browser holds of it, too."""
    page.wait_for_url("**/sign-in/login/**", timeout=within)
    for words in SECRET_WORDS:
        assert words not in page.content()
        assert words not in page.title()


@pytest.fixture
def held(monkeypatch):
    """The server has done what a form asks, and the new key of the session; its answer is not out yet."""
    may_go, plain = threading.Event(), session_cookie.KeptCookie.process_response

    def process_response(kept, request, response):
        answer = plain(kept, request, response)
        if request.method == "POST" and request.path == reverse("mfa_activate_totp"):
            assert may_go.wait(60)
        return answer

    monkeypatch.setattr(session_cookie.KeptCookie, "process_response", process_response)
    yield may_go
    may_go.set()


def told_closed(answer):
    return answer.status == 401 and answer.url.endswith(reverse("still_in"))


# While a form is on its way the browser lets nobody look at the page; so it says by itself what becomes of it.
SAYS_ITS_LOOKS = """() => {
  const root = document.documentElement;
  new MutationObserver(() => console.log(root.className)).observe(root, { attributes: true });
}"""


def test_whoever_adds_a_factor_on_a_slow_server_is_not_led_away_before_the_new_key_has_come(chart, held):
    page = chart.page
    page.goto(chart.address + reverse("mfa_activate_totp"))
    page.fill("#id_code", code_of(page.locator("#authenticator_secret").text_content()))
    page.evaluate(SAYS_ITS_LOOKS)
    with page.expect_console_message(lambda said: "covered" in said.text), page.expect_response(told_closed):
        page.get_by_role("button", name="Add it", exact=True).click(no_wait_after=True)
    # Nothing is seen from here on, and it is asked again; the page itself stays until the answer is there.
    with page.expect_response(told_closed):
        pass
    with page.expect_navigation():
        held.set()
    page.goto(chart.address + chart.where)
    assert page.url.endswith(chart.where)
    assert SECRET_WORDS[0] in seen(page)


def seen(page):
    return page.evaluate("() => document.body.innerText + document.title")


@pytest.fixture
def each_page_counts(monkeypatch):
    """Where seconds are idle time, it begins with the page that is looked at, however long signing in took."""
    monkeypatch.setattr(middleware, "NOTED_EVERY", timedelta(0))


@pytest.mark.usefixtures("each_page_counts")
def test_at_the_idle_limit_the_chart_is_gone_and_signing_in_leads_back_to_it(chart, settings):
    settings.IDLE_AFTER = timedelta(seconds=8)
    page = chart.page
    page.goto(chart.address + chart.where)
    assert SECRET_WORDS[0] in seen(page)
    page.wait_for_timeout(8_000)
    nothing_is_seen(page)
    settings.IDLE_AFTER = timedelta(minutes=10)
    page.fill("[name=login]", NURSE)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{chart.where}", timeout=20_000)


def test_whoever_types_is_not_idle(chart, settings):
    settings.IDLE_AFTER = timedelta(seconds=30)
    page = chart.page
    page.goto(chart.address + "/patients/new/")
    for _ in range(18):
        page.locator("[name=allergies]").press_sequentially("no ")
        page.wait_for_timeout(2_000)
    assert "/patients/new/" in page.url


def test_a_session_that_is_ended_elsewhere_closes_its_page_and_keeps_what_was_typed_for_its_member(chart):
    page = chart.page
    page.goto(chart.address + "/patients/new/")
    page.fill("[name=family_name]", "Zyx-Byron")
    page.fill("[name=allergies]", "penicillin")
    chart.practice.catch_up()
    nurse = chart.practice.members[Role.NURSE]
    members.sign_out_everywhere(chart.practice.act(Role.CLINIC_ADMIN), member_key=nurse.pk)
    nothing_is_seen(page, within=12_000)
    page.fill("[name=login]", NURSE)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_selector(".given-back", timeout=20_000)
    assert page.input_value("[name=family_name]") == "Zyx-Byron"
    assert page.input_value("[name=allergies]") == "penicillin"


def test_a_cookie_that_is_gone_closes_the_page_too_and_nothing_is_grafted_into_it(chart):
    page = chart.page
    page.goto(chart.address + chart.where)
    page.context.clear_cookies(name="sessionid")
    nothing_is_seen(page, within=12_000)
    assert page.locator("[name=password]").count() == 1
    assert page.locator("nav").count() == 0


@pytest.mark.usefixtures("each_page_counts")
def test_without_a_network_what_was_typed_stays_until_nobody_touches_it(chart, settings):
    settings.IDLE_AFTER = timedelta(seconds=12)
    page = chart.page
    page.goto(chart.address + "/patients/new/")
    page.fill("[name=family_name]", "Zyx-Byron")
    page.wait_for_timeout(1_000)
    page.context.set_offline(True)
    for _ in range(8):
        page.locator("[name=allergies]").press_sequentially("penicillin ")
        page.wait_for_timeout(2_000)
    assert page.locator("[name=family_name]").is_visible()
    # Now nobody touches it: it is covered, and nothing is lost.
    page.wait_for_function("() => document.documentElement.classList.contains('covered')", timeout=25_000)
    assert SECRET_WORDS[0] not in seen(page)
    assert page.input_value("[name=family_name]") == "Zyx-Byron"


def test_a_page_that_comes_back_from_the_background_is_covered_before_it_is_seen(chart, settings):
    page = chart.page
    page.goto(chart.address + chart.where)
    # By then the page has been told how long it stays open.
    page.wait_for_load_state("networkidle")
    # The tablet slept: no timer ran meanwhile, and the clock went on.
    assert page.evaluate(
        """() => {
          const now = Date.now;
          Date.now = () => now() + 3600_000;
          document.dispatchEvent(new Event("visibilitychange"));
          return document.documentElement.classList.contains("covered");
        }"""
    )
    # The server says that one is still in: it is shown again.
    page.wait_for_function("() => !document.documentElement.classList.contains('covered')", timeout=10_000)
