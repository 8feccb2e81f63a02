"""Finding a patient, taking one in, and keeping name and contact right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions import patient as actions
from needlepoint.clinic.chair.queries.duplicates import look_for_others
from needlepoint.clinic.chair.queries.patient_list import patient_page
from needlepoint.clinic.desk.forms.patient import person
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, seen_of, take, versioned
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.goals import Sex, SkinType


@page(Permission.SEE_PATIENTS)
def patients(request: Any) -> HttpResponse:
    """List the clinic's patients."""
    search = request.GET.get("q", "").replace("\x00", "")[:80]
    found = patient_page(request.actor, search, request.GET.get("page"))
    return shown(request, "patient/list.jinja", {"shown": found, "search": search})


def _form(request: Any, patient: Any, held: Any, problem: str, status: int, like: Any = ()) -> HttpResponse:
    context = {
        **held,
        "patient": patient,
        "like": like,
        "problem": problem,
        "key": new_key(),
        "sexes": list(Sex),
        "skin_types": list(SkinType),
    }
    return shown(request, "patient/form.jinja", context, status=status)


@page(Permission.EDIT_PATIENT, "GET", "POST")
def register(request: Any) -> HttpResponse:
    """Take a new patient in."""
    like: list[Any] = []

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        return _form(request, None, {"typed": request.POST}, problem, status, like)

    def do(act: Act) -> str:
        who = person(request.POST)
        look_for_others(act.actor, who, request.POST.getlist("seen"), like)
        patient = actions.register(act, person=who)
        may_see = Permission.SEE_CHART in act.actor.permissions
        return reverse("chart" if may_see else "edit_patient", args=[patient.public_id])

    return take(request, do, again) if request.method == "POST" else again()


@page(Permission.EDIT_PATIENT, "GET", "POST")
def edit(request: Any, patient_id: UUID) -> HttpResponse:
    """Correct name and contact."""
    patient = look_up("patient", request.actor, patient_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        return _form(request, patient, versioned(request, actions.held_of(patient)), problem, status)

    def do(act: Act) -> str:
        actions.correct(act, patient_id=patient_id, person=person(request.POST), seen=seen_of(request))
        return reverse("edit_patient", args=[patient_id])

    if request.method == "POST":
        return take(request, do, again, patient_id)
    saw(act_of(request), "contact", patient, patient)
    return again()
