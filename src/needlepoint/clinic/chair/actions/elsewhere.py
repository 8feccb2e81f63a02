"""What needled a patient elsewhere: written down as it was told, and taken back where it was told wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find, find_for_patient_here
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import NeedledElsewhere, Patient
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.errors import InputError
from needlepoint.course.quantities import Depth
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged


@dataclass(frozen=True, slots=True)
class Told:
    """One time that the patient was needled elsewhere; `depth` is None where nobody knows it."""

    device: str
    needled_on: date
    zones: Sequence[Zone]
    depth: Depth | None = None
    words: str = ""

    def __post_init__(self) -> None:
        if self.device not in packaged().elsewhere:
            raise InputError("device", "is not one of the choices", ", ".join(packaged().elsewhere))
        if not self.zones:
            raise InputError("zones", "names no zone", "at least one")


@action(Permission.SCREEN)
def tell(act: Act, *, patient_id: UUID, told: Told) -> NeedledElsewhere:
    """Keep what the patient told; from now on it counts for the days that must lie between."""
    patient = find_for_patient_here(Patient, act.actor, patient_id)
    if told.needled_on > act.today:
        raise InputError("needled_on", "lies in the future", f"a date up to {act.today}")
    if patient.born_on is not None and told.needled_on < patient.born_on:
        raise InputError("needled_on", "lies before the birth", f"a date from {patient.born_on} on")
    row = NeedledElsewhere.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("elsewhere"),
        patient=patient,
        device=told.device,
        needled_on=told.needled_on,
        zones=[each.value for each in told.zones],
        depth_mm=told.depth.mm if told.depth else None,
        words=told.words,
        told_at=act.at,
        told_by_id=act.actor.member,
    )
    write(act, "needled elsewhere", row, patient, {"device": row.device, "on": row.needled_on.isoformat()})
    return row


@action(Permission.SCREEN)
def take_back(act: Act, *, told_id: UUID, reason: str) -> NeedledElsewhere:
    """Say that it was told wrong; it stays in the chart and counts no more."""
    if not reason.strip():
        raise Refused("Write why it does not hold: whoever reads the chart later needs it.")
    row = find(NeedledElsewhere, act.actor, told_id, "patient")
    find_for_patient_here(Patient, act.actor, row.patient.public_id)
    if row.taken_back_at is not None:
        raise Refused("It was taken back already.")
    row.taken_back_at, row.taken_back_by_id = act.at, act.actor.member
    row.taken_back_because = reason.strip()
    row.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_because"])
    write(act, "took back elsewhere", row, row.patient, {"reason": row.taken_back_because})
    return row
