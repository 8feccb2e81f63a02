"""What needled a patient elsewhere: the list in the chart, one time more, one taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions import elsewhere as actions
from needlepoint.clinic.chair.queries.elsewhere import told_of
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import choice, day, decimal, line, text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.quantities import Depth
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged


def _page(request: Any, patient: Any, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "patient": patient,
        "told": told_of(patient),
        "devices": packaged().elsewhere.values(),
        "zones": list(Zone),
        "typed": request.POST,
        "chosen": request.POST.getlist("zones"),
        "today": act_of(request).today,
        "problem": problem,
        "fresh_key": new_key,
    }
    return shown(request, "elsewhere/page.jinja", context, status=status)


@page(Permission.SCREEN, "GET", "POST")
def elsewhere(request: Any, patient_id: UUID) -> HttpResponse:
    """Show what was told, and take one time more."""
    patient = look_up("patient", request.actor, patient_id)

    def do(act: Act) -> str:
        actions.tell(act, patient_id=patient_id, told=_told(request.POST))
        return reverse("elsewhere", args=[patient_id])

    if request.method == "POST":
        return take(request, do, lambda problem, status: _page(request, patient, problem, status), patient_id)
    saw(act_of(request), "needled elsewhere", patient, patient)
    return _page(request, patient)


def _told(typed: Any) -> actions.Told:
    depth = decimal(typed, "depth_mm", "mm")
    return actions.Told(
        device=text(typed, "device", 30),
        needled_on=day(typed, "needled_on"),
        zones=[choice({"zones": each}, "zones", Zone) for each in typed.getlist("zones")],
        depth=None if depth is None else Depth(depth),
        words=line(typed, "words", 300),
    )


@page(Permission.SCREEN, "POST")
def take_back(request: Any, told_id: UUID) -> HttpResponse:
    """Take back what was told wrong."""
    row = look_up("needled_elsewhere", request.actor, told_id, "patient")

    def do(act: Act) -> str:
        actions.take_back(act, told_id=told_id, reason=text(request.POST, "reason", 300))
        return reverse("elsewhere", args=[row.patient.public_id])

    return take(
        request,
        do,
        lambda problem, status: _page(request, row.patient, problem, status),
        row.patient.public_id,
    )
