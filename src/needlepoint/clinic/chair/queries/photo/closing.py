"""Which photos are closed: those of a patient who took the consent to photos back, and gave none anew."""

from __future__ import annotations

from datetime import datetime

from needlepoint.clinic.models import Consent, Photo, PhotoChange


def closed_since(patient: int) -> datetime | None:
    """Return when the consent to photos in the chart was last taken back; None where one stands, or never did.

    A patient who never signed and sent a photo with a report sent it to be looked at: that is not closed.
    """
    rows = Consent.objects.filter(patient=patient, kind="photos").select_related("withdrawal")
    taken_back = []
    for each in rows:
        withdrawal = getattr(each, "withdrawal", None)
        if withdrawal is None and "chart" in each.uses:
            return None
        if withdrawal is not None:
            taken_back.append(withdrawal.withdrawn_at)
    return max(taken_back, default=None)


def is_closed(photo: Photo) -> bool:
    """Say whether a photo is closed; one that the patient sent since then was sent to be looked at."""
    return _lies_behind(photo, closed_since(photo.patient_id))


def is_closed_pair(change: PhotoChange) -> bool:
    """Say whether a comparison is closed: it shows both its photos."""
    since = closed_since(change.patient_id)
    return _lies_behind(change.before, since) or _lies_behind(change.after, since)


def open_ones(photos: list[Photo], patient: int) -> list[Photo]:
    """Return those of a patient's photos that are not closed; one statement for all of them."""
    since = closed_since(patient)
    return [each for each in photos if not _lies_behind(each, since)]


def _lies_behind(photo: Photo, since: datetime | None) -> bool:
    return since is not None and photo.taken_at <= since
