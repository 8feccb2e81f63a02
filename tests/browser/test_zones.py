"""Zones tapped on the figure in course, plan and session; the sheet under the thumb; and all of it without a script."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from tests.browser.desk import PASSWORD, sat_down

from needlepoint.clinic.models import Course
from needlepoint.course.goals import Concern
from needlepoint.course.zones import Zone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
SMALL = (Zone.UPPER_LIP,)


def at_the_chair(desk, **of):
    """Somebody whose session is under way, and the nurse at its page."""
    practice = desk.practice
    opened = practice.opened(practice.consented(practice.planned(practice.course(**of))))
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/sessions/{opened.public_id}/")
    return opened


def zone_on(page, name):
    """The middle of a zone on the figure that is shown, in the box of its drawing."""
    box = page.locator(f".views.on [data-shape={name}]").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box


def test_a_new_course_takes_its_zones_from_the_figure(desk):
    page, of = desk.page, desk.practice.patient()
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/patients/{of.public_id}/courses/new/")
    for name in ("cheek_left", "chin", "nose", "chin"):
        page.locator(f".views.on [data-shape={name}]").tap()
    page.get_by_role("button", name="Left", exact=True).tap()
    page.locator(".views.on [data-shape=jawline_left]").tap()
    chosen = page.locator("input[name=zones]:checked")
    assert [each.get_attribute("value") for each in chosen.all()] == ["nose", "cheek_left", "jawline_left"]
    assert page.locator("[value=eyelid_left]").count() == 0
    desk.looked_at("course-chosen")
    desk.look()
    desk.press("Draft the course and screen")
    assert sorted(Course.objects.get().zones) == ["cheek_left", "jawline_left", "nose"]


def test_a_tap_on_a_zone_opens_its_fields_under_the_thumb(desk):
    page = desk.page
    at_the_chair(desk)
    page.locator(".views.on [data-shape=forehead]").tap()
    sheet = page.locator(".sheet:visible")
    expect(sheet).to_have_count(1)
    assert sheet.get_attribute("aria-label") == "forehead"
    below = page.viewport_size["height"] - (sheet.bounding_box()["y"] + sheet.bounding_box()["height"])
    assert 0 <= below < 90, "it ends where the line of the signature begins"
    desk.looked_at("session-sheet")


@pytest.mark.parametrize("place", ["session", "plan"])
def test_the_sheet_keeps_its_height_and_its_place_from_zone_to_zone(desk, place):
    page = desk.page
    opened = at_the_chair(desk)
    if place == "plan":
        desk.go(f"/courses/{opened.course.public_id}/plan/")
    found = set()
    for name in ("forehead", "cheek_left", "cheek_right"):
        page.locator(f".views.on [data-shape={name}]").dispatch_event("click")
        page.wait_for_timeout(500)
        box = page.locator(".sheet:visible").bounding_box()
        found.add((round(box["y"]), round(box["height"])))
    assert len(found) == 1, found


def test_dose_limit_timer_and_cartridge_stay_in_view_while_one_charts(desk):
    page = desk.page
    at_the_chair(desk)
    page.locator("#live-cheek_left", has_text="channels per cm²").wait_for()
    for down in (0, 250):
        page.evaluate("(down) => scrollTo(0, down)", down)
        for what in (
            page.locator(".sheet:visible .live"),
            page.locator(".sheet:visible .sheet-head"),
            page.locator("[data-since]").first,
            page.get_by_text("NP000001"),
        ):
            box = what.bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= page.viewport_size["height"]
    assert "at most" in page.locator(".sheet:visible .sheet-head").inner_text()
    assert ":" in page.locator("[data-since]").first.inner_text()


def test_a_tap_beside_a_small_zone_means_the_nearest_within_22_pixels(desk):
    page = desk.page
    at_the_chair(desk, zones=SMALL)
    page.locator("[name=zones]").uncheck()
    page.evaluate("() => scrollTo(0, 0)")
    across, _, box = zone_on(page, "upper_lip")
    page.touchscreen.tap(across, box["y"] - 60)
    assert not page.locator("[name=zones]").is_checked()
    page.touchscreen.tap(across, box["y"] - 14)
    assert page.locator("[name=zones]").is_checked()


def test_an_endpoint_records_its_zone_and_opens_the_next(desk):
    page = desk.page
    at_the_chair(desk)
    expect(page.locator(".sheet:visible")).to_have_attribute("aria-label", "cheek left")
    page.locator(".sheet:visible .ends label", has_text="pinpoint").tap()
    expect(page.locator(".sheet:visible")).to_have_attribute("aria-label", "cheek right")
    expect(page.locator(".sheet:visible [data-count]")).to_have_text("· 1 of 3 done")
    assert page.locator("[data-zone=cheek_left] [data-state-says]").inner_text() == "pinpoint bleeding"
    # Whoever goes by keys hears every choice before the next zone opens.
    page.locator(".sheet:visible .ends input").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".sheet:visible")).to_have_attribute("aria-label", "cheek right")


def test_what_is_tapped_in_the_sheet_is_large_enough_for_a_glove(desk):
    page = desk.page
    at_the_chair(desk)
    for each in page.locator(
        ".sheet:visible :is(button, label), .zone-head :is(button, label), .segments button"
    ).all():
        box = each.bounding_box()
        assert box["height"] >= 48, each.inner_text()
        assert box["width"] >= 48, each.inner_text()


def test_a_plan_is_changed_on_the_figure_and_agreed(desk):
    page, practice = desk.page, desk.practice
    course = practice.course()
    practice.screened(course)
    practice.settled(course)
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/courses/{course.public_id}/plan/")
    page.locator(".views.on [data-shape=forehead]").tap()
    page.locator(".sheet:visible").get_by_role("button", name="forehead: more passes").tap()
    desk.look()
    desk.looked_at("plan-sheet")
    desk.press("Agree on this plan")
    assert {each.zone: each.passes for each in course.plans.get().zones.all()} == {
        "cheek_left": 2,
        "cheek_right": 2,
        "forehead": 3,
    }


@pytest.fixture
def unscripted(browser, live_server):
    """Somebody whose browser runs no script."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    yield sat_down(context.new_page(), live_server.url)
    context.close()


def test_without_a_script_everything_is_sent_all_the_same(unscripted):
    page, practice = unscripted.page, unscripted.practice
    of = practice.patient()
    opened = practice.opened(practice.consented(practice.planned(practice.course(practice.patient()))))
    page.goto(unscripted.address + reverse("account_login"))
    page.fill("[name=login]", "prescriber@harbour.example")
    member = opened.operator
    member.set_password(PASSWORD)
    member.save()
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(f"{unscripted.address}/patients/{of.public_id}/courses/new/")
    page.check("[value=chin]")
    page.click("text=Draft the course and screen")
    assert Course.objects.get(patient=of).zones == ["chin"]
    page.goto(f"{unscripted.address}/sessions/{opened.public_id}/")
    page.fill("[name=passes_forehead]", "4")
    page.locator("[name=endpoint_forehead][value='even flush']").check(force=True)
    page.fill("[name=sharps_container]", "SC-1")
    page.click("text=Finish and sign")
    opened.refresh_from_db()
    assert opened.state == "done"
    forehead = opened.passes.get(zone="forehead")
    assert (forehead.passes, forehead.endpoint) == (4, "even flush")
    assert Course.objects.get(patient=of).concern == Concern.ACNE_SCARS.value
