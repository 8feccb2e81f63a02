"""What is treated: the concerns that a course can be for, and whose skin it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_calendar
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
    """What the core knows of a person: no name, no contact."""

    born_on: date
    skin_type: SkinType = SkinType.UNKNOWN
    sex: Sex = Sex.UNKNOWN

    def __post_init__(self) -> None:
        in_calendar("born_on", self.born_on)


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
