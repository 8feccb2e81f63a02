"""Where the sources disagree on something that matters for this case."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from needlepoint.advice.document import DisagreementLine, PositionLine
from needlepoint.advice.lines import shown
from needlepoint.advice.moment import Moment
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Disagreement


def disagreements(moment: Moment, facts: Mapping[str, object]) -> tuple[DisagreementLine, ...]:
    """Return the disagreements whose condition holds, or may hold, for a case."""
    lines = _all(moment.knowledge)
    rows = shown("disagreements", moment.knowledge.disagreements, moment, facts)
    return tuple(lines[row.id] for row in rows)


@lru_cache(maxsize=8)
def _all(knowledge: Knowledge) -> Mapping[str, DisagreementLine]:
    return {row.id: _line(row) for row in knowledge.disagreements.values()}


def _line(row: Disagreement) -> DisagreementLine:
    return DisagreementLine(
        id=row.id,
        topic=row.topic,
        positions=tuple(PositionLine(source=each.source, says=each.says) for each in row.positions),
        does=row.does,
        why=row.why,
        sources=tuple(dict.fromkeys(each.source for each in row.positions)),
    )
