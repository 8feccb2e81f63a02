"""Facts of each zone of the goal: what it is, what the device was cleared and evaluated for, what was done there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from needlepoint.advice.depth_limits import evaluated_depth, exactly
from needlepoint.advice.moment import Moment
from needlepoint.course.session import Pass
from needlepoint.course.zones import Zone
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN


@dataclass(frozen=True, slots=True)
class _Done:
    """What the sessions did to a zone."""

    last_on: date
    last_depth_mm: object
    beyond_evaluated: bool = False
    beyond_zone: bool = False


def zone_facts(moment: Moment) -> dict[Zone, dict[str, object]]:
    """Return the zone's own facts for each zone of the goal, in the goal's order."""
    done, elsewhere = _done(moment), _elsewhere(moment)
    return {
        zone: _facts_of(moment, zone, done.get(zone)) | _later(done.get(zone), elsewhere.get(zone))
        for zone in moment.case.goal.zones
    }


def _facts_of(moment: Moment, zone: Zone, done: _Done | None) -> dict[str, object]:
    concern = moment.case.goal.concern.value
    named = any(
        concern in clearance.concerns and zone.kind in clearance.zones for clearance in moment.device.cleared
    )
    evaluated = evaluated_depth(moment.device.id, concern, zone.kind, moment.knowledge) is not None
    return {
        "zone.kind": zone.kind,
        "zone.part": zone.part.value,
        "zone.cleared": _yes(named),
        "zone.evaluated": _yes(evaluated),
        "zone.last_on": done.last_on if done else NOT_APPLICABLE,
        "zone.last_depth_mm": done.last_depth_mm if done else NOT_APPLICABLE,
        "zone.beyond_evaluated": _yes(done.beyond_evaluated) if done else NOT_APPLICABLE,
        "zone.beyond_zone": _yes(done.beyond_zone) if done else NOT_APPLICABLE,
    }


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _done(moment: Moment) -> Mapping[Zone, _Done]:
    """Return what all sessions did, zone by zone, in one sweep over their passes."""
    found: dict[Zone, _Done] = {}
    for session in moment.sessions:
        day = moment.case.day_of(session.started_at)
        for zone, passes in _by_zone(session.passes, moment.case.goal.zones).items():
            before = found.get(zone)
            beyond_evaluated, beyond_zone = _beyond(moment, session.device, zone, passes)
            found[zone] = _Done(
                last_on=day,
                last_depth_mm=max(passes, default=UNKNOWN),
                beyond_evaluated=beyond_evaluated or (before is not None and before.beyond_evaluated),
                beyond_zone=beyond_zone or (before is not None and before.beyond_zone),
            )
    return found


def _elsewhere(moment: Moment) -> Mapping[Zone, _Done]:
    """Return when each zone was last needled elsewhere, and how deep where that is known."""
    return {
        zone: _Done(moment.case.day_of(session.started_at), max(passes, default=UNKNOWN))
        for session in moment.elsewhere
        for zone, passes in _by_zone(session.passes, moment.case.goal.zones).items()
    }


def _later(here: _Done | None, elsewhere: _Done | None) -> dict[str, object]:
    """Return the day of what was done elsewhere, where it came last, and the deeper of the two depths.

    The deeper one, so that to tell of a shallow session elsewhere never ends the wait after a deep one here.
    """
    if elsewhere is None or (here is not None and elsewhere.last_on < here.last_on):
        return {}
    depths = [elsewhere.last_depth_mm, *([here.last_depth_mm] if here else [])]
    known = [each for each in depths if isinstance(each, Decimal)]
    deeper = max(known) if len(known) == len(depths) else UNKNOWN
    return {"zone.last_on": elsewhere.last_on, "zone.last_depth_mm": deeper}


def _by_zone(passes: Iterable[Pass], zones: tuple[Zone, ...]) -> dict[Zone, list[Decimal]]:
    """Return the depths in mm by zone; a session without any pass on record may have touched every zone."""
    depths: dict[Zone, list[Decimal]] = {}
    for each_pass in passes:
        depths.setdefault(each_pass.zone, []).append(each_pass.depth.mm)
    return depths or {zone: [] for zone in zones}


def _beyond(moment: Moment, device: str, zone: Zone, depths: list[Decimal]) -> tuple[bool, bool]:
    """Say whether a recorded depth passed what was evaluated on the device used, and what the zone allows."""
    deepest = max(depths, default=Decimal(0))
    evaluated = evaluated_depth(device, moment.case.goal.concern.value, zone.kind, moment.knowledge)
    row = moment.knowledge.zones.get(zone.kind)
    beyond_zone = row is not None and deepest > exactly(row.depth_max)
    # Where nothing was evaluated at all, no depth past the zone's limit was evaluated either.
    return beyond_zone if evaluated is None else deepest > exactly(evaluated), beyond_zone
