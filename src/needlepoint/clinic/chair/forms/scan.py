"""What a scanner typed, or a person in its place: a code of a cartridge, our own label, or each line by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from needlepoint.clinic.access.said import problem_of
from needlepoint.clinic.chair.actions.stock.cartridge import Scanned
from needlepoint.clinic.practice.forms.typed import Typed, text
from needlepoint.course.errors import InputError
from needlepoint.course.lots import LONGEST_ARTICLE, LONGEST_LOT, gtin_14, without_blanks
from needlepoint.exchange.gs1 import FORM, Label, read
from needlepoint.exchange.labels.days import typed_day

OWN_LABEL = re.compile(r"NP ?([0-9]{3}) ?([0-9]{3})")
LONGEST = 600
FIELDS = ("article", "lot", "serial", "expires_on")


def scanned(code: str) -> Scanned:
    """Return what the code of one cartridge says; InputError says what is wrong with it."""
    if own := OWN_LABEL.fullmatch(code.strip().upper()):
        return Scanned(gtin="", lot="", serial=f"NP{own[1]}{own[2]}")
    first, *more = labels(code)
    if more:
        raise InputError("code", "holds the codes of two cartridges", "one cartridge at a time")
    if not (first.gtin and first.lot):
        raise InputError("code", "names no article number or no lot", FORM)
    return first


def labels(code: str, earlier: str = "") -> list[Scanned]:
    """Return what was scanned, one for each pouch; `earlier` is the first of two codes of a pouch."""
    if len(code) > LONGEST or "\x00" in code:
        raise InputError("code", "is not a code", FORM)
    if earlier:
        try:
            together = read(f"{earlier[:LONGEST]}\n{code}")
        except InputError:
            together = []
        if len(together) == 1:
            return [_scanned(together[0])]
    return [_scanned(each) for each in read(code)]


def by_hand(typed: Typed) -> Scanned:
    """Return what a person typed or confirmed, line by line; what is left empty stays empty."""
    article, day = text(typed, "article", LONGEST_ARTICLE), text(typed, "expires_on", 30)
    return Scanned(
        gtin=gtin_14(article, "article") if without_blanks(article).isdigit() else article,
        lot=text(typed, "lot", LONGEST_LOT).removeprefix("(10)").strip(),
        serial=text(typed, "serial", LONGEST_LOT).removeprefix("(21)").strip(),
        expires_on=typed_day(day) if day else None,
    )


def notice(typed: Typed) -> tuple[str, str]:
    """Return lot and article of a notice; a whole code in the place of the lot says both."""
    lot, article = text(typed, "lot", LONGEST), text(typed, "gtin", 60)
    if len(lot) > LONGEST_LOT or lot.startswith(("(01)", "]")):
        first = labels(lot)[0]
        if first.lot:
            return first.lot, article or first.gtin
    return lot, article


def _scanned(label: Label) -> Scanned:
    return Scanned(
        gtin=label.article,
        lot=label.lot,
        serial=label.serial,
        expires_on=label.expires_on,
        others=tuple(_scanned(each) for each in label.others),
        doubts=label.doubts,
    )


@dataclass(frozen=True, slots=True)
class Arrived:
    """One thing that scanners get wrong, and whether this one gets it right."""

    right: bool
    words: str


# A code that holds what is lost most: an open lot before a serial number, both cases, y and z, a hyphen, a slash.
TRIAL = "(01)04006381333931(17)301231(10)Zy-7/A(21)aB9"
_TRIAL_LOT, _TRIAL_SERIAL = "Zy-7/A", "aB9"


def trial(code: str) -> list[Arrived]:
    """Say what arrived of the code to try a scanner with."""
    try:
        label = labels(code)[0]
    except InputError as error:
        problem = problem_of(error)
        return [Arrived(False, problem[:1].upper() + problem[1:] + ".")]
    if label.gtin != TRIAL[4:18]:
        return [Arrived(False, _("This is another code than the one on this page."))]
    separated, told = label.lot.upper() == _TRIAL_LOT.upper(), label.lot + label.serial
    upper = told.upper()
    parted = (
        _("The separator arrives.")
        if separated
        else _("No separator: lot and serial number run into each other.")
    )
    signs = all(each in upper for each in "ZY-7/A")
    return [
        Arrived(separated, parted),
        Arrived(
            signs,
            _("Letters and signs arrive.")
            if signs
            else _("The scanner types for another keyboard: y, z, - or / differ."),
        ),
        Arrived(
            told in (_TRIAL_LOT + _TRIAL_SERIAL, f"{_TRIAL_LOT}21{_TRIAL_SERIAL}") or not signs,
            _("Capitals arrive as they are.")
            if "y" in told and "Z" in told
            else _("Capitals are exchanged: is caps lock on?"),
        ),
    ]
