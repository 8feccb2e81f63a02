"""ISO/IEC 15434 messages: `[)>`, then records of fields; format 05 holds GS1 elements, 06 those of ANSI MH10.8.2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from needlepoint.course.errors import InputError
from needlepoint.course.lots import is_gtin
from needlepoint.exchange.labels.days import day_of
from needlepoint.exchange.labels.label import KEY, Issuer, Label, gathered
from needlepoint.exchange.labels.signs import END, RECORD, SEPARATOR

FORM = "a message of format 05 or 06, scanned anew"
BEGINS = "[)>"
# The sign between the head and the format is one that some scanners lose.
_RECORD = re.compile(rf"\[\)>{RECORD}?(0[56]){SEPARATOR}?(.*?)(?:{RECORD}{END}?|{END})?")


def elements(message: str) -> tuple[str, str]:
    """Return the format of a message and what stands in it."""
    match = _RECORD.fullmatch(message)
    if not match:
        raise InputError(KEY, "begins as a message of ISO 15434 but is none of format 05 or 06", FORM)
    return match[1], match[2]


def read(fields: str) -> Label:
    """Return what the fields of format 06 say."""
    parts = filter(None, fields.split(SEPARATOR))
    said = gathered(chain.from_iterable(_field(part) for part in parts))
    return Label(issuer=said.pop("issuer", Issuer.GS1), **said)


def _field(field: str) -> Iterator[tuple[str, Any]]:
    match = re.fullmatch(r"([0-9]{0,2}[A-Z])(.*)", field)
    sign, value = match.groups() if match else ("", field)
    if sign in ("1T", "S"):
        yield {"1T": "lot", "S": "serial"}[sign], value
    elif sign in ("D", "14D"):
        yield from _expiry(value)
    elif sign == "Q" and value.isdigit():
        yield "pieces", int(value)
    elif sign in ("9N", "8P", "1P"):
        yield from _article(sign, value)


def _article(sign: str, value: str) -> Iterator[tuple[str, Any]]:
    if sign == "8P" and is_gtin(value):
        yield "article", value.zfill(14)
    elif sign == "1P":
        yield "article", value
        yield (
            "doubts",
            (f"{value} is the seller's own number of the article, not one that all the world knows.",),
        )
    elif sign == "9N" and is_ppn(value):
        yield "article", value
        yield "issuer", Issuer.IFA
    else:
        yield (
            "doubts",
            (f"{sign}{value} is no article number whose check digits fit. Type the one on the pouch.",),
        )


def is_ppn(value: str) -> bool:
    """Say whether a text is a Pharmacy Product Number, whose last two digits are a check by modulo 97 (IFA)."""
    if not re.fullmatch(r"[A-Z0-9]{6,20}[0-9]{2}", value):
        return False
    weighed = sum(ord(each) * weight for weight, each in enumerate(value[:-2], start=2))
    return weighed % 97 == int(value[-2:])


def _expiry(digits: str) -> Iterator[tuple[str, Any]]:
    if not re.fullmatch(r"\d{6}|\d{8}", digits):
        yield "doubts", (f"{digits} is no date. Type the one on the pouch.",)
        return
    year = int(digits[:-4]) + (2000 if len(digits) == 6 else 0)
    yield "expires_on", day_of(year, int(digits[-4:-2]), int(digits[-2:]))
