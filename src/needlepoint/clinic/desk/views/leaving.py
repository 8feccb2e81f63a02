"""A patient leaves or dies: the form, the list of those who are gone, and the way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.desk.actions import leaving as actions
from needlepoint.clinic.desk.forms.leaving import leaving
from needlepoint.clinic.desk.queries.leaving import coming_visits, gone_page, still_open
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.END_CARE, "GET", "POST")
def leave(request: Any, patient_id: UUID) -> HttpResponse:
    """Note that a patient left or died; where they did, take them back."""
    patient = look_up("patient", request.actor, patient_id, "gone_by")

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "patient": patient,
            "open": still_open(patient),
            "visits": coming_visits(patient, act_of(request).at),
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "patient/leave.jinja", context, status)

    def do(act: Act) -> str:
        actions.leave(act, patient_id=patient_id, leaving=leaving(request.POST))
        return reverse("leave_patient", args=[patient_id])

    if request.method == "POST":
        return take(request, do, form, patient_id)
    saw(act_of(request), "leaving", patient, patient)
    return form()


@page(Permission.END_CARE, "POST")
def take_back(request: Any, patient_id: UUID) -> HttpResponse:
    """Take a patient back."""
    patient = look_up("patient", request.actor, patient_id, "gone_by")

    def again(problem: str, status: int) -> HttpResponse:
        context = {"patient": patient, "open": still_open(patient), "typed": request.POST}
        return shown(request, "patient/leave.jinja", context | {"problem": problem, "key": new_key()}, status)

    def do(act: Act) -> str:
        actions.take_back(act, patient_id=patient_id, reason=text(request.POST, "reason", 1000))
        return reverse("chart", args=[patient_id])

    return take(request, do, again, patient_id)


@page(Permission.SEE_PATIENTS)
def gone(request: Any) -> HttpResponse:
    """List those who left or died, the latest first."""
    found = gone_page(request.actor, request.GET.get("page"))
    return shown(request, "patient/gone.jinja", {"shown": found})
