"""What waits for whoever plans or decides, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Waiting

MOST_SHOWN = 200
HOME = "home"


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """How many things wait for a prescriber, and how many screenings from home for anybody who screens."""

    prescriber: int = 0
    home: int = 0

    def of(self, permissions: frozenset[Permission]) -> int:
        """Return how many of them wait for somebody with these permissions."""
        if Permission.SCREEN not in permissions:
            return 0
        return self.home + (self.prescriber if Permission.PLAN in permissions else 0)


def waiting_count(clinic: int) -> WaitingCount:
    """Count what waits in a clinic; one statement."""
    rows = Waiting.objects.filter(clinic=clinic, closed_at=None).values_list("kind").annotate(Count("pk"))
    counts = dict(rows.order_by("kind"))
    home = counts.pop(HOME, 0)
    return WaitingCount(sum(counts.values()), home)


def waiting_for(actor: Actor) -> list[Waiting]:
    """Return what waits for this member, the oldest first; one statement."""
    rows = Waiting.objects.filter(clinic=actor.clinic, closed_at=None)
    if Permission.PLAN not in actor.permissions:
        rows = rows.filter(kind=HOME)
    rows = rows.select_related("patient", "course", "asked_by")
    return list(rows.order_by("asked_at", "pk")[:MOST_SHOWN])
