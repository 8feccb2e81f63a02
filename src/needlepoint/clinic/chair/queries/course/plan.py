"""The plan's zones as rows of a table and as shapes on the chart of the face and the body."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from needlepoint.advice.document import Advice, DepthLimit, ZonePlan
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.models import Course
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged

USUAL_PASSES = 2
STEP = Decimal("0.25")
# In this colour a zone stands that was chosen and has no depth yet.
CHOSEN_MM = Decimal("0.75")


@dataclass(frozen=True, slots=True)
class Proposed:
    """The depth that the advice proposes to begin with, the last one in the zone, and the reason."""

    mm: Decimal
    last_mm: Decimal | None
    move: str
    says: str

    def instead_of(self, depth_mm: Decimal) -> Decimal:
        """Return a depth that was agreed on or done before, and the proposal in its place where that goes down."""
        return min(depth_mm, self.mm) if self.move == "down" else depth_mm


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone with what is wished and what is allowed; without a limit it is left out, and `why` says so."""

    zone: Zone
    depth_mm: object
    passes: object
    limit_mm: Decimal | None
    limited_by: str
    limits: tuple[DepthLimit, ...]
    endpoint: str
    why: str
    proposed: Proposed | None = None
    done_so: str = ""

    @property
    def name(self) -> str:
        """Return the zone in words."""
        return in_words(self.zone.value)

    @property
    def shade(self) -> int:
        """Return the depth in steps of a quarter millimetre, for the colour on the chart."""
        return shade(self.depth_mm)

    @property
    def hatched(self) -> bool:
        """Say whether there are more passes than two, which the chart shows by a hatch."""
        try:
            return int(str(self.passes)) > USUAL_PASSES
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Place:
    """A zone that a course may be for, as the figure and the list beside it offer it."""

    zone: Zone
    chosen: bool

    @property
    def name(self) -> str:
        """Return the zone in words."""
        return in_words(self.zone.value)

    @property
    def shade(self) -> int:
        """Return how the figure colours it: no depth is agreed on yet."""
        return shade(CHOSEN_MM) if self.chosen else 0


def places(chosen: Collection[str]) -> list[Place]:
    """Return every zone but those that the evidence lets nobody needle at any depth."""
    known = packaged().zones
    return [Place(zone, zone.value in chosen) for zone in Zone if known[zone.kind].depth_max.value > 0]


def shade(depth_mm: object) -> int:
    """Return a depth in quarter millimetres, 0 to 10."""
    try:
        return max(0, min(10, round(Decimal(str(depth_mm)) / STEP)))
    except ArithmeticError:
        return 0


def plan_rows(course: Course, advice: Advice, typed: Mapping[str, str]) -> list[ZoneRow]:
    """Return a row for each zone of the goal: as typed, else as in the plan now, else as proposed."""
    latest = course.plans.order_by("-version").first()
    agreed = {row.zone: row for row in latest.zones.all()} if latest else {}
    planned = {each.zone: each for each in (advice.plan.sessions[0].zones if advice.plan.sessions else ())}
    left_out = {each.zone: each.reason for each in advice.plan.left_out}
    rows = []
    for zone in (Zone(name) for name in course.zones):
        proposal, held = planned.get(zone), agreed.get(zone.value)
        if proposal is None:
            rows.append(ZoneRow(zone, "", "", None, "", (), "", left_out.get(zone, advice.plan.why)))
            continue
        proposed = _proposed(proposal)
        start = proposed.instead_of(min(held.depth_mm, proposal.depth_mm.max)) if held else proposed.mm
        rows.append(
            ZoneRow(
                zone,
                typed.get(f"depth_{zone.value}", start),
                typed.get(f"passes_{zone.value}", held.passes if held else USUAL_PASSES),
                proposal.depth_mm.max,
                proposal.depth_mm.limited_by,
                proposal.limits,
                proposal.endpoint,
                "",
                proposed,
                proposal.done_so.says if proposal.done_so else "",
            )
        )
    return rows


def _proposed(zone: ZonePlan) -> Proposed:
    held = zone.proposal
    return Proposed(zone.depth_mm.start, held.last_mm, held.move, held.says)
