"""A practice of its own, founded and served as the manual says, under a clock that goes on by days; and its people."""

import contextlib
import email
import email.policy
import os
import re
import shutil
import subprocess
import time
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from tests.browser.desk import Desk
from tests.browser.test_first_day import FOUNDED, PASSWORD, Installation
from tests.clinic.conftest import POSTGRESQL, SERVER
from tests.clinic.sinks import MailSink, text_sink

CC = shutil.which("cc") or shutil.which("gcc")
HERE = ZoneInfo("Europe/Berlin")
# A server that is founded, or that answers beside other work, takes its time; nothing here is measured.
PATIENCE_S = 120
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# A page that was left open finds its session over; what a page had asked for when it was left comes to nothing.
MEANT = ("status of 401", "ERR_ABORTED")


def until(ask, what):
    """Return what `ask` returns once it returns something."""
    last = time.monotonic() + PATIENCE_S
    while time.monotonic() < last:
        if found := ask():
            return found
        time.sleep(0.1)
    raise AssertionError(f"this did not happen: {what}")


class House(Installation):
    """An installation with the settings that are the default, and with gateways, under a clock that can go on."""

    def __init__(self, place, sms_url):
        super().__init__(place)
        self.place, self.mail = place, MailSink()
        library = place / "shift.so"
        source = Path(__file__).with_name("shift.c")
        subprocess.run([CC, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        self.environment |= {
            "LD_PRELOAD": str(library),
            "SHIFT_FILE": str(place / "shift"),
            "SHIFT_PASSES": "yes",
            "NEEDLEPOINT_SMTP_HOST": "127.0.0.1",
            "NEEDLEPOINT_SMTP_PORT": str(self.mail.port),
            "NEEDLEPOINT_SMTP_SECURITY": "none",
            "NEEDLEPOINT_SMS_URL": sms_url,
            "NEEDLEPOINT_SMS_TOKEN": "token",
            "NEEDLEPOINT_STAFF_ADDRESS": self.address,
        }
        if POSTGRESQL:
            name = f"week_{uuid4().hex[:8]}"
            SERVER.psql(f"CREATE DATABASE {name};")
            self.environment["NEEDLEPOINT_DATABASE"] = SERVER.get_uri(database=name)
            self.environment["PATH"] = f"{SERVER.bin_path}{os.pathsep}{self.environment['PATH']}"

    def move_to(self, when):
        """It is now so late in the practice; all that time has gone by."""
        self.shift = datetime.fromisoformat(when).replace(tzinfo=HERE).timestamp() - time.time()
        # Whole at every instant, for whoever reads it at this very moment.
        coming = self.place / "shift.coming"
        coming.write_text(str(int(self.shift)))
        coming.replace(self.place / "shift")

    def code_of(self, secret):
        return format_hotp_value(hotp_value(secret, int(time.time() + int(self.shift)) // 30))

    def told(self, where, words=""):
        """Return what was sent to an address or a number with such words in it, the oldest first."""
        mails = [email.message_from_string(raw, policy=email.policy.default) for raw in list(self.mail.mails)]
        sent = [each.get_body().get_content() for each in mails if where in each["To"]]
        sent += [each["text"] for each in list(self.texts) if each.get("to") == where]
        return [each for each in sent if words in each]

    def link_to(self, address, earlier=0):
        """Return the link into the portal in the newest mail to somebody, once it has come."""
        mails = until(lambda: self.told(address, "/in/")[earlier:], f"a link to {address}")
        return re.search(r"http://\S+/in/\S+/", mails[-1]).group(0)


@contextlib.contextmanager
def house(place, when):
    """A practice that was founded at that moment, and serves."""
    with text_sink() as (url, texts):
        made = House(place, url)
        made.texts = texts
        made.move_to(when)
        made.link = re.search(r"/way-in/\S+/", made.run("create-clinic", *FOUNDED)).group(0)
        made.serve()
        try:
            yield made
        finally:
            made.end()
            made.mail.close()


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
        for _ in range(8):
            self.page.fill("#id_code", self.house.code_of(self.secret))
            self.press(button)
            if not self.page.locator("#id_code").count():
                return
            self.page.wait_for_timeout(5000)
        pytest.fail("no code was taken")

    def wedge(self, *played):
        """A scanner at the cable: it types where it likes, and presses keys of its own."""
        for each in played:
            if each.startswith("Control+") or each == "Enter":
                self.page.keyboard.press(each)
            else:
                self.page.keyboard.type(each)


class PortalPhone(Watched):
    """A patient's phone."""

    def __init__(self, house, browser, address, born):
        super().__init__(house, browser, (390, 844))
        self.email, self.born, self.name = address, born, "patient"
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
        for name, value in zip(("day", "month", "year"), self.born, strict=True):
            self.page.fill(f"[name={name}]", value)
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
