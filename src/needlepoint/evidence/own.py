"""The knowledge base with the pens that a practice entered itself, each bound to all rules as any other device is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from needlepoint.course.devices import OWN, OwnDevice
from needlepoint.course.errors import InputError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Cited, CitedRange, Clearance, Device, NeedleGeometry

# No label says how wide the swath is and how much of a setting living skin takes; both are assumed of this pen too.
ASSUMED_AS = "rejuvapen-nxt"
LABEL = ("entered-here",)


def is_own(device: str) -> bool:
    """Say whether a device is one that a practice entered itself."""
    return device.startswith(OWN)


def knowing(knowledge: Knowledge, own: tuple[OwnDevice, ...]) -> Knowledge:
    """Return the knowledge base with these pens among its devices; itself where it has them already."""
    return knowledge if all(each.id in knowledge.devices for each in own) else _with(knowledge, own)


@lru_cache(maxsize=256)
def _with(knowledge: Knowledge, own: tuple[OwnDevice, ...]) -> Knowledge:
    rows = {each.id: _row(each, knowledge) for each in own}
    return replace(knowledge, devices=MappingProxyType({**knowledge.devices, **rows}))


def _row(own: OwnDevice, knowledge: Knowledge) -> Device:
    like = knowledge.devices[ASSUMED_AS]
    return Device(
        id=own.id,
        name=own.name,
        maker=own.maker,
        kind="pen",
        setting="professional",
        needles=_needles(own, like),
        depth_min=_cited(own.depth_min_mm, "mm"),
        depth_max=_cited(own.depth_max_mm, "mm"),
        reach=like.reach,
        single_use="cartridge",
        sources=LABEL,
        depth_step=None if own.depth_step_mm is None else _cited(own.depth_step_mm, "mm"),
        rate=_rate(own),
        cleared=_claims(own.cleared_as, knowledge),
        note=f"Entered here from: {own.label}",
    )


def _needles(own: OwnDevice, like: Device) -> NeedleGeometry:
    return NeedleGeometry(
        count=_cited(Decimal(own.needles), "needles"),
        diameter=_cited(own.needle_mm, "mm"),
        width=like.needles.width,
        pattern="circle",
    )


def _cited(value: Decimal, unit: str) -> Cited:
    number = float(value)
    return Cited(value=number, unit=unit, low=number, high=number, sources=LABEL, basis="retrieved")


def _rate(own: OwnDevice) -> CitedRange | None:
    if own.rate_low_hz is None or own.rate_high_hz is None:
        return None
    low, high = float(own.rate_low_hz), float(own.rate_high_hz)
    return CitedRange(low=low, high=high, usual=(low + high) / 2, unit="Hz", sources=LABEL, basis="retrieved")


def _claims(number: str, knowledge: Knowledge) -> tuple[Clearance, ...]:
    """Return what a number of the list was cleared for; a pen that stands here already is not entered a second time."""
    if not number:
        return ()
    row = knowledge.cleared_numbers.get(number)
    if row is None:
        raise InputError("cleared_as", "%(number)r is not on the list", "a number of the list", number=number)
    if row.device:
        raise InputError(
            "cleared_as", "%(number)s is on file as %(name)s", "that device", number=number, name=row.name
        )
    return row.cleared
