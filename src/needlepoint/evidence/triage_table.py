"""The table of triage as a practice corrects and signs it: which rows may be set to what, and what then holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import msgspec

from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import TriageRule

Levels = Mapping[str, str]


@lru_cache(maxsize=8)
def digest(knowledge: Knowledge) -> str:
    """Return the digest of all that is signed: rows, raisers and levels; a changed one asks for signing again."""
    rows = [*knowledge.triage.values(), *knowledge.raisers.values(), *knowledge.levels.values()]
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()


def choices(rule: TriageRule, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the levels that a practice may give a row: from its floor up."""
    order = list(knowledge.levels)
    return tuple(order[order.index(rule.floor) :])


def corrections(chosen: Levels, knowledge: Knowledge) -> dict[str, str]:
    """Return what was chosen otherwise than the table has it; a level below a row's floor is refused."""
    for name, level in chosen.items():
        rule = knowledge.triage.get(name)
        if rule is None:
            raise EvidenceError(f"the table has no row {name!r}")
        if level not in choices(rule, knowledge):
            raise EvidenceError(
                f"{name}: {level} lies below {rule.floor}, the least that the evidence allows"
            )
    return {name: level for name, level in chosen.items() if level != knowledge.triage[name].level}


def only_raised(levels: Levels, knowledge: Knowledge) -> dict[str, str]:
    """Return of older corrections what makes a row of this table more urgent: nothing lower holds unsigned."""
    order = list(knowledge.levels)
    known = {name: level for name, level in levels.items() if name in knowledge.triage and level in order}
    rows = knowledge.triage
    return {name: each for name, each in known.items() if order.index(each) > order.index(rows[name].level)}


def corrected(knowledge: Knowledge, levels: Levels) -> Knowledge:
    """Return the knowledge base with these rows at these levels."""
    return _corrected(knowledge, tuple(sorted(levels.items()))) if levels else knowledge


@lru_cache(maxsize=64)
def _corrected(knowledge: Knowledge, levels: tuple[tuple[str, str], ...]) -> Knowledge:
    rows = dict(knowledge.triage)
    for name, level in levels:
        rows[name] = msgspec.structs.replace(rows[name], level=level)
    return replace(knowledge, triage=rows)
