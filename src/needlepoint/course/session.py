"""What was done: one visit's passes, cartridge and topicals, and what the patient reported afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from needlepoint.course.answers import YesNo
from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_calendar, in_utc
from needlepoint.course.quantities import Depth, optional, whole
from needlepoint.course.zones import Zone


class TopicalKind(StrEnum):
    """What was put on the skin; an anaesthetic and a glide gel are two different things."""

    ANAESTHETIC = "anaesthetic"
    GLIDE = "glide"
    SERUM = "serum"
    SUNSCREEN = "sunscreen"
    DRESSING = "dressing"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cartridge:
    """The sterile single-use needle head."""

    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None

    def __post_init__(self) -> None:
        if self.expires_on is not None:
            in_calendar("expires_on", self.expires_on)
        if self.gtin is not None and not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", self.gtin):
            raise InputError(
                "gtin", "%(gtin)r is not a GTIN", "8, 12, 13 or 14 digits in quotes", gtin=self.gtin
            )


@dataclass(frozen=True, slots=True)
class Topical:
    """Something put on the skin before, during or after the needles.

    `reason` is why a prescriber chose a strong or compounded cream, `patient_kg` the patient's weight on that day.
    """

    kind: TopicalKind
    name: str
    strength_percent: Decimal | None = None
    grams: Decimal | None = None
    area_cm2: Decimal | None = None
    on_minutes: Decimal | None = None
    occluded: YesNo = YesNo.UNKNOWN
    compounded: YesNo = YesNo.UNKNOWN
    reason: str = ""
    patient_kg: Decimal | None = None

    def __post_init__(self) -> None:
        limits = {
            "strength_percent": ("100", "%"),
            "grams": ("500", "g"),
            "area_cm2": ("20000", "cm2"),
            "on_minutes": ("1440", "min"),
            "patient_kg": ("500", "kg"),
        }
        for name, (high, unit) in limits.items():
            object.__setattr__(self, name, optional(name, getattr(self, name), "0", high, unit))


@dataclass(frozen=True, slots=True)
class Pass:
    """Sweeps over one zone at one setting: how deep, how many, how fast."""

    zone: Zone
    depth: Depth
    passes: int
    rate_hz: Decimal | None = None
    speed_mm_s: Decimal | None = None
    seconds: Decimal | None = None
    area_cm2: Decimal | None = None

    def __post_init__(self) -> None:
        whole("passes", self.passes, 1, 100)
        limits = {
            "rate_hz": ("1", "1000", "Hz"),
            "speed_mm_s": ("0.1", "1000", "mm/s"),
            "seconds": ("0.1", "7200", "s"),
            "area_cm2": ("0.1", "20000", "cm2"),
        }
        for name, (low, high, unit) in limits.items():
            object.__setattr__(self, name, optional(name, getattr(self, name), low, high, unit))


@dataclass(frozen=True, slots=True)
class Session:
    """One visit's treatment, as it was done, and the kinds of unwanted effect that were reported after it."""

    started_at: datetime
    device: str
    ended_at: datetime | None = None
    cartridge: Cartridge | None = None
    healed: YesNo = YesNo.UNKNOWN
    topicals: tuple[Topical, ...] = ()
    passes: tuple[Pass, ...] = ()
    adverse: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "started_at", in_utc("started_at", self.started_at))
        if self.ended_at is None:
            return
        object.__setattr__(self, "ended_at", in_utc("ended_at", self.ended_at))
        if not self.started_at <= self.ended_at:
            raise InputError("ended_at", "the session ends before it starts", "an instant after started_at")

    @property
    def clock_starts_at(self) -> datetime:
        """Return the instant from which aftercare counts: the end where it is known, else the start."""
        return self.ended_at or self.started_at

    @property
    def deepest(self) -> Depth | None:
        """Return the deepest setting used, or None where no pass was recorded."""
        return max((each_pass.depth for each_pass in self.passes), default=None)


class Sign(StrEnum):
    """What a patient can report in a check-in."""

    FINE_FLAKING = "fine_flaking"
    PINPOINT_BLEEDING = "pinpoint_bleeding"
    OOZING_OVER_30_MIN = "oozing_over_30_min"
    BRUISE = "bruise"
    SPREADING_BRUISE = "spreading_bruise"
    SWELLING_SPREADING = "swelling_spreading"
    SPREADING_REDNESS = "spreading_redness"
    WARMTH = "warmth"
    PUS = "pus"
    FEVER = "fever"
    RED_STREAKS = "red_streaks"
    BLISTERS = "blisters"
    GROUPED_BLISTERS = "grouped_blisters"
    RAW_OR_WET_SKIN = "raw_or_wet_skin"
    SHEET_PEELING = "sheet_peeling"
    EYE_PAIN = "eye_pain"
    VISION_CHANGE = "vision_change"
    BREATHING_DIFFICULTY = "breathing_difficulty"
    LIP_OR_TONGUE_SWELLING = "lip_or_tongue_swelling"
    COLLAPSE = "collapse"
    PERIORAL_NUMBNESS = "perioral_numbness"
    METALLIC_TASTE = "metallic_taste"
    TINNITUS = "tinnitus"
    PALPITATIONS = "palpitations"
    TWITCHING = "twitching"
    BLUE_GREY_COLOUR = "blue_grey_colour"
    FIRM_RED_BUMPS = "firm_red_bumps"
    NEW_DARK_PATCH = "new_dark_patch"
    TRACK_MARKS = "track_marks"
    MILIA = "milia"
    COLD_SORE = "cold_sore"
    REUSED_CARTRIDGE = "reused_cartridge"
    SHARPS_INJURY = "sharps_injury"
    HIVES = "hives"
    ITCH = "itch"
    FACE_SWELLING = "face_swelling"
    PUSTULES = "pustules"
    GROWING_LUMP = "growing_lump"


class Place(StrEnum):
    """Where on the body a patient says that it is; `not_sure` is an answer of its own."""

    NEAR_EYE = "near_eye"
    MOUTH = "mouth"
    FACE = "face"
    NECK = "neck"
    ELSEWHERE = "elsewhere"
    NOT_SURE = "not_sure"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The patient's report after a session; None means the question was not answered.

    `where` is None where nobody asked for the place: then the zones that were needled stand for it.
    """

    at: datetime
    redness: int | None = None
    swelling: int | None = None
    pain: int | None = None
    signs: frozenset[Sign] | None = None
    unanswered: frozenset[Sign] = frozenset()
    where: frozenset[Place] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc("at", self.at))
        for name, high in (("redness", 4), ("swelling", 4), ("pain", 10)):
            if getattr(self, name) is not None:
                whole(name, getattr(self, name), 0, high)
        if self.signs is not None and self.signs & self.unanswered:
            raise InputError("unanswered", "a sign is both reported and unanswered", "each sign in one list")

    def asked(self, sign: Sign) -> YesNo:
        """Return whether the sign is there: unknown where it was not answered."""
        if self.signs is None or sign in self.unanswered:
            return YesNo.UNKNOWN
        return YesNo.YES if sign in self.signs else YesNo.NO
