"""Finding a patient, the chart, the photos."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions import consent as consents
from needlepoint.clinic.actions import opening, photo_export
from needlepoint.clinic.actions import patient as actions
from needlepoint.clinic.actions import photo as photos
from needlepoint.clinic.actions.act import Act
from needlepoint.clinic.actions.record import saw
from needlepoint.clinic.forms.patient import person
from needlepoint.clinic.forms.session import signed
from needlepoint.clinic.forms.typed import text
from needlepoint.clinic.queries.closed_photos import open_ones
from needlepoint.clinic.queries.duplicates import like as charts_like
from needlepoint.clinic.queries.older_plans import is_older
from needlepoint.clinic.queries.patient import chart as chart_of
from needlepoint.clinic.queries.patient import photo_consent
from needlepoint.clinic.queries.patient import portrait as latest_portrait
from needlepoint.clinic.queries.patient_list import patient_page
from needlepoint.clinic.queries.session import current_text, of_age
from needlepoint.clinic.views.comings import THEN
from needlepoint.clinic.views.day import _refusal
from needlepoint.clinic.views.door import act_of, new_key, page, seen_of, take, takes_photo, versioned
from needlepoint.clinic.views.photo_closing import in_need
from needlepoint.clinic.views.shown import shown
from needlepoint.course.goals import Sex, SkinType

REDIRECTED = 302


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
    return render(request, "patient/form.html", context, status=status)


def look_for_others(actor: Any, who: Any, seen: list[str], found: list[Any]) -> None:
    """Fill `found` with the charts that may be of this person; raise where one of them was not shown yet."""
    found.extend(charts_like(actor, who))
    if not {str(chart.public_id) for chart, _ in found} <= set(seen):
        raise Refused(
            "Nothing was saved yet: there may be a chart of this person already. Look at the list below the form. "
            "If it is somebody else, save once more."
        )


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


@page(Permission.SEE_CHART)
def chart(request: Any, patient_id: UUID, course_id: UUID | None = None) -> HttpResponse:
    """Show a patient's chart, after the look was recorded."""
    patient = look_up("patient", request.actor, patient_id)
    saw(act_of(request), "chart", patient, patient)
    return show_chart(request, patient, course_id)


def show_chart(
    request: Any, patient: Any, course_id: UUID | None, problem: str = "", status: int = 200
) -> HttpResponse:
    """Render a chart; where a form on it failed, with what was typed into it."""
    act = act_of(request)
    chart_shown = chart_of(patient, act.actor, act.at, course_id)
    course = chart_shown.course
    context = {
        "patient": patient,
        "chart": chart_shown,
        "older": course.plan if course and is_older(course.plan) else None,
        "today": act.today,
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
    }
    return shown(request, "patient/chart.jinja", context, status)


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
        return render(request, "patient/photos.html", context, status=status)

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
        return _refusal(request, problem, status)

    answer = take(request, do, again, row.patient.public_id)
    if answer.status_code != REDIRECTED:
        return answer
    marks = photo_export.marks_of(act_of(request, UUID(request.POST["key"])), row, use)
    named = {"Content-Disposition": 'attachment; filename="photo.jpg"'}
    content = photo_export.marked(photos.opened(row), marks)
    return HttpResponse(content, content_type="image/jpeg", headers=named)


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
        return render(request, "consent/page.html", context, status=status)

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
        request, do, lambda problem, status: _refusal(request, problem, status), consent.patient.public_id
    )


@page(Permission.SIGN_IN)
def home(request: Any) -> HttpResponse:
    """Lead everybody to where they wanted to go before they added a second factor, else to their first page."""
    if wished := request.session.pop(THEN, ""):
        return redirect(wished)
    held = request.actor.permissions
    for permission, address in ((Permission.SEE_DAY, "day"), (Permission.READ_RECORD, "record")):
        if permission in held:
            return redirect(address)
    return _refusal(request, "No role was granted to you yet. Ask whoever runs the clinic’s server.", 403)
