"""What other programs were reported to get wrong with scanned codes, each with its right value."""

from datetime import date

import pytest
from django.urls import reverse
from tests.clinic.test_pages import send
from tests.clinic.wedge import ARTICLE, EXPIRED, GOOD, GS, UNTIL, at_the_desk, plain, stored, take

from needlepoint.clinic.access.checks import Stop
from needlepoint.clinic.chair.actions.stock import cartridge, stock
from needlepoint.clinic.chair.actions.stock.cartridge import Scanned
from needlepoint.clinic.chair.forms.scan import scanned
from needlepoint.exchange.gs1 import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return at_the_desk()


# ---------------------------------------------------------------------------------- separators that get lost
SENT = [
    GS,
    "|",
    "^",
    "~",
    "<GS>",
    "{GS}",
    "[GS]",
    "<gs>",
    "(GS)",
    "<FNC1>",
    "[FNC1]",
    "{FNC1}",
    "\\F",
    "\\x1d",
    "\\u001d",
]
SENT += ["\u241d", "^]", "]", "\t", "&#29;", "<0x1D>", "<F8>"]


@pytest.mark.parametrize("separator", SENT)
def test_a_separator_is_one_however_the_scanner_writes_it(desk, separator):
    assert take(desk, f"{GOOD}L-77{separator}21S1").status_code == 302
    assert stored() == [(ARTICLE, "L-77", "S1", UNTIL)]


SWALLOWED = {
    "01040063813339311728123110L-7821S2": ("L-78", "S2"),
    "01040063813339311728123110WEDGE121SER9": ("WEDGE1", "SER9"),
    "01040063813339311728123110LOT7A21SER003": ("LOT7A", "SER003"),
    f"01{ARTICLE}10L-7717281231": ("L-77", ""),
    f"01{ARTICLE}10L-771728123121S1": ("L-77", "S1"),
    f"01{ARTICLE}17281231" + "21SER910L-77": ("L-77", "SER9"),
    f"01{ARTICLE}17281231" + "10L-77 21S1": ("L-77", "S1"),
}


@pytest.mark.parametrize("code", SWALLOWED)
def test_a_lot_that_may_have_swallowed_what_follows_is_asked_about_and_never_stored(desk, code):
    shown = take(desk, code)
    lot, serial = SWALLOWED[code]
    assert shown.status_code == 409
    assert stored() == []
    assert "Is this right?" in plain(shown)
    assert f'name="lot" value="{lot}"' in shown.content.decode()
    assert f'name="serial" value="{serial}"' in shown.content.decode()


def test_the_reading_that_a_person_chooses_is_stored(desk):
    take(desk, f"{GOOD}L-7821S2")
    chosen = {"article": ARTICLE, "lot": "L-78", "serial": "S2", "expires_on": "2028-12-31", "pieces": "1"}
    assert send(desk.client, reverse("receive"), agreed="read", **chosen).status_code == 302
    assert stored() == [(ARTICLE, "L-78", "S2", UNTIL)]


def test_a_lot_that_a_person_said_is_whole_is_not_asked_about_again(desk):
    whole = {"article": ARTICLE, "lot": "X2108", "expires_on": "2028-12-31", "pieces": "2"}
    assert take(desk, f"{GOOD}X2108").status_code == 409
    assert send(desk.client, reverse("receive"), **whole).status_code == 302
    assert take(desk, f"{GOOD}X2108").status_code == 302
    assert {row[1] for row in stored()} == {"X2108"}
    assert take(desk, f"{GOOD}X2109").status_code == 409


@pytest.mark.parametrize(
    "code",
    [
        f"{GOOD}X2108{GS}21S1",
        f"01{ARTICLE}17281231" + f"21S1{GS}10X2108",
        f"(01){ARTICLE}(17)281231(10)X2108",
    ],
)
def test_where_separators_or_brackets_are_sent_a_lot_is_whole(desk, code):
    assert take(desk, code).status_code == 302
    assert stored()[0][1] == "X2108"


def test_a_reading_that_the_length_of_a_lot_leaves_alone_needs_no_question(desk):
    assert take(desk, f"{GOOD}ABCDEFGHIJKLMNOPQRST21S1").status_code == 302
    assert stored() == [(ARTICLE, "ABCDEFGHIJKLMNOPQRST", "S1", UNTIL)]


def test_in_a_session_the_piece_that_lies_here_says_which_reading_is_right(desk):
    for lot, serial in (("WEDGE1", "SER9"), ("WEDGE1", "SER8")):
        stock.receive(desk.act(), scanned=Scanned(ARTICLE, lot, serial, UNTIL), pieces=1)
    found = cartridge.usable(desk.act(), scanned(f"{GOOD}WEDGE121SER9"))
    assert (found.lot, found.serial) == ("WEDGE1", "SER9")
    with pytest.raises(Stop, match="not in stock"):
        cartridge.usable(desk.act(), scanned(f"{GOOD}WEDGE121SER7"))


# -------------------------------------------------------------------------------------------- two in one box
TWO = [
    f"{GOOD}LOT7A{GS}21SER011{GOOD}LOT7A{GS}21SER012",
    f"]d2{GOOD}LOT7A{GS}21SER011]d2{GOOD}LOT7A{GS}21SER012",
    f"{GOOD}LOT7A{GS}21SER011\t{GOOD}LOT7A{GS}21SER012\t",
    f"{GOOD}LOT7A{GS}21SER011\r\n{GOOD}LOT7A{GS}21SER012",
    f"(01){ARTICLE}(17)281231(10)LOT7A(21)SER011 (01){ARTICLE}(17)281231(10)LOT7A(21)SER012",
]


@pytest.mark.parametrize("code", TWO)
def test_two_codes_in_one_box_are_two_pieces(desk, code):
    assert take(desk, code).status_code == 302
    assert stored() == [(ARTICLE, "LOT7A", serial, UNTIL) for serial in ("SER011", "SER012")]


def test_of_two_codes_of_which_one_is_doubtful_neither_is_stored_unasked(desk):
    assert take(desk, f"{GOOD}LOT7A21SER011{GOOD}LOT7A21SER012").status_code == 409
    assert stored() == []


# ------------------------------------------------------------------------------ the labels of other agencies
LABELS = {
    "+A99912345/$$52001510X3/16D20111212/S77DEFG457": ("A99912345", "10X3", "77DEFG45", EXPIRED),
    "=)1TE123456A&)RZ12345678": ("1TE123456A", "RZ12345678", "", None),
    "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123": (
        "A9999XYZ100T0944",
        "000000000000XYZ123",
        "000025",
        date(2014, 2, 1),
    ),
    f"[)>\x1e06{GS}8P{ARTICLE}{GS}1TL-77{GS}D271231{GS}SS1\x1e\x04": (
        ARTICLE,
        "L-77",
        "S1",
        date(2027, 12, 31),
    ),
    "[)>\\u001e06\\u001d9N110375286414\\u001d1TL-77\\u001dD271231\\u001dSS1\\u001e\\u0004": (
        "110375286414",
        "L-77",
        "S1",
        date(2027, 12, 31),
    ),
    f"[)>\x1e05{GS}01{ARTICLE}17281231" + f"10L-77{GS}21S1\x1e\x04": (ARTICLE, "L-77", "S1", UNTIL),
    f"https://id.gs1.org/01/{ARTICLE}/10/L-77/21/S1?17=281231": (ARTICLE, "L-77", "S1", UNTIL),
    "https://example.com/some/path/01/4006381333931/10/L%2F7?17=281200": (ARTICLE, "L/7", "", UNTIL),
    f"]C101{ARTICLE}]C11728123110L-88": (ARTICLE, "L-88", "", UNTIL),
    f"]C11728123110L-88]C101{ARTICLE}": (ARTICLE, "L-88", "", UNTIL),
    f"01{ARTICLE}\n1728123110L-88": (ARTICLE, "L-88", "", UNTIL),
    "4006381333931\n1728123110L-88": (ARTICLE, "L-88", "", UNTIL),
}


@pytest.mark.parametrize("code", LABELS)
def test_every_agencys_label_is_read(code):
    [label] = read(code)
    assert label.names == LABELS[code]
    assert not label.doubts


def test_an_article_number_whose_check_digits_do_not_fit_is_asked_for_by_name(desk):
    shown = take(
        desk, "[)>\\u001e06\\u001d9N1104006381333931\\u001d1TL-77\\u001dD281231\\u001dSS1\\u001e\\u0004"
    )
    assert shown.status_code == 409
    assert "Is this right?" in plain(shown)
    assert 'value="L-77"' in shown.content.decode()


def test_a_hibc_label_is_taken_into_stock_and_opens_a_session(desk):
    body = "+A99912345/$$3281231L77/SS1"
    from needlepoint.exchange.labels.hibc import check_character

    code = body + check_character(body)
    assert take(desk, code).status_code == 302
    assert stored() == [("A99912345", "L77", "S1", UNTIL)]
    assert cartridge.usable(desk.act(), scanned(code)).serial == "S1"


def test_a_missing_expiry_date_can_be_typed(desk):
    shown = take(desk, f"(01){ARTICLE}(10)NOEXP(21)P7")
    assert shown.status_code == 409
    assert "expiry date is missing" in plain(shown)
    assert 'name="expires_on"' in shown.content.decode()
    typed = {"article": ARTICLE, "lot": "NOEXP", "serial": "P7", "expires_on": "12/2028", "pieces": "1"}
    assert send(desk.client, reverse("receive"), agreed="missing", **typed).status_code == 302
    assert stored() == [(ARTICLE, "NOEXP", "P7", UNTIL)]


def test_a_second_code_of_the_pouch_completes_the_first(desk):
    first = take(desk, f"01{ARTICLE}")
    assert first.status_code == 409
    assert f'name="earlier" value="01{ARTICLE}"' in first.content.decode()
    assert take(desk, "1728123110L-88", earlier=f"01{ARTICLE}").status_code == 302
    assert stored()[0][:2] == (ARTICLE, "L-88")


def test_a_whole_code_after_half_a_one_stands_for_itself(desk):
    assert take(desk, f"{GOOD}L-1{GS}21A", earlier="0100860006191665").status_code == 302
    assert stored() == [(ARTICLE, "L-1", "A", UNTIL)]


@pytest.mark.parametrize(
    "printed", ["(01)00860006191665(10)CP21K02(17)032032", "010086000619166510CP21H0917032032"]
)
def test_a_label_with_month_and_year_is_asked_about_with_what_it_would_mean(desk, printed):
    shown = take(desk, printed)
    assert shown.status_code == 409
    assert stored() == []
    assert "2032-03-31" in shown.content.decode()


def test_a_pouch_without_any_code_is_taken_in_by_hand(desk):
    typed = {"article": "Dr. Pen 12 needles", "lot": "K7-22", "expires_on": "032028", "pieces": "3"}
    assert send(desk.client, reverse("receive"), **typed).status_code == 302
    assert [row[:2] for row in stored()] == [("Dr. Pen 12 needles", "K7-22")] * 3
    assert {row[3] for row in stored()} == {date(2028, 3, 31)}
    assert cartridge.usable(desk.act(), scanned(stored()[0][2])).lot == "K7-22"


DAYS = {
    "2028-03-31": date(2028, 3, 31),
    "20280331": date(2028, 3, 31),
    "31.03.2028": date(2028, 3, 31),
    "03/31/2028": date(2028, 3, 31),
    "032028": date(2028, 3, 31),
    "03/2028": date(2028, 3, 31),
    "2028-03": date(2028, 3, 31),
    "02.2028": date(2028, 2, 29),
    "31 MAR 2028": date(2028, 3, 31),
    "Mar 2028": date(2028, 3, 31),
    "March 31, 2028": date(2028, 3, 31),
    "04/05/2028": None,
    "132028": None,
    "31.02.2028": None,
    "28": None,
    "soon": None,
    "280331": None,
}


@pytest.mark.parametrize("printed", DAYS)
def test_an_expiry_date_is_typed_as_it_is_printed(desk, printed):
    typed = {"article": ARTICLE, "lot": "T1", "expires_on": printed, "pieces": "1"}
    shown = send(desk.client, reverse("receive"), **typed)
    assert shown.status_code == (302 if DAYS[printed] else 400)
    assert [row[3] for row in stored()] == ([DAYS[printed]] if DAYS[printed] else [])


def test_a_box_code_says_that_it_is_one(desk):
    shown = take(desk, f"(02){ARTICLE}(37)20(17)281231(10)L1")
    assert shown.status_code == 409
    assert "code of a box of 20 pieces" in plain(shown)
    assert stored() == []
