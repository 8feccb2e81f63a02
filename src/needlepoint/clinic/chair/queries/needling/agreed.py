"""What a patient agrees to in one session, in figures: zones with depth and passes, device, cream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.queries.course.plan import shade
from needlepoint.clinic.models import Session


@dataclass(frozen=True, slots=True)
class AgreedZone:
    """A zone of the session as it is planned; without a depth none was planned for it."""

    zone: str
    depth_mm: Decimal | None
    passes: int

    @property
    def name(self) -> str:
        """Return the zone in words."""
        return in_words(self.zone)

    @property
    def shade(self) -> int:
        """Return how the figure colours it."""
        return shade(self.depth_mm)


def agreed_zones(session: Session, more: Sequence[str] = ()) -> list[AgreedZone]:
    """Return every zone that a consent to this session covers, with what the plan says of it."""
    plan = session.course.plans.order_by("-version").first()
    planned = {row.zone: row for row in plan.zones.all()} if plan else {}
    zones = (*session.course.zones, *more)
    return [
        AgreedZone(zone, planned[zone].depth_mm, planned[zone].passes)
        if zone in planned
        else AgreedZone(zone, None, 0)
        for zone in zones
    ]
