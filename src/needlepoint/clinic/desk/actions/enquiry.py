"""Somebody asks for an appointment: kept as written, answered or closed by the front desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.visitor import own_patient
from needlepoint.clinic.chair.actions.patient import Person, register
from needlepoint.clinic.models import Clinic, Enquiry, Patient
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.evidence.languages import first_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wrote who would like to come."""

    given_name: str
    family_name: str
    email: str = ""
    phone: str = ""
    concern: str = ""
    wished: str = ""
    words: str = ""
    language: str = field(default_factory=first_language)


def ask(clinic: Clinic, *, asked: Asked, key: UUID, at: datetime) -> Enquiry:
    """Keep the enquiry of a stranger, once for its key; nothing is looked up, so nothing can be learnt from it."""
    columns = {name: getattr(asked, name) for name in Asked.__slots__}
    row, _ = Enquiry.objects.get_or_create(
        public_id=uuid5(key, f"enquiry {clinic.pk}"), defaults={"clinic": clinic, "made_at": at, **columns}
    )
    return row


@action(Permission.PATIENT)
def ask_again(act: Act, *, wished: str, words: str) -> Enquiry:
    """Keep that a patient asks for the next appointment."""
    patient = own_patient(act.actor)
    row: Enquiry = Enquiry.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("enquiry"),
        patient=patient,
        given_name=patient.given_name,
        family_name=patient.family_name,
        email=patient.email,
        phone=patient.phone,
        wished=wished,
        words=words,
        language=act.actor.language,
        made_at=act.at,
    )
    write(act, "asked for appointment", row, patient)
    return row


@action(Permission.EDIT_PATIENT)
def close(act: Act, *, enquiry_id: UUID, answer: str) -> None:
    """Close an enquiry with what was answered."""
    row = _open(act, enquiry_id)
    if not answer.strip():
        raise Refused("Write what was answered, or why nothing was.")
    _shut(act, row, answer.strip())
    write(act, "closed enquiry", row, row.patient)


@action(Permission.EDIT_PATIENT)
def take_in(act: Act, *, enquiry_id: UUID, person: Person) -> Patient:
    """Make a patient of whoever asked, and close the enquiry."""
    row = _open(act, enquiry_id)
    if row.patient_id is not None:
        raise Refused("Whoever asks here is a patient already. Open the chart instead.")
    patient: Patient = register(act, person=person)
    row.patient = patient
    _shut(act, row, "Taken in as a patient.")
    write(act, "took in enquiry", row, patient)
    return patient


def _open(act: Act, enquiry_id: UUID) -> Enquiry:
    row: Enquiry = find(Enquiry, act.actor, enquiry_id, for_update=True)
    if row.closed_at is not None:
        raise Refused("This enquiry was closed already. Load the page anew.")
    return row


def _shut(act: Act, row: Enquiry, answer: str) -> None:
    row.answer, row.answered_by_id, row.closed_at = answer, act.actor.member, act.at
    row.save(update_fields=["patient", "answer", "answered_by", "closed_at"])
