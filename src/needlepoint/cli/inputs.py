"""What a command is given: a case from a file or from standard input, and an instant."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_utc

if TYPE_CHECKING:
    from needlepoint.course.case import Case
    from needlepoint.evidence.knowledge import Knowledge

INSTANT = "an instant with its offset, such as 2026-03-02T10:00:00-05:00"
STANDARD_INPUT = "-"


def case_at(path: str, knowledge: Knowledge) -> Case:
    """Return the case in a file; `-` reads standard input."""
    from needlepoint.exchange.case_file import read

    name = "standard input" if path == STANDARD_INPUT else path
    return read(_content(path), name, knowledge)


def _content(path: str) -> bytes:
    from needlepoint.exchange.case_text import MOST_BYTES

    # One byte more than a case may have: enough to see that it is too long, even where a file has no end.
    try:
        if path == STANDARD_INPUT:
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
    except ValueError:
        problem = "is not the name of a file"
    raise InputError(path if path.isprintable() else repr(path), problem, "a case file in TOML or JSON")


def instant(text: str | None) -> datetime:
    """Return the instant that `--at` names, in UTC, or now."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError("--at", f"{text[:40]!r} is not an instant that exists", INSTANT) from None
    if given.utcoffset() is None:
        raise InputError("--at", f"{text[:40]!r} has no offset from UTC", INSTANT)
    return in_utc("--at", given)


def day(text: str | None) -> date:
    """Return the day that `--on` names, or today by this machine's calendar."""
    if text is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            "--on", f"{text[:40]!r} is not a day that exists", "a day such as 2026-03-02"
        ) from None
