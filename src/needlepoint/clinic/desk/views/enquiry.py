"""Who asks for an appointment: the list, and one that becomes a patient or is closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.duplicates import look_for_others
from needlepoint.clinic.desk.actions import enquiry as actions
from needlepoint.clinic.desk.forms.patient import FIELDS, person
from needlepoint.clinic.desk.queries import enquiry as query
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.goals import Sex, SkinType


@page(Permission.EDIT_PATIENT)
def enquiries(request: Any) -> HttpResponse:
    """List who asks for an appointment, and what was answered."""
    waiting, closed = query.enquiries(request.actor)
    saw(act_of(request), "enquiries", "enquiries")
    return shown(request, "enquiry/list.jinja", {"waiting": waiting, "closed": closed})


@page(Permission.EDIT_PATIENT, "GET", "POST")
def enquiry(request: Any, enquiry_id: UUID) -> HttpResponse:
    """Show one enquiry; make a patient of it, or close it with an answer."""
    row = look_up("enquiry", request.actor, enquiry_id, "patient", "answered_by")
    like: list[Any] = []

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        held = {name: getattr(row, name, "") for name in FIELDS}
        context = {
            "enquiry": row,
            "like": like,
            "typed": request.POST or held,
            "sexes": list(Sex),
            "skin_types": list(SkinType),
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "enquiry/page.jinja", context, status=status)

    def do(act: Act) -> str:
        if "close" in request.POST:
            actions.close(act, enquiry_id=enquiry_id, answer=text(request.POST, "answer", 2000))
            return reverse("enquiries")
        who = person(request.POST)
        look_for_others(act.actor, who, request.POST.getlist("seen"), like)
        made = actions.take_in(act, enquiry_id=enquiry_id, person=who)
        return reverse("portal_of_patient", args=[made.public_id])

    return take(request, do, again) if request.method == "POST" else again()
