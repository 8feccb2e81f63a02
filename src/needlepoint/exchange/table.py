"""Tables for people who open them in a spreadsheet: no cell becomes a formula, a date or a number without its zeros."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

from needlepoint.course.lots import is_gtin

# Without it Excel for Windows takes the file for one of its own code page, and no name with an accent survives.
MARK = "\ufeff"
_FORMULAS = tuple("=+-@|%\t\r\n")
_UNSEEN = re.compile(r"^[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV in UTF-8, with the mark by which spreadsheets know it."""
    told = io.StringIO()
    csv.writer(told).writerows([cell(each) for each in row] for row in rows)
    return (MARK + told.getvalue()).encode()


def cell(text: str) -> str:
    """Return a text on one line that no spreadsheet takes for a formula, whatever unseen signs stand before it."""
    line = " ".join(re.split(r"[\r\n\u2028\u2029]+", text))
    seen = unicodedata.normalize("NFKC", _UNSEEN.sub("", line))
    return f"'{line}" if seen.startswith(_FORMULAS) or text[:1] in ("\t", "\r", "\n") else line


def article(number: str) -> str:
    """Return an article number as it stands on a label: with its identifier it stays a text and keeps its zeros."""
    return f"(01){number}" if is_gtin(number) else number


def lot(text: str) -> str:
    """Return a lot with its identifier, by which 00172110 stays 00172110 and 3-12 no day of March."""
    return f"(10){text}"


def serial(text: str) -> str:
    """Return a serial number with its identifier; the clinic's own label is a text already."""
    return text if re.fullmatch(r"NP[0-9]{6}", text) else f"(21){text}"


def phone(number: str) -> str:
    """Return a telephone number that is neither summed up nor shorn of its zeros."""
    return f"tel. {number}" if number else ""


def file_name(*parts: str) -> str:
    """Return a name for a file; signs that no file system takes are written by their number, so no two names meet."""
    return "-".join(re.sub(r"[^A-Za-z0-9.-]", lambda match: f"_{ord(match[0]):02X}", each) for each in parts)
