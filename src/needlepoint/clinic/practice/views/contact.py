"""Whom patients call, and where they find the portal."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions import clinic as clinics
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.forms.typed import mail_address, text
from needlepoint.clinic.practice.queries.contact import contact_of
from needlepoint.clinic.practice.views.door.asking import new_key, page, seen_of, take, versioned
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.ADD_MEMBER, "GET", "POST")
def portal_contact(request: Any) -> HttpResponse:
    """Show and change whom patients call, and where they find the portal."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        held = contact_of(request.actor)
        context = {**versioned(request, held), "slug": held["slug"], "problem": problem, "key": new_key()}
        return shown(request, "enquiry/contact.jinja", context, status=status)

    def do(act: Act) -> str:
        longest = {"phone": 40, "email": 254, "hours": 200, "emergency_number": 20, "portal_address": 200}
        contact = {name: text(request.POST, name, most) for name, most in longest.items()}
        contact["email"] = mail_address(request.POST, "email")
        clinics.set_contact(act, contact=contact, seen=seen_of(request))
        return reverse("portal_contact")

    return take(request, do, again) if request.method == "POST" else again()
