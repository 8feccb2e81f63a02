"""The limits of a depth, of which the least rules: what was evaluated, device, zone, operator, goal, the law."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache

from needlepoint.advice.document import DepthLimit, DepthRange
from needlepoint.course.goals import Concern, OperatorRole
from needlepoint.course.zones import Zone, ZonePart
from needlepoint.evidence.depths import depth_of
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.jurisdictions import rows_for
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Cited, Device, EvaluatedDepth, ZoneFacts

# Skin around the eye and on the neck is no measure for a body zone, so only these stand in for "the face".
_FACE = frozenset(zone.kind for zone in Zone if zone.part is ZonePart.FACE)


def exactly(cited: Cited) -> Decimal:
    """Return a cited value as the decimal number that was written in the data file."""
    return Decimal(str(cited.value))


def on_the_dial(depth_mm: Decimal, device: Device) -> bool:
    """Say whether the device can be set to that depth."""
    return floor_on_dial(depth_mm, device) == depth_mm


def shallowest(device: Device) -> Decimal:
    """Return the least depth in mm at which the device needles at all: a dial's zero does not count."""
    low = exactly(device.depth_min)
    return low if low > 0 or device.depth_step is None else low + exactly(device.depth_step)


def floor_on_dial(depth_mm: Decimal, device: Device) -> Decimal | None:
    """Return the deepest setting of the device that is not deeper than a depth; None where every one is deeper."""
    low, high = exactly(device.depth_min), exactly(device.depth_max)
    within = min(depth_mm, high)
    if within < low:
        return None
    if device.depth_step is None:
        return within
    step = exactly(device.depth_step)
    return low + ((within - low) / step).to_integral_value(ROUND_FLOOR) * step


def zone_row(kind: str, knowledge: Knowledge) -> ZoneFacts:
    """Return what is known of a kind of zone; an EvidenceError where nothing is."""
    if kind not in knowledge.zones:
        raise EvidenceError(f"zones.toml: {kind} is missing")
    return knowledge.zones[kind]


@lru_cache(maxsize=4096)
def evaluated_depth(device: str, concern: str, kind: str, knowledge: Knowledge) -> Cited | None:
    """Return the depth evaluated on a device for a concern in a kind of zone, the lesser one where several are."""
    return _least(
        [row for row in knowledge.devices[device].evaluated if concern in row.concerns and kind in row.zones]
    )


@lru_cache(maxsize=1024)
def evaluated_on_face(device: str, knowledge: Knowledge) -> Cited | None:
    """Return the depth evaluated on a device anywhere on the face, the lesser one where several are."""
    return _least([row for row in knowledge.devices[device].evaluated if _FACE.intersection(row.zones)])


def _least(rows: list[EvaluatedDepth]) -> Cited | None:
    return min((row.depth for row in rows), key=exactly, default=None)


@lru_cache(maxsize=4096)
def limits(
    device: str, concern: Concern, kind: str, operator: OperatorRole, knowledge: Knowledge, place: str = ""
) -> tuple[DepthLimit, ...]:
    """Return the limits in the order in which they are named where several are equally strict.

    Four hold everywhere; where courses for the goal had a ceiling, or the law of the place has one, it comes last.
    """
    setting = knowledge.devices[device].setting
    laws = rows_for(place, operator.value, setting, knowledge.jurisdictions) if place else ()
    return (
        _evaluated(device, concern.value, kind, knowledge),
        _limit("device", knowledge.devices[device].depth_max, "what the device reaches"),
        _limit("zone", zone_row(kind, knowledge).depth_max, f"depth limit of the zone {kind}"),
        _of_operator(operator.value, knowledge),
        *_of_goal(concern.value, kind, knowledge),
        *(_limit("place", law.depth_max, f"limit of {law.title}") for law in laws if law.depth_max),
    )


def deciding(among: tuple[DepthLimit, ...]) -> tuple[Decimal, DepthLimit]:
    """Return the least depth that any limit allows, and the first limit that asks for it."""
    bound = [(limit.depth_mm, limit) for limit in among if limit.depth_mm is not None]
    return min(bound, key=lambda pair: pair[0])


def depth_range(
    among: tuple[DepthLimit, ...], usual_start: Cited, device: Device, gentler: bool
) -> DepthRange | None:
    """Return where to begin and where to end on the device's dial; None where even its least is too deep.

    `gentler` begins one step lower, for skin that marks easily; on a device whose step is not known, at the low end of
    the range in which courses begin there.
    """
    least, limit = deciding(among)
    deepest = floor_on_dial(least, device)
    low = shallowest(device)
    if not deepest or deepest < low:
        return None
    wished = _gentler(usual_start, device) if gentler else exactly(usual_start)
    start = floor_on_dial(min(wished, deepest), device)
    return DepthRange(start=max(start or low, low), max=deepest, limited_by=limit.says)


def _gentler(usual_start: Cited, device: Device) -> Decimal:
    if device.depth_step is None:
        return Decimal(str(usual_start.low))
    return exactly(usual_start) - exactly(device.depth_step)


def _limit(kind: str, cited: Cited, says: str) -> DepthLimit:
    return DepthLimit(kind=kind, depth_mm=exactly(cited), says=says, sources=cited.sources, basis=cited.basis)


def _evaluated(device: str, concern: str, kind: str, knowledge: Knowledge) -> DepthLimit:
    evaluated = evaluated_depth(device, concern, kind, knowledge)
    if evaluated is not None:
        return _limit("evaluated", evaluated, f"evaluated depth of {device} for {concern}")
    nothing = f"none was evaluated for {concern} on the zone {kind}"
    on_face = evaluated_on_face(device, knowledge)
    if on_face is not None:
        return _limit("evaluated", on_face, f"evaluated depth of {device} on the face; {nothing}")
    sources = knowledge.devices[device].sources
    return DepthLimit(kind="evaluated", depth_mm=None, says=nothing, sources=sources, basis="assumed")


def _of_goal(concern: str, kind: str, knowledge: Knowledge) -> Iterator[DepthLimit]:
    row = depth_of(concern, kind, knowledge.depths)
    if row is not None and row.ceiling is not None:
        yield _limit("goal", row.ceiling, f"how deep courses for {concern} went here")


def _of_operator(operator: str, knowledge: Knowledge) -> DepthLimit:
    row = knowledge.operators[operator]
    who = operator.replace("_", " ")
    named = f"{'an' if who[0] in 'aeiou' else 'a'} {who}"
    if row.depth_max is None:
        says = f"no limit of its own for {named}"
        return DepthLimit(kind="operator", depth_mm=None, says=says, sources=row.sources, basis="assumed")
    return _limit("operator", row.depth_max, f"limit for {named}")
