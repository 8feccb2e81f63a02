"""Signs that a keyboard cannot type: how scanners send the separators of GS1 and ISO 15434, and what marks a code."""

from __future__ import annotations

import re

from needlepoint.course.errors import InputError
from needlepoint.exchange.labels.label import FORM, KEY

SEPARATOR, RECORD, END = "\x1d", "\x1e", "\x04"
LONGEST = 600
# Written out by scanners and by the programs between them and the browser, in any case.
_WRITTEN = {
    SEPARATOR: r"[<{\[(](?:GS|FNC1|F8|0x1D)[>}\])]|\\F|\\x1d|\\u001d|\\035|&#29;|&#x1d;|\^\]|\u241d|\x1d",
    RECORD: r"[<{\[(](?:RS|0x1E)[>}\])]|\\x1e|\\u001e|\\036|&#30;|&#x1e;|\^\^|\u241e|\x1e",
    END: r"[<{\[(](?:EOT|0x04)[>}\])]|\\x04|\\u0004|\\004|&#4;|\u2404|\x04",
}
# Neither stands in a GS1 value: clinics set one of the first three; a lone bracket is Ctrl+] whose Ctrl got lost.
_IN_ITS_PLACE = re.compile(r"[|^~\t]|\](?![A-Za-z][0-9A-Za-z])")
_SYMBOL = re.compile(r"\]([A-Za-z][0-9A-Za-z])")
_LINES = re.compile(r"[\r\n]+")
# The row of digits of a French or Belgian keyboard without the shift key.
_SHIFTED = set("&é\"'(§è!çà-_")


def control_signs(text: str) -> str:
    """Return what was scanned with every way to write a separator as the separator itself."""
    # A blank at the end can be the check character of a HIBC code.
    told = text.lstrip(" \r\n\t\ufeff\u200b").rstrip("\r\n\t\ufeff\u200b")
    if len(told) > LONGEST:
        raise InputError(KEY, "is too long for the codes of one pouch", FORM)
    for sign, written in _WRITTEN.items():
        told = re.sub(written, sign, told, flags=re.IGNORECASE)
    check_signs(told)
    return told


def check_signs(told: str) -> None:
    """Raise where a code holds what no code can hold, and say what that mostly means."""
    if told.isascii() and not any(ord(each) < 32 and each not in "\x1d\x1e\x04\t\r\n" for each in told):
        return
    shifted = sum(each in _SHIFTED for each in told) > len(told) / 2
    why = " It types as if the keyboard were French." if shifted else ""
    raise InputError(
        KEY,
        "holds signs that no code has; the scanner is set to the keyboard of another country than this device."
        + why,
        FORM,
    )


def separated(code: str) -> str:
    """Return a GS1 code in which whatever a clinic sets in the separator's place is the separator."""
    return _IN_ITS_PLACE.sub(SEPARATOR, code)


def symbols(told: str) -> list[tuple[str, str]]:
    """Return each code that was scanned, with the identifier of its symbology where the scanner sends it ("d2")."""
    found = []
    for line in _LINES.split(told):
        marks = [*_SYMBOL.finditer(line)]
        if not marks or marks[0].start() > 0:
            found.append(("", line[: marks[0].start()] if marks else line))
        for number, mark in enumerate(marks):
            end = marks[number + 1].start() if number + 1 < len(marks) else len(line)
            found.append((mark[1], line[mark.end() : end]))
    return [(mark, code.lstrip(" \t").rstrip("\t")) for mark, code in found if code.strip(" \t\x1d")]
