"""The screen that a nurse uses eight times a day: few taps, no keyboard, two tabs, the camera, and no network."""

import io
import re

import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Error, expect
from tests.browser.conftest import FLAGS, chromium
from tests.browser.desk import Hand, sat_down

from needlepoint.clinic.models import Session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]


def second_session(practice):
    """Somebody was needled in three zones, and somebody else comes today."""
    first = practice.done(practice.opened(), minutes=0)
    second = practice.consented(practice.planned(practice.course(practice.patient(given_name="Bea"))))
    return first, second


def begun_by_hand(desk, waiting, piece):
    """A hand that has gone through the time-out and opened the session; from now on a key that is pressed is told."""
    page, hand = desk.page, Hand(desk.page)
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/sessions/{waiting.public_id}/")
    hand.starts()
    # The scanner is a hand of its own: it types wherever it likes and ends with Enter.
    page.keyboard.type(piece.serial)
    page.keyboard.press("Enter")
    for line in range(6):
        hand.tap(page.locator(f"label:has([name=check_{line}])"))
    assert page.input_value("#code") == piece.serial
    with page.expect_navigation():
        hand.tap(page.get_by_role("button", name="Open the session"))
    page.on("console", lambda said: hand.typed.append(said.text) if said.text == "a key" else None)
    page.evaluate("() => addEventListener('keydown', () => console.log('a key'))")
    assert page.locator("input[name=zones]:checked").count() == 3
    return hand


def signed_by_hand(desk, hand, waiting, what):
    with desk.page.expect_navigation():
        hand.tap(desk.page.get_by_role("button", name="Finish and sign as"))
    hand.says(what)
    assert hand.taps <= 12, hand.taps
    assert hand.typed == []
    waiting.refresh_from_db()
    assert waiting.state == "done"
    assert waiting.pain == 3


# What is counted: every touch of the glass from the page of a consented session to the signature. The six lines of the
# time-out are six, opening is one, signing is one. The scanner and the patient's signature are no touches of this hand.
def test_three_zones_as_planned_take_twelve_taps_zone_by_zone_and_no_keyboard(desk):
    page, practice = desk.page, desk.practice
    _, waiting = second_session(practice)
    hand = begun_by_hand(desk, waiting, practice.stocked(lot="LOT8")[0])
    for _ in range(3):
        hand.tap(page.locator(".sheet:visible .ends label", has_text="even flush"))
    hand.tap(page.locator(".pain label", has=page.locator("input[value='3']")))
    signed_by_hand(desk, hand, waiting, "three zones as planned, zone by zone")
    assert hand.taps == 12
    assert {each.endpoint for each in waiting.passes.all()} == {"even flush"}


def test_three_zones_with_one_change_and_a_gel_take_twelve_taps_and_no_keyboard(desk):
    page, practice = desk.page, desk.practice
    _, waiting = second_session(practice)
    hand = begun_by_hand(desk, waiting, practice.stocked(lot="LOT8")[0])
    page.locator("#live-cheek_left", has_text="channels per cm²").wait_for()
    before = page.locator("#live-cheek_left").inner_text()
    hand.tap(page.get_by_role("button", name="cheek left: shallower", exact=True))
    page.wait_for_function(
        "(said) => document.getElementById('live-cheek_left').innerText !== said", arg=before
    )
    hand.tap(page.locator(".every button", has_text="even flush"))
    hand.tap(page.locator("button[data-kind=glide]").first)
    hand.tap(page.locator(".pain label", has=page.locator("input[value='3']")))
    desk.look()
    desk.picture("session-filled")
    signed_by_hand(desk, hand, waiting, "three zones, one shallower, with a gel")
    assert {each.endpoint for each in waiting.passes.all()} == {"even flush"}
    assert min(each.depth_mm for each in waiting.passes.all()) < 1
    assert waiting.topicals.get().lot == "G-12"


def test_one_tap_brings_back_what_was_planned_or_done_last(desk):
    page, practice = desk.page, desk.practice
    opened = practice.opened()
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/sessions/{opened.public_id}/")
    page.locator("[data-zone=forehead] input[name=zones]").uncheck()
    page.get_by_role("button", name="cheek left: shallower", exact=True).click()
    page.get_by_role("button", name="Same as planned").click()
    assert page.locator("input[name=zones]:checked").count() == 3
    assert page.input_value("[name=depth_cheek_left]") == "1.00"


def test_of_two_tabs_the_second_is_told_and_loses_nothing(desk):
    page, practice = desk.page, desk.practice
    opened = practice.opened()
    where = f"/sessions/{opened.public_id}/"
    desk.sign_in("medical_director@harbour.example")
    desk.go(where)
    other = page.context.new_page()
    other.goto(desk.address + where)
    other.fill("[name=note]", "from the other tab")
    expect(other.locator("#saved")).to_contain_text("Saved ", timeout=15000)
    page.fill("[name=note]", "from this tab")
    expect(page.locator("#stale")).to_be_visible(timeout=15000)
    expect(page.locator("#stale")).to_contain_text("You saved this session at")
    assert "from the other tab" in page.locator("#stale").inner_text()
    assert page.input_value("[name=note]") == "from this tab"
    desk.look()
    desk.picture("session-two-tabs", whole=False)
    page.get_by_role("button", name="Keep what stands on this page").click()
    expect(page.locator("#saved")).to_contain_text("Saved ", timeout=15000)
    assert Session.objects.get(pk=opened.pk).draft["note"] == "from this tab"
    other.close()


def test_the_day_sheet_is_there_without_a_network_and_gone_after_signing_out(desk):
    page, practice = desk.page, desk.practice
    waiting = practice.consented()
    practice.booked(waiting.patient, waiting)
    desk.sign_in("medical_director@harbour.example")
    desk.go("/day/")
    expect(page.locator("#sheet-says")).to_contain_text(
        re.compile(r"as of [0-2]\d:[0-5]\d is kept on this device"), timeout=15000
    )
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => navigator.serviceWorker.controller", timeout=15000)
    page.context.set_offline(True)
    page.goto(f"{desk.address}/day/")
    for words in ("Byron, Ada", "As of", "cheek left"):
        expect(page.locator("body")).to_contain_text(words, timeout=15000)
    desk.picture("day-sheet-offline")
    page.context.set_offline(False)
    page.goto(f"{desk.address}/day/")
    desk.sign_out()
    assert page.evaluate("() => caches.keys()") == []
    page.context.set_offline(True)
    # Without the worker the browser itself says that it is offline.
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(f"{desk.address}/day/")
    page.context.set_offline(False)


def code_picture(text, scale=6):
    """A real GS1 DataMatrix, as a maker prints it on a pouch."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    image = Image.fromarray(code.to_image(scale=scale, add_quiet_zones=True)).convert("RGB")
    ground = Image.new("RGB", (640, 480), (235, 232, 225))
    ground.paste(image, ((640 - image.width) // 2, (480 - image.height) // 2))
    return ground


@pytest.fixture
def pouch(desk):
    """A piece whose maker prints article, lot, date and serial in one code, and that code."""
    from datetime import date

    from tests.clinic.practice import GTIN

    from needlepoint.clinic.chair.actions.stock import cartridge, stock

    scanned = cartridge.Scanned(GTIN, "L-55", "S777", date(2028, 1, 31))
    stock.receive(desk.practice.act(), scanned=scanned, pieces=1)
    return code_picture(f"[01]{GTIN}[17]280131[10]L-55[21]S777")


def test_a_picture_of_the_pouch_opens_the_session(desk, pouch, tmp_path):
    page, practice = desk.page, desk.practice
    waiting = practice.consented()
    pouch.save(tmp_path / "pouch.png")
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/sessions/{waiting.public_id}/")
    page.set_input_files("input[data-picture]", tmp_path / "pouch.png")
    expect(page.locator("#code-says")).to_contain_text("Read", timeout=20000)
    for line in range(6):
        page.check(f"[name=check_{line}]")
    desk.press("Open the session")
    waiting.refresh_from_db()
    assert waiting.state == "under_way"
    assert waiting.cartridge_uses.get().cartridge.serial == "S777"


def test_a_picture_without_a_code_says_so_and_keeps_what_was_typed(desk, tmp_path):
    page = desk.page
    waiting = desk.practice.consented()
    Image.new("RGB", (320, 240), (90, 120, 200)).save(tmp_path / "sky.png")
    (tmp_path / "no.png").write_bytes(b"not a picture at all")
    desk.sign_in("medical_director@harbour.example")
    desk.go(f"/sessions/{waiting.public_id}/")
    page.fill("#code", "NP0001")
    for name in ("sky.png", "no.png"):
        page.set_input_files("input[data-picture]", tmp_path / name)
        expect(page.locator("#code-says")).to_contain_text("No code was found", timeout=20000)
    assert page.input_value("#code") == "NP0001"


def test_the_camera_reads_the_pouch_held_before_it(browser, live_server, tmp_path):
    """A browser whose camera is a film of the pouch."""
    frame = io.BytesIO()
    film = code_picture("[01]08600000000004[17]280131[10]L-55[21]S777")
    film.save(frame, "JPEG", quality=95)
    (tmp_path / "film.mjpeg").write_bytes(frame.getvalue() * 30)
    camera = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'film.mjpeg'}",
    ]
    filmed = browser.browser_type.launch(executable_path=chromium(), args=FLAGS + camera)
    try:
        context = filmed.new_context(viewport={"width": 1180, "height": 820}, permissions=["camera"])
        desk = sat_down(context.new_page(), live_server.url)
        waiting = desk.practice.consented()
        desk.sign_in("medical_director@harbour.example")
        desk.page.goto(desk.address + reverse("session", args=[waiting.public_id]))
        desk.page.get_by_role("button", name="Scan by camera").click()
        expect(desk.page.locator("#code-says")).to_contain_text("Read", timeout=30000)
        code = desk.page.input_value("#code")
    finally:
        filmed.close()
    assert code.replace("\x1d", "|").endswith("21S777")
    assert code.startswith("01086000000000041728013110L-55")
