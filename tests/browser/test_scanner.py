"""A wedge scanner at the stock: it types what it likes, does not wait, and what it sends is what is stored."""

import io
import re
from datetime import date

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from tests.browser.desk import sat_down

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.stock import recall, stock
from needlepoint.clinic.chair.actions.stock.cartridge import Scanned
from needlepoint.clinic.models import Cartridge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("emptied")]
ARTICLE = "04006381333931"
GOOD = f"01{ARTICLE}1728123110"


@pytest.fixture
def shelf(browser, live_server):
    """A tablet at the stock, with a scanner at its cable."""
    context = browser.new_context(viewport={"width": 1180, "height": 820})
    desk = sat_down(context.new_page(), live_server.url)
    desk.sign_in("medical_director@harbour.example")
    desk.go("/stock/")
    yield desk
    context.close()


def keys(page, *played):
    """What a scanner presses: texts are typed, keys are pressed, Alt and digits go to the pad of digits."""
    for each in played:
        if each.startswith("Alt+0"):
            page.keyboard.down("Alt")
            for digit in each.removeprefix("Alt+"):
                page.keyboard.press(f"Numpad{digit}")
            page.keyboard.up("Alt")
        elif each in ("F8", "Tab", "Enter") or each.startswith("Control+"):
            page.keyboard.press(each)
        else:
            page.keyboard.type(each)


def stored():
    return [(each.lot, each.serial) for each in Cartridge.objects.filter(out_at=None).order_by("pk")]


SEPARATORS = ("Control+]", "Alt+029", "F8", "<GS>", "|", "{GS}", "]")


def test_whatever_key_a_scanner_presses_for_the_separator_the_lot_ends_there(shelf):
    for number, separator in enumerate(SEPARATORS):
        keys(shelf.page, f"{GOOD}WEDGE1", separator, f"21SER{number}", "Enter")
        expect(shelf.page.locator("#count")).to_contain_text(f"{number + 1} piece")
    assert stored() == [("WEDGE1", f"SER{number}") for number in range(len(SEPARATORS))]


def test_twenty_pieces_are_scanned_without_a_tap_and_none_is_lost(shelf):
    page = shelf.page
    for number in range(20):
        keys(page, f"{GOOD}LOT7A", "Control+]", f"21SER{number:03d}", "Enter")
    expect(page.locator("#count")).to_contain_text("20 pieces", timeout=30000)
    assert stored() == [("LOT7A", f"SER{number:03d}") for number in range(20)]
    assert page.input_value("#code") == ""
    assert page.evaluate("document.activeElement.id") == "code"
    shelf.looked_at("stock-scanned")


def test_the_page_is_not_left_unasked_while_something_scanned_waits_for_its_turn(shelf):
    page, held, asked = shelf.page, [], []
    page.route("**/stock/receive/", lambda route: held.append(route), times=1)  # noqa: PLW0108 (cannot be marked)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_request("**/stock/receive/"):
        keys(page, f"{GOOD}LOT7A", "Control+]", "21SER1", "Enter")
    keys(page, f"{GOOD}LOT7A", "Control+]", "21SER2", "Enter")
    with page.expect_event("dialog"):
        page.evaluate("() => { location.href = '/day/'; }")
    held[0].continue_()
    expect(page.locator("#count")).to_contain_text("2 pieces")
    assert stored() == [("LOT7A", "SER1"), ("LOT7A", "SER2")]
    assert asked == ["beforeunload"]
    page.goto(f"{shelf.address}/day/")
    assert asked == ["beforeunload"], "nothing waits any more"


def test_a_tab_at_the_end_leaves_the_next_code_a_code_of_its_own(shelf):
    keys(
        shelf.page,
        f"{GOOD}LOT7A",
        "Control+]",
        "21SER1",
        "Tab",
        f"{GOOD}LOT7A",
        "Control+]",
        "21SER2",
        "Tab",
        "Enter",
    )
    expect(shelf.page.locator("#count")).to_contain_text("2 pieces")
    assert stored() == [("LOT7A", "SER1"), ("LOT7A", "SER2")]


def test_two_codes_that_ran_together_are_two_pieces(shelf):
    keys(shelf.page, f"{GOOD}LOT7A", "Control+]", "21SER1", f"{GOOD}LOT7A", "Control+]", "21SER2", "Enter")
    expect(shelf.page.locator("#count")).to_contain_text("2 pieces")


def test_a_lost_separator_is_asked_about_and_the_chosen_reading_is_stored(shelf):
    page = shelf.page
    keys(page, f"{GOOD}L-7821S2", "Enter")
    expect(page.locator(".ask")).to_contain_text("Nothing was stored yet")
    shelf.look()
    shelf.looked_at("stock-asked")
    assert stored() == []
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("Lot L-78, serial number S2")).click()
    shelf.look()
    assert stored() == [("L-78", "S2")]


def test_a_second_code_completes_the_first_without_a_tap(shelf):
    keys(shelf.page, f"01{ARTICLE}", "Enter")
    expect(shelf.page.locator(".ask")).to_contain_text("second code")
    keys(shelf.page, "1728123110L-88", "Enter")
    expect(shelf.page.locator(".taken")).to_contain_text("L-88")
    expect(shelf.page.locator(".ask")).to_have_count(0)


def test_a_code_that_got_no_answer_stands_on_the_page(shelf):
    page = shelf.page
    page.route("**/stock/receive/", lambda route: route.abort())
    keys(page, f"{GOOD}LOT7A", "Control+]", "21SER1", "Enter")
    expect(page.locator(".ask")).to_contain_text("did not answer")
    expect(page.locator(".ask code")).to_contain_text("LOT7A")
    page.unroute("**/stock/receive/")
    keys(page, f"{GOOD}LOT7A", "Control+]", "21SER1", "Enter")
    expect(page.locator("#count")).to_contain_text("1 piece")


def test_what_was_taken_in_is_undone_with_one_tap_and_corrected_line_by_line(shelf):
    page = shelf.page
    keys(page, f"{GOOD}LOT7A", "Control+]", "21SER1", "Enter")
    expect(page.locator(".taken")).to_contain_text("SER1")
    shelf.follow("Correct")
    shelf.looked_at("stock-correct")
    page.fill("[name=lot]", "LOT7B")
    shelf.press("Save the correction")
    assert stored() == [("LOT7B", "SER1")]
    shelf.press("Undo")
    assert stored() == []
    shelf.looked_at("stock-undone")


def test_a_pouch_without_a_code_is_typed(shelf):
    page = shelf.page
    page.get_by_text("No code, or it cannot be read").click()
    for name, value in {"article": "Dr. Pen 12", "lot": "K7-22", "expires_on": "032030"}.items():
        page.fill(f"#hand-{name}", value)
    shelf.looked_at("stock-by-hand")
    shelf.press("Put into stock")
    assert stored() == [("K7-22", "NP000001")]


def test_a_picture_of_the_pouch_goes_the_same_way(shelf, tmp_path):
    printed = f"(01){ARTICLE}(17)281231(10)LOT7A(21)SER1"
    drawn = zxingcpp.create_barcode(printed, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    Image.fromarray(np.asarray(drawn.to_image(scale=8, add_quiet_zones=True))).save(tmp_path / "pouch.png")
    shelf.page.set_input_files("input[data-picture]", tmp_path / "pouch.png")
    expect(shelf.page.locator(".taken")).to_contain_text("SER1", timeout=20000)
    assert stored() == [("LOT7A", "SER1")]


def test_a_page_without_scripts_takes_the_same_code(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    desk = sat_down(context.new_page(), live_server.url)
    page = desk.page
    page.goto(live_server.url + "/")
    page.fill("[name=login]", "medical_director@harbour.example")
    page.fill("[name=password]", "a-long-needle-2026")
    page.get_by_role("button", name="Sign in").first.click()
    page.goto(live_server.url + "/stock/")
    page.fill("#code", f"{GOOD}LOT7A|21SER1")
    page.keyboard.press("Enter")
    page.wait_for_url("**took=**")
    assert stored() == [("LOT7A", "SER1")]
    context.close()


def test_the_page_to_try_a_scanner_shows_a_code_and_says_what_arrived(shelf):
    page = shelf.page
    shelf.go("/stock/scanner/")
    shelf.looked_at("stock-scanner")
    drawn = Image.open(io.BytesIO(page.locator("svg.symbol").screenshot())).convert("L")
    [read] = zxingcpp.read_barcodes(np.asarray(drawn), text_mode=zxingcpp.TextMode.Plain)
    before, after = read.text.split("\x1d")
    keys(page, before, "Control+]", after, "Enter")
    expect(page.locator("main")).to_contain_text("The separator arrives.")
    assert page.locator(".chip.bad").count() == 0
    keys(page, before, after, "Enter")
    expect(page.locator("main")).to_contain_text("No separator")
    shelf.looked_at("stock-scanner-wrong")


def test_a_recall_is_looked_at_blocked_and_lifted(shelf):
    page, practice = shelf.page, shelf.practice
    practice.catch_up()
    practice.done(practice.opened(piece=practice.stocked(lot="L0417")[0]), minutes=0)
    practice.stocked(3, lot="L0417")
    shelf.go("/recall/")
    shelf.looked_at("recall-empty")
    page.fill("#find", "LO417")
    shelf.press("Who was exposed?")
    shelf.looked_at("recall-unknown")
    shelf.follow("L0417")
    expect(page.locator("main")).to_contain_text("This stops 3 unused pieces")
    shelf.looked_at("recall-before")
    page.fill("#reason", "Letter of the maker of 27 November: pouches may be open.")
    shelf.press("Block lot L0417")
    expect(page.locator(".blocked")).to_contain_text("no piece of lot L0417 can be used")
    shelf.looked_at("recall-blocked")
    page.get_by_text("Lift the block").first.click()
    page.fill("[name=lifted_because]", "The maker took it back.")
    shelf.press("Lift the block of lot L0417")
    expect(page.locator(".blocked")).to_have_count(0)
    shelf.go("/recall/sheet/?lot=L0417")
    shelf.looked_at("recall-sheet")


def test_the_stock_in_all_its_states(shelf):
    practice = shelf.practice
    practice.catch_up()
    for lot, day in (("K7-22", date(2029, 3, 31)), ("K6-02", date(2028, 1, 31))):
        stock.receive(practice.act(), scanned=Scanned(ARTICLE, lot, expires_on=day), pieces=3)
    recall.recall(practice.act(Role.CLINIC_ADMIN), lot="K6-02", gtin="", reason="x")
    practice.catch_up()
    shelf.go("/stock/?lot=K7-22")
    shelf.looked_at("stock-lot")
    expect(shelf.page.locator("table")).to_contain_text("recalled")
