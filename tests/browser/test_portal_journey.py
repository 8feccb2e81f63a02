"""A patient on a phone: from the invitation to a date, from the session to somebody who looks; every page checked."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.clinic.portal import PHONE, invited, reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import duty, triage
from needlepoint.clinic.models import CheckIn, HomeScreening, Screening, TriageTask
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.words import words

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SMALL = """() => {
  const hidden = ":not([type=hidden]):not([type=checkbox])";
  const targets = `button, .button, .tick, summary, select, .tabs a, input${hidden}`;
  return [...document.querySelectorAll(targets)]
    .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 51.5)
    .map((each) => each.outerHTML.slice(0, 80));
}"""
PICTURES = os.environ.get("NEEDLEPOINT_PICTURES")
SIZES = [(360, 780), (390, 844)]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


def axe_found(page):
    """What axe complains of on a page; nothing where it has no complaint."""
    found = Axe().run(page, options=RULES)
    return found.generate_report() if found.violations_count else ""


class Phone:
    """A patient's phone: every page fits, speaks one language, and axe has no complaint."""

    def __init__(self, page, address, practice, language):
        self.page, self.address, self.practice, self.language = page, address, practice, language
        self.root = f"{address}/portal/{practice.clinic.slug}/"
        self.spoken = words(language)
        self.shots = 0

    def go(self, where):
        self.page.goto(where if where.startswith("http") else self.root + where)
        self.look()

    def look(self):
        wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        self.page.wait_for_load_state()
        if PICTURES:
            self.shots += 1
            width = self.page.viewport_size["width"]
            name = f"{self.language}-{width}-{self.shots:02d}.png"
            self.page.screenshot(path=Path(PICTURES) / name, full_page=True)
        assert self.page.evaluate(wider) <= 0, self.page.url
        assert self.page.locator("html").get_attribute("lang") == self.language
        assert self.page.evaluate(SMALL) == [], self.page.url
        assert axe_found(self.page) == "", self.page.url

    def press(self, selector):
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look()

    def born(self, of):
        for name, value in (("day", of.born_on.day), ("month", of.born_on.month), ("year", of.born_on.year)):
            self.page.fill(f"[name={name}]", str(value))
        if self.page.locator("[name=first_name]").count():
            self.page.fill("[name=first_name]", of.given_name)
        self.press("main form button.first")

    def enter(self, of):
        path = invited(self.practice, of, self.language)
        self.go(self.address + path)
        self.press("main form button")
        self.born(of)
        assert self.page.url.endswith("/today/")

    def tap(self, name, value):
        """Tap on an answer of the check-in; its next question comes without asking the server."""
        self.page.locator(f"button[name={name}][value='{value}']").first.click()
        self.look()

    def send(self, selector):
        """Send the check-in, and wait for its answer."""
        self.page.locator(selector).first.click()
        self.page.wait_for_url("**/reports/**")
        self.look()

    def answer_no(self, **otherwise):
        """Answer all questions, each with its tap: no, or as said."""
        for _ in range(80):
            if "/screening/review/" in self.page.url:
                return
            name = self.page.url.rstrip("/").rpartition("/")[2]
            if name == "day":
                self._day()
                continue
            if "/screening/group/" in self.page.url:
                # A group of which something is told is gone through one by one.
                told = {packaged().questions[each].group for each in otherwise}
                self._tap_first(["some" if name in told else "none"])
                continue
            self._tap_first([otherwise.get(name, ""), "no", "never", "unknown"])

    def _tap_first(self, wanted):
        for value in filter(None, wanted):
            button = self.page.locator(f"button[name=answer][value='{value}']")
            if button.count():
                with self.page.expect_navigation():
                    button.first.click()
                return
        raise AssertionError(self.page.url)

    def _day(self):
        day = self.day
        for name, value in (("day", day.day), ("month", day.month), ("year", day.year)):
            self.page.fill(f"[name={name}]", str(value))
        self.look()
        with self.page.expect_navigation():
            self.page.locator("main form button.first").click()


@pytest.fixture(params=[("en", SIZES[0]), ("es", SIZES[1])], ids=["en-360", "es-390"])
def phone(request, browser, live_server):
    language, (width, height) = request.param
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True, locale=language
    )
    page = context.new_page()
    troubles = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield Phone(page, live_server.url, practice, language)
    context.close()
    assert [each for each in troubles if "status of 4" not in each] == []


def test_from_the_invitation_to_a_date_before_which_nobody_needles(phone):
    practice = phone.practice
    ada = practice.patient()
    practice.course(ada)
    phone.go("")
    phone.go("read/how_it_works/")
    phone.go("ask/")
    phone.go("sign-in/")
    phone.go("sign-in/code/")
    phone.enter(ada)
    phone.go("screening/")
    phone.press("main form button.first")
    phone.day = datetime.now(UTC).date() - timedelta(days=2)
    phone.answer_no(laser="past", isotretinoin="past")
    assert HomeScreening.objects.get().sent_at is None
    phone.look()
    phone.press("main form button.first")
    assert "/screening/result/" in phone.page.url
    assert phone.page.locator(".date-big strong").count() == 1
    screening = Screening.objects.get()
    assert screening.asked_by_id is None
    assert set(screening.answers["asked"]) >= set(packaged().questions) - {"rosacea_kind", "cardiac_kind"}
    assert screening.answers["given"]["laser_on"] == phone.day.isoformat()
    phone.go("preparation/")
    phone.go("consent/")
    phone.go("next-visit/")


def after_a_session(phone):
    """A patient whose session ended an hour ago."""
    practice = phone.practice
    ada = practice.patient()
    practice.done(practice.opened(practice.consented(practice.planned(practice.course(ada)))))
    phone.enter(ada)
    return ada


def test_after_a_session_four_taps_say_that_all_is_as_expected(phone):
    after_a_session(phone)
    phone.go("check-in/")
    for name, value in (("redness", 1), ("swelling", 1), ("pain", 1)):
        phone.tap(name, value)
    phone.send("button[name=none]")
    told = CheckIn.objects.get()
    assert told.level == "expected"
    assert told.answers["signs"] == []
    assert phone.spoken.replies["expected"].title in phone.page.locator("h1").inner_text()
    phone.go("today/")
    phone.go("reports/")
    phone.go("photos/")


def test_spreading_redness_and_fever_reach_the_queue_and_are_acknowledged(phone):
    after_a_session(phone)
    phone.go("check-in/")
    for name, value in (("redness", 4), ("swelling", 2), ("pain", 7)):
        phone.tap(name, value)
    for sign in ("fever", "spreading_redness"):
        phone.page.check(f"input[name=sign][value={sign}]")
    phone.tap("step", "more")
    phone.page.check("input[name=none][value=all]")
    phone.page.fill("textarea", "It began last night.")
    phone.send("[data-step=more] button.first")
    assert phone.page.locator(".reply.urgent").count() == 1
    task = TriageTask.objects.get()
    assert task.level in ("same_day", "emergency")
    phone.practice.catch_up()
    triage.acknowledge(phone.practice.act(Role.PRESCRIBER), task_id=task.public_id)
    phone.page.reload()
    phone.look()
    seen = phone.spoken.notices["seen"].says.partition("{clinic}")[2].strip()
    assert seen in phone.page.locator(".seen").inner_text()


def test_when_nobody_has_looked_the_portal_says_call(phone, monkeypatch):
    after_a_session(phone)
    phone.practice.catch_up()
    nurse, director = (phone.practice.members[each] for each in (Role.NURSE, Role.MEDICAL_DIRECTOR))
    duty.set_duty(phone.practice.act(Role.MEDICAL_DIRECTOR), member_keys=[nurse.pk, director.pk])
    phone.go("check-in/")
    for name, value in (("redness", 4), ("swelling", 2), ("pain", 7)):
        phone.tap(name, value)
    phone.page.check("input[name=sign][value=fever]")
    phone.tap("step", "more")
    phone.page.check("input[name=none][value=all]")
    phone.send("[data-step=more] button.first")
    nobody = phone.spoken.notices["not_seen_yet"].says.partition("{phone}")[0].strip()
    minutes = sum(packaged().ladders["red"].minutes[:2])

    # Nothing runs in the background here: only the clock goes on, and the page has to say it by itself.
    said = {}
    for passed in (5, minutes + 5):
        at = datetime.now(UTC) + timedelta(minutes=passed)
        monkeypatch.setattr("needlepoint.clinic.portal.views.after.clock", Clock(at))
        phone.page.reload()
        said[passed] = phone.page.locator("main").inner_text()
    phone.look()
    assert nobody not in said[5]
    assert nobody in said[minutes + 5]
    assert PHONE in phone.page.locator(".alarm").inner_text()


class Clock:
    """Stands where the views ask for the time."""

    def __init__(self, at):
        self.at = at

    def now(self):
        return self.at
