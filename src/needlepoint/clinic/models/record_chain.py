"""How a line of the record is sealed: each digest covers the line and the digest before it. Standard library only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

FIRST = "0" * 64
SEALED = ("clinic", "number", "at", "member", "patient", "act", "about", "detail", "previous")


# Made once: json.dumps would make an encoder for every line, and a record has a million.
_written = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def digest(line: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a line's sealed fields, written as JSON with sorted keys and no spaces."""
    sealed = {name: line[name] for name in SEALED}
    return hashlib.sha256(_written(sealed).encode()).hexdigest()


def faults(lines: Iterable[Mapping[str, Any]], head: tuple[int, str] | None = None) -> list[str]:
    """Return what is wrong with a clinic's record, line by line; an empty list says that it is whole.

    `head` is the number and digest of the last line as somebody else has kept them; without it a record whose end was
    cut off cannot be told from a shorter one.
    """
    found = []
    number, previous = 0, FIRST
    for line in lines:
        if line["number"] != number + 1:
            found.append(f"after line {number} comes line {line['number']}")
        if line["previous"] != previous:
            found.append(f"line {line['number']} does not follow the line before it")
        if line["digest"] != digest(line):
            found.append(f"line {line['number']} was altered")
        number, previous = line["number"], line["digest"]
    if head is not None and head != (number, previous):
        found.append(f"the record ends with line {number}, but line {head[0]} was written")
    return found
