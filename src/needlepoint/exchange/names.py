"""Names as people type and look for them: accents, capitals, apostrophes, particles, scripts, unseen signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from needlepoint.course.letters import unaccented

# Letters that no accent can be taken off, and what people type in their place.
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "ŋ": "n",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ĸ": "k",
        "ŧ": "t",
        "ə": "e",
        "ƒ": "f",
        # One Arabic letter in several dresses, and the stroke that only fills a line.
        "ٱ": "ا",
        "ى": "ي",
        "ة": "ه",
        "ک": "ك",
        "ی": "ي",
        "ـ": "",
    }
)
# The other way in which some languages write a letter without its dots.
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
APOSTROPHES = "'’‘ʼʻ`´′＇ʹ"
_APOSTROPHE = re.compile(f"[{re.escape(APOSTROPHES)}]")
# Parts of a name that many people share; alone they say nothing about who somebody is.
PARTICLES = frozenset(
    "van von der den de del della di da do dos das la le les el al bin binti ibn abu ter ten zu zum zur af av y e i "
    "mac mc san st ste".split()
)
# Joiners are letters' own business in Persian and in emoji; all else of this kind is never meant.
_JOINERS = "\u200c\u200d"


def cleaned(typed: str) -> str:
    """Return a line without signs that nobody sees, with single blanks, in the composed form."""
    flat = "".join(_seen(typed))
    # A joiner between two blanks or at an end joins nothing.
    return unicodedata.normalize("NFC", re.sub(r" +", " ", flat)).strip(f" {_JOINERS}")


def _seen(typed: str) -> Iterator[str]:
    for each in typed:
        kind = unicodedata.category(each)
        if kind in ("Zs", "Zl", "Zp") or each in "\t\n\r":
            yield " "
        elif each in _JOINERS or kind not in ("Cf", "Cc"):
            yield each


def folded(name: str) -> str:
    """Return a name in small letters without accents; a letter with a stroke is the letter."""
    small = unicodedata.normalize("NFKC", name).casefold().translate(_PLAIN)
    return unaccented(small).translate(_PLAIN)


def _spelt(name: str) -> str:
    return folded(unicodedata.normalize("NFC", name).casefold().translate(_SPELT))


def _split(text: str) -> list[str]:
    """Return the words of a folded name; an apostrophe holds a word together."""
    joined = _APOSTROPHE.sub("", text)
    return re.findall(r"[^\W_]+", joined)


def words_of(*names: str) -> tuple[str, ...]:
    """Return every word by which somebody of these names may be looked for, sorted.

    Each part by itself; what stands behind an apostrophe; each name and the whole name written together, both ways;
    and all of it as some languages spell it without dots.
    """
    found: set[str] = set()
    for fold in (folded, _spelt):
        parts = [_split(fold(name)) for name in names]
        found |= {word for part in parts for word in part}
        found |= {behind for name in names for behind in _behind(fold(name))}
        together = ["".join(part) for part in parts if part]
        found |= {*together, "".join(together), "".join(reversed(together))}
    return tuple(sorted(each for each in found if each))


def _behind(text: str) -> list[str]:
    """Return what stands behind an apostrophe: who is called O'Brien is looked for under B too."""
    return [word for part in _APOSTROPHE.split(text)[1:] for word in re.findall(r"^[^\W_]{2,}", part)]


def asked_words(search: str) -> tuple[tuple[str, ...], ...]:
    """Return each word of a search with the ways in which it may be written in a name."""
    plain, spelt = _split(folded(search)), _split(_spelt(search))
    if len(plain) != len(spelt):
        return tuple((word,) for word in plain)
    return tuple(tuple(dict.fromkeys(pair)) for pair in zip(plain, spelt, strict=True))


def whole(*names: str) -> str:
    """Return a name as one text in which the order of its parts does not count."""
    return " ".join(sorted(word for name in names for word in _split(folded(name))))


def telling(*names: str) -> frozenset[str]:
    """Return the parts of a name that say who somebody is, without particles."""
    parts = {word for name in names for word in _split(folded(name))}
    return frozenset(
        each for each in parts if each not in PARTICLES and (len(each) > 1 or not each.isascii())
    )


def sort_key(family_name: str, given_name: str) -> str:
    """Return what a list is ordered by: particles and accents put nobody at the end."""
    return f"{' '.join(_split(folded(family_name)))} {' '.join(_split(folded(given_name)))}".strip()
