"""The only way to a row by its public id: within the actor's clinic, or not at all."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from needlepoint.clinic.access.checks import Actor, NotHere, check_here
from needlepoint.clinic.models import (
    AdverseEvent,
    Booking,
    Consent,
    Course,
    Enquiry,
    Message,
    NeedledElsewhere,
    Patient,
    Photo,
    PhotoChange,
    Session,
    TextAnswer,
    TriageTask,
    Waiting,
)
from needlepoint.clinic.models.written import STANDS_FOR, Written

KINDS = {
    "adverse_event": AdverseEvent,
    "booking": Booking,
    "consent": Consent,
    "course": Course,
    "enquiry": Enquiry,
    "message": Message,
    "needled_elsewhere": NeedledElsewhere,
    "patient": Patient,
    "photo": Photo,
    "photo_change": PhotoChange,
    "session": Session,
    "text_answer": TextAnswer,
    "triage_task": TriageTask,
    "waiting": Waiting,
}
LONGEST_KEY = 18


def find(model: Any, actor: Actor, public_id: UUID, *together: str, for_update: bool = False) -> Any:
    """Return the row of the actor's clinic, with the references named in `together`; NotHere where there is none."""
    return _found(_one(model, together, for_update), actor, public_id)


def find_for_patient_here(model: Any, actor: Actor, public_id: UUID, *together: str) -> Any:
    """Return the row and its patient, both locked, for something new to begin; Refused where the patient has gone.

    Whoever notes that a patient left holds the same lock, so nothing begins between that look and this act.
    """
    if model is Patient:
        patient = row = find(Patient, actor, public_id, for_update=True)
    else:
        # The patient first, as all do who lock more: two who lock in turns would wait for one another.
        row = _found(_with_patient(model, ("patient", *together)), actor, public_id)
        patient = row.patient
    check_here(patient)
    return row


def _found(rows: Written, actor: Actor, public_id: UUID) -> Any:
    row = rows.first(actor.clinic, public_id)
    if row is None:
        raise NotHere
    return row


@cache
def _one(model: Any, together: tuple[str, ...], for_update: bool) -> Written:
    def build(clinic: int, public_id: UUID) -> QuerySet:
        rows = model.objects.filter(clinic=clinic, public_id=public_id)
        return rows.select_for_update(no_key=True, of=("self",)) if for_update else rows

    return Written(build, STANDS_FOR, UUID(int=STANDS_FOR), together=together)


@cache
def _with_patient(model: Any, together: tuple[str, ...]) -> Written:
    def build(clinic: int, public_id: UUID) -> QuerySet:
        return model.objects.filter(clinic=clinic, public_id=public_id)

    locked = (Patient, model)
    return Written(build, STANDS_FOR, UUID(int=STANDS_FOR), together=together, locked=locked)


def find_by_key(model: Any, actor: Actor, key: object) -> Any:
    """Return a row without a public id, such as a room or a device, chosen from a list by its key."""
    typed = str(key)
    # A key of a row is a whole number that both databases hold; whatever else was sent names nothing.
    known = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_KEY
    row = model.objects.filter(clinic=actor.clinic, pk=typed).first() if known else None
    if row is None:
        raise NotHere
    return row


def look_up(kind: str, actor: Actor, public_id: UUID, *together: str) -> Any:
    """Return a row by the name of its kind, for those who only show it."""
    return find(KINDS[kind], actor, public_id, *together)
