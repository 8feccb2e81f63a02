"""Photos: opened with care, stripped of all but the picture, encrypted under the ids they belong to."""

from __future__ import annotations

import hashlib
import io
import warnings
from functools import cache
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions.act import Act, action
from needlepoint.clinic.actions.record import write
from needlepoint.clinic.actions.sealed_files import keep, seal, unseal
from needlepoint.clinic.models import Consent, Patient, Photo
from needlepoint.course.errors import InputError
from needlepoint.photo.profile import SRGB, in_srgb, profile_of

LARGEST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_EDGE = 4096
_EXIF_OFFSET, _COLOUR_SPACE = 0x8769, 0xA001
SHOWS = ("front", "left 45°", "right 45°", "left profile", "right profile", "zone close up", "portrait")


class Cleaned(bytes):
    """A picture as `clean` gives it, which is kept as it is; all other bytes are cleaned first.

    Views clean before their transaction begins: it takes a third of a second, in which nobody else could write.
    """


@action(Permission.TAKE_PHOTOS)
def add_photo(act: Act, *, patient_id: UUID, content: bytes, shows: str) -> Photo:
    """Keep a photo; consent to photos in the chart must stand."""
    patient = find(Patient, act.actor, patient_id)
    if shows not in SHOWS:
        raise Refused("Choose what the photo shows.")
    consents = Consent.objects.filter(
        clinic=act.actor.clinic, patient=patient, kind="photos", withdrawal=None
    )
    if not any("chart" in consent.uses for consent in consents):
        raise Refused("The patient has not agreed to photos in the chart. Take that consent first.")
    photo = keep_photo(act, patient, content, shows)
    write(act, "added photo", photo, patient, {"shows": shows})
    return photo


def keep_photo(act: Act, patient: Patient, content: bytes, shows: str) -> Photo:
    """Clean a photo, seal it and write its row, in the caller's transaction; nobody took it where a patient sent it."""
    public_id = act.id_for("photo")
    bound = _bound_to(act.actor.clinic, patient.public_id, public_id)
    sealed = seal(content if isinstance(content, Cleaned) else clean(content), public_id, bound)
    name = f"{public_id.hex}.sealed"
    photo: Photo = Photo.objects.create(
        clinic_id=act.actor.clinic,
        public_id=public_id,
        patient=patient,
        taken_at=act.at,
        taken_by_id=act.actor.member,
        shows=shows,
        stored_as=name,
        sha256=hashlib.sha256(sealed).hexdigest(),
    )
    keep(name, sealed)
    return photo


def clean(content: bytes) -> Cleaned:
    """Return the picture upright in sRGB as a fresh JPEG, without anything else that was in the file.

    Colours are brought to sRGB before their profile is dropped: a Display P3 photo read as sRGB would later measure
    less red by more than a course changes. The file says sRGB only where the old one said what its colours mean.
    """
    if len(content) > LARGEST_BYTES:
        raise Refused(_("The photo is larger than 15 MB. Take it at a lower resolution."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
            if image.width * image.height > MOST_PIXELS:
                raise Refused(_("The photo has more than 50 million pixels. Take it at a lower resolution."))
            plain, known = _in_srgb(image)
            upright = ImageOps.exif_transpose(plain).convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise Refused(_("This is no photo that can be read. Send a JPEG, PNG or WebP.")) from None
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=92, icc_profile=_srgb() if known else None)
    return Cleaned(out.getvalue())


def _in_srgb(image: Image.Image) -> tuple[Image.Image, bool]:
    """Return the picture in sRGB, and whether the file said what its colours mean."""
    icc = image.info.get("icc_profile")
    if not icc:
        exif = image.getexif()
        return image, exif.get_ifd(_EXIF_OFFSET).get(_COLOUR_SPACE) == 1 if _EXIF_OFFSET in exif else False
    try:
        profile = profile_of(icc, "photo")
    except InputError:
        return image, False
    if profile is None or np.array_equal(profile.matrix, SRGB.matrix):
        return image, profile is not None
    flat = image.convert("RGB")
    made = Image.fromarray(in_srgb(np.asarray(flat), profile))
    made.info["exif"] = image.getexif().tobytes()
    return made, True


@cache
def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def small(content: bytes, edge: int = 144) -> bytes:
    """Return a picture cut to a small square around its middle, for the header of a page."""
    image = Image.open(io.BytesIO(content), formats=("JPEG",))
    image.draft("RGB", (edge, edge))
    out = io.BytesIO()
    ImageOps.fit(image.convert("RGB"), (edge, edge)).save(out, "JPEG", quality=82)
    return out.getvalue()


def _bound_to(clinic: int, patient: UUID, photo: UUID) -> bytes:
    # Two sealed files that change places do not open any more.
    return f"{clinic} {patient} {photo}".encode()


def opened(photo: Photo) -> bytes:
    """Return the picture; Refused where the file is missing, altered or another one's."""
    bound = _bound_to(photo.clinic_id, photo.patient.public_id, photo.public_id)
    return unseal(photo.stored_as, photo.public_id, bound)
