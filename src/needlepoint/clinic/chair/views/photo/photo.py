"""Photos: the portrait, all of a patient, one of them, and marked copies that leave the house."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.photo import export as photo_export
from needlepoint.clinic.chair.actions.photo import opening
from needlepoint.clinic.chair.actions.photo import photo as photos
from needlepoint.clinic.chair.queries.patient import photo_consent
from needlepoint.clinic.chair.queries.patient import portrait as latest_portrait
from needlepoint.clinic.chair.queries.photo.closing import open_ones
from needlepoint.clinic.chair.views.photo.closing import in_need
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take, takes_photo
from needlepoint.clinic.practice.views.door.refusals import not_now
from needlepoint.clinic.practice.views.door.shown import shown

REDIRECTED = 302


@page(Permission.SEE_PHOTOS)
def portrait(request: Any, patient_id: UUID) -> HttpResponse:
    """Give the small portrait of the sticky header, after the look was recorded; initials where there is none."""
    patient = look_up("patient", request.actor, patient_id)
    row = latest_portrait(patient)
    if row is None:
        return render(request, "patient/initials.svg", {"patient": patient}, content_type="image/svg+xml")
    row.patient = patient
    content = photos.small(photos.opened(row, in_need=bool(in_need(request, patient))))
    saw(act_of(request), "portrait", row, patient)
    return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


@takes_photo
@page(Permission.SEE_PHOTOS, "GET", "POST")
def photo_list(request: Any, patient_id: UUID) -> HttpResponse:
    """Show a patient's photos, and take a new one in."""
    patient = look_up("patient", request.actor, patient_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        consent = photo_consent(patient)
        outside = [use for use in photo_export.OUTSIDE if consent and use in consent.uses]
        every = list(patient.photos.select_related("taken_by").order_by("-taken_at"))
        until = in_need(request, patient)
        taken = every if until else open_ones(every, patient.pk)
        for each in taken:
            each.copies = [(use, new_key()) for use in outside]
        context = {
            "patient": patient,
            "photos": taken,
            "closed": len(every) - len(taken),
            "open_until": until,
            "shows": photos.SHOWS,
            "consent": consent,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "patient/photos.jinja", context, status=status)

    @cache
    def content() -> bytes:
        file = request.FILES.get("photo")
        opening.count_photo(patient.pk, act_of(request).at, opening.MOST_BY_STAFF)
        return photos.clean(file.read() if file else b"")

    def do(act: Act) -> str:
        shows = text(request.POST, "shows", 30)
        photos.add_photo(act, patient_id=patient_id, content=content(), shows=shows)
        return reverse("photos", args=[patient_id])

    if request.method == "POST":
        return take(request, do, again, patient_id, before=content)
    saw(act_of(request), "photos", patient, patient)
    return again()


@page(Permission.SEE_PHOTOS)
def photo(request: Any, photo_id: UUID) -> HttpResponse:
    """Give one photo, after the look was recorded."""
    row = look_up("photo", request.actor, photo_id, "patient")
    content = photos.opened(row, in_need=bool(in_need(request, row.patient)))
    saw(act_of(request), "photo", row, row.patient)
    return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})


@page(Permission.EXPORT_PHOTOS, "POST")
def photo_copy(request: Any, photo_id: UUID) -> HttpResponse:
    """Give a marked copy of a photo for a use outside the clinic, after that was recorded.

    Only a form that a person sends makes one, so that nothing that fetches pages ahead does; sent twice it is one copy.
    """
    row = look_up("photo", request.actor, photo_id, "patient")
    use = request.POST.get("use", "")

    def do(act: Act) -> str:
        photo_export.hand_out(act, photo_id=photo_id, use=use)
        return reverse("photos", args=[row.patient.public_id])

    def again(problem: str, status: int) -> HttpResponse:
        return not_now(request, problem, status)

    answer = take(request, do, again, row.patient.public_id)
    if answer.status_code != REDIRECTED:
        return answer
    marks = photo_export.marks_of(act_of(request, UUID(request.POST["key"])), row, use)
    named = {"Content-Disposition": 'attachment; filename="photo.jpg"'}
    content = photo_export.marked(photos.opened(row), marks)
    return HttpResponse(content, content_type="image/jpeg", headers=named)
