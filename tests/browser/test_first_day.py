"""From `needlepoint create-clinic` as the manual says, with the default settings, to work and back to it."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.desk import RULES
from tests.clinic.doors import code_of

NEEDLEPOINT = Path(sys.executable).with_name("needlepoint")
PASSWORD = "three quiet herons 1931"
FOUNDED = [
    *("--name", "Harbour Skin", "--zone", "Europe/Berlin", "--country", "DE", "--region", "BY"),
    *("--email", "admin@example.org", "--person", "Clara Admin", "--room", "Room 1"),
    *("--device", "skinpen-precision:SP123"),
]
# Only what a try on one's own machine needs is set: no certificate is there.
SET = ("NEEDLEPOINT_SECOND_FACTOR", "NEEDLEPOINT_IDLE_MINUTES", "NEEDLEPOINT_HOSTS", "NEEDLEPOINT_DATABASE")


class Installation:
    """A clinic of its own on this machine, served as the manual says."""

    def __init__(self, place):
        kept = {
            name: value for name, value in os.environ.items() if name not in (*SET, "DJANGO_SETTINGS_MODULE")
        }
        self.environment = kept | {
            "NEEDLEPOINT_FOLDER": str(place / "folder"),
            "NEEDLEPOINT_KEY_FILE": str(place / "key"),
            "NEEDLEPOINT_HTTPS": "no",
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://localhost:{self.port}"

    def run(self, *words):
        ran = subprocess.run([NEEDLEPOINT, *words], env=self.environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def serve(self):
        command = [NEEDLEPOINT, "serve", "--port", str(self.port), "--processes", "1"]
        self.served = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(240):
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"{self.address}/sign-in/login/", timeout=10)
                return
            time.sleep(0.5)
        pytest.fail("it does not answer")

    def end(self):
        self.served.terminate()
        self.served.wait(60)


@pytest.fixture
def installation(tmp_path):
    made = Installation(tmp_path)
    made.link = re.search(r"/way-in/\S+/", made.run("create-clinic", *FOUNDED)).group(0)
    made.serve()
    yield made
    made.end()


def looked_at(page, name):
    wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, name
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{name}\n{found.generate_report()}"
    if folder := os.environ.get("NEEDLEPOINT_PICTURES"):
        size = page.viewport_size["width"]
        page.screenshot(path=Path(folder) / f"{name}-{size}.png", full_page=True)


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).first.click()


def follow(page, words):
    with page.expect_navigation():
        page.get_by_role("link", name=words, exact=True).first.click()


def come_in(page, installation):
    """Set a password by the one-time link and add a code of an app; return the app's secret."""
    page.goto(installation.address + installation.link)
    looked_at(page, "way-in")
    page.fill("#password1", PASSWORD)
    page.fill("#password2", PASSWORD)
    press(page, "Set the password")
    assert "Before anything opens, add a second factor" in page.locator("h1").inner_text()
    looked_at(page, "add-a-factor")
    follow(page, "Codes from an app")
    return quiet_page(page)


def quiet_page(page):
    """The page with the picture to be scanned stands still: nothing moves, and next to nothing is asked for."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    picture = page.locator("img.qr")
    stood = {str(picture.bounding_box())}
    for _ in range(10):
        page.wait_for_timeout(1000)
        stood.add(str(picture.bounding_box()))
    assert len(asked) < 10, asked
    assert len(stood) == 1, stood
    assert page.locator("nav").count() == 1
    looked_at(page, "scan-the-picture")
    return page.locator("#authenticator_secret").text_content()


def type_code(page, secret, button):
    """A code opens once; where it was used, the app shows the next one within half a minute."""
    for _ in range(8):
        page.fill("#id_code", code_of(secret))
        press(page, button)
        if not page.locator("#id_code").count():
            return
        page.wait_for_timeout(5000)
    pytest.fail("no code was taken")


def test_a_new_practice_comes_in_by_its_link_works_and_comes_back_to_what_was_typed(page, installation):
    # A part of the page meets the closed door, and a link is used a second time.
    page.meant = ("status of 401", "status of 410")
    secret = come_in(page, installation)
    type_code(page, secret, "Add it")
    # Whoever has just added a factor has shown it, and sees the codes for the day on which it is lost.
    page.goto(installation.address + "/day/")
    assert page.locator("h1").inner_text() != ""
    assert "/day/" in page.url
    looked_at(page, "first-day")

    page.goto(installation.address + "/patients/new/")
    page.fill("[name=given_name]", "Ada")
    page.fill("[name=family_name]", "Volkov-Åström")
    page.fill("[name=born_on]", "1990-05-14")
    page.fill("[name=allergies]", "lidocaine: rash in 2019")
    installation.run("sign-out-everywhere", "admin@example.org", "--by", "admin@example.org")
    with page.expect_navigation(url="**/sign-in/login/**", timeout=30_000):
        pass
    assert "Volkov" not in page.content()
    looked_at(page, "sign-in")

    page.fill("[name=login]", "admin@example.org")
    page.fill("[name=password]", PASSWORD)
    press(page, "Sign in")
    looked_at(page, "second-factor")
    type_code(page, secret, "Sign in")
    assert page.url == installation.address + "/patients/new/"
    page.wait_for_selector(".given-back")
    assert page.input_value("[name=family_name]") == "Volkov-Åström"
    assert page.input_value("[name=allergies]") == "lidocaine: rash in 2019"
    assert page.input_value("[name=born_on]") == "1990-05-14"
    looked_at(page, "given-back")
    press(page, "Save")
    page.goto(installation.address + "/patients/?q=Volkov")
    assert "Volkov-Åström" in page.locator("main").inner_text()

    page.goto(installation.address + "/my-sign-ins/")
    looked_at(page, "my-sign-ins")
    said = page.locator("main").inner_text()
    assert "one-time link" in said
    assert "password and code" in said
    assert "signed out everywhere" in said
    page.goto(installation.address + "/members/")
    looked_at(page, "members")
    # The link was for once.
    page.goto(installation.address + installation.link)
    assert "This link is over" in page.locator("h1").inner_text()
