"""The portal of the invented practice: whom to call, words that are signed, patients who are in, and what they told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.actions import check_in, clinic, sign_in, signed_words
from needlepoint.clinic.actions.act import Act
from needlepoint.evidence.words import languages, words

CONTACT = {
    "phone": "+1 555 0100",
    "email": "hello@harbour.example",
    "hours": "Mon-Fri 9-17",
    "emergency_number": "911",
    "portal_address": "",
}
# What the invented patients tell, one after the other: an ordinary evening, a question, and what has to be seen today.
TOLD = (
    check_in.Told(redness=1, swelling=1, pain=1, signs=()),
    check_in.Told(redness=2, swelling=1, pain=2, signs=("fine_flaking",), words="When can I go swimming?"),
    check_in.Told(redness=4, swelling=2, pain=6, signs=("spreading_redness", "warmth")),
)


def open_portal(act: Callable[[Role], Act], patients: Iterable[Any]) -> int:
    """Say whom to call, sign the words in each language, and invite every patient; return how many were."""
    clinic.set_contact(act(Role.CLINIC_ADMIN), contact=CONTACT)
    for language in languages():
        sha256 = words(language).sha256
        signed_words.sign_words(act(Role.MEDICAL_DIRECTOR), language=language, sha256=sha256)
    invited = 0
    for number, patient in enumerate(patients):
        language = languages()[number % len(languages())]
        sign_in.invite(act(Role.FRONT_DESK), patient_id=patient.public_id, language=language)
        invited += 1
    return invited


def tell(act: Callable[[Role], Act], sessions: Iterable[Any]) -> int:
    """Let the patients of sessions that were just done report, each in another mood; return how many did."""
    told = 0
    for number, session in enumerate(sessions):
        by_nurse = act(Role.NURSE)
        patient = session.patient
        visitor = Visitor(
            patient=patient.pk,
            clinic=by_nurse.actor.clinic,
            name=patient.given_name,
            clinic_name=by_nurse.actor.clinic_name,
            zone=by_nurse.actor.zone,
            language=languages()[number % len(languages())],
        )
        own = replace(by_nurse, actor=visitor)
        check_in.report(own, session_id=session.public_id, told=TOLD[number % len(TOLD)])
        told += 1
    return told
