"""A patient's own pictures on a phone: two photos under a slider, and redness by day with what they told us."""

import io
import re

import pytest
from PIL import Image
from tests.browser.test_portal_journey import Phone, after_a_session
from tests.clinic.portal import reachable
from tests.clinic.practice import Practice

from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.chair.queries.course import warming

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


@pytest.fixture(params=["en", "es"])
def phone(request, browser, live_server):
    practice = Practice.of_today("Harbour Skin")
    reachable(practice)
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, locale=request.param
    )
    yield Phone(context.new_page(), live_server.url, practice, request.param)
    context.close()


def with_two_photos(phone):
    """A patient with a light and a dark photo of the same view."""
    ada = after_a_session(phone)
    phone.practice.photo_consent(ada)
    for shade in ((230, 190, 170), (90, 60, 50)):
        out = io.BytesIO()
        Image.new("RGB", (600, 800), shade).save(out, "JPEG")
        act = phone.practice.act()
        photo.add_photo(act, patient_id=ada.public_id, content=out.getvalue(), shows="front")
    phone.go("photos/")
    phone.page.wait_for_function("() => [...document.images].every((each) => each.complete)")


def light_share(phone):
    """How much of the middle of the pair shows the light photo, from left to right."""
    box = phone.page.locator(".compare img").last.bounding_box()
    shot = Image.open(io.BytesIO(phone.page.screenshot(full_page=False))).convert("L")
    # The middle of what can be seen of it, above the tabs.
    y = int((max(box["y"], 0) + min(box["y"] + box["height"], 640)) / 2)
    row = [shot.getpixel((x, y)) for x in range(int(box["x"]) + 2, int(box["x"] + box["width"]) - 2)]
    return sum(each > 140 for each in row) / len(row)


def test_the_slider_moves_by_key_and_uncovers_the_other_photo(phone):
    with_two_photos(phone)
    slider = phone.page.locator(".slide input")
    assert slider.is_visible()
    slider.focus()
    shares = []
    for key in ("Home", "End"):
        phone.page.keyboard.press(key)
        shares.append(light_share(phone))
    phone.page.keyboard.press("Home")
    for _ in range(25):
        phone.page.keyboard.press("ArrowRight")
    assert slider.input_value() == "25"
    shares.append(light_share(phone))
    assert sorted(round(each) for each in shares[:2]) == [0, 1]
    assert min(abs(shares[2] - 0.25), abs(shares[2] - 0.75)) < 0.05
    phone.look()


def test_the_slider_moves_by_dragging(phone):
    with_two_photos(phone)
    slider = phone.page.locator(".slide input")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    seen = set()
    phone.page.mouse.move(box["x"] + box["width"] / 2, y)
    phone.page.mouse.down()
    for part in (0.6, 0.75, 0.9):
        phone.page.mouse.move(box["x"] + box["width"] * part, y)
        seen.add(int(slider.input_value()))
    phone.page.mouse.up()
    assert len(seen) == 3
    assert max(seen) > 80
    cut = phone.page.locator("[data-compare]").evaluate("each => each.style.getPropertyValue('--cut')")
    assert cut == f"{100 - int(slider.input_value())}%"


def test_without_its_script_the_photos_stand_side_by_side(browser, phone):
    with_two_photos(phone)
    kept = phone.page.context.storage_state()
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, storage_state=kept
    )
    page = context.new_page()
    page.goto(phone.root + "photos/")
    assert page.locator(".compare img").count() == 2
    assert not page.locator(".slide").is_visible()
    context.close()


def test_redness_by_day_shows_the_patients_own_report_and_the_same_in_numbers(phone):
    warming.begin().join()
    after_a_session(phone)
    phone.go("check-in/")
    for name, value in (("redness", 2), ("swelling", 1), ("pain", 1)):
        phone.tap(name, value)
    phone.send("button[name=none]")
    phone.go("redness/")
    drawing = phone.page.locator(".chart svg:visible")
    box = drawing.bounding_box()
    assert box["width"] > 270
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert drawing.locator("circle.told").count() == 1
    inside = phone.page.evaluate(
        """() => {
          const drawing = document.querySelector(".chart svg.narrow"), outer = drawing.getBoundingClientRect();
          return [...drawing.querySelectorAll("text, circle")].filter((each) => {
            const box = each.getBoundingClientRect();
            return box.left < outer.left - 1 || box.right > outer.right + 1;
          }).map((each) => each.outerHTML);
        }"""
    )
    assert inside == []
    phone.page.locator("details summary").click()
    rows = phone.page.locator("details tbody tr")
    assert rows.count() == 7
    assert all(re.search(r"\d[.,]\d.\d[.,]\d", each) for each in rows.all_inner_texts())
    phone.look()
