"""The staff's side of the portal: who asks to come, who may come in, what patients are told, and whom they call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions import clinic as clinics
from needlepoint.clinic.actions import enquiry as actions
from needlepoint.clinic.actions import sign_in, signed_words
from needlepoint.clinic.actions.act import Act
from needlepoint.clinic.actions.record import saw
from needlepoint.clinic.forms.patient import FIELDS, person
from needlepoint.clinic.forms.typed import mail_address, text
from needlepoint.clinic.queries import enquiry as query
from needlepoint.clinic.queries.signed_words import signings
from needlepoint.clinic.views.door import act_of, new_key, page, seen_of, take, versioned
from needlepoint.clinic.views.patient import look_for_others
from needlepoint.course.goals import Sex, SkinType
from needlepoint.evidence.words import languages, words


@page(Permission.EDIT_PATIENT)
def enquiries(request: Any) -> HttpResponse:
    """List who asks for an appointment, and what was answered."""
    waiting, closed = query.enquiries(request.actor)
    saw(act_of(request), "enquiries", "enquiries")
    return render(request, "enquiry/list.html", {"waiting": waiting, "closed": closed})


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
        return render(request, "enquiry/page.html", context, status=status)

    def do(act: Act) -> str:
        if "close" in request.POST:
            actions.close(act, enquiry_id=enquiry_id, answer=text(request.POST, "answer", 2000))
            return reverse("enquiries")
        who = person(request.POST)
        look_for_others(act.actor, who, request.POST.getlist("seen"), like)
        made = actions.take_in(act, enquiry_id=enquiry_id, person=who)
        return reverse("portal_of_patient", args=[made.public_id])

    return take(request, do, again) if request.method == "POST" else again()


@page(Permission.EDIT_PATIENT, "GET", "POST")
def portal_of_patient(request: Any, patient_id: UUID) -> HttpResponse:
    """Show how a patient stands with the portal; invite, invite again, or close it."""
    patient = look_up("patient", request.actor, patient_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        stands = query.portal_of(patient)
        address, code = sign_in.link_in_example(stands["last_link"], act_of(request).at)
        context = stands | {
            "patient": patient,
            "example_link": address,
            "example_code": code,
            "spoken_languages": [words(each) for each in languages()],
            "problem": problem,
            "key": new_key(),
        }
        return render(request, "patient/portal.html", context, status=status)

    def do(act: Act) -> str:
        if "close" in request.POST:
            sign_in.close(act, patient_id=patient_id)
        else:
            chosen = text(request.POST, "language", 5)
            language = chosen if chosen in languages() else languages()[0]
            sign_in.invite(act, patient_id=patient_id, language=language)
        return reverse("portal_of_patient", args=[patient_id])

    if request.method == "POST":
        return take(request, do, again, patient_id)
    saw(act_of(request), "portal", patient, patient)
    return again()


@page(Permission.COUNTERSIGN, "GET", "POST")
def patient_words(request: Any) -> HttpResponse:
    """Show the fixed words that answer a report, and take the signature under them."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {"signings": signings(request.actor.clinic), "problem": problem, "key": new_key()}
        return render(request, "enquiry/words.html", context, status=status)

    def do(act: Act) -> str:
        language, sha256 = text(request.POST, "language", 5), text(request.POST, "sha256", 64)
        signed_words.sign_words(act, language=language, sha256=sha256)
        return reverse("patient_words")

    return take(request, do, again) if request.method == "POST" else again()


@page(Permission.ADD_MEMBER, "GET", "POST")
def portal_contact(request: Any) -> HttpResponse:
    """Show and change whom patients call, and where they find the portal."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        held = query.contact_of(request.actor)
        context = {**versioned(request, held), "slug": held["slug"], "problem": problem, "key": new_key()}
        return render(request, "enquiry/contact.html", context, status=status)

    def do(act: Act) -> str:
        longest = {"phone": 40, "email": 254, "hours": 200, "emergency_number": 20, "portal_address": 200}
        contact = {name: text(request.POST, name, most) for name, most in longest.items()}
        contact["email"] = mail_address(request.POST, "email")
        clinics.set_contact(act, contact=contact, seen=seen_of(request))
        return reverse("portal_contact")

    return take(request, do, again) if request.method == "POST" else again()
