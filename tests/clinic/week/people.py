"""Who is at the pages: members of the practice at a tablet, and patients at a phone, each in a browser of their own."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from tests.browser.desk import Desk
from tests.browser.test_first_day import PASSWORD
from tests.clinic.week.house import PATIENCE_S, until

WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A page that was left open finds its session over; what a page had asked for when it was left comes to nothing.
MEANT = ("status of 401", "ERR_ABORTED")


class Watched(Desk):
    """Somebody at a page: nothing runs over its edge, and nothing goes wrong on it."""

    def __init__(self, house, browser, size):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True)
        context.set_default_timeout(PATIENCE_S * 1000)
        super().__init__(context.new_page(), house.address)
        self.house, self.troubles, self.name = house, [], ""
        self.page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, trouble):
        if not any(words in trouble for words in MEANT):
            self.troubles.append(f"{self.page.url}: {trouble}")

    def look(self, closely=False):
        assert self.page.evaluate(WIDER) <= 0, self.page.url
        if closely:
            super().look()
        assert not self.troubles, (self.troubles, self.says())
        if folder := os.environ.get("NEEDLEPOINT_PICTURES"):
            self.shots = getattr(self, "shots", 0) + 1
            self.page.screenshot(path=Path(folder) / f"{self.name}-{self.shots:03d}.png", full_page=True)

    def says(self):
        """Return what stands on the page, in one line."""
        return " ".join(self.page.locator("main").inner_text().split())

    def put_away(self):
        """Nobody has the page open any more."""
        self.page.goto("about:blank")

    def send(self, where, button, **typed):
        """Open a page, type, and press."""
        self.go(where)
        for name, value in typed.items():
            self.page.locator(f"[name={name}]").first.fill(value)
        self.press(button)


class Worker(Watched):
    """A member of the practice at a tablet."""

    def __init__(self, house, browser, address, name):
        super().__init__(house, browser, (1180, 820))
        self.email, self.name = address, name

    def first_way_in(self, link):
        """Set a password by the one-time link, and add the codes of an app."""
        self.page.goto(link)
        self.look()
        self.page.fill("#password1", PASSWORD)
        self.page.fill("#password2", PASSWORD)
        self.press("Set the password")
        self.follow("Codes from an app")
        self.secret = self.page.locator("#authenticator_secret").text_content()
        self._type_code("Add it")

    def come_in(self):
        """Sign in as on every morning: password, then code."""
        self.page.goto(self.address + "/day/")
        assert "/sign-in/login/" in self.page.url
        self.page.fill("[name=login]", self.email)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Sign in")
        self._type_code("Sign in")
        assert "/day/" in self.page.url

    def _type_code(self, button):
        for _ in range(4):
            self.page.fill("#id_code", self.house.code_of(self.secret))
            self.press(button)
            if not self.page.locator("#id_code").count():
                return
            # A code opens once; the app shows the next one within half a minute.
            self.house.go_on(30)
        pytest.fail("no code was taken")

    def wedge(self, *played):
        """A scanner at the cable: it types where it likes, and presses keys of its own."""
        for each in played:
            if each.startswith("Control+") or each == "Enter":
                self.page.keyboard.press(each)
            else:
                self.page.keyboard.type(each)


@dataclass(frozen=True)
class Person:
    """Who comes as a patient."""

    given_name: str
    family_name: str
    born_on: date
    phone: str
    email: str


class PortalPhone(Watched):
    """A patient's phone."""

    def __init__(self, house, browser, person):
        super().__init__(house, browser, (390, 844))
        self.person, self.email, self.name = person, person.email, "patient"
        self.root = f"{house.address}/portal/harbour-skin/"

    def go(self, where):
        self.page.goto(self.root + where)
        self.look()

    def tap(self, selector):
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look()

    def open_link(self, link):
        """Open a link from a mail, and say the date of birth."""
        self.page.goto(link)
        self.tap("main form button")
        for name in ("day", "month", "year"):
            self.page.fill(f"[name={name}]", str(getattr(self.person.born_on, name)))
        self.tap("main form button.first")
        assert self.page.url.endswith("/today/")

    def sign_in(self):
        """Ask for a link, and open it in this browser."""
        earlier = len(self.house.told(self.email, "/in/"))
        until(self._asks_for_a_link, "the page says that a link is on its way")
        self.open_link(self.house.link_to(self.email, earlier))

    def _asks_for_a_link(self):
        """Say whether one is sent: after a leap of our clock the background work has yet to be heard of again."""
        self.go("sign-in/")
        self.page.fill("[name=address]", self.email)
        self.tap("main form button.first")
        return not self.page.locator(".note[role=alert]").count() or self.page.wait_for_timeout(2000)

    def report(self, scores, signs):
        """Answer the four questions of the check-in, and send them."""
        self.go("check-in/")
        for name, value in scores.items():
            self.page.locator(f"button[name={name}][value='{value}']").first.click()
        for sign in signs:
            self.page.check(f"input[name=sign][value={sign}]")
        self.page.locator("button[name=step][value=more]").first.click()
        self.page.check("input[name=none][value=all]")
        self.page.locator("[data-step=more] button.first").first.click()
        self.page.wait_for_url("**/reports/**")
        self.look()


def morning(practice, when, *who):
    """Everybody has put their tablet away, time has gone by, and some come in again."""
    for each in practice.people:
        each.put_away()
    practice.move_to(when)
    for each in who:
        each.come_in()
