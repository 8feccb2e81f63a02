"""At the chair: one more zone in mid-session, and the close of the visit, on tablet and phone, light and dark."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


def test_one_more_zone_is_signed_for_added_and_needled(desk):
    page, practice = desk.page, desk.practice
    opened = practice.opened()
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/sessions/{opened.public_id}/")
    with page.expect_navigation():
        page.locator(".more-zones a").tap()
    desk.look()
    with page.expect_navigation():
        page.locator("a.list-row", has_text="Chin").tap()
    desk.look()
    desk.looked_at("zone-offer")
    desk.follow("Let the patient read and sign")
    expect(page.locator(".agreed")).to_contain_text("Chin")
    desk.sign()
    desk.press("I have read it, and I agree")
    page.fill("[name=reason]", "Scars there too, seen in the light.")
    page.emulate_media(color_scheme="dark")
    desk.look()
    desk.press("Add the chin")
    expect(page.locator("[data-zone=chin] [name=zones]")).to_be_checked()
    page.locator("[data-zone=chin] .opener").tap()
    page.locator("#live-chin", has_text="channels per cm²").wait_for()
    desk.looked_at("zone-added")
    desk.look()


def test_the_close_of_a_visit_is_one_page(desk):
    page, practice = desk.page, desk.practice
    waiting = practice.consented()
    practice.booked(waiting.patient, waiting, minutes_from_now=1)
    done = practice.done(practice.opened(waiting))
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/sessions/{done.public_id}/close/")
    desk.looked_at("close-light")
    for each in page.locator("main :is(a.button, button)").all():
        assert each.bounding_box()["height"] >= 48
    page.emulate_media(color_scheme="dark")
    desk.look()
    desk.looked_at("close-dark")
    first = page.locator(".times a").first
    typed = re.search(r"at=([\d\-T:]+)", first.get_attribute("href"))[1]
    with page.expect_navigation():
        first.tap()
    assert page.input_value("[name=starts_at]") == typed
