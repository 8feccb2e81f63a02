"""The languages that there are: each is a folder with a small file that says what it is and who has read it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta

from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.loader import DATA, convert, parse
from needlepoint.evidence.schema import Row

FILE = "language.toml"


class Language(Row, frozen=True):
    """What a language calls itself, which way it runs, whether it is on unasked, and who has read its translation.

    `first` is the one in which everything is written, and which is shown where another lacks a text. One that is not
    `on` may lack texts. `say_day` and `full_day` are how a day is written, in the letters of Django's `date` filter.
    """

    code: Annotated[str, Meta(pattern="^[a-z]{2,3}$")]
    name: Annotated[str, Meta(min_length=1)]
    direction: Literal["ltr", "rtl"]
    on: bool
    say_day: str
    full_day: str
    short_day: str
    decimal_sign: Literal[".", ","]
    first: bool = False
    reviewed_by: str = ""
    reviewed_on: dt.date | None = None

    @property
    def reviewed(self) -> bool:
        """Say whether a person has read the translation and answers for it."""
        return bool(self.reviewed_by)


def read_languages(folder: Path) -> tuple[Language, ...]:
    """Return the language of every folder, the first one first; EvidenceError where a folder says nothing of itself."""
    found = [_read(each) for each in sorted(folder.iterdir()) if each.is_dir()]
    if [each.first for each in found].count(True) != 1:
        raise EvidenceError("words: one language has to be the first, and only one")
    return tuple(sorted(found, key=lambda each: (not each.first, each.code)))


def _read(folder: Path) -> Language:
    place = f"words/{folder.name}/{FILE}"
    if not (folder / FILE).is_file():
        raise EvidenceError(f"{place}: the file is missing")
    language: Language = convert(
        place, {"code": folder.name, **parse(place, (folder / FILE).read_bytes())}, Language
    )
    if language.reviewed != (language.reviewed_on is not None):
        raise EvidenceError(f"{place}: who has read it and when belong together")
    return language


@cache
def every_language() -> tuple[Language, ...]:
    """Return every packaged language, the first one first."""
    return read_languages(DATA / "words")


def first_language() -> str:
    """Return the code of the language in which everything is written."""
    return every_language()[0].code


@cache
def language_of(code: str) -> Language:
    """Return a language by its code, and the first one for a code that is none."""
    return next((each for each in every_language() if each.code == code), every_language()[0])
