"""From one session to the next: what was done and how it healed carry the depth a step up, a step down, or leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from needlepoint.advice.depth_limits import exactly, floor_on_dial, shallowest
from needlepoint.advice.document import DepthProposal, ZoneLeftOut, ZonePlan
from needlepoint.advice.healed import Healing
from needlepoint.advice.moment import Moment
from needlepoint.course.zones import Zone
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Device

_STEPS = {"up": 1, "stays": 0, "down": -1}


@dataclass(frozen=True, slots=True)
class _Last:
    """The last session in which a zone was needled: which it was, how deep, and whether with the device planned now."""

    index: int
    mm: Decimal
    same_device: bool


def carried(planned: ZonePlan, moment: Moment, healed: Sequence[Healing]) -> ZonePlan | ZoneLeftOut:
    """Return the plan of a zone as what was done there before has it; unchanged where nothing was."""
    last = next(_done_in(planned.zone, moment), None)
    if last is None:
        return planned
    reason = _reason(last, healed)
    steps = _STEPS[moment.knowledge.depth_moves[reason].move]
    wished = _wished(last, steps, planned.depth_mm.start, step_of(moment.device, moment.knowledge))
    mm = _set_to(min(wished, planned.depth_mm.max), moment.device)
    if mm > max(wished, last.mm):
        return _left_out(planned, last, mm, moment.device)
    if mm >= last.mm and steps < 0:
        reason = "no_less"
    elif mm <= last.mm and wished > planned.depth_mm.max and steps >= 0:
        reason = "at_limit"
    proposal = proposed(reason, mm, moment.knowledge, last.mm)
    return replace(planned, depth_mm=replace(planned.depth_mm, start=mm), proposal=proposal)


def proposed(reason: str, mm: Decimal, knowledge: Knowledge, last_mm: Decimal | None = None) -> DepthProposal:
    """Return the proposal with its reason; whether it goes up or down is read off the depths themselves."""
    row = knowledge.depth_moves[reason]
    return DepthProposal(
        move=row.move if last_mm is None else _move(mm, last_mm),
        last_mm=last_mm,
        reason=row.id,
        says=row.says,
        sources=row.sources,
        basis=row.basis,
    )


def step_of(device: Device, knowledge: Knowledge) -> Decimal:
    """Return one step of a device's dial in mm, or the one that stands in where its steps are not known."""
    return exactly(device.depth_step or knowledge.depth_parameters["step"].value)


def _move(mm: Decimal, last_mm: Decimal) -> str:
    if mm == last_mm:
        return "stays"
    return "up" if mm > last_mm else "down"


def _done_in(zone: Zone, moment: Moment) -> Iterator[_Last]:
    """Yield the sessions that needled a zone, the latest first; a setting of zero needles nothing.

    Whoever was needled elsewhere since was needled with another device, wherever that was.
    """
    for index in range(len(moment.sessions) - 1, -1, -1):
        session = moment.sessions[index]
        deepest = max((each.depth.mm for each in session.passes if each.zone is zone), default=Decimal(0))
        if deepest > 0:
            since = any(each.started_at > session.started_at for each in moment.elsewhere)
            yield _Last(index, deepest, session.device == moment.device.id and not since)


def _reason(last: _Last, healed: Sequence[Healing]) -> str:
    """Return why the depth moves; what asks for care comes before what would let it rise."""
    if Healing.REACTION in healed[last.index :]:
        return "reaction"
    if healed[last.index] is Healing.NOT_HEALED:
        return "not_healed"
    if not last.same_device:
        return "another_device"
    if Healing.REACTION in healed[: last.index]:
        return "reaction_before"
    return healed[last.index].value


def _wished(last: _Last, steps: int, start: Decimal, step: Decimal) -> Decimal:
    """Return the depth that is asked for: from the last one, or on another device from its start where that is less."""
    base = last.mm if last.same_device else min(last.mm, start)
    # Less than one step is no depth to needle at.
    return max(base + steps * step, min(base, step))


def _set_to(mm: Decimal, device: Device) -> Decimal:
    """Return the deepest setting up to a depth; the device's least where each is deeper."""
    return max(floor_on_dial(mm, device) or Decimal(0), shallowest(device))


def _left_out(planned: ZonePlan, last: _Last, mm: Decimal, device: Device) -> ZoneLeftOut:
    reason = (
        f"{device.name} needles {mm.normalize():f} mm deep at the least, and from the {last.mm.normalize():f} mm "
        "of the last session here the depth never rises by so much at once."
    )
    return ZoneLeftOut(zone=planned.zone, reason=reason, sources=planned.sources)
