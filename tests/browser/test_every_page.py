"""Every page of the invented practice, found by following its links, at four widths, light and dark: `make looks`.

Of each kind of page the first is looked at that a link leads to; an address with other letters is another kind.
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error
from tests.browser.desk import RULES, SMALL, WIDER

from needlepoint.cli.example_practice import PASSWORD

ASKED = os.environ.get("NEEDLEPOINT_LOOKS") == "1"
PICTURES = os.environ.get("NEEDLEPOINT_PICTURES")
WIDTHS = (390, 820, 1180, 1440)
THEMES = ("light", "dark")
PORT = 8987
ENDS = "sign-in/logout"
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=/)\d+(?=/)|(?<==)[^&]+")

pytestmark = pytest.mark.skipif(not ASKED, reason="half an hour; `make looks` asks for it")


@pytest.fixture(scope="module")
def address():
    """The invented practice as the manual says to start it, or one that runs already."""
    if there := os.environ.get("NEEDLEPOINT_LOOKS_AT"):
        yield there
        return
    command = [sys.executable, "-m", "needlepoint", "demo", "--port", str(PORT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        found = next(line for line in running.stdout if "http://" in line)
        yield re.search(r"http://\S+?/", found)[0]
        running.terminate()


def signed_in(page, address):
    page.goto(address)
    page.fill("[name=login]", "medical.director@harbour.example")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()


def kind_of(url):
    """What kind of page an address is: its letters without the keys of rows."""
    parts = urlsplit(url)
    return KEY.sub("*", parts.path + (f"?{parts.query}" if parts.query else ""))


def links(page, address):
    found = page.eval_on_selector_all("a[href]", "all => all.map(each => each.href)")
    return [each.split("#")[0] for each in found if each.startswith(address) and ENDS not in each]


def status_of(page, url):
    """With what a page answers; nothing where a file is handed over, which is no page to look at."""
    try:
        return page.goto(url).status
    except Error as error:
        if "Download is starting" in str(error):
            return None
        raise


@pytest.fixture(scope="module")
def pages(browser, address):
    """One address of each kind that somebody who may do all can reach by links."""
    context = browser.new_context(viewport={"width": 1180, "height": 820})
    page, found, files = context.new_page(), {}, set()
    signed_in(page, address)
    waiting = [page.url, *links(page, address)]
    while waiting:
        url = waiting.pop(0)
        if kind_of(url) in files or kind_of(url) in found:
            continue
        found[kind_of(url)] = url
        if (status := status_of(page, url)) is None:
            del found[kind_of(url)]
            files.add(kind_of(url))
            continue
        assert status < 400, url
        waiting += links(page, address)
    context.close()
    print(f"\n{len(found)} kinds of pages")
    return found


def troubles(page, url):
    """What is wrong with how a page looks."""
    page.goto(url)
    page.wait_for_load_state()
    if (wider := page.evaluate(WIDER)) > 0:
        yield f"{wider} px wider than the screen"
    yield from (f"too small to tap: {each}" for each in page.evaluate(SMALL))
    for each in Axe().run(page, options=RULES).response["violations"]:
        yield f"{each['id']}: {each['nodes'][0]['html'][:160]}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_and_can_be_read_and_tapped(browser, address, pages, width, theme):
    context = browser.new_context(
        viewport={"width": width, "height": 844 if width < 600 else 820}, color_scheme=theme, has_touch=True
    )
    page, wrong, began = context.new_page(), {}, time.monotonic()
    signed_in(page, address)
    for number, (kind, url) in enumerate(pages.items()):
        if found := list(troubles(page, url)):
            wrong[kind] = found
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{number:03d}-{width}-{theme}.png", full_page=True)
    context.close()
    print(f"\n{width} {theme}: {len(pages)} pages in {time.monotonic() - began:.0f} s")
    assert wrong == {}, json.dumps(wrong, indent=1)
