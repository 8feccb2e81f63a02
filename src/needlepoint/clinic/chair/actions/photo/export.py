"""Copies of photos that leave the clinic: for a use that was agreed to, written down, and marked as what they are."""

from __future__ import annotations

import io
from dataclasses import dataclass
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Consent, Photo
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write

# What may leave; a use of "chart" alone stays inside.
OUTSIDE = ("teaching", "website", "social")
LETTERS_ACROSS = 48
SMALLEST_LETTER = 12
BETWEEN_LINES = 9
FAINT = 70


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands on a copy: across the picture whose it is and what for, below it which side it shows and when."""

    across: str
    below: str


@action(Permission.EXPORT_PHOTOS)
def hand_out(act: Act, *, photo_id: UUID, use: str) -> Marks:
    """Write down that a copy leaves for a use, and return what has to stand on it; no name of a patient is on it."""
    photo = find(Photo, act.actor, photo_id, "patient")
    marks = marks_of(act, photo, use)
    write(act, "handed out photo", photo, photo.patient, {"use": use, "copy": act.key.hex[:8]})
    return marks


def marks_of(act: Act, photo: Photo, use: str) -> Marks:
    """Return what has to stand on a copy for a use that was agreed to; under one key it is the same copy."""
    _check_agreed(photo, use)
    number = act.key.hex[:8]
    return Marks(
        across=f"{act.actor.clinic_name} - for {use} only - copy {number}",
        below=f"{photo.shows}, taken {photo.taken_at.astimezone(act.actor.zone):%d %b %Y}, "
        f"copied {act.today:%d %b %Y}",
    )


def _check_agreed(photo: Photo, use: str) -> None:
    standing = Consent.objects.filter(patient=photo.patient_id, kind="photos", withdrawal=None)
    if use not in OUTSIDE or not any(use in consent.uses for consent in standing):
        raise Refused(
            "The patient has not agreed to this use of photos, or has taken it back. Nothing leaves."
        )


def marked(picture: bytes, marks: Marks) -> bytes:
    """Return a JPEG with the marks burned in: over the whole picture, so that no part of it can be cut out without."""
    image = Image.open(io.BytesIO(picture), formats=("JPEG",)).convert("RGB")
    letter = max(SMALLEST_LETTER, image.width // LETTERS_ACROSS)
    faint = Image.new("RGBA", image.size)
    _write_across(faint, marks.across, letter)
    image.paste(faint, mask=faint)
    out = io.BytesIO()
    _with_line_below(image, marks.below, letter).save(out, "JPEG", quality=88)
    return out.getvalue()


def _write_across(sheet: Image.Image, words: str, letter: int) -> None:
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(letter)
    width = int(draw.textlength(words + "   ", font))
    for place, y in enumerate(range(0, sheet.height, letter * BETWEEN_LINES // 2)):
        # Every second line begins half a line further on, so that no column stays free.
        for x in range(-(width // 2) * (place % 2), sheet.width, width):
            draw.text((x + 1, y + 1), words, (0, 0, 0, FAINT), font)
            draw.text((x, y), words, (255, 255, 255, FAINT), font)


def _with_line_below(image: Image.Image, words: str, letter: int) -> Image.Image:
    whole = Image.new("RGB", (image.width, image.height + 2 * letter), "white")
    whole.paste(image)
    ImageDraw.Draw(whole).text(
        (letter // 2, image.height + letter // 3), words, "black", ImageFont.load_default(letter)
    )
    return whole
