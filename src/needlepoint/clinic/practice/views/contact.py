"""Whom patients call, and where they find the portal."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.spoken import spoken_languages
from needlepoint.clinic.practice.actions import clinic as clinics
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.forms.typed import mail_address, text
from needlepoint.clinic.practice.queries.contact import contact_of, language_of_practice
from needlepoint.clinic.practice.views.door.asking import new_key, page, seen_of, take, versioned
from needlepoint.clinic.practice.views.door.refusals import not_now
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.ADD_MEMBER, "GET", "POST")
def portal_contact(request: Any) -> HttpResponse:
    """Show and change whom patients call, and where they find the portal."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        held = contact_of(request.actor)
        context = {**versioned(request, held), "slug": held["slug"], "problem": problem, "key": new_key()}
        context |= {"chosen": language_of_practice(request.actor), "spoken_languages": spoken_languages()}
        return shown(request, "enquiry/contact.jinja", context, status=status)

    def do(act: Act) -> str:
        longest = {"phone": 40, "email": 254, "hours": 200, "emergency_number": 20, "portal_address": 200}
        contact = {name: text(request.POST, name, most) for name, most in longest.items()}
        contact["email"] = mail_address(request.POST, "email")
        clinics.set_contact(act, contact=contact, seen=seen_of(request))
        return reverse("portal_contact")

    return take(request, do, again) if request.method == "POST" else again()


@page(Permission.ADD_MEMBER, "POST")
def practice_language(request: Any) -> HttpResponse:
    """Choose the language of the staff's pages."""

    def do(act: Act) -> str:
        clinics.set_language(act, language=text(request.POST, "language", 9))
        return reverse("portal_contact")

    return take(request, do, lambda problem, status: not_now(request, problem, status))
