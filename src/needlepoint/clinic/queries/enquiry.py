"""Who asks for an appointment."""

from __future__ import annotations

from typing import Any

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Clinic, Enquiry, Patient, SignInLink, Stay, Visitor

SHOWN_CLOSED = 20


def enquiries(actor: Actor) -> tuple[list[Enquiry], list[Enquiry]]:
    """Return those that wait, the oldest first, and the last that were closed."""
    rows = Enquiry.objects.filter(clinic=actor.clinic)
    rows = rows.select_related("patient", "answered_by")
    closed = rows.exclude(closed_at=None).order_by("-closed_at")[:SHOWN_CLOSED]
    return list(rows.filter(closed_at=None).order_by("made_at")), list(closed)


def portal_of(patient: Patient) -> dict[str, Any]:
    """Return how a patient stands with the portal: the visitor, the last link and the last time they were there."""
    visitor = Visitor.objects.filter(patient=patient).first()
    links = SignInLink.objects.filter(visitor__patient=patient).order_by("-made_at")
    stays = Stay.objects.filter(visitor__patient=patient).order_by("-seen_at")
    return {"visitor": visitor, "last_link": links.first(), "last_stay": stays.first()}


def contact_of(actor: Actor) -> dict[str, str]:
    """Return whom the clinic's patients call, and where they find the portal."""
    row = Clinic.objects.get(pk=actor.clinic)
    names = ("phone", "email", "hours", "emergency_number", "portal_address", "slug")
    return {name: getattr(row, name) or "" for name in names}
