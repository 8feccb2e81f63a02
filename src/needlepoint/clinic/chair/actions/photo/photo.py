"""Photos: opened with care, stripped of all but the picture, encrypted under the ids they belong to."""

from __future__ import annotations

import hashlib
import io
from uuid import UUID

from django.utils.translation import gettext_noop
from PIL import Image, ImageOps

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.photo.closing import check_open
from needlepoint.clinic.chair.actions.photo.opening import opened_beside, too_large
from needlepoint.clinic.chair.queries.look_again import looked_at_today
from needlepoint.clinic.models import Consent, Patient, Photo
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.actions.sealed_files import keep, seal, unseal
from needlepoint.photo.intake import LARGEST_BYTES

SHOWS = (
    "front",
    "left 45°",
    "right 45°",
    gettext_noop("left profile"),
    gettext_noop("right profile"),
    gettext_noop("zone close up"),
    "portrait",
)


class Cleaned(bytes):
    """A picture as `clean` gives it, which is kept as it is; all other bytes are cleaned first.

    Views clean before their transaction begins: it takes a second at worst, in which nobody else could write.
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
        course=looked_at_today(patient, act.actor, act.at),
    )
    keep(name, sealed)
    return photo


def clean(content: bytes) -> Cleaned:
    """Return the picture upright in sRGB as a fresh JPEG, without anything else that was in the file.

    It is opened in a process beside this one, with limits on memory and time.
    """
    if len(content) > LARGEST_BYTES:
        raise Refused(too_large())
    return Cleaned(opened_beside(content))


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


def opened(photo: Photo, *, in_need: bool = False) -> bytes:
    """Return the picture; Refused where the file is missing, altered or another one's, or the photo is closed.

    `in_need` is for whoever said on record why a closed photo has to be seen.
    """
    check_open(photo, in_need)
    bound = _bound_to(photo.clinic_id, photo.patient.public_id, photo.public_id)
    return unseal(photo.stored_as, photo.public_id, bound)
