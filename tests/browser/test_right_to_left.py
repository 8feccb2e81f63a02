"""A language that runs from right to left mirrors the clinic; what is counted or dialled keeps its order."""

import os
from pathlib import Path

import pytest
from tests.browser.test_portal_journey import Phone, after_a_session
from tests.clinic.portal import reachable

from needlepoint.evidence.languages import every_language

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
MIRRORED = next(each for each in every_language() if each.direction == "rtl")
UNREVIEWED = "ترجمة غير مراجعة"


@pytest.fixture(autouse=True)
def turned_on(settings):
    settings.LANGUAGES = [(each.code, each.name) for each in every_language()]


def looked_at(page, name):
    if folder := os.environ.get("NEEDLEPOINT_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


def mirrored(page):
    """The page runs from right to left, says that nobody has read its translation, and nothing sticks out of it."""
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert UNREVIEWED in page.content()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_pages_of_the_staff_run_from_right_to_left(desk):
    practice, page = desk.practice, desk.page
    practice.booked(practice.patient())
    desk.sign_in("medical_director@harbour.example")
    practice.clinic.language = MIRRORED.code
    practice.clinic.save(update_fields=["language"])
    for name in ("day", "patients"):
        desk.go(f"/{name}/")
        mirrored(page)
        looked_at(page, name)
    if page.viewport_size["width"] > 1000:
        assert page.locator("nav.rail").bounding_box()["x"] > page.viewport_size["width"] / 2
    desk.go("/day/")
    times = page.locator("time")
    assert [each.evaluate("each => getComputedStyle(each).direction") for each in times.all()] == [
        "ltr"
    ] * times.count()


def test_the_door_speaks_the_language_of_the_one_practice_behind_it(desk):
    desk.practice.clinic.language = MIRRORED.code
    desk.practice.clinic.save(update_fields=["language"])
    desk.go("/sign-in/login/")
    mirrored(desk.page)
    looked_at(desk.page, "sign-in")


def test_the_check_in_of_a_patient_runs_from_right_to_left(browser, live_server):
    from tests.clinic.practice import Practice

    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=MIRRORED.code)
    phone = Phone(context.new_page(), live_server.url, practice, MIRRORED.code)
    after_a_session(phone)
    phone.page.goto(phone.root + "check-in/")
    mirrored(phone.page)
    looked_at(phone.page, "check-in")
    context.close()
