"""Article numbers and lots as people write them: what is one article, and what is one lot, however it is spelt."""

from __future__ import annotations

import re
import unicodedata

from needlepoint.course.errors import InputError

GTIN_FORM = "a GTIN of 8, 12, 13 or 14 digits as the maker prints it"
LONGEST_LOT = 20
LONGEST_ARTICLE = 40
_LENGTHS = (8, 12, 13, 14)
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff-]+")
# What is taken for another sign on a label or over the telephone; both sides are read as the first of its row.
_ALIKE = str.maketrans(
    {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2", "G": "6"}
)


def check_digit(digits: str) -> str:
    """Return the digit with which a GTIN ends whose other digits are these (GS1 General Specifications, 7.9)."""
    weighed = sum(int(each) * (3 if place % 2 == 0 else 1) for place, each in enumerate(reversed(digits)))
    return str(-weighed % 10)


def is_gtin(text: str) -> bool:
    """Say whether a text is a GTIN of one of the four lengths, with its own check digit, and not nothing but zeros."""
    digits = text.isascii() and text.isdigit() and len(text) in _LENGTHS and bool(text.strip("0"))
    return digits and check_digit(text[:-1]) == text[-1]


def gtin_14(text: str, key: str = "gtin") -> str:
    """Return a GTIN of any length in 14 digits; blanks and hyphens do not count. InputError says what is wrong."""
    digits = without_blanks(text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in _LENGTHS:
        many = f"has {len(digits)} digits" if digits.isdigit() else "is not made of digits alone"
        raise InputError(key, "%(strip)s %(many)s", GTIN_FORM, strip=text.strip()[:30], many=many)
    if not digits.strip("0"):
        raise InputError(key, "is nothing but zeros; no article has that number", GTIN_FORM)
    if not is_gtin(digits):
        wrong = (
            f"{digits} has a wrong check digit: its last digit does not fit the others, so one was misread"
        )
        raise InputError(key, wrong, GTIN_FORM)
    return digits.zfill(14)


def without_blanks(text: str) -> str:
    """Return a number without the blanks, hyphens and unseen signs with which people and papers part its digits."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def article_key(article: str) -> str:
    """Return what two article numbers of one article share.

    A box and the pouch in it are one article here: their GTINs differ in the first digit and the check digit. Of what
    is no GTIN, letters and digits count, whatever their case.
    """
    digits = without_blanks(article)
    if is_gtin(digits):
        return digits.zfill(14)[1:-1]
    return _letters_and_digits(article)[:LONGEST_ARTICLE]


def lot_key(lot: str) -> str:
    """Return what two spellings of one lot share: letters in any case and digits, without the zeros in front.

    Notices, labels and spreadsheets differ in blanks, signs, case and leading zeros. Two lots of one article that
    differ in nothing else are rather stopped together than one of them missed.
    """
    bare = _letters_and_digits(lot)
    return (bare.lstrip("0") or bare[:1] or "".join(lot.split()).upper())[:LONGEST_LOT]


def look_alike(one: str, other: str) -> bool:
    """Say whether one lot may be the other misread: O for 0, I for 1, or one sign missing, added or wrong."""
    first, second = lot_key(one), lot_key(other)
    if first == second:
        return False
    if first.translate(_ALIKE).lstrip("0") == second.translate(_ALIKE).lstrip("0"):
        return True
    # Of two or three signs nearly all are one step apart.
    return min(len(first), len(second)) > 3 and _one_step(first, second)


def _letters_and_digits(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", text).upper() if each.isalnum())


def _one_step(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    left, right = one[start:], other[start:]
    exchanged = left[:2] == right[1::-1] and left[2:] == right[2:]
    return exchanged or left[1:] == right[1:] or left[1:] == right or left == right[1:]
