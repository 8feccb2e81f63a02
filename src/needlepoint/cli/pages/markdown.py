"""Markdown: a page, a table, a list; what a cell may not hold is taken out here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from needlepoint.evidence.schema import Cited, CitedRange, Row

WRITTEN = "Written by `make docs`; changes belong into the data or the code, not here."


def page(title: str, says: str, *parts: str) -> str:
    """Return a page with its title, what it is, and its parts."""
    return "\n\n".join((f"# {title}", says, WRITTEN, *(part for part in parts if part))) + "\n"


def table(titles: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table; a bar or a new line in a cell would break it."""
    heads = list(titles)
    lines = [heads, ["---"] * len(heads), *([_cell(each) for each in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def columns(rows: Iterable[Row], columns_of: Mapping[str, Callable[[Any], object]]) -> str:
    """Return a table with a row for each of the knowledge base's, given what stands in each column."""
    return table(columns_of, ((value(row) for value in columns_of.values()) for row in rows))


def _cell(value: object) -> str:
    return "" if value is None else " ".join(f"{value}".split()).replace("|", "\\|")


def bullets(lines: Iterable[str]) -> str:
    """Return a list; empty lines are left out."""
    return "\n".join(f"- {line}" for line in lines if line)


def code(names: Iterable[str]) -> str:
    """Return names as code, in a row."""
    return ", ".join(f"`{name}`" for name in names)


def fence(language: str, text: str) -> str:
    """Return a fenced block."""
    return f"```{language}\n{text.rstrip()}\n```"


def sources(ids: Iterable[str]) -> str:
    """Return source ids as links to their rows."""
    return ", ".join(f"[{each}](sources.md#{each.lower()})" for each in ids)


def cited(value: Cited | None) -> str:
    """Return a number as it should always be read: with unit, range and basis."""
    if value is None:
        return "not found"
    span = f"{value.value:g} {value.unit} ({value.low:g} to {value.high:g})"
    return f"{span}, {_behind(value)}"


def cited_range(value: CitedRange | None) -> str:
    """Return a range with what is usual."""
    if value is None:
        return "not found"
    return f"{value.low:g} to {value.high:g} {value.unit}, usually {value.usual:g}, {_behind(value)}"


def _behind(value: Cited | CitedRange) -> str:
    note = f"; {value.note}" if value.note else ""
    return f"{value.basis}: {sources(value.sources)}{note}"
