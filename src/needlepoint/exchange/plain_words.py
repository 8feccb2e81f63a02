"""What is wrong with a value, in words that a person at the desk understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import ParamSpec, TypeVar

from needlepoint.course.errors import InputError
from needlepoint.exchange.case_shapes import TABLES, keys_of
from needlepoint.exchange.case_text import A_CASE

Named = TypeVar("Named", bound=StrEnum)
Built = TypeVar("Built")
Given = ParamSpec("Given")

# Python's names of the kinds of value and, where they differ, msgspec's.
_KINDS = {
    "Twice": "given twice",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number with a fraction",
    "str": "text",
    "datetime": "an instant",
    "date": "a date",
    "time": "a time of day",
    "dict": "a table",
    "object": "a table",
    "list": "a list",
    "array": "a list",
    "NoneType": "empty",
    "null": "empty",
}
_MOST_LISTED = 40
LONGEST_LIST = 440
_AT = re.compile(r"(?P<problem>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<key>\w+)`")
_GOT = re.compile(r"Expected `[^`]*`, got `(?P<got>\w+)`")


def shown(text: str) -> str:
    """Return a text as it may stand in a one-line message: quoted and short, no character that moves a cursor."""
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def kind_of(value: object) -> str:
    """Return what a plain value is, in the words of a case file."""
    return _KINDS.get(type(value).__name__, "something else")


def meant(given: str, names: Iterable[str]) -> str:
    """Return the question whether another name was meant, where one is near."""
    from difflib import get_close_matches

    near = get_close_matches(given[:60], names, 1, 0.6)
    return f' (did you mean "{near[0]}"?)' if near else ""


def unknown_key(path: str, key: str, known: Iterable[str]) -> InputError:
    """Return the error for a key that a table does not have."""
    names = tuple(known)
    name = key if re.fullmatch(r"[\w-]{1,60}", key) else shown(key)
    problem = f"is not a known key{meant(key, names)}"
    expected = (
        f"one of: {', '.join(names)}" if len(names) <= _MOST_LISTED else f"one of {len(names)} known keys"
    )
    return InputError(f"{path}.{name}".lstrip("."), problem, expected)


def chosen(key: str, value: object, known: Iterable[str], what: str) -> str:
    """Return a value that is one of the known ones, or list them."""
    names = tuple(known)
    if isinstance(value, str) and value in names:
        return value
    problem = (
        f"{shown(value)} is not {what}{meant(value, names)}"
        if isinstance(value, str)
        else f"is {kind_of(value)}"
    )
    raise InputError(key, problem, "one of: %(listed)s", listed=_listed(names))


def _listed(names: tuple[str, ...]) -> str:
    """Return the names one after the other; of a list that fills a screen its beginning, and how many there are."""
    told = ", ".join(names)
    if len(told) <= LONGEST_LIST:
        return told
    return f"{told[:LONGEST_LIST].rpartition(', ')[0]} and others, {len(names)} in all"


def chosen_from(key: str, value: object, kind: type[Named], what: str) -> Named:
    """Return the member of an enumeration that the value names."""
    return kind(chosen(key, value, [member.value for member in kind], what))


def wrong_shape(name: str, message: str) -> InputError:
    """Turn msgspec's message about a shape into ours, with the key's whole path."""
    found = _AT.fullmatch(message)
    problem, path = (found["problem"], found["path"] or "") if found else (message, "")
    if unknown := _UNKNOWN.fullmatch(problem):
        return unknown_key(path, unknown["key"], keys_of(_bare(path)))
    if missing := _MISSING.fullmatch(problem):
        where = f"{path}.{missing['key']}".lstrip(".")
        return InputError(where, "is missing", form(where))
    return InputError(path or name, wrong_kind(problem), form(path))


def wrong_kind(problem: str) -> str:
    """Return what msgspec found instead of the kind it wanted."""
    got = _GOT.fullmatch(problem)
    return (
        f"is {_KINDS.get(got['got'], 'something else')}" if got else "is not a date or an instant that exists"
    )


def form(path: str) -> str:
    """Return the form that a key takes, by its path."""
    table, _, leaf = _bare(path).rpartition(".")
    return keys_of(table)[leaf].title or A_CASE if leaf and table in TABLES else A_CASE


def inside(parent: str, build: Callable[Given, Built], /, *parts: Given.args, **named: Given.kwargs) -> Built:
    """Build a value of the vocabulary; a refusal names the key as seen from the surrounding table."""
    try:
        return build(*parts, **named)
    except InputError as error:
        raise error.inside(parent) from None


def _bare(path: str) -> str:
    return re.sub(r"\[[^\]]*\]", "", path)
