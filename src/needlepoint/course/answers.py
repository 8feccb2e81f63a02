"""Answers to the screening: unknown is an answer of its own, never a quiet no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_calendar


class YesNo(StrEnum):
    """A plain question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Use(StrEnum):
    """A medicine or a product: is it used now, was it used, never?"""

    CURRENT = "current"
    PAST = "past"
    NEVER = "never"
    UNKNOWN = "unknown"


class Happened(StrEnum):
    """A procedure or an exposure: has it happened?"""

    PAST = "past"
    NEVER = "never"
    UNKNOWN = "unknown"


class Presence(StrEnum):
    """A skin condition: is it where the needles go?"""

    IN_ZONE = "in_zone"
    QUIESCENT_IN_ZONE = "quiescent_in_zone"
    ELSEWHERE = "elsewhere"
    NO = "no"
    UNKNOWN = "unknown"


class RosaceaKind(StrEnum):
    """The two kinds of rosacea that the rules tell apart."""

    PAPULOPUSTULAR = "papulopustular"
    ERYTHEMATOTELANGIECTATIC = "erythematotelangiectatic"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Medicine:
    """A medicine or product, and the day it was last used where that is known."""

    use: Use
    last_used_on: date | None = None

    def __post_init__(self) -> None:
        if self.last_used_on is None:
            return
        in_calendar("last_used_on", self.last_used_on)
        if self.use in (Use.NEVER, Use.UNKNOWN):
            raise InputError(
                "last_used_on",
                "a date beside %(value)r",
                'no date, or "current" or "past"',
                value=self.use.value,
            )


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure or exposure, and the day of the last one where that is known."""

    happened: Happened
    last_on: date | None = None

    def __post_init__(self) -> None:
        if self.last_on is None:
            return
        in_calendar("on", self.last_on)
        if self.happened is not Happened.PAST:
            raise InputError("on", "a date beside %(value)r", 'no date, or "past"', value=self.happened.value)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of the answers that a question of its own kind lists; `unknown` is always one of them."""

    value: str

    def __post_init__(self) -> None:
        if not self.value:
            raise InputError("value", "an empty choice", "one of the question's answers")


Answer = YesNo | Medicine | Procedure | Presence | RosaceaKind | Chosen | Decimal


@dataclass(frozen=True, slots=True)
class Answers(Mapping[str, Answer]):
    """All answers given so far by question name; a question that is missing counts as unknown."""

    given: Mapping[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, answer in self.given.items():
            if not isinstance(answer, Answer):
                raise InputError(
                    name, "%(answer)r is not an answer", "one of the kinds of answer", answer=answer
                )
        object.__setattr__(self, "given", MappingProxyType(dict(self.given)))

    def __getitem__(self, name: str) -> Answer:
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)

    def __hash__(self) -> int:
        return hash(frozenset(self.given.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy cannot be pickled, and cases travel to worker processes.
        return (Answers, (dict(self.given),))

    def dates(self) -> Iterator[tuple[str, date]]:
        """Yield every date that an answer carries, with the question's name."""
        for name, answer in self.given.items():
            if isinstance(answer, Medicine) and answer.last_used_on:
                yield f"{name}_last_used_on", answer.last_used_on
            if isinstance(answer, Procedure) and answer.last_on:
                yield f"{name}_on", answer.last_on
