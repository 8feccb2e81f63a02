"""What a scanner read: GS1 element strings and Digital Links, and the labels of the other agencies beside them.

A code is read in every way in which it can be read. Where a scanner sends no separator, a lot cannot be told from a lot
with a serial number after it; then both are returned, and a person says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from needlepoint.course.errors import InputError
from needlepoint.course.lots import is_gtin
from needlepoint.exchange.labels import hibc, isbt, iso15434
from needlepoint.exchange.labels.days import month_and_year
from needlepoint.exchange.labels.label import FORM, KEY, Issuer, Label, joined, one_reading
from needlepoint.exchange.labels.signs import SEPARATOR, control_signs, separated, symbols

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

__all__ = ["FORM", "KEY", "Issuer", "Label", "read"]

MOST_READINGS = 6
_PRINTED = re.compile(r"\((\d{2,4})\)")
_ARTICLES = re.compile(r"(?<!^)(?=01(\d{14}))")
# What a lot can have swallowed: it would be stored, so it must not be missed.
_SWALLOWED = ("10", "17", "21")
_AROUND = (*_SWALLOWED, "11", "13", "15", "30", "240")

Elements = tuple[tuple[str, str], ...]


def read(text: str) -> list[Label]:
    """Return the labels that were scanned, one for each pouch; InputError says what is wrong.

    Codes that stand beside each other, or that a scanner typed into one box, are told apart; the two linear codes of
    one pouch are put together.
    """
    found: list[Label] = []
    for mark, code in symbols(control_signs(text)):
        for each in _parted(mark, code):
            _put(found, _one(each))
    if not found:
        raise InputError(KEY, "nothing was scanned", FORM)
    return [_checked(each) for each in found]


def _put(found: list[Label], label: Label) -> None:
    """Add a label, or the rest of the one before: what names no article of its own belongs to it."""
    before = found[-1] if found else None
    if before is None or (label.article and before.article and before.lot):
        found.append(label)
    else:
        found[-1] = joined(before, label)


def _one(code: str) -> Label:
    if code[:1] == "+" or (code[:1] == "*" and code[1:2] == "+"):
        return hibc.read(code)
    code = code.rstrip(" ")
    if code[:1] in ("=", "&"):
        return isbt.read(code)
    if code.startswith(iso15434.BEGINS):
        form, inside = iso15434.elements(code)
        return iso15434.read(inside) if form == "06" else _element_string(inside)
    if re.match(r"https?:", code, re.IGNORECASE):
        return _of(_linked(code))
    bare = code.strip(SEPARATOR)
    if is_gtin(bare) and not bare.startswith("10"):
        return Label(article=bare.zfill(14))
    return _element_string(bare)


def _parted(mark: str, code: str) -> Iterator[str]:
    """Yield the codes that a scanner typed one after the other, each from its own article number on."""
    if code[:1] == "(":
        yield from filter(None, re.split(r"(?=\(01\))", code))
    elif code[:1] in ("+", "=", "&", "*", "[") or mark in ("A0", "C0") or _is_one(code):
        yield code
    else:
        starts = _starts(code)
        yield from (code[start:end] for start, end in pairwise([*starts, len(code)]))


def _is_one(code: str) -> bool:
    """Say whether it is an address, or the separators of a code make it one, whatever its values look like."""
    if code[:4].lower() == "http":
        return True
    told = separated(code)
    found = _whole_segments([each for each in told.split(SEPARATOR) if each]) if SEPARATOR in told else None
    return found is not None and len({sign for sign, _ in found}) == len(found)


def _starts(code: str) -> list[int]:
    starts = [0]
    for match in re.finditer(f"(?<!^)(?={re.escape(code[:16])})", code):
        if _whole(code[starts[-1] : match.start()]):
            starts.append(match.start())
    if len(starts) == 1:
        starts += _of_others(code)
    return starts


def _of_others(code: str) -> Iterator[int]:
    """Yield where the code of another article begins; only a tab between the two makes that sure."""
    for match in _ARTICLES.finditer(code):
        start = match.start()
        if is_gtin(match[1]) and _whole(code[:start]) and _whole(code[start:]):
            if code[start - 1] != "\t":
                raise InputError(KEY, "may hold the codes of two articles", "the code of one pouch at a time")
            yield start
            return


def _whole(code: str) -> bool:
    """Say whether a code names an article and a lot by itself."""
    try:
        label = _element_string(code.strip(SEPARATOR))
    except InputError:
        return False
    return bool(label.article and label.lot)


# ------------------------------------------------------------------------------------------------- element strings
def _element_string(code: str) -> Label:
    if _PRINTED.match(code.replace(" ", "")):
        printed = _printed(code)
        if not any(SEPARATOR in value for _, value in printed):
            return _of(printed)
        # Brackets around some elements only: after the separator another begins, which no lot may swallow.
        code = SEPARATOR.join(f"{sign}{value}" for sign, value in printed)
    return one_reading(_of(each) for each in _in_every_way(code))


def _printed(code: str) -> Elements:
    """Return the elements of a code as it is printed, with brackets, whatever blanks part its digits."""
    # The separator counts as a blank to `split`, and is none.
    _, *parts = _PRINTED.split(SEPARATOR.join("".join(part.split()) for part in code.split(SEPARATOR)))
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return tuple((sign, value.strip(SEPARATOR)) for sign, value in pairs)


def _in_every_way(code: str) -> Iterator[Elements]:
    told = separated(code).strip(SEPARATOR)
    ways = [told]
    if " " in told:
        # A blank is no sign of GS1: it parts digits for the eye, or stands for the separator.
        ways = [told.replace(" ", SEPARATOR), told.replace(" ", "")]
    found = [each for way in ways for each in islice(_ways(way), MOST_READINGS)]
    if not found:
        raise InputError(KEY, "is no code that can be read", FORM)
    yield from _told_first(found)[:MOST_READINGS]


def _told_first(found: list[Elements]) -> list[Elements]:
    """Return the readings, those that name lot and expiry first among the others."""
    first, *others = found
    return [first, *sorted(others, key=lambda each: (-len({"10", "17"} & dict(each).keys()), len(each)))]


def _ways(told: str) -> Iterator[Elements]:
    segments = [each for each in told.split(SEPARATOR) if each]
    whole = _whole_segments(segments)
    if whole is not None:
        yield whole
    # Whoever sends one separator sends them all.
    if len(segments) == 1:
        yield from (each for each in _splits(segments[0], frozenset(), inside=False) if each != whole)


def _whole_segments(segments: list[str]) -> Elements | None:
    """Return the elements where every separator was sent: a value of open length reaches to the next one."""
    found: list[tuple[str, str]] = []
    for segment in segments:
        rest = segment
        while rest:
            sign, fixed = _sign(rest)
            value = rest[len(sign) : len(sign) + fixed] if fixed else rest[len(sign) :]
            if not sign or not _fits(sign, value):
                return None
            found.append((sign, value))
            rest = rest[len(sign) + len(value) :]
    return tuple(found)


def _splits(rest: str, seen: frozenset[str], *, inside: bool) -> Iterator[Elements]:
    """Yield every way to read a code without separators, each element at most once."""
    sign, fixed = _sign(rest)
    if not sign or sign in seen or (inside and sign not in _AROUND):
        return
    longest = len(rest) - len(sign)
    for length in [fixed] if fixed else range(longest, 0, -1):
        value, more = rest[len(sign) : len(sign) + length], rest[len(sign) + length :]
        if not _fits(sign, value):
            continue
        if not more:
            yield ((sign, value),)
            continue
        for others in _splits(more, seen | {sign}, inside=inside or not fixed):
            if fixed or {each for each, _ in others} & {*_SWALLOWED}:
                yield ((sign, value), *others)


@lru_cache(maxsize=4096)
def _sign(rest: str) -> tuple[str, int]:
    """Return the identifier with which a text begins and the length of its value; 0 where the length is open."""
    from biip import BiipException
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    try:
        found = GS1ApplicationIdentifier.extract(rest)
    except BiipException:
        return "", 0
    fixed = (
        0 if found.separator_required else sum(int(each) for each in re.findall(r"N(\d+)", found.format)[1:])
    )
    return found.ai, fixed


@lru_cache(maxsize=4096)
def _element(sign: str, value: str) -> GS1ElementString | None:
    from biip import BiipException
    from biip.gs1_element_strings import GS1ElementString

    try:
        return GS1ElementString.parse(sign + value)
    except (BiipException, ValueError):
        return None


def _fits(sign: str, value: str) -> bool:
    if sign == "17" and _element(sign, value) is None:
        return bool(re.fullmatch(r"\d{6}", value)) and month_and_year(value) is not None
    return _element(sign, value) is not None


# ---------------------------------------------------------------------------------------------------------- meaning
def _of(elements: Elements) -> Label:
    """Return the label that these elements are."""
    said: dict[str, str] = {}
    for sign, value in elements:
        if not _fits(sign, value):
            raise InputError(KEY, "(%(sign)s)%(value)s cannot be read", FORM, sign=sign, value=value[:30])
        if said.setdefault(sign, value) != value:
            name = {"10": "lots", "21": "serial numbers", "01": "articles"}.get(sign, f"values of ({sign})")
            raise InputError(
                KEY,
                "names two %(name)s, %(said)s and %(value)s",
                "the code of one pouch at a time",
                name=name,
                said=said[sign],
                value=value,
            )
    label = Label(
        article=said.get("01", said.get("02", "")),
        lot=said.get("10", ""),
        serial=said.get("21", ""),
        expires_on=_expiry(said),
        pieces=int(said.get("37") or said.get("30") or 0) or None,
        said=tuple(f"({sign}){value}" for sign, value in elements),
    )
    return replace(label, doubts=tuple(_doubts(said)))


def _expiry(said: dict[str, str]) -> date | None:
    if "17" in said:
        element = _element("17", said["17"])
        return element.date if element else month_and_year(said["17"])
    if "7003" in said:
        element = _element("17", said["7003"][:6])
        return element.date if element else None
    return None


def _doubts(said: dict[str, str]) -> Iterator[str]:
    if "02" in said:
        count = f" of {said['37']} pieces" if "37" in said else ""
        yield f"This is the code of a box{count}: (02) is the article inside it. Count the pieces."
    elif int(said.get("37") or said.get("30") or 1) != 1:
        yield f"The code counts {int(said.get('37') or said['30'])} pieces. Count them."
    if "17" in said and _element("17", said["17"]) is None:
        yield f"{said['17']} is no date by GS1; as month and year it is {_expiry(said):%B %Y}. Look at the pouch."


def _linked(code: str) -> Elements:
    """Return the elements of a GS1 Digital Link, which is an address on the web."""
    from biip import BiipException
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI

    try:
        found = GS1DigitalLinkURI.parse(re.sub(r"^[A-Za-z]+:[\\/]+[^\\/]+", _lower, code))
    except (BiipException, ValueError):
        raise InputError(
            KEY, "%(code)s is an address, but no GS1 Digital Link written out in full", FORM, code=code[:60]
        ) from None
    return tuple((each.ai.ai, each.value) for each in found.element_strings)


def _lower(match: re.Match[str]) -> str:
    return match[0].lower().replace("\\", "/")


def _checked(label: Label) -> Label:
    if label.issuer is Issuer.GS1 and re.fullmatch(r"\d{14}", label.article) and not is_gtin(label.article):
        problem = (
            "is nothing but zeros"
            if not label.article.strip("0")
            else "has a wrong check digit; it was misread"
        )
        raise InputError(KEY, "%(article)s %(problem_)s", FORM, article=label.article, problem_=problem)
    longest = {"lot": label.lot, "serial number": label.serial}
    if any(len(value) > 20 for value in longest.values()):
        raise InputError(KEY, "names a lot or serial number of more than 20 signs", FORM)
    return label
