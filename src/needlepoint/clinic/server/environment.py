"""Reading settings from the environment: what is misspelt is refused in one sentence, and never opens anything."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from needlepoint.course.errors import InputError

PREFIX = "NEEDLEPOINT_"
# Read where no setting is: how a defect is shown, and what one of our processes tells another.
BESIDE = frozenset(
    {"NEEDLEPOINT_TRACEBACK", "NEEDLEPOINT_KEPT_BY", "NEEDLEPOINT_PULSE", "NEEDLEPOINT_COMPLETE"}
)


class Environment(Mapping[str, str]):
    """The environment, with a memory of which names were asked for: all others are known to nobody."""

    def __init__(self, given: Mapping[str, str]) -> None:
        """Read from this one."""
        self.given = given
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        """Return what is set; what is set to nothing counts as not set."""
        self.asked.add(name)
        if not self.given[name].strip():
            raise KeyError(name)
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        """Go over every name."""
        return iter(self.given)

    def __len__(self) -> int:
        """Return how many names are set."""
        return len(self.given)

    def unknown(self) -> list[str]:
        """Return a sentence on each name of ours that nothing asks for, with the nearest that something does."""
        ours = sorted(name for name in self.given if name.startswith(PREFIX))
        return [self._said(name) for name in ours if name not in self.asked | BESIDE]

    def _said(self, name: str) -> str:
        near = difflib.get_close_matches(name, sorted(self.asked), n=1, cutoff=0.85)
        return f"{name} is no setting and changes nothing{f'; {near[0]} is one' if near else ''}"


def one_of(environment: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """Return one of the allowed words, the first where none is set."""
    value = environment.get(name, "") or allowed[0]
    if value not in allowed:
        raise InputError(name, f"is {value[:40]!r}", f"one of {', '.join(allowed)}")
    return value


def whole(environment: Mapping[str, str], name: str, standard: int, least: int, most: int) -> int:
    """Return a whole number between two others."""
    value = (environment.get(name, "") or str(standard)).strip()
    if not (value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most):
        raise InputError(name, f"is {value[:40]!r}", f"a whole number from {least} to {most}")
    return int(value)


def positive(environment: Mapping[str, str], name: str, standard: float) -> float:
    """Return a number above nothing."""
    value = environment.get(name, "") or str(standard)
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not (isfinite(number) and number > 0):
        raise InputError(name, f"is {value[:40]!r}", "a number above 0")
    return number


def hosts(environment: Mapping[str, str], name: str, standard: str) -> tuple[str, ...]:
    """Return names of hosts, each of them named: none that stands for all."""
    value = environment.get(name, "") or standard
    found = tuple(each.strip() for each in value.split(","))
    for each in found:
        # Django compares names without their port: one with a port would let nobody in, and say so to nobody.
        has_port = ":" in each and not (each.startswith("[") and each.endswith("]"))
        if not each or each == "." or has_port or any(sign in each for sign in " /*@"):
            form = "names such as clinic.example.org, without a port, with commas between them"
            raise InputError(name, f"{each[:40]!r} names no host", form)
    return found
