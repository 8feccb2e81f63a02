"""The shapes of the rows about what comes after a session: who looks when, scales, and kinds of unwanted effects."""

from __future__ import annotations

from typing import Literal

from needlepoint.evidence.schema import Basis, Ids, Row, Words


class Ladder(Row):
    """How long check-ins of some levels wait on each rung: `minutes` for the first on duty, the next and the owner."""

    id: Literal["red", "amber", "rest"]
    label: Words
    urgency: int
    levels: Ids
    minutes: tuple[int, ...]
    alarm: bool
    sources: Ids
    basis: Basis


class ScaleStep(Row):
    """What a value of a scale means."""

    value: int
    says: Words


class Scale(Row):
    """A scale on which a course is scored; `better` is the side on which it is good."""

    id: Words
    label: Words
    low: int
    high: int
    better: Literal["higher", "lower"]
    scored_by: Literal["clinician", "patient", "either"]
    moments: tuple[Literal["baseline", "day_30", "day_90", "day_180"], ...]
    asks: Words
    steps: tuple[ScaleStep, ...]
    sources: Ids
    basis: Basis
    licence: Words
    note: str = ""

    def __post_init__(self) -> None:
        if any(not self.low <= step.value <= self.high for step in self.steps):
            raise ValueError(f"a step lies outside {self.low} to {self.high}")


class AdverseKind(Row):
    """A kind of unwanted effect that a clinician may report, in the words of the form."""

    id: Words
    label: Words
    says: Words
    sources: Ids
    basis: Basis


class SeriousOutcome(Row):
    """Something that makes an unwanted effect a serious one for the authority."""

    id: Words
    label: Words
    sources: Ids
    basis: Basis
