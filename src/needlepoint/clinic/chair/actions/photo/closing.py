"""Closed photos, and the way to one in need: a reason in words, on record, for a quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.photo.closing import closed_since, is_closed, is_closed_pair
from needlepoint.clinic.models import Patient, Photo, PhotoChange
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write

OPEN_FOR = timedelta(minutes=15)
FEWEST_LETTERS = 10
MOST_LETTERS = 1000


class Closed(Refused):
    """A photo is closed because its consent was taken back."""


@action(Permission.SEE_PHOTOS)
def open_in_need(act: Act, *, patient_id: UUID, reason: str) -> datetime:
    """Write down why somebody has to see closed photos, and return until when they may; nobody else may by it."""
    patient = find(Patient, act.actor, patient_id)
    if closed_since(patient.pk) is None:
        raise Refused("These photos are not closed.")
    if len(reason.strip()) < FEWEST_LETTERS:
        raise Refused(
            "Write in a few words why the photos have to be seen. The reason is kept in the record."
        )
    write(act, "opened closed photos", patient, patient, {"reason": reason.strip()})
    return act.at + OPEN_FOR


def check_open(photo: Photo, in_need: bool) -> None:
    """Raise where a photo is closed, unless somebody has to see it and said why."""
    if not in_need and is_closed(photo):
        raise Closed(says())


def check_pair_open(change: PhotoChange, in_need: bool) -> None:
    """Raise where a comparison is closed, unless somebody has to see it and said why."""
    if not in_need and is_closed_pair(change):
        raise Closed(says())


def says() -> str:
    """Return what is said in place of a closed photo."""
    return _("The consent to photos was taken back, so the photos up to then are closed.")
