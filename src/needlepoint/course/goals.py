"""What is treated: the concerns that a course can be for, and whose skin it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_calendar, months_after
from needlepoint.course.zones import Zone


class Concern(StrEnum):
    """What the patient wants treated."""

    ACNE_SCARS = "acne_scars"
    OTHER_ATROPHIC_SCARS = "other_atrophic_scars"
    HYPERTROPHIC_SCAR = "hypertrophic_scar"
    FINE_LINES = "fine_lines"
    WRINKLES = "wrinkles"
    CREPEY_SKIN = "crepey_skin"
    LOOSE_SKIN = "loose_skin"
    LARGE_PORES = "large_pores"
    STRETCH_MARKS = "stretch_marks"
    SUN_DAMAGE = "sun_damage"
    AGE_SPOTS = "age_spots"
    HYPERPIGMENTATION = "hyperpigmentation"
    HYPOPIGMENTATION = "hypopigmentation"
    UNEVEN_TONE = "uneven_tone"
    REJUVENATION = "rejuvenation"


class SkinType(StrEnum):
    """Fitzpatrick's skin types."""

    I = "I"  # noqa: E741 - the field's own names
    II = "II"
    III = "III"
    IV = "IV"
    V = "V"
    VI = "VI"
    UNKNOWN = "unknown"


class Sex(StrEnum):
    """Used for skin thickness only."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class OperatorRole(StrEnum):
    """Who holds the device."""

    PHYSICIAN = "physician"
    NURSE_PRACTITIONER = "nurse_practitioner"
    PHYSICIAN_ASSISTANT = "physician_assistant"
    NURSE = "nurse"
    AESTHETICIAN = "aesthetician"
    HOME_USER = "home_user"


@dataclass(frozen=True, slots=True)
class Patient:
    """What the core knows of a person: no name, no contact.

    Where the day of birth is not known, `born_in` says the year or the month (`1970`, `1970-06`), or nothing at all.
    """

    born_on: date | None
    skin_type: SkinType = SkinType.UNKNOWN
    sex: Sex = Sex.UNKNOWN
    born_in: str = ""

    def __post_init__(self) -> None:
        if self.born_on is not None:
            in_calendar("born_on", self.born_on)
            if self.born_in:
                raise InputError("born_in", "stands beside a day of birth", "one of the two")
        _span(self.born_in)

    @property
    def born_first(self) -> date | None:
        """Return the earliest day on which they can have been born; None where nothing is known."""
        return self.born_on or _span(self.born_in)[0]

    @property
    def born_last(self) -> date | None:
        """Return the latest day on which they can have been born: whoever asks for an age gets the youngest."""
        return self.born_on or _span(self.born_in)[1]


def _span(born_in: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of a year or a month; nothing for nothing."""
    if not born_in:
        return None, None
    if not re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", born_in):
        raise InputError(
            "born_in", "%(born_in)r is no year or month", "such as 1970 or 1970-06", born_in=born_in[:20]
        )
    year, _, month = born_in.partition("-")
    first = in_calendar("born_in", date(int(year), int(month or 1), 1) if int(year) else date.min)
    last = months_after(first, 1 if month else 12) - timedelta(days=1)
    return first, last


@dataclass(frozen=True, slots=True)
class Goal:
    """What is treated and where: at least one zone, none twice."""

    concern: Concern
    zones: tuple[Zone, ...]

    def __post_init__(self) -> None:
        if not self.zones:
            raise InputError("zones", "no zone is named", 'at least one, such as ["cheek_left"]')
        if len(set(self.zones)) != len(self.zones):
            raise InputError("zones", "a zone is named twice", "each zone once")
