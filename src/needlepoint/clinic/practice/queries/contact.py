"""Whom the patients call, and where they find the portal, as the practice has it."""

from __future__ import annotations

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Clinic


def language_of_practice(actor: Actor) -> str:
    """Return the language of the staff's pages, as the practice has chosen it."""
    return str(Clinic.objects.values_list("language", flat=True).get(pk=actor.clinic))


def contact_of(actor: Actor) -> dict[str, str]:
    """Return whom the clinic's patients call, and where they find the portal."""
    row = Clinic.objects.get(pk=actor.clinic)
    names = ("phone", "email", "hours", "emergency_number", "portal_address", "slug")
    return {name: getattr(row, name) or "" for name in names}
