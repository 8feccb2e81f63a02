"""A score: what somebody saw of a course on a named scale, and whether they knew before from after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from needlepoint.course.answers import YesNo
from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_utc


class Rater(StrEnum):
    """Who scored."""

    CLINICIAN = "clinician"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Score:
    """A value on a scale; `blind` says whether the rater was kept from knowing which photo came before and which after.

    Patients always know.
    """

    at: datetime
    scale: str
    value: Decimal
    by: Rater = Rater.CLINICIAN
    blind: YesNo = YesNo.UNKNOWN

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc("at", self.at))
        if self.by is Rater.PATIENT:
            if self.blind is YesNo.YES:
                raise InputError("blind", "a patient always knows before from after", '"no" or "unknown"')
            object.__setattr__(self, "blind", YesNo.NO)
