"""Zones: areas of skin with a thickness and limits of their own."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

PAIRED = "temple periorbital eyelid cheek jawline flank upper_arm forearm hand thigh lower_leg".split()
SINGLE = "forehead glabella nose upper_lip perioral chin neck chest abdomen back".split()


class ZonePart(StrEnum):
    """The part of the body a zone lies on; rules and clearances speak of these."""

    FACE = "face"
    PERIORBITAL = "periorbital"
    EYELID = "eyelid"
    NECK = "neck"
    TRUNK = "trunk"
    LIMB = "limb"


_PARTS = {
    "periorbital": ZonePart.PERIORBITAL,
    "eyelid": ZonePart.EYELID,
    "neck": ZonePart.NECK,
    **dict.fromkeys(("chest", "abdomen", "back", "flank"), ZonePart.TRUNK),
    **dict.fromkeys(("upper_arm", "forearm", "hand", "thigh", "lower_leg"), ZonePart.LIMB),
}


class Zone(StrEnum):
    """An area of skin; paired ones carry their side."""

    FOREHEAD = "forehead"
    GLABELLA = "glabella"
    TEMPLE_LEFT = "temple_left"
    TEMPLE_RIGHT = "temple_right"
    PERIORBITAL_LEFT = "periorbital_left"
    PERIORBITAL_RIGHT = "periorbital_right"
    EYELID_LEFT = "eyelid_left"
    EYELID_RIGHT = "eyelid_right"
    NOSE = "nose"
    CHEEK_LEFT = "cheek_left"
    CHEEK_RIGHT = "cheek_right"
    UPPER_LIP = "upper_lip"
    PERIORAL = "perioral"
    CHIN = "chin"
    JAWLINE_LEFT = "jawline_left"
    JAWLINE_RIGHT = "jawline_right"
    NECK = "neck"
    CHEST = "chest"
    ABDOMEN = "abdomen"
    BACK = "back"
    FLANK_LEFT = "flank_left"
    FLANK_RIGHT = "flank_right"
    UPPER_ARM_LEFT = "upper_arm_left"
    UPPER_ARM_RIGHT = "upper_arm_right"
    FOREARM_LEFT = "forearm_left"
    FOREARM_RIGHT = "forearm_right"
    HAND_LEFT = "hand_left"
    HAND_RIGHT = "hand_right"
    THIGH_LEFT = "thigh_left"
    THIGH_RIGHT = "thigh_right"
    LOWER_LEG_LEFT = "lower_leg_left"
    LOWER_LEG_RIGHT = "lower_leg_right"

    @property
    def kind(self) -> str:
        """Return the zone without its side: `cheek` for `cheek_left`."""
        return _kind(self.value)

    @property
    def part(self) -> ZonePart:
        """Return the part of the body."""
        return _PARTS.get(self.kind, ZonePart.FACE)


@cache
def _kind(name: str) -> str:
    return name.removesuffix("_left").removesuffix("_right")


KINDS = (*SINGLE, *PAIRED)
