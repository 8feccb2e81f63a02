"""Small sessions, and knowledge bases with one row changed, for the tests of the dose."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()
PEN = KNOWLEDGE.devices["skinpen-precision"]
ROLLER = KNOWLEDGE.devices["dermaroller-mf8"]
STAMP = msgspec.structs.replace(PEN, id="stamp", kind="stamp", rate=None)


def a_pass(depth="1.0", passes=2, zone=Zone.CHEEK_LEFT, **numbers):
    exact = {name: None if number is None else Decimal(str(number)) for name, number in numbers.items()}
    return Pass(zone, Depth(depth), passes, **exact)


def session(*passes, device="skinpen-precision"):
    return Session(datetime(2026, 2, 2, 19, tzinfo=UTC), device, passes=passes)


def knowing(*devices, **values):
    """Return the packaged knowledge with more devices, and with other values of dose parameters."""
    rows = dict(KNOWLEDGE.dose_parameters)
    for name, value in values.items():
        cited = msgspec.structs.replace(
            rows[name].value, value=value, low=min(value, 0.0), high=max(value, 1e3)
        )
        rows[name] = msgspec.structs.replace(rows[name], value=cited)
    more = {device.id: device for device in devices}
    return replace(KNOWLEDGE, devices={**KNOWLEDGE.devices, **more}, dose_parameters=rows)


def without_drum(device):
    return msgspec.structs.replace(
        device, id="no-drum", needles=msgspec.structs.replace(device.needles, drum_diameter=None)
    )
