"""HIBC labels (ANSI/HIBC 2.6): a primary code names the article, a secondary one lot, expiry and serial number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any

from needlepoint.course.errors import InputError
from needlepoint.exchange.labels.days import day_of, day_of_year, month_end
from needlepoint.exchange.labels.label import KEY, Issuer, Label, gathered

FORM = "a HIBC code with its check character, scanned anew"
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_PRIMARY = re.compile(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]")
_DATED = re.compile(r"\$\$(\+?)(?:8(\d{2})|9(\d{5}))?(.*)")
# By the digit before the date: how many digits it has, and which are year, month, day or day of the year.
_DATES = {"2": 6, "3": 6, "4": 8, "5": 5, "6": 7, "7": 0}


def check_character(text: str) -> str:
    """Return the sign with which a HIBC code ends whose other signs are these: their sum by modulo 43."""
    return SIGNS[sum(SIGNS.find(each) for each in text) % len(SIGNS)]


def read(code: str) -> Label:
    """Return what a HIBC code says: primary, secondary, or both in one."""
    # A check character that is a blank is printed as an underscore.
    told = code.lstrip("* ").rstrip("*").upper().replace("_", " ")
    if any(each not in SIGNS for each in told) or len(told) < 4:
        raise InputError(KEY, "begins as a HIBC code but holds signs that HIBC does not have", FORM)
    if check_character(told[:-1]) != told[-1]:
        raise InputError(KEY, "has a wrong check character; %(told)s was misread", FORM, told=told[:30])
    first, *more = told[1:-1].split("/")
    begin = _primary(first) if first[:1].isalpha() else _secondary(first[:-1])
    said = gathered(chain(begin, *(_secondary(part) for part in more)))
    many = said.get("pieces") or 1
    doubts = (f"The code counts {many} pieces. Count them.",) if many != 1 else ()
    return Label(issuer=Issuer.HIBCC, doubts=doubts, **said)


def _primary(part: str) -> Iterator[tuple[str, Any]]:
    if not _PRIMARY.fullmatch(part):
        raise InputError(KEY, "%(part)s is no article number of HIBC", FORM, part=part[:30])
    yield "article", part


def _secondary(part: str) -> Iterator[tuple[str, Any]]:
    if part.startswith("$$"):
        yield from _dated(part)
    elif part.startswith("$+"):
        yield "serial", part[2:]
    elif part.startswith("$"):
        yield "lot", part[1:]
    elif part.startswith("14D"):
        yield "expires_on", _needed(part, _eight(part[3:]))
    elif part.startswith("S"):
        yield "serial", part[1:]
    elif part.startswith("Q") and part[1:].isdigit():
        yield "pieces", int(part[1:])
    elif re.match(r"\d{5}", part):
        # The oldest form: year and day of the year, then the lot.
        yield "expires_on", _needed(part, _within("5", part[:5]))
        yield from _filled("lot", part[5:])
    elif not part.startswith("16D"):
        raise InputError(KEY, "holds %(part)s, which this program cannot read", FORM, part=part[:20])


def _dated(part: str) -> Iterator[tuple[str, Any]]:
    match = _DATED.fullmatch(part)
    plus, few, many, rest = match.groups() if match else ("", "", "", "")
    if few or many:
        yield "pieces", int(few or many)
    if month := re.match(r"(0[1-9]|1[0-2])(\d{2})", rest):
        yield "expires_on", month_end(2000 + int(month[2]), int(month[1]))
        rest = rest[4:]
    elif rest[:1] in ("0", "1") and not (few or many):
        yield "expires_on", _needed(part, None)
    elif rest[:1] in _DATES:
        digits = rest[1 : 1 + _DATES[rest[0]]]
        if digits:
            yield "expires_on", _needed(part, _within(rest[0], digits))
        rest = rest[1 + _DATES[rest[0]] :]
    yield from _filled("serial" if plus else "lot", rest)


def _filled(name: str, value: str) -> Iterator[tuple[str, Any]]:
    if value:
        yield name, value


def _within(form: str, digits: str) -> date | None:
    if not digits.isdigit() or len(digits) != _DATES[form]:
        return None
    if form == "2":
        return day_of(2000 + int(digits[4:6]), int(digits[:2]), int(digits[2:4]))
    if form in "34":
        return day_of(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    return day_of_year(2000 + int(digits[:2]), int(digits[2:5]))


def _eight(digits: str) -> date | None:
    if not re.fullmatch(r"\d{8}", digits):
        return None
    return day_of(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _needed(part: str, day: date | None) -> date:
    if day is None:
        raise InputError(KEY, "holds %(part)s, in which there is no date", FORM, part=part[:20])
    return day
