"""The door before closed photos: what is said there, and how somebody in need opens it for a short time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.photo.closing import MOST_LETTERS, open_in_need, says
from needlepoint.clinic.chair.queries.photo.closing import closed_since
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown

# In the member's own session, so that it opens nothing for anybody else, and ends with it.
OPENED = "closed_photos_opened"


def in_need(request: Any, patient: Any) -> datetime | None:
    """Return until when this member may see the closed photos of a patient in this session; None where not."""
    until = request.session.get(OPENED, {}).get(str(patient.public_id))
    ends_at = datetime.fromisoformat(until) if until else None
    at = act_of(request).at
    return ends_at if ends_at is not None and at < ends_at else None


@page(Permission.SEE_PHOTOS, "GET", "POST")
def closed_photos(request: Any, patient_id: UUID) -> HttpResponse:
    """Say that a patient's photos are closed, and open them for whoever says why they have to be seen."""
    patient = look_up("patient", request.actor, patient_id)

    def do(act: Act) -> str:
        until = open_in_need(act, patient_id=patient_id, reason=text(request.POST, "reason", MOST_LETTERS))
        held = request.session.get(OPENED, {})
        request.session[OPENED] = held | {str(patient_id): until.isoformat()}
        return reverse("photos", args=[patient_id])

    if request.method == "POST":
        return take(request, do, lambda problem, status: shut(request, patient, problem, status), patient_id)
    if closed_since(patient.pk) is None:
        return redirect("photos", patient_id)
    saw(act_of(request), "closed photos", patient, patient)
    return shut(request, patient, status=200)


def shut(request: Any, patient: Any, problem: str = "", status: int = 409) -> HttpResponse:
    """Show in place of photos that they are closed; as a fragment where a page asks for one."""
    context = {
        "patient": patient,
        "says": says(),
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
    }
    if getattr(request, "htmx", False):
        # A fragment that is refused is not shown, and the words have to be.
        return shown(request, "photo/_closed.jinja", context)
    return shown(request, "photo/closed.jinja", context, status)
