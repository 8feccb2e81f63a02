"""What changed between a patient's first photo of a kind and a later one: measured in the background, for no rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.chair.actions.photo.closing import check_pair_open
from needlepoint.clinic.chair.actions.photo.photo import opened
from needlepoint.clinic.models import Consent, Photo, PhotoChange
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.actions.sealed_files import keep, seal, unseal
from needlepoint.course.errors import InputError
from needlepoint.photo import METHOD

if TYPE_CHECKING:
    from needlepoint.photo.compare import Comparison

CARD_COLOURS, SCATTER = "card-colours.toml", "photo-scatter.toml"
PICTURES = ("before", "after", "redness", "pigment", "zones", "flicker")
FAULT = gettext_noop(
    "The program could not measure these two photos; that is a fault of ours, and nothing is "
    "known about the skin."
)


@dataclass(frozen=True, slots=True)
class _Program:
    """Stands where a member would: what the program does by itself names nobody."""

    clinic: int
    member: None = None


def measure_waiting(at: datetime, limit: int = 4) -> int:
    """Measure at most `limit` pairs that nobody has measured yet; return how many were.

    Any number of processes may call this at once: a pair is kept once, whoever is first.
    """
    measured = 0
    for before, after in _waiting():
        if measured == limit:
            break
        measured += _measure(before, after, at)
    return measured


def waits() -> bool:
    """Say whether there is a pair that nobody has measured yet."""
    return next(_waiting(), None) is not None


def _waiting() -> Iterator[tuple[Photo, Photo]]:
    """Yield the first photo of a kind and a later one without a measurement, while the patient agrees to photos.

    A photo that the patient sent is compared with the patient's own: it comes from another camera than the clinic's.
    """
    alike = Photo.objects.filter(
        patient=OuterRef("patient"), shows=OuterRef("shows"), taken_at__lt=OuterRef("taken_at")
    )
    by_patient = alike.filter(taken_by=None)
    by_clinic = alike.exclude(taken_by=None)
    standing = Consent.objects.filter(patient=OuterRef("patient"), kind="photos", withdrawal=None)
    waiting = (
        Photo.objects.filter(Exists(standing), patient__gone_at=None)
        .filter(Exists(by_patient) & Q(taken_by=None) | Exists(by_clinic) & ~Q(taken_by=None))
        .exclude(Exists(PhotoChange.objects.filter(after=OuterRef("pk"), method=METHOD)))
        .order_by("taken_at", "pk")
    )
    for key in list(waiting.values_list("pk", flat=True)):
        after = Photo.objects.select_related("patient").get(pk=key)
        if _agreed(after):
            yield _baseline(after), after


def _baseline(after: Photo) -> Photo:
    own = Q(taken_by=None) if after.taken_by_id is None else ~Q(taken_by=None)
    rows = Photo.objects.filter(own, patient=after.patient_id, shows=after.shows).select_related("patient")
    return rows.order_by("taken_at", "pk")[0]


def _agreed(photo: Photo) -> bool:
    standing = Consent.objects.filter(patient=photo.patient_id, kind="photos", withdrawal=None)
    return any("chart" in consent.uses for consent in standing)


def _measure(before: Photo, after: Photo, at: datetime) -> bool:
    """Measure one pair, outside any transaction because it takes seconds, and keep what came of it."""
    public_id = uuid5(after.public_id, f"{before.public_id} {METHOD}")
    verdict, document, pictures = _told(before, after)
    row = PhotoChange(
        clinic_id=after.clinic_id,
        public_id=public_id,
        patient=after.patient,
        before=before,
        after=after,
        method=METHOD,
        verdict=verdict,
        document={**document, "pictures": sorted(pictures)},
        measured_at=at,
    )
    # The files come first: whoever measures has little claim to a core, and must not hold the database meanwhile.
    for name, content in pictures.items():
        keep(_stored_as(row, name), seal(content, public_id, _bound_to(row, name)))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            act = Act(cast(Any, _Program(after.clinic_id)), at, public_id)
            write(act, "measured photos", row, after.patient, {"verdict": verdict})
    except IntegrityError:
        # Another process was quicker; its row stands.
        return False
    return True


def _told(before: Photo, after: Photo) -> tuple[str, dict[str, Any], dict[str, bytes]]:
    """Return verdict, document and pictures; the photos are open in memory only, and only here."""
    import cv2

    from needlepoint.exchange.measurement_document import document
    from needlepoint.photo.change import default, own
    from needlepoint.photo.compare import compare
    from needlepoint.photo.picture import decode

    try:
        first, second = decode(opened(before), "first photo"), decode(opened(after), "second photo")
        scatter = _own_file(SCATTER)
        table = default() if scatter is None else own(scatter, SCATTER)
        comparison = compare(first, second, plan=_card(), repeatability=table)
        told = document(comparison, table)
        return comparison.verdict, told, {} if comparison.refused else _pictures(comparison)
    except (InputError, Refused) as why:
        return "not_measurable", {"zones": [], "quality": [], "notes": [], "why": str(why)}, {}
    except (cv2.error, ArithmeticError, LookupError, ValueError, MemoryError):
        # One photo that trips the program must not keep all later ones waiting for ever.
        return "not_measurable", {"zones": [], "quality": [], "notes": [], "why": FAULT}, {}


def _card() -> Any:
    from needlepoint.photo.card import card

    colours = _own_file(CARD_COLOURS)
    return card(colours, CARD_COLOURS) if colours is not None else None


def _own_file(name: str) -> bytes | None:
    """Return a table that this installation measured itself, or None where it has none."""
    path = Path(settings.PHOTO_FOLDER).parent / name
    return path.read_bytes() if path.is_file() else None


def _pictures(comparison: Comparison) -> dict[str, bytes]:
    from needlepoint.photo import pictures

    before, after = pictures.frames(comparison)
    return {
        "before": pictures.jpeg(before),
        "after": pictures.jpeg(after),
        "redness": pictures.jpeg(pictures.heat(comparison, "haemoglobin")),
        "pigment": pictures.jpeg(pictures.heat(comparison, "melanin_index")),
        "zones": pictures.jpeg(pictures.zones(comparison.before)),
        "flicker": pictures.flicker(comparison),
    }


def _stored_as(row: PhotoChange, name: str) -> str:
    return f"{row.public_id.hex}-{name}.sealed"


def _bound_to(row: PhotoChange, name: str) -> bytes:
    return f"{row.clinic_id} {row.patient.public_id} {row.public_id} {name}".encode()


def picture_of(row: PhotoChange, name: str, *, in_need: bool = False) -> bytes:
    """Return one picture of a comparison; Refused where there is none, its file was altered, or it is closed."""
    check_pair_open(row, in_need)
    if name not in row.document.get("pictures", ()):
        raise Refused("There is no such picture of these two photos.")
    return unseal(_stored_as(row, name), UUID(str(row.public_id)), _bound_to(row, name))
