"""Pages on what advice rests on: every number, every source, and every statement of the five source documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

import msgspec

from needlepoint.cli.lookup import resting_on
from needlepoint.cli.pages.markdown import code, page, sources, table
from needlepoint.evidence.check import tables
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Cited, CitedRange, Row
from needlepoint.evidence.trace import ONLY_TEXT, TraceRow


def evidence(knowledge: Knowledge) -> str:
    """Return every number of the knowledge base with unit, range, basis and sources."""
    numbers = [
        row
        for name, rows in tables(knowledge).items()
        for key, row in rows.items()
        for row in _numbers(f"{name}:{key}", row)
    ]
    counts = {
        basis: sum(row[4] == basis for row in numbers) for basis in ("retrieved", "calibrated", "assumed")
    }
    told = ", ".join(f"{count} {basis}" for basis, count in counts.items())
    return page(
        "Evidence",
        f"Every number that has a value of its own: {len(numbers)} of them, {told}. Retrieved: a source says it. "
        "Calibrated: fitted to what a source says. Assumed: our judgement, awaiting a clinician's signature.",
        table(("Where", "Value", "Unit", "Range", "Basis", "Sources", "Note"), numbers),
    )


def _numbers(path: str, value: object) -> Iterator[tuple[str, ...]]:
    """Yield the cited numbers anywhere inside a row, by their path."""
    if isinstance(value, Cited):
        spread = f"{value.low:g} to {value.high:g}" + (f", sd {value.sd:g}" if value.sd is not None else "")
        yield _number(path, f"{value.value:g}", spread, value)
    elif isinstance(value, CitedRange):
        yield _number(path, f"{value.usual:g}", f"{value.low:g} to {value.high:g}", value)
    elif isinstance(value, Row):
        for field in msgspec.structs.fields(value):
            yield from _numbers(f"{path} {field.name}", getattr(value, field.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from _numbers(f"{path}{_label(part)}", part)
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _numbers(f"{path} {name}", part)


def _number(path: str, middle: str, spread: str, value: Cited | CitedRange) -> tuple[str, ...]:
    return (f"`{path}`", middle, value.unit, spread, value.basis, sources(value.sources), value.note)


def _label(part: object) -> str:
    """Return what tells the parts of a list from one another."""
    if not isinstance(part, Row):
        return ""
    told = [getattr(part, name) for name in ("layer", "sex", "method") if hasattr(part, name)]
    told += [", ".join(part.concerns)] if hasattr(part, "concerns") else []
    told += [f"from {part.from_years:g} years"] if hasattr(part, "from_years") else []
    return f" [{' '.join(told)}]" if told else ""


def every_source(knowledge: Knowledge) -> str:
    """Return every source, how it was read, and how many rows rest on it."""
    parts = []
    resting = resting_on(knowledge)
    for each in knowledge.sources.values():
        places = resting[each.id]
        year = each.year or "no year"
        parts.append(f"## {each.id}")
        parts.append(
            f"{each.title}. {each.kind.replace('_', ' ').capitalize()}, {year}, read: {each.read}. {each.where}"
        )
        parts.append(f"Rests on it: {code(places)}" if places else "Nothing rests on it.")
    return page(
        "Sources",
        "Read: `primary`, the document itself or its abstract; `secondary`, as another page quotes it; `recalled`, "
        "from memory and never used without being marked assumed; `own`, Needlepoint's own proposals.",
        *parts,
    )


def source_trace(trace: Mapping[str, TraceRow]) -> str:
    """Return every statement of the source documents, and where it lives or why not."""
    parts = []
    for document, group in groupby(trace.values(), key=lambda row: row.id.partition("-")[0]):
        rows = [
            (each.id, each.says, each.kind, each.status, code((*each.lives_in, *each.done_by)), _why(each))
            for each in group
        ]
        parts.append(f"## {document}")
        parts.append(table(("Id", "Says, in our words", "Kind", "Status", "Lives in", "Why"), rows))
    return page(
        "Source trace",
        "Every statement of the five source documents in their order. Kept: used as it stands. Corrected: used "
        "otherwise, and why. Rejected: not used, and why. A name with a dot and a colon is what acts on it in code; "
        "of what is only told it is said why nothing does.",
        *parts,
    )


def _why(row: TraceRow) -> str:
    return " ".join(part for part in (row.why, ONLY_TEXT.get(row.only_text, "")) if part)
