"""What other programs were reported to get wrong with recalls: articles, lots, pages and sheets."""

import csv
import io
import re
from datetime import UTC, datetime
from functools import partial

import pytest
from django.urls import reverse
from tests.clinic.test_pages import send
from tests.clinic.wedge import ARTICLE, at_the_desk, block, is_stopped, page, plain, put, stored, take

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.stock import cartridge, recall
from needlepoint.clinic.models import Cartridge, Recall, RecordLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return at_the_desk()


# ------------------------------------------------------------------------------------------ recall: articles
NUMBERS = {
    "04006381333931": [
        "4006381333931",
        "04006381333931",
        "4006381 333931",
        "400-6381-333931",
        "(01)04006381333931",
        "14006381333938",
    ],
    "00811099010036": ["811099010036", "0811099010036", "00811099010036", "8 11099 01003 6"],
    "00000096385074": ["96385074", "9638 5074", "00000096385074"],
}


@pytest.mark.parametrize(
    ("article", "written"), [(key, each) for key, all_ in NUMBERS.items() for each in all_]
)
def test_a_block_finds_the_article_however_long_its_number_is_written(desk, article, written):
    piece = put(desk, article=article)
    answer = block(desk, "D00", written)
    assert answer.status_code == 302
    assert is_stopped(desk, piece)
    assert "Blocked: no piece of lot D00 can be used" in page(desk, answer.url)
    assert "⚠ recalled" in page(desk, reverse("stock"))


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("0400638 133393", "wrong check digit"),
        ("04006381333932", "wrong check digit"),
        ("811099010037", "wrong check digit"),
        ("hello", "not made of digits alone"),
        ("123456789", "has 9 digits"),
        ("00000000000000", "zeros"),
        ("040063813339310", "has 15 digits"),
    ],
)
def test_an_article_number_that_is_none_is_refused_and_blocks_nothing(desk, written, why):
    piece = put(desk, "L-79")
    answer = block(desk, "L-79", written)
    assert answer.status_code == 400
    assert why in plain(answer)
    assert not Recall.objects.exists()
    assert not is_stopped(desk, piece)


def test_a_notices_number_and_lot_with_zeros_find_the_piece(desk):
    take(desk, "(01)00811099010036(17)281231(10)00172110(21)Q1")
    piece = Cartridge.objects.get()
    for lot in ("00172110", "172110"):
        assert "can be used" in page(desk, f"{reverse('recall')}?lot={lot}&gtin=811099010036")
    assert block(desk, "172110", "811099010036").status_code == 302
    assert is_stopped(desk, piece)


def test_another_article_with_the_same_lot_goes_on(desk):
    stopped, other = put(desk), put(desk, serial="P1", article="00811099010036")
    answer = block(desk, "D00", "4006381333931")
    assert is_stopped(desk, stopped)
    assert not is_stopped(desk, other)
    shown = page(desk, f"{reverse('recall')}?lot=D00")
    assert "⚠ blocked" in shown
    assert "○ can be used" in shown
    assert "Blocked: no piece" not in shown
    assert "Blocked: no piece" in page(desk, answer.url)


# ---------------------------------------------------------------------------------------------- recall: lots
@pytest.mark.parametrize(
    "written", ["l0417", "L0417", "L 0417", "l-0417", "(10)L0417", " L0417 ", "00L0417", "L.0417"]
)
def test_a_lot_is_found_and_blocked_however_it_is_spelt(desk, written):
    piece = desk.stocked(lot="L0417")[0]
    desk.done(desk.opened(piece=piece))
    [rest] = desk.stocked(lot="L0417")
    assert "1 person" in page(desk, f"{reverse('recall')}?lot={written}")
    assert block(desk, written).status_code == 302
    assert is_stopped(desk, rest)


def test_a_whole_code_in_the_place_of_the_lot_names_both(desk):
    piece = put(desk)
    assert block(desk, f"(01){ARTICLE}(17)281231(10)D00(21)P9").status_code == 302
    assert Recall.objects.get().gtin == ARTICLE
    assert is_stopped(desk, piece)


@pytest.mark.parametrize("written", ["LO417", "L0471", "L417", "L04177", "L0417X", "LQ417", "LO4I7", "I0417"])
def test_a_lot_that_is_not_here_is_said_to_be_unknown_with_what_is_like_it(desk, written):
    desk.stocked(lot="L0417")
    answer = block(desk, written)
    assert answer.status_code == 409
    assert "Did you mean L0417?" in plain(answer)
    assert not Recall.objects.exists()
    shown = page(desk, f"{reverse('recall')}?lot={written}")
    assert "was ever taken in here" in shown
    assert "did you mean one of these? Compare" in shown
    assert "L0417" in shown


def test_a_lot_that_is_like_nothing_is_only_unknown(desk):
    desk.stocked(lot="L0417")
    answer = block(desk, "ZZZ")
    assert answer.status_code == 409
    assert "No piece of lot ZZZ was ever taken in here" in plain(answer)
    assert "Did you mean" not in plain(answer)


def test_a_lot_that_is_to_come_is_blocked_when_somebody_says_so_and_then_refused_at_the_door(desk):
    assert block(desk, "COMING1", unseen="yes").status_code == 302
    shown = take(desk, f"(01){ARTICLE}(17)281231(10)coming1(21)A")
    assert shown.status_code == 409
    assert "is recalled" in plain(shown)
    assert stored() == []
    near = take(desk, f"(01){ARTICLE}(17)281231(10)COMINGI(21)A")
    assert near.status_code == 409
    assert "written almost like" in plain(near)
    assert stored() == []


def test_an_older_lot_that_holds_a_swallowed_serial_number_is_shown_with_the_lot_of_the_notice(desk):
    desk.stocked(lot="LOT7A21SER003")
    assert "LOT7A21SER003" in page(desk, f"{reverse('recall')}?lot=LOT7A")


def test_a_block_of_one_spelling_holds_for_the_other(desk):
    piece = put(desk, "AB-12", "P5")
    block(desk, "Ab-12")
    assert is_stopped(desk, piece)


# -------------------------------------------------------------------------------- recall: what the page says
@pytest.mark.parametrize(
    "lot", ["A+1", "A&B", "A%41", "L/7#1", "A B", "A=1&gtin=2", "Ü-1", '"1"', "A?b", "100%"]
)
def test_a_page_of_a_lot_with_signs_is_about_that_lot(desk, lot):
    put(desk, lot)
    answer = block(desk, lot)
    assert answer.status_code == 302
    assert f"Blocked: no piece of lot {lot} can be used" in plain(desk.client.get(answer.url)).replace(
        "&#34;", '"'
    ).replace("&amp;", "&")
    assert "⚠ recalled" in page(desk, reverse("stock"))
    sheet = re.search(r'href="([^"]*sheet\.csv[^"]*)"', desk.client.get(answer.url).content.decode())[1]
    assert desk.client.get(sheet.replace("&amp;", "&")).status_code == 200


def test_a_block_is_lifted_with_a_reason_and_the_record_says_which(desk):
    piece = put(desk, "L-79")
    block(desk, "L-79")
    of = Recall.objects.get()
    lift = reverse("lift_recall")
    assert send(desk.client, lift, block=of.pk, lifted_because=" ", lot="L-79").status_code == 409
    assert is_stopped(desk, piece)
    answer = send(
        desk.client, lift, block=of.pk, lifted_because="The maker took the letter back.", lot="L-79"
    )
    assert answer.status_code == 302
    assert not is_stopped(desk, piece)
    shown = page(desk, answer.url)
    assert "Blocked: no piece" not in shown
    assert "The maker took the letter back." in shown
    assert "⚠ recalled" not in page(desk, reverse("stock"))
    said = {line.act: line for line in RecordLine.objects.filter(about="lot:L-79")}
    assert said["lifted recall"].detail["reason"] == "The maker took the letter back."
    assert said["recalled lot"].detail["reason"] == "Letter of the maker."
    assert block(desk, "L-79").status_code == 302
    assert is_stopped(desk, piece)


def test_blocking_shows_first_what_it_stops_and_whom_it_concerns(desk):
    desk.done(desk.opened(piece=desk.stocked(lot="L0417")[0]))
    desk.stocked(3, lot="L0417")
    shown = page(desk, f"{reverse('recall')}?lot=L0417")
    assert "This stops 3 unused pieces at once" in shown
    assert "1 person was exposed" in shown
    assert "Block lot" not in page(desk, reverse("recall"))


def test_a_second_block_of_the_same_lot_says_since_when_there_is_one(desk):
    put(desk, "L-79")
    block(desk, "L-79")
    assert "blocked already" in plain(block(desk, "l79"))


def test_since_when_a_lot_is_blocked_is_said_by_the_clock_of_the_clinic(practice):
    practice.at = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
    blocked = partial(recall.recall, lot="LOT7", gtin="", reason="A letter from the maker.")
    blocked(practice.act(Role.MEDICAL_DIRECTOR))
    with pytest.raises(Refused, match="since 2 Mar 2026"):
        blocked(practice.act(Role.MEDICAL_DIRECTOR))


def test_people_sessions_and_cartridges_are_counted_each_by_themselves(desk):
    waiting = desk.consented()
    first, second = desk.stocked(2, lot="L0417")
    for piece in (first, second):
        cartridge.claim(desk.act(), waiting, desk.scan(piece))
    shown = page(desk, f"{reverse('recall')}?lot=L0417")
    assert "1 person" in shown
    assert "1 session " in shown
    assert "2 cartridges" in shown


# ---------------------------------------------------------------------------------------------- the CSV file
def sheet_of(desk, lot):
    return desk.client.get(reverse("recall_sheet"), {"lot": lot})


def exposed(desk, lot, **of):
    someone = desk.patient(**of)
    piece = put(desk, lot, f"S{desk.acts}", "08600000000004")
    desk.done(desk.opened(desk.consented(desk.planned(desk.course(someone))), piece))


def test_the_sheet_opens_in_a_spreadsheet_with_names_and_zeros_whole(desk):
    exposed(desk, "00172110", family_name="Kučerová", phone="+1 555 0100")
    answer = sheet_of(desk, "00172110")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    heading, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    cells = dict(zip(heading, line, strict=True))
    assert cells["family name"] == "Kučerová"
    assert cells["article"] == "(01)08600000000004"
    assert cells["lot"] == "(10)00172110"
    assert cells["phone"] == "tel. +1 555 0100"
    for cell in cells.values():
        assert not re.fullmatch(r"[-+]?\d[\d .,]{10,}|0\d+", cell), cell


def test_two_sheets_have_two_names(desk):
    names = set()
    for lot in ("A+1", "A/1", "A_1", "A1"):
        desk.catch_up()
        put(desk, lot, lot)
        kept = sheet_of(desk, lot)["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="recall-[A-Za-z0-9._-]+-\d{4}-\d\d-\d\d\.csv"', kept)
        names.add(kept)
    assert len(names) == 4


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "|calc",
        "%1",
        "\uff1d1+1",
        "\u00a0=1+1",
        "\u200b=1",
        "\uff0b1",
        "\u202e=1",
        "  =1",
        "\ufe63x",
    ],
)
def test_no_name_becomes_a_formula(desk, name):
    from needlepoint.exchange.table import cell

    assert cell(name).startswith("'")
    assert cell(f"Ada\n{name}") == f"Ada {name}"
    assert cell("Ada-Maria") == "Ada-Maria"
