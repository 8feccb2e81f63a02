"""The text of a case file, TOML or JSON, as plain values; what is wrong with it is said in one line."""

from __future__ import annotations

import codecs
import re
from typing import Any

import tomli

from needlepoint.course.errors import InputError

# A case with ten years of monthly sessions takes a few dozen kilobytes.
MOST_BYTES = 1_000_000
A_CASE = "a case file in TOML or JSON"


def is_json(content: bytes, name: str) -> bool:
    """Say whether the text is JSON: by the name's ending, or by the brace it starts with."""
    return name.lower().endswith(".json") or _unmarked(content).lstrip().startswith(b"{")


def parse(content: bytes, name: str) -> Any:
    """Return the plain values of a case file."""
    if len(content) > MOST_BYTES:
        raise InputError(name, "is larger than 1 MB", f"{A_CASE} of at most 1 MB")
    text = _text(content, name)
    if not text.strip():
        raise InputError(name, "is empty", A_CASE)
    try:
        return _json(text, name) if is_json(content, name) else _toml(text, name)
    except RecursionError:
        raise InputError(name, "is nested too deeply", A_CASE) from None


def _unmarked(content: bytes) -> bytes:
    return content.removeprefix(codecs.BOM_UTF8)


def _text(content: bytes, name: str) -> str:
    try:
        return _unmarked(content).decode()
    except UnicodeDecodeError as error:
        problem = f"is not text in UTF-8 (byte {error.start + 1})"
        raise InputError(name, problem, A_CASE) from None


def _toml(text: str, name: str) -> Any:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise _located(text, name, error) from None
    except ValueError:
        raise _too_many_digits(name) from None


def _too_many_digits(name: str) -> InputError:
    return InputError(name, "holds a number of thousands of digits", "numbers that a device could show")


def _located(text: str, name: str, error: tomli.TOMLDecodeError) -> InputError:
    """Name the key where the parser only knows a place: a date that does not exist, or a key given twice."""
    line = f"line {error.lineno}"
    if error.msg.startswith("Invalid date"):
        problem = f"is not a date or an instant that exists ({line})"
        return InputError(
            _key_before(text, error.pos),
            problem,
            "a date such as 2026-01-10 or an instant such as 2026-02-02T14:00:00-05:00",
        )
    if error.msg.startswith(("Cannot overwrite", "Duplicate inline table key")):
        return InputError(_key_before(text, error.pos), f"is given twice ({line})", "each key once")
    problem = f"is not readable as TOML: {error.msg} ({line}, column {error.colno})"
    return InputError(name, " ".join(problem.split()), A_CASE)


_HEADER = re.compile(r"^[ \t]*\[\[?[ \t]*([A-Za-z0-9_.-]+)[ \t]*\]", re.MULTILINE)
_SIGN = re.compile(
    r"""(?:"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*)|(?P<key>[\w-]+)[ \t]*=|(?P<mark>[\[\]{},])"""
)


def _key_before(text: str, place: int) -> str:
    """Return the path of the last key that starts before a place in a TOML text."""
    headers = list(_HEADER.finditer(text, 0, place))
    within = _within(text, headers[-1].end() if headers else 0, place)
    return ".".join(([_path(text, headers)] if headers else []) + within)


def _within(text: str, start: int, place: int) -> list[str]:
    """Return the keys that lead to a place inside a table: `passes[1]`, `depth_mm`."""
    key, open_ones, counts = "", [], []
    for sign in _SIGN.finditer(text, start, place):
        key = sign["key"] or key
        match sign["mark"]:
            case "[" | "{" as mark:
                open_ones.append(key)
                counts.append(0 if mark == "[" else -1)
                key = ""
            case "]" | "}" if open_ones:
                key = open_ones.pop()
                counts.pop()
            case "," if counts and counts[-1] >= 0:
                counts[-1] += 1
            case _:
                continue
    steps = [f"{name}[{n}]" if n >= 0 else name for name, n in zip(open_ones, counts, strict=True)]
    return [step for step in [*steps, key] if step]


def _path(text: str, headers: list[re.Match[str]]) -> str:
    table = headers[-1][1]
    if not text[headers[-1].start() :].lstrip().startswith("[["):
        return table
    return f"{table}[{sum(header[1] == table for header in headers) - 1}]"


def _json(text: str, name: str) -> Any:
    # The standard library, because msgspec keeps the last of two equal keys without a word.
    import json

    try:
        return json.loads(text, object_pairs_hook=_once_each)
    except json.JSONDecodeError as error:
        problem = f"is not readable as JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        raise InputError(name, problem, A_CASE) from None
    except ValueError:
        raise _too_many_digits(name) from None


class Twice:
    """Stands where a key of a JSON object was given twice, so that whoever reads the table can say where."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        # JSON can spell out half a character, which no error message could be written with.
        name = key.encode(errors="backslashreplace").decode()
        table[name] = Twice() if name in table else value
    return table
