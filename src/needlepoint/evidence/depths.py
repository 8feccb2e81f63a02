"""The shapes of the rows on depth: how courses were done by goal and zone, and what carries it to the next session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from needlepoint.evidence.schema import Basis, Cited, Ids, Row, Words


class GoalDepth(Row, frozen=True):
    """Where courses for a goal in a zone began, how far they went at most, and where most of them ended."""

    id: Words
    concerns: Ids
    zones: Ids
    says: Words
    sources: Ids
    basis: Basis
    start: Cited | None = None
    ceiling: Cited | None = None
    ended: Cited | None = None


class DepthMove(Row, frozen=True):
    """A reason why the next session goes a step deeper, a step less deep or as deep as the last one."""

    id: Literal[
        "first",
        "well",
        "at_limit",
        "unknown",
        "slow",
        "not_healed",
        "reaction",
        "reaction_before",
        "another_device",
        "no_less",
    ]
    move: Literal["first", "up", "stays", "down"]
    says: Words
    sources: Ids
    basis: Basis


class DepthReaction(Row, frozen=True):
    """What a report tells of the healing, by the row of triage that holds or by that row's level."""

    id: Words
    move: Literal["stays", "down"]
    why: Words
    sources: Ids
    basis: Basis


def depth_of(concern: str, kind: str, rows: Mapping[str, GoalDepth]) -> GoalDepth | None:
    """Return how courses for a goal in a kind of zone were done; None where nothing was found."""
    return next((row for row in rows.values() if concern in row.concerns and kind in row.zones), None)
