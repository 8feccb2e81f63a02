"""A report on a phone whose network, server, session or browser goes away: nothing is lost, and it says NOT sent."""

import os
import socket
import threading
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.browser.test_portal_journey import Phone, after_a_session
from tests.clinic.portal import PHONE, now, reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.models import CheckIn, ReportDraft, Stay

PICTURES = os.environ.get("NEEDLEPOINT_PICTURES")
SCORES = (("redness", 1), ("swelling", 0), ("pain", 2))
NOT_SENT = {"en": "Your report was NOT sent", "es": "Su informe NO se envió"}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


class Wire:
    """The line between the phone and the server: it can be cut, and mended at the same address."""

    def __init__(self, server):
        self.to = urlsplit(server)
        self.port = 0
        self.mend()

    @property
    def address(self):
        return f"http://localhost:{self.port}"

    def mend(self):
        self.open = []
        self.door = socket.create_server(("localhost", self.port), reuse_port=False)
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._take, args=(self.door,), daemon=True).start()

    def cut(self):
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        for each in self.open:
            each.close()

    def _take(self, door):
        while True:
            try:
                near, _ = door.accept()
                far = socket.create_connection((self.to.hostname, self.to.port))
            except OSError:
                return
            self.open += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass(one, other):
        try:
            while piece := one.recv(65536):
                other.sendall(piece)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.fixture
def wire(live_server):
    return Wire(live_server.url)


@pytest.fixture(params=["en", "es"])
def language(request):
    return request.param


@pytest.fixture
def phone(browser, wire, language):
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale=language
    )
    found = Phone(context.new_page(), wire.address, practice, language)
    found.context = context
    found.patient = after_a_session(found)
    found.page.goto(found.root + "check-in/")
    yield found
    context.close()


def answered(page):
    for name, value in SCORES:
        page.locator(f"button[name={name}][value='{value}']").first.click()
    page.check("input[name=sign][value=fever]")
    page.locator("button[name=step][value=more]").first.click()
    page.fill("textarea", "Since noon.")


def to_the_end(page):
    """Look through what was answered before, and go on to the last screen."""
    for name, value in SCORES:
        button = page.locator(f"button[name={name}][value='{value}']")
        if button.is_visible():
            assert "chosen" in button.get_attribute("class")
            button.click()
    more = page.locator("button[name=step][value=more]").first
    if more.is_visible():
        more.click()


def send(page):
    page.locator("[data-step=more] button.first").click()


def panel(phone):
    found = phone.page.locator("[data-not-sent]")
    found.wait_for(state="visible")
    assert found.locator("h1:visible").inner_text() == NOT_SENT[phone.language]
    assert found.locator("h1:visible").evaluate("each => parseFloat(getComputedStyle(each).fontSize)") >= 32
    assert PHONE in found.inner_text()
    assert found.locator("a[href='tel:911']").count()
    if PICTURES:
        phone.page.screenshot(path=Path(PICTURES) / f"notsent-{phone.language}.png", full_page=True)
    return found


def arrived(phone):
    phone.page.wait_for_url("**/reports/**")
    told = CheckIn.objects.get()
    assert (told.answers["signs"], told.document["words"]) == (["fever"], "Since noon.")
    assert told.level == "emergency"
    assert phone.page.evaluate("() => localStorage.length") == 0


def test_with_the_server_gone_it_says_not_sent_and_sends_once_it_is_back(phone, wire):
    answered(phone.page)
    wire.cut()
    send(phone.page)
    panel(phone)
    assert not CheckIn.objects.exists()
    wire.mend()
    phone.page.locator("[data-again]").click()
    arrived(phone)


def test_without_a_network_it_is_kept_and_goes_by_itself_when_there_is_one(phone):
    answered(phone.page)
    phone.context.set_offline(True)
    send(phone.page)
    panel(phone)
    phone.context.set_offline(False)
    arrived(phone)


def test_the_answers_can_be_looked_at_and_changed_before_it_is_sent_again(phone, wire):
    answered(phone.page)
    wire.cut()
    send(phone.page)
    panel(phone).locator("[data-look]").click()
    assert phone.page.input_value("textarea") == "Since noon."
    wire.mend()
    send(phone.page)
    arrived(phone)


def test_after_a_pause_of_an_hour_it_is_sent_and_answered(phone):
    answered(phone.page)
    Stay.objects.update(seen_at=now() - timedelta(minutes=61))
    send(phone.page)
    arrived(phone)
    assert phone.spoken.replies["emergency"].says in phone.page.inner_text("main")


def test_signed_out_it_says_so_and_the_answers_are_there_after_signing_in(phone):
    answered(phone.page)
    Stay.objects.update(seen_at=now() - timedelta(hours=5))
    send(phone.page)
    found = panel(phone)
    assert found.locator("[data-sign-in]").is_visible()
    phone.practice.catch_up()
    phone.enter(phone.patient)
    card = phone.page.locator("section.not-sent")
    card.wait_for(state="visible")
    card.locator("a").click()
    phone.page.wait_for_url("**/check-in/")
    assert phone.page.locator("[data-begun]").is_visible()
    assert phone.page.input_value("textarea") == "Since noon."
    to_the_end(phone.page)
    send(phone.page)
    arrived(phone)


def test_a_browser_that_was_closed_finds_the_answers_on_the_device(phone, browser):
    answered(phone.page)
    kept = phone.context.storage_state()
    ReportDraft.objects.update(typed={})
    again = browser.new_context(storage_state={**kept, "cookies": []}, locale=phone.language)
    phone.page = again.new_page()
    phone.practice.catch_up()
    phone.enter(phone.patient)
    phone.page.locator("section.not-sent a").click()
    phone.page.wait_for_url("**/check-in/")
    assert phone.page.input_value("textarea") == "Since noon."
    to_the_end(phone.page)
    send(phone.page)
    arrived(phone)
    again.close()


def test_another_device_finds_them_with_the_server(phone, browser):
    with phone.page.expect_response("**/check-in/draft/", timeout=20_000):
        answered(phone.page)
    phone.page.wait_for_timeout(2500)
    again = browser.new_context(locale=phone.language)
    phone.page = again.new_page()
    phone.practice.catch_up()
    phone.enter(phone.patient)
    phone.page.locator("section.not-sent a").click()
    phone.page.wait_for_url("**/check-in/")
    assert phone.page.input_value("textarea") == "Since noon."
    assert phone.page.locator("[data-begun]").is_visible()
    again.close()


def test_signing_out_leaves_nothing_on_the_device(phone):
    answered(phone.page)
    assert phone.page.evaluate("() => localStorage.length") == 1
    phone.page.goto(phone.root + "today/")
    phone.page.locator("footer form button").click()
    phone.page.wait_for_url(phone.root)
    assert phone.page.evaluate("() => localStorage.length") == 0


def test_an_answer_that_comes_late_is_told_as_not_sent_yet_and_then_shown(phone):
    answered(phone.page)
    phone.page.evaluate(
        "() => { const go = window.fetch; window.fetch = (...of) => new Promise((done) => "
        "setTimeout(() => done(go(...of)), 10_000)); }"
    )
    send(phone.page)
    late = phone.page.locator("[data-late]")
    late.wait_for(state="visible", timeout=20_000)
    assert phone.page.locator("[data-again]").is_hidden()
    arrived(phone)
