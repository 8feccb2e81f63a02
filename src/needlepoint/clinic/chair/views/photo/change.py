"""What photos show to have changed: beside the forecast, on a page of its own, and the pictures of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.photo.change import PICTURES, picture_of
from needlepoint.clinic.chair.queries.photo.change import changes_of
from needlepoint.clinic.chair.queries.photo.change import shown as told_by
from needlepoint.clinic.chair.queries.photo.closing import closed_since, is_closed_pair
from needlepoint.clinic.chair.views.photo.closing import in_need, shut
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.views.door.asking import act_of, page
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.SEE_PHOTOS)
def photo_changes(request: Any, patient_id: UUID) -> HttpResponse:
    """Show what was measured on a patient's photos; as a fragment where a page asks for one."""
    patient = look_up("patient", request.actor, patient_id)
    if closed_since(patient.pk) and not in_need(request, patient):
        return shut(request, patient)
    saw(act_of(request), "photo changes", patient, patient)
    template = "photo/_changes.jinja" if request.htmx else "photo/changes.jinja"
    return shown(request, template, {"patient": patient, "changes": changes_of(patient)})


@page(Permission.SEE_PHOTOS)
def photo_change(request: Any, change_id: UUID) -> HttpResponse:
    """Show one comparison whole: slider, flicker, heat maps and every number."""
    row = look_up("photo_change", request.actor, change_id, "patient", "before", "after")
    if is_closed_pair(row) and not in_need(request, row.patient):
        return shut(request, row.patient)
    saw(act_of(request), "photo change", row, row.patient)
    return shown(request, "photo/change.jinja", {"patient": row.patient, "change": told_by(row)})


@page(Permission.SEE_PHOTOS)
def photo_change_picture(request: Any, change_id: UUID) -> HttpResponse:
    """Give one picture of a comparison; where there is none, lead to the page that says why."""
    row = look_up("photo_change", request.actor, change_id, "patient", "before", "after")
    name = request.GET.get("of", "before")
    if name not in PICTURES or name not in row.document.get("pictures", ()):
        return redirect("photo_change", change_id)
    content = picture_of(row, name, in_need=bool(in_need(request, row.patient)))
    saw(act_of(request), "photo change", row, row.patient)
    form = "gif" if name == "flicker" else "jpeg"
    return HttpResponse(content, content_type=f"image/{form}", headers={"Content-Disposition": "inline"})
