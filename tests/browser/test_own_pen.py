"""From a practice without any device to a session with a pen of its own, at a tablet, in the light and in the dark."""

import pytest
from playwright.sync_api import expect
from tests.browser.desk import sat_down

from needlepoint.clinic.models import CartridgeUse, EnteredDevice, Session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
TABLET = pytest.mark.parametrize("page", [(1180, 820)], ids=["tablet"], indirect=True)
MARK = "Bench Pen (entered here)"
LABEL = {
    "name": "Bench Pen",
    "maker": "Bench Works",
    "serial": "BP-7",
    "label": "Instructions for use, edition 3 of 2025",
    "depth_min_mm": "0",
    "depth_max_mm": "1.25",
    "depth_step_mm": "0.25",
    "needles": "16",
    "needle_mm": "300",
}


@pytest.fixture
def desk(page, live_server):
    return sat_down(page, live_server.url, with_pen=False)


def in_both_lights(desk, name):
    """Look at the page as it stands, in the light and in the dark; keep pictures where they are asked for."""
    for light in ("dark", "light"):
        desk.page.emulate_media(color_scheme=light)
        desk.look()
        desk.looked_at(f"{name}-{light}")


def enter_the_pen(desk):
    page = desk.page
    desk.go("/devices/")
    expect(page.get_by_text("No device yet")).to_be_visible()
    in_both_lights(desk, "devices-empty")
    desk.follow("Enter your own pen")
    for name, value in LABEL.items():
        page.fill(f"[name={name}]", value)
    in_both_lights(desk, "devices-enter")
    # A needle of 300 mm: micrometres were typed, and all else that was typed stays.
    desk.press("Enter the pen")
    expect(page.get_by_role("alert").first).to_contain_text("needle")
    assert page.input_value("[name=label]") == LABEL["label"]
    page.fill("[name=needle_mm]", "0.3")
    desk.press("Enter the pen")
    expect(page.get_by_role("heading", name=f"{MARK} BP-7")).to_be_visible()
    in_both_lights(desk, "devices-list")


def plan_with_it(desk):
    page, practice = desk.page, desk.practice
    practice.catch_up()
    of = practice.patient()
    desk.go(f"/patients/{of.public_id}/")
    desk.follow("New course")
    assert page.locator("#device option").all_inner_texts() == [f"{MARK} BP-7"]
    page.select_option("[name=concern]", "acne_scars")
    page.check("input[value=cheek_left]")
    desk.press("Draft the course and screen")
    desk.answer_no()
    desk.press("Keep the answers")
    desk.decide_all()
    expect(page.get_by_text(MARK).first).to_be_visible()
    in_both_lights(desk, "devices-chart")
    desk.follow("See the proposal")
    expect(page.get_by_text(MARK).first).to_be_visible()
    desk.press("Agree on this plan")


def needle_with_it(desk, piece):
    page, first = desk.page, Session.objects.get(number=1)
    desk.go(f"/sessions/{first.public_id}/")
    desk.press("The screening stands")
    desk.follow("Consent")
    expect(page.get_by_text(MARK).first).to_be_visible()
    desk.sign()
    desk.press("I have read it, and I agree")
    for line in range(6):
        page.check(f"[name=check_{line}]")
    desk.scan(piece.serial)
    desk.press("Open the session")
    page.locator("[data-zone=cheek_left] .opener").click()
    page.locator("#live-cheek_left", has_text="channels per cm²").wait_for()
    page.fill("[name=sharps_container]", "SC-1")
    page.locator("[name=sharps_container]").dispatch_event("input")
    page.wait_for_function("() => document.getElementById('saved').textContent.startsWith('Saved ')")
    desk.press("Finish and sign as medical_director of Harbour Skin")
    desk.follow("What was done")
    expect(page.get_by_text(f"{MARK} BP-7").first).to_be_visible()
    in_both_lights(desk, "devices-done")


@TABLET
def test_a_practice_without_a_device_enters_its_own_pen_and_needles_with_it(desk):
    piece = desk.practice.stocked()[0]
    # The needle of 300 mm is refused with a status of its own.
    desk.page.meant = ("status of 400",)
    desk.sign_in("medical_director@harbour.example")
    enter_the_pen(desk)
    plan_with_it(desk)
    needle_with_it(desk, piece)
    assert EnteredDevice.objects.get().name == "Bench Pen"
    assert CartridgeUse.objects.get().cartridge == piece
    used = Session.objects.get(number=1)
    assert used.device.name == "Bench Pen"
    assert {each.depth_mm <= EnteredDevice.objects.get().depth_max_mm for each in used.passes.all()} == {True}


@TABLET
def test_what_needled_a_patient_elsewhere_is_written_into_the_chart(page, live_server):
    desk = sat_down(page, live_server.url)
    of = desk.practice.course().patient
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/patients/{of.public_id}/elsewhere/")
    page.check("input[value=rf-device]")
    page.fill("[name=needled_on]", desk.practice.act().today.isoformat())
    page.check("input[value=cheek_left]")
    desk.press("Keep it")
    in_both_lights(desk, "elsewhere")
    desk.follow("Back to the chart")
    expect(page.get_by_text("burns, scars, fat loss").first).to_be_visible()
    in_both_lights(desk, "elsewhere-chart")
