"""Is the knowledge base in order? What is overdue, unchecked, or points nowhere; nothing is repaired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import msgspec

from needlepoint.evidence import schema
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import TABLES
from needlepoint.evidence.trace import TraceRow


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (`error`) or to know (`note`), and where it stands."""

    level: Literal["error", "note"]
    place: str
    says: str


def findings(knowledge: Knowledge, trace: Mapping[str, TraceRow], on: date) -> tuple[Finding, ...]:
    """Return all that is wrong with a knowledge base on a day, errors first."""
    found = [
        *_reviews(knowledge, on),
        *_sources(knowledge),
        *_places(knowledge, trace),
        *_vocabulary(knowledge),
        *_substances(knowledge),
        *_depths(knowledge),
    ]
    return tuple(sorted(found, key=lambda finding: (finding.level, finding.place)))


def tables(knowledge: Knowledge) -> dict[str, Mapping[str, Any]]:
    """Return every table of rows by its name, as places name them."""
    return {name: getattr(knowledge, name) for name in TABLES}


def _reviews(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    for name, review in knowledge.reviews.items():
        yield from _review(name, review.checker, review.review_by, on)
    for rule in knowledge.rules.values():
        if rule.checker or rule.review_by:
            yield from _review(f"rules:{rule.id}", rule.checker, rule.review_by, on)


def _review(place: str, checker: str, review_by: date | None, on: date) -> Iterator[Finding]:
    if checker == "unchecked":
        yield Finding("note", place, "no clinician has signed it yet")
    if review_by is not None and review_by < on:
        yield Finding("error", place, f"its review was due by {review_by}")


def _sources(knowledge: Knowledge) -> Iterator[Finding]:
    for table, rows in tables(knowledge).items():
        for key, row in rows.items():
            for source in sorted(set(named_sources(msgspec.to_builtins(row)))):
                if source not in knowledge.sources:
                    yield Finding(
                        "error",
                        f"{table}:{key}",
                        f"names {source!r}, which sources.toml does not hold",
                    )


def named_sources(value: object) -> Iterator[str]:
    """Yield the source ids that a row, as plain values, names anywhere inside."""
    if isinstance(value, dict):
        yield from value.get("sources") or ()
        if isinstance(value.get("source"), str):
            yield value["source"]
        for part in value.values():
            yield from named_sources(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from named_sources(part)


def _places(knowledge: Knowledge, trace: Mapping[str, TraceRow]) -> Iterator[Finding]:
    held = tables(knowledge)
    pointing: list[tuple[str, Iterable[str]]] = [(f"trace:{row.id}", row.lives_in) for row in trace.values()]
    pointing += [(f"disagreements:{row.id}", row.lives_in) for row in knowledge.disagreements.values()]
    for origin, places in pointing:
        for place in places:
            table, _, key = place.partition(":")
            if key not in held.get(table, {}):
                yield Finding("error", origin, f"points at {place}, which does not exist")


def _substances(knowledge: Knowledge) -> Iterator[Finding]:
    """Yield what substances and glides name that does not exist: a rule, a question, a device."""
    for row in knowledge.substances.values():
        named = ((row.rule, knowledge.rules), (row.allergy, knowledge.questions))
        for name, known in named:
            if name and name not in known:
                yield Finding("error", f"substances:{row.id}", f"names {name!r}, which does not exist")
    for gel in knowledge.glides.values():
        if gel.device not in knowledge.devices:
            yield Finding("error", f"glides:{gel.title}", f"names {gel.device!r}, which is no device")


def _depths(knowledge: Knowledge) -> Iterator[Finding]:
    """Yield what the rows on depth name that does not exist, and what two of them say of one place."""
    seen: dict[tuple[str, str], str] = {}
    for row in knowledge.depths.values():
        for name in sorted({*row.concerns} - {*knowledge.goals} | {*row.zones} - {*knowledge.zones}):
            yield Finding("error", f"depths:{row.id}", f"names {name!r}, which is no concern or zone")
        for place in ((concern, kind) for concern in row.concerns for kind in row.zones):
            if seen.setdefault(place, row.id) != row.id:
                yield Finding("error", f"depths:{row.id}", f"speaks of {place}, as {seen[place]} does")
    for name in sorted({*knowledge.depth_reactions} - {*knowledge.levels} - {*knowledge.triage}):
        yield Finding("error", f"depth_reactions:{name}", "is no level and no row of triage")


def _vocabulary(knowledge: Knowledge) -> Iterator[Finding]:
    """Yield what devices, goals and protocols name that no zone, goal, scale or device is called."""
    for goal in knowledge.goals.values():
        for name in goal.scales:
            if name not in knowledge.scales:
                yield Finding("error", f"goals:{goal.id}", f"names {name!r}, which is no scale")
    for kept in knowledge.maintenance.values():
        if kept.from_look not in knowledge.looks:
            yield Finding("error", f"maintenance:{kept.id}", f"names {kept.from_look!r}, which is no look")
    concerns, kinds = {*knowledge.goals, "any"}, {*knowledge.zones, "any"}
    for device in knowledge.devices.values():
        parts: tuple[schema.Clearance | schema.EvaluatedDepth, ...] = (*device.cleared, *device.evaluated)
        for name in sorted({n for p in parts for n in {*p.concerns} - concerns | {*p.zones} - kinds}):
            yield Finding("error", f"devices:{device.id}", f"names {name!r}, which is no concern or zone")
    for protocol in knowledge.protocols.values():
        if protocol.concern not in concerns or protocol.device not in {*knowledge.devices, "other"}:
            yield Finding(
                "error", f"protocols:{protocol.id}", "names a concern or a device that does not exist"
            )
