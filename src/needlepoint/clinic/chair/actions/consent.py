"""Consent: signed for one session or for uses of photos, and taken back at any time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find, find_for_patient_here
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.course.case import core_patient
from needlepoint.clinic.chair.queries.needling.session import current_text, of_age
from needlepoint.clinic.models import Consent, ConsentText, Patient, Session, Withdrawal
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.states import SESSION, SessionState

USES = ("chart", "teaching", "website", "social")


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed: the digest of the text on the screen, the written name, the strokes, and whose they are."""

    text_sha256: str
    name: str
    strokes: Sequence[Sequence[Sequence[float]]]
    signed_as: str = "patient"
    relationship: str = ""

    def check(self) -> None:
        """Raise unless there is a name and a signature, and a guardian says who they are."""
        if self.signed_as == "guardian" and not self.relationship.strip():
            raise Refused("Write what the guardian is to the patient, such as mother or legal guardian.")
        if not self.name.strip():
            raise Refused("Write the name of the person who signs.")
        if sum(len(stroke) for stroke in self.strokes) < 2:
            raise Refused("The signature is missing. Sign in the box.")


def _text_signed(act: Act, kind: str, signed: Signed, patient: Patient) -> ConsentText:
    signed.check()
    grown = _of_age(act, patient)
    if not grown and signed.signed_as == "patient" and core_patient(patient).born_first is None:
        raise Refused(
            "The date of birth is not known, so nobody can say that the patient is of age. Write it down, or the year."
        )
    if not grown and signed.signed_as == "patient":
        raise Refused("The patient is not of age: a guardian signs, and says what they are to the patient.")
    if grown and signed.signed_as == "guardian":
        raise Refused("The patient is of age and signs in person; a guardian cannot sign for them here.")
    text = current_text(act.actor.clinic, kind)
    if text.sha256 != signed.text_sha256:
        raise Refused(
            "The text of the consent has changed meanwhile. Let the patient read and sign the new one."
        )
    return text


@action(Permission.CONSENT)
def consent_to_session(act: Act, *, session_id: UUID, signed: Signed) -> Consent:
    """Keep the patient's signed yes to one session with its zones and its device."""
    session = find_for_patient_here(Session, act.actor, session_id, "course", "device")
    session.state = SESSION.after(session.state, "consent")
    session.save(update_fields=["state"])
    return consent_to_zones(act, session, session.course.zones, signed)


def consent_to_zones(act: Act, session: Session, zones: Sequence[str], signed: Signed) -> Consent:
    """Keep a signed yes to these zones of a session; the caller has asked whether it may be given now."""
    text = _text_signed(act, "session", signed, session.patient)
    consent = Consent.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("consent"),
        patient=session.patient,
        session=session,
        text=text,
        text_sha256=text.sha256,
        kind="session",
        zones=list(zones),
        device=session.device.model,
        signed_name=signed.name.strip(),
        signed_as=signed.signed_as,
        relationship=signed.relationship.strip() if signed.signed_as == "guardian" else "",
        strokes=list(signed.strokes),
        signed_at=act.at,
        witness_id=act.actor.member,
    )
    write(act, "consented to session", consent, session.patient, {"text_version": text.version})
    return consent


@action(Permission.CONSENT)
def consent_to_photos(act: Act, *, patient_id: UUID, uses: Sequence[str], signed: Signed) -> Consent:
    """Keep what the patient allows photos to be used for; an earlier consent is withdrawn by the new one."""
    patient = find(Patient, act.actor, patient_id)
    text = _text_signed(act, "photos", signed, patient)
    chosen = [use for use in USES if use in uses]
    if not chosen:
        raise Refused("Choose at least one use, or do not sign.")
    for earlier in Consent.objects.filter(
        clinic=act.actor.clinic, patient=patient, kind="photos", withdrawal=None
    ):
        _withdraw(act, earlier, "Replaced by a newer consent.")
    consent = Consent.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("consent"),
        patient=patient,
        text=text,
        text_sha256=text.sha256,
        kind="photos",
        uses=chosen,
        signed_name=signed.name.strip(),
        signed_as=signed.signed_as,
        relationship=signed.relationship.strip() if signed.signed_as == "guardian" else "",
        strokes=list(signed.strokes),
        signed_at=act.at,
        witness_id=act.actor.member,
    )
    write(act, "consented to photos", consent, patient, {"uses": chosen})
    return consent


@action(Permission.CONSENT)
def withdraw(act: Act, *, consent_id: UUID, reason: str) -> None:
    """Take a consent back; a session that was waiting for it goes back a step."""
    consent = find(Consent, act.actor, consent_id, "patient", "session")
    if Withdrawal.objects.filter(consent=consent).exists():
        raise Refused("This consent was taken back before.")
    _withdraw(act, consent, reason)
    session = consent.session
    if session is not None and session.state == SessionState.CONSENTED.value:
        session.state = SESSION.after(session.state, "withdraw consent")
        session.save(update_fields=["state"])
    write(act, "withdrew consent", consent, consent.patient, {"kind": consent.kind})


def _withdraw(act: Act, consent: Consent, reason: str) -> None:
    Withdrawal.objects.create(
        clinic_id=act.actor.clinic,
        consent=consent,
        withdrawn_at=act.at,
        reason=reason.strip(),
        taken_by_id=act.actor.member,
    )


@action(Permission.ADD_MEMBER)
def publish_text(act: Act, *, kind: str, body: str) -> ConsentText:
    """Put a new version of a consent text into force; consents to older versions stay what they are."""
    latest = current_text(act.actor.clinic, kind)
    text = ConsentText.objects.create(
        clinic_id=act.actor.clinic,
        kind=kind,
        version=latest.version + 1,
        body=body,
        sha256=hashlib.sha256(body.encode()).hexdigest(),
        published_at=act.at,
    )
    write(
        act,
        "published consent text",
        f"consenttext:{text.pk}",
        detail={"kind": kind, "version": text.version},
    )
    return text


def _of_age(act: Act, patient: Patient) -> bool:
    return of_age(patient, act.today)
