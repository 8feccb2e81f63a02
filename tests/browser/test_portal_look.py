"""Every page for patients, on a phone and at a desk, light and dark, in each language: it fits, and axe is content."""

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from tests.browser.desk import COLOURED, SMALL, WIDER
from tests.browser.test_portal_journey import Phone, after_a_session, axe_found
from tests.clinic.portal import invited, reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import triage
from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.chair.queries.course import warming
from needlepoint.clinic.models import ReportDraft, TriageTask

PICTURES = os.environ.get("NEEDLEPOINT_PICTURES")
# On a phone in both themes always; `make looks` asks for all widths in both.
ALL = os.environ.get("NEEDLEPOINT_LOOKS") == "1"
SIZES = ((390, 844), (820, 1180), (1180, 820), (1440, 900)) if ALL else ((390, 844), (1180, 820))
THEMES = ("light", "dark")
# Where axe looks: one column is the same at every width, and what it finds depends on the theme.
AXE_AT = SIZES if ALL else SIZES[:1]
SCORES = {"redness": 1, "swelling": 1, "pain": 1}
# What is filled, and whether anything is red.
COLOURS = """() => {
  const colour = (name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const filled = ["--accent", "--stop-fill"].map(colour);
  const reds = ["--stop", "--stop-soft", "--stop-fill"].map(colour);
  const shown = (what) => [...document.querySelectorAll(what)].filter((each) => each.offsetParent);
  const red = (each) => {
    const style = getComputedStyle(each);
    const seen = [style.color, style.backgroundColor, style.borderTopColor, style.borderLeftColor];
    return seen.some((one) => reds.includes(one));
  };
  return {
    filled: shown("main :is(button, .button)")
      .filter((each) => filled.includes(getComputedStyle(each).backgroundColor))
      .map((each) => each.textContent.trim()),
    red: shown("body *").filter(red).map((each) => each.outerHTML.slice(0, 90)),
  };
}"""
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


class Watched(Phone):
    """A patient's browser in which every page is looked at in each width and theme."""

    def look(self, name="", emergency=False):
        page = self.page
        page.wait_for_load_state()
        if not name:
            return
        assert page.locator("html").get_attribute("lang") == self.language, name
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                page.evaluate(COLOURED)
                self._seen(f"{name}-{self.language}-{width}-{theme}", emergency)
                if (width, height) in AXE_AT:
                    assert axe_found(page) == "", (name, width, theme)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 844})

    def _seen(self, here, emergency):
        page = self.page
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{here}.png", full_page=True)
        assert page.evaluate(WIDER) <= 0, here
        assert page.evaluate(SMALL) == [], here
        seen = page.evaluate(COLOURS)
        assert len(seen["filled"]) <= 1, (here, seen["filled"])
        # Red is kept for an emergency.
        assert bool(seen["red"]) is emergency, (here, seen["red"])

    def at(self, where, name, emergency=False):
        page = self.page
        page.goto(where if where.startswith("http") else self.root + where)
        self.look(name, emergency)

    def told(self, *signs, words="", **scores):
        """Send a check-in, and stay on the page that answers it."""
        page = self.page
        page.goto(self.root + "check-in/")
        for name, value in (SCORES | scores).items():
            page.locator(f"button[name={name}][value='{value}']").first.click()
        for sign in signs:
            page.check(f"input[name=sign][value={sign}]")
        if not signs:
            page.locator("button[name=none]").click()
        else:
            page.locator("button[name=step][value=more]").first.click()
            page.check("[data-step=more] input[name=none]")
            page.locator("[data-step=more] button.first").click()
        page.wait_for_url("**/reports/**")


@pytest.fixture(params=["en", "es"])
def phone(request, browser, live_server):
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, locale=request.param, reduced_motion="reduce"
    )
    yield Watched(context.new_page(), live_server.url, practice, request.param)
    context.close()


def test_what_strangers_see(phone):
    page = phone.page
    phone.at("", "front")
    phone.at("read/how_it_works/", "read")
    phone.at("ask/", "ask")
    page.fill("[name=given_name]", "Ada")
    page.locator("main form button").click()
    phone.look("ask-problem")
    page.fill("[name=phone]", "+1 202 555 0111")
    page.locator("main form button").click()
    phone.look("ask-sent")
    phone.at("emergency/", "emergency", emergency=True)
    phone.at("emergency/?said=yes", "emergency-yes", emergency=True)
    phone.at("sign-in/", "sign-in")
    phone.at("sign-in/code/?by=email", "code")
    phone.at("nothing/", "refusal")
    phone.at("in/never-was/", "link-dead")
    phone.at(phone.address + invited(phone.practice, phone.practice.patient(), phone.language), "link")
    page.locator("main form button").click()
    phone.look("born")


def test_what_is_asked_and_told_before_a_session(phone):
    ada = phone.practice.patient()
    phone.practice.course(ada)
    phone.enter(ada)
    phone.day = datetime.now(UTC).date() - timedelta(days=2)
    for where, name in (("today/", "today-before"), ("check-in/", "no-session"), ("photos/", "photos-none")):
        phone.at(where, name)
    phone.at("reports/", "reports-none")
    phone.at("screening/", "screening")
    phone.press("main form button.first")
    phone.look("question")
    phone.answer_no(laser="past", isotretinoin="past")
    phone.look("review")
    phone.at("screening/ask/laser/day/", "question-day")
    phone.at("screening/review/", "review-again")
    phone.press("main form button.first")
    phone.look("result")
    for where in ("preparation/", "consent/", "next-visit/", "next-visit/?asked=yes", "redness/"):
        phone.at(where, f"before-{where.strip('/').replace('/?asked=yes', '-asked')}")


def test_what_is_asked_and_told_after_a_session(phone):
    warming.begin().join()
    ada, page = after_a_session(phone), phone.page
    phone.at("today/", "today")
    phone.at("check-in/", "check-in-redness")
    for name, following in (("redness", "swelling"), ("swelling", "pain"), ("pain", "signs")):
        page.locator(f"button[name={name}][value='1']").first.click()
        phone.look(f"check-in-{following}")
    page.check("input[name=sign][value=pus]")
    page.locator("button[name=step][value=more]").first.click()
    phone.look("check-in-more")
    page.wait_for_timeout(2000)
    phone.at("today/", "today-draft")
    page.evaluate("() => localStorage.clear()")
    ReportDraft.objects.update(typed={})
    phone.told()
    phone.look("report-expected")
    phone.at("redness/", "redness")
    phone.told("pus")
    phone.look("report-same-day")
    phone.at("today/", "today-urgent")
    phone.practice.catch_up()
    triage.acknowledge(phone.practice.act(Role.NURSE), task_id=TriageTask.objects.latest("pk").public_id)
    page.go_back()
    phone.at("reports/", "reports")
    page.locator(".list a").first.click()
    phone.look("report-seen")
    phone.told("fever", redness=4, pain=8)
    phone.look("report-emergency", emergency=True)
    phone.at("today/", "today-emergency", emergency=True)
    with_photos(phone, ada)
    phone.at("photos/", "photos")


def test_what_was_not_sent(phone):
    page = phone.page
    after_a_session(phone)
    page.goto(phone.root + "check-in/")
    for name, value in SCORES.items():
        page.locator(f"button[name={name}][value='{value}']").first.click()
    page.context.set_offline(True)
    page.locator("button[name=none]").click()
    page.locator("[data-not-sent]").wait_for()
    phone.look("not-sent")
    page.context.set_offline(False)


def with_photos(phone, ada):
    phone.practice.photo_consent(ada)
    for shade in ((230, 190, 170), (90, 60, 50)):
        out = io.BytesIO()
        Image.new("RGB", (600, 800), shade).save(out, "JPEG")
        photo.add_photo(phone.practice.act(), patient_id=ada.public_id, content=out.getvalue(), shows="front")
