"""The session screen prefilled: the plan's zones, the limits it was opened with, and what was used last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Session, SessionPass, SessionTopical
from needlepoint.clinic.queries.plan import shade
from needlepoint.course.states import SessionState

TOPICAL_FIELDS = ("name", "lot", "strength_percent", "grams", "area_cm2", "on_minutes")


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A zone as it stands on the session screen."""

    zone: str
    depth_mm: object
    passes: object
    limit_mm: Decimal
    limited_by: str
    endpoint: str
    chosen: bool
    last_time: str

    @property
    def name(self) -> str:
        """Return the zone in words."""
        return self.zone.replace("_", " ")

    @property
    def shade(self) -> int:
        """Return the depth in steps of a quarter millimetre, for the colour on the chart."""
        return shade(self.depth_mm) if self.chosen else 0


def capture_rows(session: Session, typed: Mapping[str, Any]) -> list[CaptureRow]:
    """Return a row for each zone that the advice at the opening allows: as typed, else last time's, else the plan's."""
    plan = session.course.plans.order_by("-version").first()
    planned = {row.zone: row for row in plan.zones.all()} if plan else {}
    last = {row.zone: row for row in _last_passes(session)}
    chosen = _chosen(typed)
    rows = []
    for allowed in session.advice.document["plan"]["sessions"][0]["zones"]:
        zone = allowed["zone"]
        limit = Decimal(str(allowed["depth_mm"]["max"]))
        before = last.get(zone) or planned.get(zone)
        depth = min(before.depth_mm, limit) if before else Decimal(str(allowed["depth_mm"]["start"]))
        rows.append(
            CaptureRow(
                zone=zone,
                depth_mm=typed.get(f"depth_{zone}", depth),
                passes=typed.get(f"passes_{zone}", before.passes if before else 2),
                limit_mm=limit,
                limited_by=allowed["depth_mm"]["limited_by"],
                endpoint=str(typed.get(f"endpoint_{zone}", "")),
                chosen=zone in chosen if chosen is not None else zone in planned,
                last_time=f"{last[zone].depth_mm} mm, {last[zone].passes} passes" if zone in last else "",
            )
        )
    return rows


def _chosen(typed: Mapping[str, Any]) -> list[str] | None:
    if "zones" not in typed:
        return [] if typed else None
    return list(typed.getlist("zones")) if hasattr(typed, "getlist") else list(typed["zones"])


def _last_done(session: Session) -> Session | None:
    rows = Session.objects.filter(course=session.course_id, state=SessionState.DONE.value)
    return rows.order_by("-number").first()


def _last_passes(session: Session) -> list[SessionPass]:
    last = _last_done(session)
    return list(last.passes.order_by("place")) if last else []


def topical_defaults(session: Session, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the three kinds of topical with what was typed, else with what was used last time (but never its lot)."""
    last = _last_done(session)
    used = {row.kind: row for row in SessionTopical.objects.filter(session=last)} if last else {}
    lines = []
    for kind, asks in (("anaesthetic", "Numbing cream"), ("glide", "Glide gel"), ("serum", "Serum")):
        row = used.get(kind)
        line: dict[str, Any] = {"kind": kind, "asks": asks}
        for field in TOPICAL_FIELDS:
            before = getattr(row, field) if row is not None and field != "lot" else ""
            line[field] = typed.get(f"{kind}_{field}", "" if before is None else before)
        lines.append(line)
    return lines


def last_container(actor: Actor) -> str:
    """Return the sharps container that was used last in the clinic, which most often is the one at hand."""
    rows = Session.objects.filter(clinic=actor.clinic, state=SessionState.DONE.value)
    return str(rows.order_by("-finished_at").values_list("sharps_container", flat=True).first() or "")
