"""The devices of a practice: those of the knowledge base, and pens that it entered itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import EnteredDevice, OwnedDevice
from needlepoint.course.devices import OwnDevice
from needlepoint.evidence.devices import ClearedNumber
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.own import is_own, knowing
from needlepoint.evidence.schema import Device


@dataclass(frozen=True, slots=True)
class Owned:
    """A device with what is known of its make; `entered` where the practice entered it itself."""

    device: OwnedDevice
    make: Device | None
    entered: EnteredDevice | None


def own_devices(clinic: int, models: Iterable[str]) -> tuple[OwnDevice, ...]:
    """Return those of these makes that this practice entered, as the core reads them."""
    named = {each for each in models if is_own(each)}
    if not named:
        return ()
    rows = EnteredDevice.objects.filter(clinic=clinic, model__in=named).order_by("model")
    return tuple(as_own(each) for each in rows)


def knowledge_with(clinic: int, models: Iterable[str]) -> Knowledge:
    """Return the knowledge base with these makes of the practice in it."""
    return knowing(packaged(), own_devices(clinic, models))


def as_own(row: EnteredDevice) -> OwnDevice:
    """Return a row as the core reads it."""
    return OwnDevice(
        id=row.model,
        name=row.name,
        maker=row.maker,
        label=row.label,
        depth_min_mm=row.depth_min_mm,
        depth_max_mm=row.depth_max_mm,
        needles=row.needles,
        needle_mm=row.needle_mm,
        depth_step_mm=row.depth_step_mm,
        rate_low_hz=row.rate_low_hz,
        rate_high_hz=row.rate_high_hz,
        cleared_as=row.cleared_as,
    )


def all_devices(actor: Actor) -> list[Owned]:
    """Return every device of the practice, those in use first, with what is known of each."""
    entered = {each.model: each for each in entered_makes(actor)}
    known = knowledge_with(actor.clinic, entered).devices
    rows = OwnedDevice.objects.filter(clinic=actor.clinic).order_by("name", "model", "serial")
    found = [Owned(each, known.get(each.model), entered.get(each.model)) for each in rows]
    return sorted(found, key=lambda each: each.device.retired_on is not None)


def entered_makes(actor: Actor) -> list[EnteredDevice]:
    """Return the pens that the practice entered, by name."""
    rows = EnteredDevice.objects.filter(clinic=actor.clinic).select_related("entered_by")
    return list(rows.order_by("name", "pk"))


def entered_make(actor: Actor, model: str) -> EnteredDevice | None:
    """Return what was entered of a make, with who entered it; None for a make of the knowledge base."""
    return (
        next((each for each in entered_makes(actor) if each.model == model), None) if is_own(model) else None
    )


def numbers_without_a_device() -> list[ClearedNumber]:
    """Return the numbers of the published list that a pen entered here may have been cleared under."""
    return [each for each in packaged().cleared_numbers.values() if not each.device]
