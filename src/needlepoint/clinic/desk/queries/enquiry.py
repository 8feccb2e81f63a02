"""Who asks for an appointment."""

from __future__ import annotations

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Enquiry

SHOWN_CLOSED = 20


def enquiries(actor: Actor) -> tuple[list[Enquiry], list[Enquiry]]:
    """Return those that wait, the oldest first, and the last that were closed."""
    rows = Enquiry.objects.filter(clinic=actor.clinic)
    rows = rows.select_related("patient", "answered_by")
    closed = rows.exclude(closed_at=None).order_by("-closed_at")[:SHOWN_CLOSED]
    return list(rows.filter(closed_at=None).order_by("made_at")), list(closed)
