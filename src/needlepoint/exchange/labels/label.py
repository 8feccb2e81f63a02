"""One label: article, lot, serial number and expiry, with what is doubtful about how it was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from needlepoint.course.errors import InputError

KEY = "code"
FORM = "a GS1, HIBC or ICCBBA code as the scanner reads it, or the clinic's own label such as NP000123"


class Issuer(StrEnum):
    """By whose rules a label is written."""

    GS1 = "GS1"
    HIBCC = "HIBC"
    ICCBBA = "ICCBBA"
    IFA = "IFA"


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says.

    `doubts` are sentences for a person to answer; `others` are further ways in which the same signs can be read, such
    as a lot and a serial number that a scanner sent as one. Only what is `plain` may be believed unasked.
    """

    article: str = ""
    lot: str = ""
    serial: str = ""
    expires_on: date | None = None
    pieces: int | None = None
    issuer: Issuer = Issuer.GS1
    said: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    others: tuple[Label, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what the label does not say and must be known; a serial number need not be on it."""
        wanted = {"article": self.article, "lot": self.lot, "expiry date": self.expires_on}
        return tuple(name for name, value in wanted.items() if not value)

    @property
    def plain(self) -> bool:
        """Say whether it is complete and can be read in one way only."""
        return not (self.missing or self.doubts or self.others)

    @property
    def names(self) -> tuple[str, str, str, date | None]:
        """Return what is stored of it."""
        return self.article, self.lot, self.serial, self.expires_on


def one_reading(ways: Iterable[Label]) -> Label:
    """Return the first of several readings, which names the others."""
    first, *others = dict.fromkeys(ways)
    if not others:
        return first
    words = "The scanner sent no separator, so the lot may have swallowed what follows it. Look at what is printed."
    return replace(first, others=tuple(others), doubts=(*first.doubts, words))


def joined(one: Label, other: Label) -> Label:
    """Return what two codes of one pouch say together; InputError where they contradict each other."""
    if (one.others and other.others) or not one.issuer == other.issuer:
        raise InputError(KEY, "are two codes that do not belong together", "the codes of one pouch")
    return Label(
        article=_same("article numbers", one.article, other.article),
        lot=_same("lots", one.lot, other.lot),
        serial=_same("serial numbers", one.serial, other.serial),
        expires_on=_same("expiry dates", one.expires_on, other.expires_on) or None,
        pieces=_same("counts", one.pieces, other.pieces) or None,
        issuer=one.issuer,
        said=one.said + other.said,
        doubts=one.doubts + other.doubts,
        others=tuple(_with(each, other) for each in one.others)
        + tuple(_with(each, one) for each in other.others),
    )


_SEVERAL = {
    "article": "article numbers",
    "lot": "lots",
    "serial": "serial numbers",
    "expires_on": "expiry dates",
    "pieces": "counts",
    "issuer": "issuers",
}


def gathered(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return what the parts of one code say by name; InputError where two of them contradict each other."""
    said: dict[str, Any] = {}
    for name, value in pairs:
        known = said.get(name)
        said[name] = (*(known or ()), *value) if name == "doubts" else _same(_SEVERAL[name], known, value)
    return said


def _with(reading: Label, other: Label) -> Label:
    return joined(reading, replace(other, others=(), doubts=()))


def _same(what: str, one: Any, other: Any) -> Any:
    if one and other and one != other:
        raise InputError(
            KEY,
            "names two %(what)s, %(one)s and %(other)s",
            "the code of one pouch at a time",
            what=what,
            one=one,
            other=other,
        )
    return one or other
