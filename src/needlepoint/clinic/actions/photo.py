"""Photos: opened with care, stripped of all but the picture, encrypted under the ids they belong to."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions.act import Act, action
from needlepoint.clinic.actions.record import write
from needlepoint.clinic.models import Consent, Patient, Photo

LARGEST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_EDGE = 4096
NONCE = 12
SHOWS = ("front", "left 45°", "right 45°", "left profile", "right profile", "zone close up", "portrait")


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
    sealed = _sealed(act, patient, clean(content))
    name = f"{act.id_for('photo').hex}.sealed"
    photo = Photo.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("photo"),
        patient=patient,
        taken_at=act.at,
        taken_by_id=act.actor.member,
        shows=shows,
        stored_as=name,
        sha256=hashlib.sha256(sealed).hexdigest(),
    )
    _store(Path(settings.PHOTO_FOLDER) / name, sealed)
    write(act, "added photo", photo, patient, {"shows": shows})
    return photo


def clean(content: bytes) -> bytes:
    """Return the picture upright as a fresh JPEG without anything else that was in the file."""
    if len(content) > LARGEST_BYTES:
        raise Refused("The photo is larger than 15 MB. Take it at a lower resolution.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
            if image.width * image.height > MOST_PIXELS:
                raise Refused("The photo has more than 50 million pixels. Take it at a lower resolution.")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise Refused("This is no photo that can be read. Send a JPEG, PNG or WebP.") from None
    upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=92)
    return out.getvalue()


def _bound_to(clinic: int, patient: UUID, photo: UUID) -> bytes:
    # Two sealed files that change places do not open any more.
    return f"{clinic} {patient} {photo}".encode()


def _key(photo: UUID) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=photo.bytes, info=b"photo").derive(settings.PHOTO_KEY)


def _sealed(act: Act, patient: Patient, content: bytes) -> bytes:
    photo = act.id_for("photo")
    # Chance belongs to the cipher here: a nonce must never be used twice with one key.
    nonce = os.urandom(NONCE)
    bound = _bound_to(act.actor.clinic, patient.public_id, photo)
    return nonce + AESGCM(_key(photo)).encrypt(nonce, content, bound)


def _store(path: Path, sealed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())


def opened(photo: Photo) -> bytes:
    """Return the picture; Refused where the file is missing, altered or another one's."""
    bound = _bound_to(photo.clinic_id, photo.patient.public_id, photo.public_id)
    try:
        sealed = (Path(settings.PHOTO_FOLDER) / photo.stored_as).read_bytes()
        return AESGCM(_key(photo.public_id)).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (OSError, InvalidTag, ValueError):
        raise Refused("The photo’s file is missing or was altered. Restore it from a backup.") from None
