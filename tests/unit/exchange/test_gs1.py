"""Scanned codes: whatever is written as a label is read back as that label, or asked about, and never as another."""

import string
from datetime import date, timedelta

import numpy as np
import pytest
import zxingcpp
from biip.gs1_messages import GS1Message
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.course.errors import InputError
from needlepoint.course.lots import check_digit
from needlepoint.exchange.gs1 import Issuer, read
from needlepoint.exchange.labels import hibc
from needlepoint.exchange.labels.days import month_end, typed_day
from needlepoint.exchange.labels.iso15434 import is_ppn

GS = "\x1d"
# GS1's set of 82 signs for lots and serial numbers, less the brackets with which codes are printed.
SIGNS = string.ascii_letters + string.digits + "!\"%&'*+,-./:;<=>?_"
SEPARATORS = [GS, "|", "^", "~", "<GS>", "{GS}", "[FNC1]", "\u241d", "\\x1d", "]", "\t"]

articles = (
    st.integers(1, 10**13 - 1).map(lambda number: f"{number:013d}").map(lambda each: each + check_digit(each))
)
# Half of all values are made to look like what could follow them.
TEMPTING = [
    "21",
    "17",
    "10",
    "17281231",
    "11260101",
    "30",
    "01",
    "0104006381333931",
    "240",
    "A",
    "7",
    "21S",
    "10L",
]
values = st.text(SIGNS, min_size=1, max_size=20) | st.lists(
    st.sampled_from(TEMPTING), min_size=1, max_size=6
).map(lambda parts: "".join(parts)[:20])
days = st.dates(date(2026, 1, 1), date(2049, 12, 31))
orders = st.permutations(["01", "17", "10", "21"])
OPEN = ("10", "21")


def elements(article, lot, serial, day):
    return {"01": article, "17": f"{day:%y%m%d}", "10": lot, "21": serial}


def scanned(said, order, separator):
    """As a scanner sends it: after a value of open length comes a separator, but not at the end."""
    parts = [f"{sign}{said[sign]}" + (separator if sign in OPEN else "") for sign in order]
    return "".join(parts).removesuffix(separator)


@given(
    articles,
    values,
    values,
    days,
    orders,
    st.sampled_from(SEPARATORS),
    st.sampled_from(["", "]d2", "]C1", "]Q3", GS]),
)
def test_a_code_with_separators_is_read_as_what_it_says(article, lot, serial, day, order, separator, mark):
    [label] = read(mark + scanned(elements(article, lot, serial, day), order, separator))
    assert label.names == (article, lot, serial, day)
    assert label.plain


@given(articles, values, values, days, orders)
def test_a_code_as_it_is_printed_is_read_as_what_it_says(article, lot, serial, day, order):
    said = elements(article, lot, serial, day)
    [label] = read("".join(f"({sign}){said[sign]}" for sign in order))
    assert label.names == (article, lot, serial, day)


@given(articles, values, values, days)
def test_brackets_around_some_elements_let_no_lot_swallow_what_follows_its_separator(
    article, lot, serial, day
):
    [label] = read(f"(01){article}(17){day:%y%m%d}(10){lot}{GS}21{serial}")
    assert label.names == (article, lot, serial, day)


@given(articles, values, values, days, orders)
def test_without_separators_the_truth_is_among_the_readings_and_none_is_believed_unasked(
    article, lot, serial, day, order
):
    said = elements(article, lot, serial, day)
    code = scanned(said, order, "")
    try:
        found = read(code)
    except InputError:
        return
    readings = [reading for label in found for reading in (label, *label.others)]
    if all(label.plain for label in found):
        # The only way in which all the signs can be elements is what was written.
        assert [each.names for each in readings] == [(article, lot, serial, day)]


@given(articles, values, days)
def test_a_lot_at_the_end_without_any_separator_is_plain_only_if_it_can_hold_nothing(article, lot, day):
    [label, *more] = read(f"01{article}17{day:%y%m%d}10{lot}")
    assert not more or lot.startswith("01")
    if label.plain:
        assert label.names == (article, lot, "", day)
        assert not any(lot[place:].startswith("21") and lot[place + 2 :] for place in range(1, len(lot)))


@given(articles, values, values, values, days)
def test_two_codes_one_after_the_other_are_two_labels(article, lot, one, other, day):
    both = "".join(f"01{article}17{day:%y%m%d}10{lot}{GS}21{serial}" for serial in (one, other))
    found = read(both)
    assert [each.names for each in found] == [(article, lot, one, day), (article, lot, other, day)]


@given(st.text(string.printable + "\x1d\x1e\x04é‐🧷", max_size=80))
def test_whatever_is_typed_is_read_or_refused_in_one_line(text):
    try:
        found = read(text)
    except InputError:
        return
    assert all(len(each.lot) <= 20 and len(each.serial) <= 20 for each in found)


# ------------------------------------------------------------------------------------------------------ foreign judges
@given(articles, st.text(string.ascii_uppercase + string.digits + "-/", min_size=1, max_size=12), days)
def test_biip_reads_the_same(article, lot, day):
    code = f"01{article}17{day:%y%m%d}10{lot}{GS}21S1"
    theirs = {each.ai.ai: each for each in GS1Message.parse(code).element_strings}
    [ours] = read(code)
    assert ours.names == (theirs["01"].value, theirs["10"].value, theirs["21"].value, theirs["17"].date)


@pytest.mark.parametrize(
    "printed",
    [
        "(01)04006381333931(17)281231(10)L-77(21)S1",
        "(01)00811099010036(10)00172110(17)281200(21)aB9",
        "(01)04006381333931(11)260101(17)281231(21)S1(10)Z/7",
        "(01)04006381333931(10)X2108(21)21S",
        "(01)04006381333931(17)281231(30)5(10)K7",
    ],
)
@pytest.mark.parametrize("symbol", [zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Code128])
def test_a_drawn_symbol_is_read_as_the_reader_of_another_house_prints_it(printed, symbol):
    drawn = np.asarray(zxingcpp.create_barcode(printed, symbol, gs1=True).to_image(scale=4))
    [plain] = zxingcpp.read_barcodes(drawn, text_mode=zxingcpp.TextMode.Plain)
    [theirs] = zxingcpp.read_barcodes(drawn, text_mode=zxingcpp.TextMode.HRI)
    [ours] = read(plain.symbology_identifier + plain.text)
    assert "".join(ours.said) == theirs.text


@pytest.mark.parametrize(
    ("code", "article", "lot", "serial", "day"),
    [
        # ANSI/HIBC 2.6: appendix B.2.0, figure C5, sections 2.2.1.1 and 4.3; the fixtures of others who read them.
        ("+A123BJC5D6E71G", "A123BJC5D6E71", "", "", None),
        ("*+A123BJC5D6E71G*", "A123BJC5D6E71", "", "", None),
        ("+H123ABC01234567890D", "H123ABC01234567890", "", "", None),
        ("+$$52001510X3GD", "", "10X3", "", date(2020, 1, 15)),
        ("+A99912345/$$52001510X33", "A99912345", "10X3", "", date(2020, 1, 15)),
        (
            "+A99912345/$$52001510X3/16D20111212/S77DEFG457",
            "A99912345",
            "10X3",
            "77DEFG45",
            date(2020, 1, 15),
        ),
        (
            "+A99912345/$$52001510X3/16D20111212/S77DE1G45-",
            "A99912345",
            "10X3",
            "77DE1G45",
            date(2020, 1, 15),
        ),
        (
            "+A99912345/$$90999910X3/$$+320011577DEFG45/16D20111212D",
            "A99912345",
            "10X3",
            "77DEFG45",
            date(2020, 1, 15),
        ),
    ],
)
def test_the_published_examples_of_hibc_are_read(code, article, lot, serial, day):
    [label] = read(code)
    assert label.names == (article, lot, serial, day)
    assert label.issuer is Issuer.HIBCC


@given(st.text(hibc.SIGNS, min_size=3, max_size=30), st.data())
def test_one_wrong_sign_in_a_hibc_code_is_noticed(body, draw):
    whole = body + hibc.check_character(body)
    place = draw.draw(st.integers(0, len(whole) - 1))
    wrong = draw.draw(st.sampled_from([each for each in hibc.SIGNS if each != whole[place]]))
    changed = whole[:place] + wrong + whole[place + 1 :]
    assert hibc.check_character(changed[:-1]) != changed[-1]


def hibc_code(*parts):
    body = "+" + "/".join(parts)
    return body + hibc.check_character(body)


@pytest.mark.parametrize(
    ("secondary", "day"),
    [
        ("$$0328L7", date(2028, 3, 31)),
        ("$$1228L7", date(2028, 12, 31)),
        ("$$2033128L7", date(2028, 3, 31)),
        ("$$3280331L7", date(2028, 3, 31)),
        ("$$428033112L7", date(2028, 3, 31)),
        ("$$528091L7", date(2028, 3, 31)),
        ("$$62809112L7", date(2028, 3, 31)),
        ("$$7L7", None),
        ("$L7", None),
        ("28091L7", date(2028, 3, 31)),
    ],
)
def test_each_date_form_of_hibc_is_read(secondary, day):
    [label] = read(hibc_code("A99912345", secondary))
    assert (label.lot, label.expires_on) == ("L7", day)


def test_primary_and_secondary_code_of_hibc_are_one_label():
    linked = "+$$3280331L77" + hibc.check_character("+A99912345")
    whole = linked + hibc.check_character(linked)
    primary = hibc_code("A99912345")
    for text in (f"{primary}\n{whole}", f"{whole}\n{primary}", f"]C0{primary}]C0{whole}"):
        [label] = read(text)
        assert label.names == ("A99912345", "L77", "", date(2028, 3, 31))


def test_a_blank_as_check_character_may_be_printed_as_an_underscore():
    body = next(f"+A9991{n:04d}1" for n in range(10_000) if hibc.check_character(f"+A9991{n:04d}1") == " ")
    assert read(body + "_")[0].article == read(body + " ")[0].article == body[1:]


def test_the_published_number_of_a_pharmacy_product_has_the_right_check():
    # IFA Coding System, specification of the PPN code: PZN 03752864.
    assert is_ppn("110375286414")
    assert not is_ppn("110375286415")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (hibc_code("A99912345", "$L77", "$L99"), "two lots, L77 and L99"),
        (hibc_code("A99912345", "$$3280331L77", "14D20290331"), "two expiry dates"),
        (hibc_code("A99912345", "S1", "$+2"), "two serial numbers, 1 and 2"),
        ("=/A9999XYZ100T0944=,000025&,1L77&,1L99", "two lots, L77 and L99"),
        ("=/A9999XYZ100T0944=,000025=,000026", "two serial numbers"),
        (f"[)>\x1e06{GS}9N110375286414{GS}1TL77{GS}1TL99\x1e\x04", "two lots, L77 and L99"),
        (f"[)>\x1e06{GS}9N110375286414{GS}1TL77{GS}D280331{GS}14D20290331\x1e\x04", "two expiry dates"),
    ],
)
def test_a_code_that_contradicts_itself_is_refused_in_every_way_to_write_labels(code, why):
    with pytest.raises(InputError, match=why):
        read(code)


def test_the_same_said_twice_in_one_code_is_said_once():
    [label] = read(hibc_code("A99912345", "$$3280331L77", "$L77", "14D20280331"))
    assert (label.lot, label.expires_on) == ("L77", date(2028, 3, 31))


# ------------------------------------------------------------------------------------------------------------- details
def test_day_00_is_the_end_of_the_month_and_years_belong_to_the_century_that_is_near():
    said = {
        f"{year:02d}0200": read(f"(01)04006381333931(10)A(17){year:02d}0200")[0].expires_on
        for year in (28, 30, 76)
    }
    assert said == {"280200": date(2028, 2, 29), "300200": date(2030, 2, 28), "760200": date(2076, 2, 29)}
    assert read("(01)04006381333931(10)A(17)780101")[0].expires_on == date(1978, 1, 1)


@pytest.mark.parametrize("wrong", ["281301", "280431", "280230", "990099"])
def test_a_day_that_no_calendar_has_is_refused(wrong):
    with pytest.raises(InputError, match="cannot be read"):
        read(f"(01)04006381333931(10)A(17){wrong}")


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_typed_day_is_read_in_every_form_that_can_be_read_in_one_way(day):
    assert typed_day(day.isoformat()) == day
    assert typed_day(f"{day:%d %b %Y}") == day
    assert typed_day(f"{day:%m/%Y}") == typed_day(f"{day:%m%Y}") == month_end(day.year, day.month)
    dotted = f"{day:%d.%m.%Y}"
    if day.day > 12 or day.day == day.month:
        assert typed_day(dotted) == day
    else:
        with pytest.raises(InputError, match="two ways"):
            typed_day(dotted)


def test_a_long_code_without_separators_takes_no_long_time_to_read():
    code = "0104006381333931" + "10" + "2117281231102117" * 3
    readings = 0
    for _ in range(20):
        try:
            readings += len(read(code[:200]))
        except InputError:
            readings += 1
    assert readings == 20


def test_every_day_of_a_year_has_its_number():
    from needlepoint.exchange.labels.days import day_of_year

    for year in (2027, 2028):
        first = date(year, 1, 1)
        for number in range(1, 366 + (year == 2028)):
            assert day_of_year(year, number) == first + timedelta(days=number - 1)
        assert day_of_year(year, 366 + (year == 2028)) is None
