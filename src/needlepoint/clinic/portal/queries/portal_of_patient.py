"""How a patient stands with the portal."""

from __future__ import annotations

from typing import Any

from needlepoint.clinic.models import Patient, SignInLink, Stay, Visitor


def portal_of(patient: Patient) -> dict[str, Any]:
    """Return how a patient stands with the portal: the visitor, the last link and the last time they were there."""
    visitor = Visitor.objects.filter(patient=patient).first()
    links = SignInLink.objects.filter(visitor__patient=patient).order_by("-made_at")
    stays = Stay.objects.filter(visitor__patient=patient).order_by("-seen_at")
    return {"visitor": visitor, "last_link": links.first(), "last_stay": stays.first()}
