"""What a scanner typed: a GS1 code of a cartridge, or the clinic's own label."""

from __future__ import annotations

import re

from biip import BiipException, ParseConfig
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message

from needlepoint.clinic.actions.cartridge import Scanned
from needlepoint.course.errors import InputError

OWN_LABEL = re.compile(r"NP[0-9]{6}")
FORM = "a GS1 code with article number and lot, as the scanner reads it, or a label such as NP000123"
LONGEST = 200
# Many keyboard scanners cannot type the separator of GS1; clinics set one of the others in its place.
SEPARATORS = ("\x1d", "|", "^", "~")


def scanned(text: str) -> Scanned:
    """Return what a scanned text says; InputError says what is wrong with it."""
    code = text.strip()
    if OWN_LABEL.fullmatch(code.upper()):
        return Scanned(gtin="", lot="", serial=code.upper())
    if not code:
        raise InputError("code", "nothing was scanned", FORM)
    if len(code) > LONGEST or not code.isascii():
        raise InputError("code", "is not a GS1 code", FORM)
    elements = {each.ai.ai: each for each in _elements(code)}
    if "01" not in elements or "10" not in elements:
        raise InputError("code", "names no article number or no lot", FORM)
    if elements["01"].gtin is None:
        raise InputError("code", f"{elements['01'].value} has a wrong check digit; it was misread", FORM)
    return Scanned(
        gtin=elements["01"].value,
        lot=elements["10"].value,
        serial=elements["21"].value if "21" in elements else "",
        expires_on=elements["17"].date if "17" in elements else None,
    )


def _elements(code: str) -> list[GS1ElementString]:
    bare = re.sub(r"^\][A-Za-z][0-9]", "", code).lstrip("".join(SEPARATORS))
    config = ParseConfig(separator_chars=SEPARATORS)
    try:
        read = GS1Message.parse_hri if bare.startswith("(") else GS1Message.parse
        return list(read(bare, config=config).element_strings)
    except (BiipException, ValueError) as error:
        raise InputError("code", f"cannot be read ({str(error)[:80]})", FORM) from None
