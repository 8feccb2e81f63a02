"""The shapes of the rows about what comes after a session: who looks when, scales, and kinds of unwanted effects."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from needlepoint.course.errors import InputError
from needlepoint.course.quantities import bounded
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


class Blinded(Row):
    """Whether the raters of a study knew which photo was taken before and which after."""

    source: Words
    rater: Literal["blind", "not_blind"]


Went = Literal["better", "worse", "the same"]


class Scale(Row):
    """A scale on which a course is scored; `better` is the side on which it is good.

    Values lie `step` apart. `blind` says whether a rater can be kept from knowing before from after.
    """

    id: Words
    label: Words
    low: int
    high: int
    unit: Words
    better: Literal["higher", "lower"]
    scored_by: Literal["clinician", "patient", "either"]
    moments: tuple[Literal["baseline", "day_30", "day_90", "day_180", "yearly"], ...]
    blind: Literal["possible", "impossible"]
    asks: Words
    steps: tuple[ScaleStep, ...]
    sources: Ids
    basis: Basis
    licence: Words
    note: str = ""
    step: float = 1
    general: bool = False
    blinded: tuple[Blinded, ...] = ()

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"{self.low} to {self.high} is no range")
        if any(not self.low <= step.value <= self.high for step in self.steps):
            raise ValueError(f"a step lies outside {self.low} to {self.high}")
        if self.scored_by == "patient" and self.blind == "possible":
            raise ValueError("a patient always knows before from after")

    def scored_as(self, value: Decimal, key: str = "") -> Decimal:
        """Return a value of this scale; InputError where it lies outside its range or between two steps."""
        found = bounded(key or self.id, value, str(self.low), str(self.high))
        if (found - self.low) % Decimal(str(self.step)):
            problem, expected = "%(value)s lies between two steps", "steps of %(step)s"
            raise InputError(key or self.id, problem, expected, value=found, step=f"{self.step:g}")
        return found

    def went(self, first: Decimal, last: Decimal) -> Went:
        """Say in words how a score went, by the side on which this scale is good."""
        if first == last:
            return "the same"
        return "better" if (last < first) is (self.better == "lower") else "worse"


class Look(Row):
    """A day on which a course that ended is looked at again, counted from its last session in days or in months."""

    id: Literal["day_30", "day_90", "day_180", "yearly"]
    label: Words
    early_days: int
    asked_days: int
    after: tuple[Literal["completed", "stopped"], ...]
    says: Words
    why: Words
    sources: Ids
    basis: Basis
    days: int = 0
    months: int = 0

    def __post_init__(self) -> None:
        if (self.days > 0) is (self.months > 0):
            raise ValueError("a look counts either days or months")


class Maintenance(Row):
    """When a session to keep the result of a completed course makes sense, counted like a look."""

    id: Words
    from_look: Words
    says: Words
    why: Words
    sources: Ids
    basis: Basis


class AdverseKind(Row):
    """A kind of unwanted effect that a clinician may report, in the words of the form.

    One that is not `of_skin` says nothing of how the patient bore the needles.
    """

    id: Words
    label: Words
    says: Words
    sources: Ids
    basis: Basis
    of_skin: bool = True


class SeriousOutcome(Row):
    """Something that makes an unwanted effect a serious one for the authority."""

    id: Words
    label: Words
    sources: Ids
    basis: Basis
