#!/usr/bin/env python3
"""Checks a clinic's record as `needlepoint verify-record --to FOLDER` wrote it. Needs Python and nothing else.

    verify_record.py FILE [LAST_NUMBER LAST_DIGEST]

The two last words are the head as somebody else has kept it; without them nobody can tell whether the end was cut off.
"""

import hashlib
import json
import sys

SEALED = ["clinic", "number", "at", "member", "patient", "act", "about", "detail", "previous"]


def main(path, *kept):
    number, previous, wrong = 0, "0" * 64, 0
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        for text in file:
            line = json.loads(text)
            sealed = json.dumps({name: line[name] for name in SEALED}, sort_keys=True, separators=(",", ":"))
            whole = hashlib.sha256(sealed.encode()).hexdigest() == line["digest"]
            follows = line["previous"] == previous and line["number"] == number + 1
            if not (whole and follows):
                wrong += 1
                print(
                    f"line {line['number']}: {'altered' if not whole else 'does not follow the line before it'}"
                )
            number, previous = line["number"], line["digest"]
    if kept and (str(number), previous) != kept:
        wrong += 1
        print(f"the record ends with line {number}, which is not the line that was kept")
    print(f"{number} lines, the last is {previous}: {'NOT WHOLE' if wrong else 'whole'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
