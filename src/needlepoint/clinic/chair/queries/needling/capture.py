"""The session screen prefilled: the plan's zones, the limits it was opened with, and what was used last time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.chair.queries.course.plan import Proposed, shade
from needlepoint.clinic.chair.queries.needling.added import added_zones
from needlepoint.clinic.chair.queries.needling.session import SAVED_BY, SAVED_FROM
from needlepoint.clinic.models import PlanZone, Session, SessionPass, SessionTopical
from needlepoint.course.states import SessionState

TOPICAL_FIELDS = (
    *("name", "lot", "strength_percent", "grams", "area_cm2", "on_minutes"),
    *("occluded", "compounded", "reason", "patient_kg"),
)
NEVER_AS_LAST_TIME = ("lot", "on_minutes", "occluded", "reason", "patient_kg")
LOTS_SHOWN = 4
# A depth as the database keeps it.
HUNDREDTH = Decimal("0.01")
USUAL_PASSES = 2


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
    usual: str
    proposed: Proposed | None

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
    if chosen is None and session.repeats_id is not None:
        chosen = list(session.repeats.zones_left)
    added = added_zones(session)
    rows = []
    for allowed in session.advice.document["plan"]["sessions"][0]["zones"]:
        zone = allowed["zone"]
        limit = Decimal(str(allowed["depth_mm"]["max"]))
        limited_by = allowed["depth_mm"]["limited_by"]
        if zone in added:
            limit, limited_by = added[zone].limit_mm, added[zone].limited_by
        before, proposed = last.get(zone) or planned.get(zone), _proposed(allowed)
        depth = min(_begins(before, proposed, allowed), limit)
        passes = before.passes if before else USUAL_PASSES
        rows.append(
            CaptureRow(
                zone=zone,
                depth_mm=typed.get(f"depth_{zone}", depth),
                passes=typed.get(f"passes_{zone}", passes),
                limit_mm=limit,
                limited_by=limited_by,
                endpoint=str(typed.get(f"endpoint_{zone}", "")),
                chosen=_is_chosen(zone, chosen, planned, typed, added),
                last_time=_("%(last)s mm, %(last2)s passes")
                % {"last": last[zone].depth_mm, "last2": last[zone].passes}
                if zone in last
                else "",
                usual=f"{depth} {passes}" if zone in (last or planned) else "",
                proposed=proposed,
            )
        )
    return rows


def _proposed(allowed: Mapping[str, Any]) -> Proposed | None:
    """Return what the advice at the opening proposed; None where it is older than proposals are."""
    held = allowed.get("proposal")
    if held is None:
        return None
    mm, last = allowed["depth_mm"]["start"], held["last_mm"]
    return Proposed(_plain_mm(mm), None if last is None else _plain_mm(last), held["move"], held["says"])


def _plain_mm(stored: float) -> Decimal:
    return Decimal(str(stored)).quantize(HUNDREDTH)


def _begins(
    before: SessionPass | PlanZone | None, proposed: Proposed | None, allowed: Mapping[str, Any]
) -> Decimal:
    """Return the depth that the page begins with: as before, and less deep where the proposal goes down."""
    if before is None:
        return Decimal(str(allowed["depth_mm"]["start"]))
    return proposed.instead_of(before.depth_mm) if proposed else Decimal(before.depth_mm)


def _is_chosen(
    zone: str,
    chosen: Collection[str] | None,
    planned: Collection[str],
    typed: Mapping[str, Any],
    added: Collection[str],
) -> bool:
    # What came to the session after the page was typed into is meant to be needled, or nobody would have added it.
    if zone in added and f"depth_{zone}" not in typed:
        return True
    return zone in (planned if chosen is None else chosen)


def _chosen(typed: Mapping[str, Any]) -> list[str] | None:
    """Return the ticked zones; None where the zones were not shown yet, so that no tick says nothing."""
    if "version" not in typed and SAVED_BY not in typed:
        return None
    return list(typed.getlist("zones")) if hasattr(typed, "getlist") else list(typed.get("zones", ()))


def _last_done(session: Session) -> Session | None:
    rows = Session.objects.filter(course=session.course_id, state=SessionState.DONE.value)
    return rows.order_by("-number").first()


def _last_passes(session: Session) -> list[SessionPass]:
    last = _last_done(session)
    return list(last.passes.order_by("place")) if last else []


def topical_defaults(session: Session, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the three kinds of topical as typed, else as used last time (but never its lot), with the lots at hand."""
    last = _last_done(session)
    used = {row.kind: row for row in SessionTopical.objects.filter(session=last)} if last else {}
    at_hand = _lots_at_hand(session.clinic_id)
    lines = []
    for kind, asks in (("anaesthetic", _("Numbing cream")), ("glide", _("Glide gel")), ("serum", _("Serum"))):
        row = used.get(kind)
        line: dict[str, Any] = {"kind": kind, "asks": asks, "at_hand": at_hand.get(kind, [])}
        for field in TOPICAL_FIELDS:
            before = getattr(row, field) if row is not None and field not in NEVER_AS_LAST_TIME else None
            if field == "on_minutes" and kind == "anaesthetic":
                before = minutes_on(session)
            line[field] = typed.get(f"{kind}_{field}", "" if before is None else before)
        lines.append(line)
    return lines


def minutes_on(session: Session) -> int | None:
    """Return how long the numbing cream lay on the skin by its clock, which ends with the first needle."""
    if session.numbing_on_at is None or session.opened_at is None:
        return None
    return int((session.opened_at - session.numbing_on_at).total_seconds() // 60)


def _lots_at_hand(clinic: int) -> dict[str, list[tuple[str, str]]]:
    """Return the products and lots that were used last in the clinic, to be chosen by one tap."""
    rows = SessionTopical.objects.filter(clinic=clinic).exclude(lot="").order_by("-id")[:60]
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        pairs = found.setdefault(row.kind, [])
        if (row.name, row.lot) not in pairs and len(pairs) < LOTS_SHOWN:
            pairs.append((row.name, row.lot))
    return found


def last_container(actor: Actor) -> str:
    """Return the sharps container that was used last in the clinic, which most often is the one at hand."""
    rows = Session.objects.filter(clinic=actor.clinic, state=SessionState.DONE.value)
    return str(rows.order_by("-finished_at").values_list("sharps_container", flat=True).first() or "")


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two tabs differ."""

    name: str
    there: str
    here: str


def differences(kept: Mapping[str, Any], typed: Any) -> list[Difference]:
    """Return in what the draft that was kept and what a page sends differ, field by field."""
    ours = {name: typed.getlist(name) if name == "zones" else typed.get(name) for name in typed}
    names = dict.fromkeys(each for each in (*kept, *ours) if each not in UNSAID)
    pairs = ((name, _says(kept.get(name)), _says(ours.get(name))) for name in names)
    return [Difference(name.replace("_", " "), there, here) for name, there, here in pairs if there != here]


UNSAID = frozenset((SAVED_BY, SAVED_FROM, "version", "key", "patient", "csrfmiddlewaretoken"))


def _says(value: Any) -> str:
    text = ", ".join(value).replace("_", " ") if isinstance(value, list) else str(value or "")
    return text.replace("\r\n", "\n").strip() or "nothing"
