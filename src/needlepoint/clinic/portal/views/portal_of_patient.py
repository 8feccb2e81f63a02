"""How a patient stands with the portal: who may come in, and who may no longer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.spoken import spoken
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.portal.queries.portal_of_patient import portal_of
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.evidence.words import words


@page(Permission.EDIT_PATIENT, "GET", "POST")
def portal_of_patient(request: Any, patient_id: UUID) -> HttpResponse:
    """Show how a patient stands with the portal; invite, invite again, or close it."""
    patient = look_up("patient", request.actor, patient_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        stands = portal_of(patient)
        address, code = sign_in.link_in_example(stands["last_link"], act_of(request).at)
        context = stands | {
            "patient": patient,
            "example_link": address,
            "example_code": code,
            "spoken_languages": [words(each) for each in spoken()],
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "patient/portal.jinja", context, status=status)

    def do(act: Act) -> str:
        if "close" in request.POST:
            sign_in.close(act, patient_id=patient_id)
        else:
            chosen = text(request.POST, "language", 5)
            language = chosen if chosen in spoken() else spoken()[0]
            sign_in.invite(act, patient_id=patient_id, language=language)
        return reverse("portal_of_patient", args=[patient_id])

    if request.method == "POST":
        return take(request, do, again, patient_id)
    saw(act_of(request), "portal", patient, patient)
    return again()
