"""Whole journeys in a real Chromium: found where it is, skipped with the command that mends it where there is none."""

import os
import shutil
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.clinic.conftest import *  # noqa: F403 (the same database, the same practice)

# Playwright runs an event loop beside the test; the tests themselves are plain code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MEND = (
    "no Chromium was found; mend it with: apt-get install chromium (or .venv/bin/playwright install chromium)"
)
# Only this machine can be reached, which proves that no page asks anybody else for anything.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]


# Which hosts other than this machine a page has asked, in whatever browser of these tests.
ASKED_ELSEWHERE: list[str] = []


def watched(browser):
    """Note every request of the browser that goes to anybody else than the clinic's own server."""
    plain = browser.new_context

    def new_context(**options):
        context = plain(**options)
        context.on("request", lambda asked: _note(asked.url))
        return context

    browser.new_context = new_context
    return browser


def _note(url):
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("localhost", "127.0.0.1"):
        ASKED_ELSEWHERE.append(url)


@pytest.fixture(autouse=True)
def nobody_else_is_asked():
    ASKED_ELSEWHERE.clear()
    yield
    assert ASKED_ELSEWHERE == []


def chromium() -> str | None:
    """Where a Chromium is: named by CHROMIUM, on PATH, or Playwright's own."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if named:
        return named
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


# The one browser of this process, and how it is closed.
OPEN = ExitStack()


@cache
def started(path):
    """The browser, started once: a worker that had no test left and was then given more may not start it again."""
    from playwright.sync_api import sync_playwright

    playwright = OPEN.enter_context(sync_playwright())
    found = playwright.chromium.launch(executable_path=path, args=FLAGS)
    OPEN.callback(found.close)
    return watched(found)


@pytest.fixture(scope="session", autouse=True)
def closed_at_the_end(request):
    request.config.add_cleanup(OPEN.close)


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(MEND)
    if path is None:
        pytest.skip(MEND)
    return started(path)


@pytest.fixture(params=[(1180, 820), (390, 844)], ids=["tablet", "phone"])
def page(request, browser):
    """A page of that size; afterwards nothing may have gone wrong on it."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True)
    page = context.new_page()
    troubles = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("requestfailed", lambda asked: troubles.append(f"{asked.url} {asked.failure}"))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    # A refusal answers with its own status, which browsers write down as an error of the network; and where a test
    # pulls the plug, every request that comes to nothing is one too. A passkey that is not given is told there too.
    meant = ("status of 409", "ERR_ABORTED", "ERR_INTERNET_DISCONNECTED", "NotAllowedError")
    # What a test brings about by itself it says beforehand.
    meant += getattr(page, "meant", ())
    assert [each for each in troubles if not any(words in each for words in meant)] == []


@pytest.fixture
def desk(page, live_server):
    """Somebody of the clinic at that page."""
    from tests.browser.desk import sat_down

    return sat_down(page, live_server.url)
