"""Every source that is named anywhere in an advice, once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from needlepoint.advice.document import Citation
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge


def citations(named: Iterable[tuple[str, ...]], knowledge: Knowledge) -> tuple[Citation, ...]:
    """Return the sources of all lines, the source documents first; one that is not on file is an EvidenceError."""
    wanted: set[str] = set()
    for sources in named:
        wanted.update(sources)
    on_file = _on_file(knowledge)
    if not wanted <= on_file.keys():
        raise EvidenceError(f"sources.toml: named but missing: {', '.join(sorted(wanted - on_file.keys()))}")
    return tuple([citation for name, citation in on_file.items() if name in wanted])


@lru_cache(maxsize=8)
def _on_file(knowledge: Knowledge) -> dict[str, Citation]:
    """Return every source as it is cited: S0 to S4 in their order, then the others by their id."""
    rows = sorted(knowledge.sources.values(), key=lambda row: (row.kind != "source_document", row.id))
    return {
        row.id: Citation(
            id=row.id, title=row.title, year=row.year, where=row.where, kind=row.kind, read=row.read
        )
        for row in rows
    }
