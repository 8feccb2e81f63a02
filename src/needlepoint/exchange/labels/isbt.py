"""Labels of ICCBBA (ISBT 128), each value after two signs that say what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from needlepoint.course.errors import InputError
from needlepoint.exchange.labels.days import day_of_year
from needlepoint.exchange.labels.label import KEY, Issuer, Label, gathered

FORM = "an ICCBBA code such as =/A9999XYZ100T0944=,000025&,1LOT7, scanned anew"
# What each pair of signs begins, and how long its value is; what has no name is not kept.
_PARTS: dict[str, tuple[str, str]] = {
    "=/": ("article", r"[A-Z0-9]{16}"),
    "=)": ("article", r"[A-Z0-9]{10}"),
    "=,": ("serial", r"[A-Z0-9]{6}"),
    "=>": ("expires_on", r"[0-9]{6}"),
    "=}": ("", r"[0-9]{6}"),
    "&,1": ("lot", r"[A-Z0-9]{1,18}"),
    "&)": ("lot", r"[A-Z0-9]{10}"),
    "=<": ("", r"[A-Z0-9]{8}"),
    "=": ("", r"[A-NP-Z1-9][A-Z0-9]{4}[0-9]{2}[0-9]{6}[0-9]{2}"),
}
_PART = re.compile("|".join(f"({re.escape(sign)})({form})" for sign, (_, form) in _PARTS.items()))
_CENTURIES = {"0": 2000, "9": 1900}


def read(code: str) -> Label:
    """Return what an ICCBBA label says; the container of blood too, which has the same signs."""
    return Label(issuer=Issuer.ICCBBA, **gathered(_parts(code)))


def _parts(code: str) -> Iterator[tuple[str, Any]]:
    place = 0
    while place < len(code):
        match = _PART.match(code, place)
        if not match:
            raise InputError(KEY, "cannot be read from %(code)r on", FORM, code=code[place : place + 20])
        sign, value = (each for each in match.groups() if each is not None)
        name = _PARTS[sign][0]
        if name:
            yield name, _day(value) if name == "expires_on" else value
        place = match.end()


def _day(digits: str) -> date:
    century, year, number = _CENTURIES.get(digits[0]), int(digits[1:3]), int(digits[3:])
    day = day_of_year(century + year, number) if century else None
    if day is None:
        raise InputError(KEY, "holds %(digits)s, in which there is no date", FORM, digits=digits)
    return day
