"""What other programs were reported to get wrong where codes are stored, corrected and typed by hand."""

import json
from datetime import date

import pytest
from django.urls import reverse
from tests.clinic.test_pages import send, signed_in
from tests.clinic.wedge import ARTICLE, GOOD, GS, at_the_desk, is_stopped, page, plain, put, stored, take

from needlepoint.clinic.access.checks import Stop
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.stock import cartridge, recall
from needlepoint.clinic.chair.forms.scan import scanned
from needlepoint.clinic.chair.queries.stock import stock as shelf
from needlepoint.clinic.models import Cartridge, RecordLine
from needlepoint.course.errors import InputError

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return at_the_desk()


# -------------------------------------------------------------------------------------- oddities of the code
@pytest.mark.parametrize(
    ("code", "why"),
    [
        (f"(01){ARTICLE}(17)281231(10)L-77(10)L-99", "two lots"),
        (f"01{ARTICLE}17281231" + f"10L-77{GS}10L-99", "two lots"),
        (f"01{ARTICLE}17281231" + f"21A{GS}10L-77{GS}21B", "two serial numbers"),
        (f"]C101{ARTICLE}10L1]C117281231" + "10L2", "two lots"),
        (f"01{'0' * 14}1728123110L1", "zeros"),
        ("01040063813339321728123110L1", "wrong check digit"),
        (f"{GOOD}L-77ß1", "keyboard of another country"),
        ("à&àààà('\"ç(àè&(à", "French"),
        ("+A99912345/$$52001510X3/16D20111212/S77DEFG45Z", "wrong check character"),
        ("hello", "no code that can be read"),
    ],
)
def test_what_is_wrong_with_a_code_is_said_in_plain_words_and_nothing_is_stored(desk, code, why):
    shown = take(desk, code)
    assert shown.status_code == 400
    assert why in plain(shown)
    assert stored() == []


def test_one_lot_with_two_expiry_dates_is_asked_about(desk):
    take(desk, f"(01){ARTICLE}(17)281231(10)TWOEXP(21)A")
    shown = take(desk, f"(01){ARTICLE}(17)281130(10)twoexp(21)B")
    assert shown.status_code == 409
    assert "31 Dec 2028" in plain(shown)
    assert len(stored()) == 1
    typed = {"article": ARTICLE, "lot": "TWOEXP", "serial": "B", "expires_on": "2028-11-30", "pieces": "1"}
    assert send(desk.client, reverse("receive"), agreed="dates", **typed).status_code == 302
    assert len(stored()) == 2


@pytest.mark.parametrize("typed", ["NP 000123", "np000123", " NP000 123 ", "NP000123"])
def test_an_own_label_is_read_with_blanks_and_in_any_case(typed):
    assert scanned(typed).serial == "NP000123"


def test_a_scan_can_be_undone_and_taken_in_again(desk):
    took = take(desk, f"{GOOD}L-77{GS}21S1")
    [piece] = Cartridge.objects.all()
    assert "Undo" in page(desk, took.url)
    out = reverse("take_out", args=[piece.public_id])
    assert send(desk.client, out, reason="taken in by mistake").status_code == 302
    with pytest.raises(Stop, match="taken out of stock"):
        cartridge.usable(desk.act(), scanned(f"{GOOD}L-77{GS}21S1"))
    assert "0 of" not in page(desk, reverse("stock"))
    assert take(desk, f"{GOOD}L-77{GS}21S1").status_code == 302
    assert Cartridge.objects.filter(out_at=None).count() == 1


def test_a_correction_keeps_the_label_of_the_piece_and_what_stood_there_before(desk):
    typed = {"article": ARTICLE, "lot": "K7-23", "expires_on": "03/2028", "pieces": "2"}
    send(desk.client, reverse("receive"), **typed)
    labels = list(Cartridge.objects.values_list("serial", flat=True))
    piece = Cartridge.objects.first()
    right = {"article": ARTICLE, "lot": "K7-22", "serial": "", "expires_on": "04/2028"}
    shown = send(desk.client, reverse("correct_stock", args=[piece.public_id]), **right)
    assert shown.status_code == 302
    here = Cartridge.objects.filter(out_at=None)
    assert [(each.lot, each.expires_on) for each in here] == [("K7-22", date(2028, 4, 30))] * 2
    assert sorted(each.serial for each in here) == sorted(labels)
    line = RecordLine.objects.filter(act="corrected cartridges").get()
    assert "K7-23" in json.dumps(line.detail)


def test_a_used_piece_is_neither_corrected_nor_taken_out(desk):
    piece = desk.stocked()[0]
    desk.opened(piece=piece)
    for name, typed in (
        ("take_out", {"reason": "x"}),
        ("correct_stock", {"article": ARTICLE, "lot": "A", "expires_on": "2030-01"}),
    ):
        assert send(desk.client, reverse(name, args=[piece.public_id]), **typed).status_code == 409
    assert Cartridge.objects.get(pk=piece.pk).out_at is None


def test_a_scan_answers_with_the_new_part_while_the_scanner_goes_on(desk):
    shown = desk.client.post(
        reverse("receive"),
        {"key": "7" * 32, "code": f"{GOOD}L-77{GS}21S1", "pieces": "1"},
        headers={"HX-Request": "true"},
    )
    assert shown.status_code == 200
    assert "<html" not in shown.content.decode()
    assert "Taken into stock" in plain(shown)
    assert "1 piece taken in by you today" in plain(shown)
    asked = desk.client.post(
        reverse("receive"), {"key": "8" * 32, "code": f"{GOOD}L-7821S2"}, headers={"HX-Request": "true"}
    )
    assert asked.status_code == 200
    assert "Nothing was stored yet" in plain(asked)


# ---------------------------------------------------------------------------------------- numbers with comma
def test_a_number_is_typed_with_a_comma_and_thousands_are_asked_about():
    from needlepoint.clinic.practice.forms.typed import decimal

    for told, value in {
        "0,75": "0.75",
        "1,5": "1.5",
        "0.75": "0.75",
        ",5": "0.5",
        "12,25": "12.25",
        "0,125": "0.125",
        "1.000": "1.000",
    }.items():
        assert str(decimal({"depth": told}, "depth")) == value
    for told in ("1,000", "12,500", "1.234,5", "1,234.5", "1,2,3", "1 000", "1'000", "1,"):
        with pytest.raises(InputError, match="depth"):
            decimal({"depth": told}, "depth")


def test_every_page_about_stock_is_closed_to_those_who_may_not(desk):
    nurse = signed_in(desk, Role.NURSE)
    piece = put(desk)
    assert nurse.get(reverse("recall")).status_code == 403
    assert send(nurse, reverse("lift_recall"), block="1", lifted_because="x").status_code == 403
    outside = signed_in(desk, Role.FRONT_DESK)
    assert send(outside, reverse("take_out", args=[piece.public_id]), reason="x").status_code == 403


def test_the_page_of_stock_and_the_page_of_recall_agree_about_every_block(desk):
    pieces = [
        put(desk, lot, f"{n}", article)
        for n, (lot, article) in enumerate(
            (lot, article) for lot in ("A1", "A-1", "B2", "0A1") for article in (ARTICLE, "00811099010036")
        )
    ]
    recall.recall(desk.act(Role.CLINIC_ADMIN), lot="a 1", gtin="811099010036", reason="x")
    recall.recall(desk.act(Role.CLINIC_ADMIN), lot="B2", gtin="", reason="x")
    listed = {
        (row.gtin, row.lot): row.recalled for row in shelf.lots(desk.actor(Role.NURSE), desk.act().today)
    }
    for piece in pieces:
        assert listed[piece.gtin, piece.lot] == is_stopped(desk, piece), piece.lot
    assert any(listed.values())
    assert not all(listed.values())
