"""Verdicts: what a rule says of a case, how strict it is, and who may decide otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from needlepoint.course.zones import Zone

STRICTNESS = ("none", "note", "change", "wait", "refer", "stop")
RANK = {verdict: rank for rank, verdict in enumerate(STRICTNESS)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's word on a case: the class, the reason, the first day it no longer holds, and its sources.

    `settled_by` says who may decide otherwise as seen by whoever asks: `you` where that is the prescriber who holds
    the device, so that nobody is referred to themselves; else the same as `overridable_by`.
    """

    rule: str
    verdict: str
    reason: str
    until: date | None
    sources: tuple[str, ...]
    basis: str
    overridable_by: str
    zones: tuple[Zone, ...] = ()
    because_unknown: tuple[str, ...] = ()
    settled_by: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts at once, strictest first, and the questions whose answer is still missing."""

    verdicts: tuple[Verdict, ...]
    unanswered: tuple[str, ...]


def strictest(verdicts: Iterable[Verdict]) -> str:
    """Return the strictest class among verdicts; `none` where no rule fired."""
    return max((verdict.verdict for verdict in verdicts), key=RANK.__getitem__, default="none")
