"""What a member typed into a form and has not sent yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Typed


def typed_into(actor: Actor, page: str, at: datetime, kept_for: timedelta) -> Typed | None:
    """Return what this member typed into a form lately; nobody else's is ever found."""
    rows = Typed.objects.filter(clinic=actor.clinic, member=actor.member, page=page)
    found: Typed | None = rows.filter(saved_at__gt=at - kept_for).first()
    return found if found is not None and found.fields else None
