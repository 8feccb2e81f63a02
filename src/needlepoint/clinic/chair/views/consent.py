"""Consent to uses of photos, and taking any consent back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions import consent as consents
from needlepoint.clinic.chair.forms.session import signed
from needlepoint.clinic.chair.queries.needling.session import current_text, of_age
from needlepoint.clinic.chair.queries.patient import photo_consent
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.refusals import not_now
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.CONSENT, "GET", "POST")
def photo_consent_page(request: Any, patient_id: UUID) -> HttpResponse:
    """Let the patient choose what photos may be used for, and sign."""
    patient = look_up("patient", request.actor, patient_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "patient": patient,
            "text": current_text(request.actor.clinic, "photos"),
            "minor": not of_age(patient, act_of(request).today),
            "uses": consents.USES,
            "standing": photo_consent(patient),
            "typed": request.POST,
            "chosen": request.POST.getlist("uses"),
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "consent/page.jinja", context, status=status)

    def do(act: Act) -> str:
        uses = request.POST.getlist("uses")
        consents.consent_to_photos(act, patient_id=patient_id, uses=uses, signed=signed(request.POST))
        return reverse("photos", args=[patient_id])

    return take(request, do, again, patient_id) if request.method == "POST" else again()


@page(Permission.CONSENT, "POST")
def withdraw(request: Any, consent_id: UUID) -> HttpResponse:
    """Take a consent back."""
    consent = look_up("consent", request.actor, consent_id, "patient")

    def do(act: Act) -> str:
        consents.withdraw(act, consent_id=consent_id, reason=text(request.POST, "reason", 1000))
        return reverse("chart", args=[consent.patient.public_id])

    return take(
        request, do, lambda problem, status: not_now(request, problem, status), consent.patient.public_id
    )
