"""Rows of a data file that are shown where their condition holds, and where nobody knows whether it does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, Protocol, TypeVar

from needlepoint.advice.moment import Moment
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Condition
from needlepoint.rules.conditions import Ask, Truth, compile_condition
from needlepoint.rules.vocabulary import vocabulary

Table = Literal["preparation", "aftercare", "disagreements"]


class Conditional(Protocol):
    """A row that may carry a condition."""

    @property
    def when(self) -> Condition | None:
        """Where the row is shown; None says everywhere."""


RowT = TypeVar("RowT", bound=Conditional)


def shown(table: Table, rows: Mapping[str, RowT], moment: Moment, facts: Mapping[str, object]) -> list[RowT]:
    """Return the rows of a table to show for a case; not knowing shows a line, since it can only warn too much."""
    asked = zip(rows.values(), conditions(table, moment.knowledge), strict=True)
    today = moment.today
    return [row for row, ask in asked if ask is None or ask(facts, today) is not Truth.NO]


@lru_cache(maxsize=32)
def conditions(table: Table, knowledge: Knowledge) -> tuple[Ask | None, ...]:
    """Compile the conditions of a table once, None where a row has none; a wrong one is an EvidenceError."""
    rows: Mapping[str, Conditional] = getattr(knowledge, table)
    return tuple(_compiled(f"{table}.toml: {name}", row.when, knowledge) for name, row in rows.items())


def _compiled(where: str, when: Condition | None, knowledge: Knowledge) -> Ask | None:
    if when is None:
        return None
    names = vocabulary(knowledge)
    try:
        compiled = compile_condition(when, names)
    except EvidenceError as error:
        raise EvidenceError(f"{where}: {error}") from None
    if any(names.names[name].each == "zone" for name in compiled.fact_names):
        raise EvidenceError(f"{where}: reads a zone's fact, and such a line is for the whole case")
    return compiled.ask
