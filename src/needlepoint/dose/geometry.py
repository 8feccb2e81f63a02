"""From a recorded pass to the channels it makes: how many per mm2, how deep, how wide."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from needlepoint.course.session import Pass
from needlepoint.dose.skin import assumptions, sources_of
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Cited, Device


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of one pass: their density and the needle that makes them."""

    per_mm2: float
    setting_mm: float
    reach: float
    beyond_mm: float
    needle_mm: float
    assumed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def reached_mm(self) -> float:
        """Return the mean depth of the channels in mm; never deeper than the setting."""
        return self.setting_mm * min(1.0, self.reach)


@dataclass(frozen=True, slots=True)
class Basis:
    """What the doses of a device rest on, whatever was recorded."""

    assumed: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """A number with the line that says that it was not recorded, where it was not."""

    value: float
    assumed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def channels(each_pass: Pass, device: Device, knowledge: Knowledge) -> Channels:
    """Return what one pass does with a device; a needle that is not out makes no channel."""
    setting = _setting(each_pass, device)
    density = _density(each_pass, device, knowledge) if setting.value > 0 else _Told(0.0)
    return Channels(
        per_mm2=density.value,
        setting_mm=setting.value,
        reach=device.reach.value,
        beyond_mm=_tolerance(device, knowledge).value,
        needle_mm=device.needles.diameter.value,
        assumed=(*setting.assumed, *density.assumed),
        sources=(*setting.sources, *density.sources),
    )


def gliding(
    *, hit: float, needles: float, rate_hz: float, passes: float, speed_mm_s: float, width_mm: float
) -> float:
    """Return channels per mm2 of a pen that glides: strokes a second over the skin it sweeps in a second."""
    return hit * needles * rate_hz * passes / (speed_mm_s * width_mm)


def timed(*, hit: float, needles: float, rate_hz: float, seconds: float, area_mm2: float) -> float:
    """Return channels per mm2 of a pen held for a time over a stretch of skin: all strokes over all skin."""
    return hit * needles * rate_hz * seconds / area_mm2


def rolling(*, hit: float, needles: float, passes: float, drum_mm: float, width_mm: float) -> float:
    """Return channels per mm2 of a roller: each turn presses all needles once into the skin it rolls over."""
    return hit * needles * passes / (math.pi * drum_mm * width_mm)


def stamping(*, hit: float, needles: float, passes: float, width_mm: float) -> float:
    """Return channels per mm2 of a stamp pressed once a pass on each place, side by side."""
    return hit * needles * passes / width_mm**2


def drum_mm(device: Device) -> float:
    """Return how wide a roller's drum is at the needle tips, in mm."""
    if device.needles.drum_diameter is None:
        raise EvidenceError(f"devices.toml: {device.id}: a roller needs its drum_diameter")
    return device.needles.drum_diameter.value


@lru_cache(maxsize=256)
def basis_of(device_id: str, knowledge: Knowledge) -> Basis:
    """Return what is assumed of a device and of every dose made with it, with the sources."""
    device, parameters = knowledge.devices[device_id], knowledge.dose_parameters
    needles = device.needles
    own = {"needles": needles.count, "needle width": needles.diameter, "swath": needles.width}
    own |= {"drum": needles.drum_diameter} if needles.drum_diameter else {}
    own |= {"reach": device.reach}
    shared = [f"{device.kind}_hit", "scatter_share", "scatter_floor", "channel_share", "tip_taper"]
    shared += ["reach_of_stimulus"] + ["default_tolerance"] * (device.depth_tolerance is None)
    general = {name.replace("_", " "): parameters[name].value for name in shared}
    said: tuple[str, ...] = (f"{device.name}: {needles.disagreement}",) if needles.disagreement else ()
    said += assumptions(device.name, own) + assumptions("every dose", general)
    return Basis(said, sources_of(*own.values(), *general.values(), _tolerance(device, knowledge)))


def _tolerance(device: Device, knowledge: Knowledge) -> Cited:
    return device.depth_tolerance or knowledge.dose_parameters["default_tolerance"].value


def _setting(each_pass: Pass, device: Device) -> _Told:
    """Return the depth in mm that counts: what was recorded, or what the device reaches where that is less."""
    recorded, deepest = float(each_pass.depth.mm), device.depth_max
    if recorded <= deepest.value:
        return _Told(recorded)
    said = f"{recorded:g} mm is deeper than {device.name} reaches: {deepest.value:g} mm stands in."
    return _Told(deepest.value, (said,), deepest.sources)


def _density(each_pass: Pass, device: Device, knowledge: Knowledge) -> _Told:
    hit = knowledge.dose_parameters[f"{device.kind}_hit"].value.value
    needles, width = device.needles.count.value, device.needles.width.value
    if device.kind == "pen":
        return _pen(each_pass, device, knowledge, hit)
    if device.kind == "stamp":
        return _Told(stamping(hit=hit, needles=needles, passes=each_pass.passes, width_mm=width))
    drum = drum_mm(device)
    return _Told(rolling(hit=hit, needles=needles, passes=each_pass.passes, drum_mm=drum, width_mm=width))


def _pen(each_pass: Pass, device: Device, knowledge: Knowledge, hit: float) -> _Told:
    """Return the density of a pen; time and area, where both are known, count its strokes most directly."""
    needles, rate = device.needles, _rate(each_pass, device, knowledge)
    if each_pass.seconds is not None and each_pass.area_cm2 is not None:
        seconds, area = float(each_pass.seconds), 100 * float(each_pass.area_cm2)
        density = timed(
            hit=hit, needles=needles.count.value, rate_hz=rate.value, seconds=seconds, area_mm2=area
        )
        return _Told(density, rate.assumed, rate.sources)
    speed = _recorded_or(
        each_pass.speed_mm_s, knowledge.dose_parameters["default_speed"].value, "Glide speed"
    )
    density = gliding(
        hit=hit,
        needles=needles.count.value,
        rate_hz=rate.value,
        passes=each_pass.passes,
        speed_mm_s=speed.value,
        width_mm=needles.width.value,
    )
    return _Told(density, (*rate.assumed, *speed.assumed), (*rate.sources, *speed.sources))


def _rate(each_pass: Pass, device: Device, knowledge: Knowledge) -> _Told:
    if device.rate is None or each_pass.rate_hz is not None:
        return _recorded_or(each_pass.rate_hz, knowledge.dose_parameters["default_rate"].value, "Rate")
    said = f"Rate was not recorded: {device.rate.usual:g} {device.rate.unit} of {device.name} stands in."
    return _Told(device.rate.usual, (said,), device.rate.sources)


def _recorded_or(recorded: Decimal | None, otherwise: Cited, name: str) -> _Told:
    if recorded is not None:
        return _Told(float(recorded))
    said = f"{name} was not recorded: {otherwise.value:g} {otherwise.unit} stands in."
    return _Told(otherwise.value, (said,), otherwise.sources)
