"""Whether the tablet of a session is in a patient's hands, and what for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Lending

# Under these names the session of a browser knows that it is lent, and the digest of its member's PIN.
LENT = "lent"
PIN = "pin"
LENT_AT = "lent_at"
MOST_TRIES = 5


def is_lent(session: Mapping[str, Any]) -> bool:
    """Say whether the session lies in a patient's hands; asked on every request, so without a statement."""
    return session.get(LENT) is not None


def lending_of(session: Mapping[str, Any], actor: Actor) -> Lending | None:
    """Return for what the tablet was lent; None where it is not, or lies in its member's hands again."""
    rows = Lending.objects.filter(
        clinic=actor.clinic, pk=session.get(LENT), member=actor.member, back_at=None
    )
    return rows.select_related("patient", "course", "session").first()


def came_back(session: Mapping[str, Any], actor: Actor) -> bool:
    """Say whether what the session calls lent was taken back meanwhile, by a second tap on the same button."""
    return Lending.objects.filter(
        clinic=actor.clinic, pk=session.get(LENT), member=actor.member, back_at__isnull=False
    ).exists()
