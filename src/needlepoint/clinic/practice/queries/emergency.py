"""Whom patients of a clinic call in an emergency: its own number, else its country's, else what mobile phones know."""

from __future__ import annotations

from dataclasses import dataclass

from needlepoint.clinic.models import Clinic
from needlepoint.evidence.loader import packaged


@dataclass(frozen=True, slots=True)
class Emergency:
    """The numbers to call; where the country is not known there are several, and that is said."""

    numbers: tuple[str, ...]
    known: bool

    @property
    def first(self) -> str:
        """Return the one number there is, or nothing where none is known to be right."""
        return self.numbers[0] if self.known else ""


def emergency_of(clinic: Clinic) -> Emergency:
    """Return whom patients of a clinic call when it cannot wait."""
    own = clinic.emergency_number.strip()
    if own:
        return Emergency((own,), True)
    row = packaged().emergency_numbers.get(clinic.country)
    if row is not None:
        return Emergency((row.number,), True)
    return Emergency(tuple(packaged().common_numbers), False)
