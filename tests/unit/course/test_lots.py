"""Article numbers and lots: what is one, however it is written, and what is another."""

import pytest
from biip.gtin import Gtin
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.course.errors import InputError
from needlepoint.course.lots import (
    LONGEST_LOT,
    article_key,
    check_digit,
    gtin_14,
    is_gtin,
    look_alike,
    lot_key,
)

GTINS = [
    # GS1 General Specifications and the notices of authorities.
    *("96385074", "04006381333931", "4006381333931", "614141123452", "00614141123452", "811099010036"),
]


@pytest.mark.parametrize("gtin", GTINS)
def test_a_gtin_of_any_length_is_one_number_of_fourteen_digits(gtin):
    assert gtin_14(gtin) == gtin.zfill(14)
    assert gtin_14(f" {gtin[:4]} {gtin[4:-1]}-{gtin[-1]}") == gtin.zfill(14)


@given(st.integers(0, 10**13 - 1), st.sampled_from([7, 11, 12, 13]))
def test_the_check_digit_is_that_of_another_house(number, length):
    digits = f"{number % 10**length:0{length}d}"
    assert Gtin.parse(digits + check_digit(digits)).check_digit == int(check_digit(digits))


@given(st.integers(1, 10**12), st.data())
def test_one_wrong_digit_is_noticed(number, draw):
    digits = f"{number:013d}"
    whole = digits + check_digit(digits)
    place = draw.draw(st.integers(0, 13))
    wrong = draw.draw(st.sampled_from([each for each in "0123456789" if each != whole[place]]))
    assert not is_gtin(whole[:place] + wrong + whole[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "0" * 14, "1234567", "hello", "04006381333932", "٠٤٠٠٦٣٨١٣٣٣٩٣١", "4006381333931x"]
)
def test_what_is_no_gtin_is_refused(text):
    with pytest.raises(InputError):
        gtin_14(text)


def test_a_box_and_the_pouch_in_it_are_one_article():
    assert article_key("14006381333938") == article_key("4006381333931")
    assert article_key("04006381333931") != article_key("00811099010036")
    assert article_key("a99912345") == article_key("A-99912345")


lots = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=LONGEST_LOT
)


@given(lots)
def test_a_lot_has_a_key_that_fits_its_column_and_does_not_change_again(lot):
    key = lot_key(lot)
    assert len(key) <= LONGEST_LOT
    assert lot_key(key) == key


@given(st.text("ABCXYZ0123456789", min_size=1, max_size=12))
def test_blanks_signs_case_and_zeros_in_front_do_not_count(lot):
    written = [lot.lower(), f" {lot} ", "-".join(lot), f"00{lot}", f"{lot}/", "\u00a0".join(lot)]
    assert {lot_key(each) for each in written} == {lot_key(lot)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L0417", "LO417"),
        ("L0417", "L0471"),
        ("L0417", "L417"),
        ("K7-22A", "K7-2ZA"),
        ("AB1234", "AB1Z34"),
        ("L0417", "I0417"),
        ("AB123", "AB12"),
    ],
)
def test_what_is_misread_is_alike_both_ways(one, other):
    assert look_alike(one, other)
    assert look_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("L0417", "l-0417"), ("L0417", "ZZZ"), ("A1", "A2"), ("L0417", "L0532"), ("L0417", "L041788")],
)
def test_the_same_and_the_different_are_not_alike(one, other):
    assert not look_alike(one, other)
