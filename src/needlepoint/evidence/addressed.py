"""A reason as it is said to the prescriber who holds the device: nobody is referred to themselves."""

from __future__ import annotations

TO_YOU = (
    ("rescriber decides and writes", "rescriber decides and write"),
    ("A prescriber decides ", "You decide, as a prescriber, "),
    ("a prescriber decides ", "you decide, as a prescriber, "),
    ("A prescriber decides", "You decide, as a prescriber"),
    ("a prescriber decides", "you decide, as a prescriber"),
    ("a prescriber may decide otherwise, and writes", "you may decide otherwise, as a prescriber, and write"),
)


def to_you(reason: str) -> str:
    """Return a reason in which the prescriber it speaks of is whoever reads it."""
    for theirs, yours in TO_YOU:
        reason = reason.replace(theirs, yours)
    return reason
