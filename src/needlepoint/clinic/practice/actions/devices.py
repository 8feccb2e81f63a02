"""The devices of a practice: added, entered from a label, retired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find_by_key
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Course, EnteredDevice, OwnedDevice
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.devices import OWN, OwnDevice
from needlepoint.course.errors import InputError
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.own import is_own, knowing


@action(Permission.KEEP_DEVICES)
def add_device(act: Act, *, model: str, serial: str) -> OwnedDevice:
    """Add a device by its make and its serial number; a make that was entered is one of this practice only."""
    name = ""
    if is_own(model):
        entered = EnteredDevice.objects.filter(clinic=act.actor.clinic, model=model).first()
        if entered is None:
            raise Refused("There is no such pen in this practice. Enter it from its label first.")
        name = entered.name
    return _add(act, model, serial, name)


@action(Permission.KEEP_DEVICES)
def enter_device(act: Act, *, label: Mapping[str, Any], serial: str) -> OwnedDevice:
    """Enter a pen that is not in the knowledge base from its label, and add the piece with this serial number.

    `label` is what the core's own device holds, but for its id, which is given here. The vocabulary checks every
    number, and the knowledge base the number that it is said to be cleared under.
    """
    own = OwnDevice(id=f"{OWN}{act.id_for('make').hex[:16]}", **label)
    knowing(packaged(), (own,))
    _refuse_known(own)
    entered = EnteredDevice.objects.create(
        clinic_id=act.actor.clinic,
        model=own.id,
        entered_at=act.at,
        entered_by_id=act.actor.member,
        **{name: getattr(own, name) for name in label},
    )
    told = {name: str(value) for name, value in label.items() if value not in (None, "")}
    write(act, "entered a pen from its label", f"make:{entered.pk}", detail=told)
    return _add(act, own.id, serial, own.name)


def _refuse_known(own: OwnDevice) -> None:
    """Refuse a pen under the name of one that is on file: its own clearances and limits would be lost."""
    for known in packaged().devices.values():
        if known.name.casefold() in own.name.casefold() and known.setting == "professional":
            raise InputError(
                "name", "%(name)s is on file already", "that device, from the list", name=known.name
            )


def _add(act: Act, model: str, serial: str, name: str) -> OwnedDevice:
    try:
        with transaction.atomic():
            device = OwnedDevice.objects.create(
                clinic_id=act.actor.clinic, model=model, serial=serial, name=name
            )
    except IntegrityError:
        raise Refused(
            "The device %(model)s %(serial)s is listed already.", model=name or model, serial=serial
        ) from None
    write(act, "added device", f"device:{device.pk}")
    return device


@action(Permission.KEEP_DEVICES)
def retire_device(act: Act, *, device_key: object, reason: str) -> OwnedDevice:
    """Take a device out of use; what was done with it keeps its name and its numbers."""
    found: OwnedDevice = find_by_key(OwnedDevice, act.actor, device_key)
    device = OwnedDevice.objects.select_for_update(no_key=True).get(pk=found.pk)
    if device.retired_on is not None:
        raise Refused("%(device)s was retired already.", device=device)
    if not reason.strip():
        raise Refused("Write why the device is retired: whoever looks for it later needs it.")
    going_on = Course.objects.filter(device=device, state__in=("drafted", "active", "paused")).count()
    if going_on:
        raise Refused(
            "%(count)s courses still go on with %(device)s. Give them another device first.",
            count=going_on,
            device=device,
        )
    device.retired_on = act.today
    device.save(update_fields=["retired_on"])
    write(act, "retired device", f"device:{device.pk}", detail={"reason": reason.strip()})
    return device
