#!/usr/bin/env python3
"""Checks a clinic's record as `needlepoint verify-record --to FOLDER` wrote it. Needs Python and nothing else.

    verify_record.py FILE [LAST_NUMBER LAST_DIGEST]

The two last words are the head as somebody else has kept it; without them nobody can tell whether the end was cut
off, or whether somebody with much patience sealed every line anew.
"""

import hashlib
import json
import sys

SEALED = ["clinic", "number", "at", "member", "patient", "act", "about", "detail", "previous"]
WRITE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
SHOWN = 20


def once(pairs):
    """A name that stands twice in a line could show one thing and seal another."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands twice")
    return read


READ = json.JSONDecoder(object_pairs_hook=once).decode


def fault(line, number, previous):
    """Say what is wrong with a line that should have this number and follow this digest; nothing where it is whole."""
    digest = line.pop("digest", None)
    if sorted(line) != sorted(SEALED) or hashlib.sha256(WRITE(line).encode()).hexdigest() != digest:
        return "altered"
    if line["previous"] != previous or line["number"] != number:
        return f"does not follow the line before it; line {number} should stand here"
    return None


def main(path, *kept):
    """Print what was found; return 1 where the record is not whole."""
    number, previous, wrong = 0, "0" * 64, 0
    with open(path, "rb") as file:  # noqa: PTH123
        for place, text in enumerate(file, start=1):
            number += 1
            try:
                line = READ(text.decode())
                digest = line.get("digest")
                found = fault(line, number, previous)
                previous = digest
                number = line["number"] if isinstance(line["number"], int) else number
            except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
                found = "cannot be read"
            if found:
                wrong += 1
                if wrong <= SHOWN:
                    print(f"line {place}: {found}")
    if kept and (str(number), previous) != kept:
        wrong += 1
        print(f"the record ends with line {number}, which is not the line that was kept")
    print(f"{number} lines, the last is {previous}: {f'NOT WHOLE ({wrong} faults)' if wrong else 'whole'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
