"""The dose of each session in each zone, from the passes that were recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from needlepoint.course.goals import Sex
from needlepoint.course.session import Session
from needlepoint.course.zones import Zone
from needlepoint.dose.geometry import Channels, basis_of, channels
from needlepoint.dose.shape import Shape
from needlepoint.dose.skin import Skin, skin_of
from needlepoint.dose.sums import hit_twice_fraction, injured_fractions
from needlepoint.evidence.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class LayerFractions:
    """The injured share of each layer's volume, 0 to 1."""

    stratum_corneum: float
    epidermis: float
    papillary_dermis: float
    reticular_dermis: float


@dataclass(frozen=True, slots=True)
class ZoneDose:
    """What one session did to one zone; sessions count from 1, oldest first."""

    session: int
    zone: Zone
    channels_per_cm2: float
    depth_reached_mm: float
    injured_fraction: LayerFractions
    hit_twice_fraction: float
    assumed: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZonePasses:
    """All channels that one session made in one zone, with the zone's skin."""

    session: int
    zone: Zone
    device: str
    skin: Skin
    channels: tuple[Channels, ...]


def doses(sessions: Sequence[Session], patient_sex: Sex, knowledge: Knowledge) -> tuple[ZoneDose, ...]:
    """Return the dose of each session and zone that has a pass on record, in the order of the record.

    Several passes in a zone add up. A session's device must be one of the knowledge base (KeyError).
    """
    return tuple(
        _dose(group, knowledge)
        for number, session in enumerate(sessions, start=1)
        for group in zone_passes(number, session, patient_sex, knowledge)
    )


def zone_passes(
    number: int, session: Session, patient_sex: Sex, knowledge: Knowledge
) -> tuple[ZonePasses, ...]:
    """Return the channels of one session, zone by zone in the order of the record."""
    device = knowledge.devices[session.device]
    made: dict[Zone, list[Channels]] = {}
    for each_pass in session.passes:
        made.setdefault(each_pass.zone, []).append(channels(each_pass, device, knowledge))
    return tuple(
        ZonePasses(number, zone, device.id, skin_of(zone.kind, patient_sex, knowledge), tuple(group))
        for zone, group in made.items()
    )


def _dose(group: ZonePasses, knowledge: Knowledge) -> ZoneDose:
    shape = Shape.of(knowledge)
    injured = injured_fractions(group.channels, group.skin.edges_mm, shape)
    basis = basis_of(group.device, knowledge)
    told = [line for made in group.channels for line in made.assumed]
    named = [source for made in group.channels for source in made.sources]
    return ZoneDose(
        session=group.session,
        zone=group.zone,
        channels_per_cm2=100.0 * sum(made.per_mm2 for made in group.channels),
        depth_reached_mm=max(made.reached_mm for made in group.channels),
        injured_fraction=LayerFractions(*injured),
        hit_twice_fraction=hit_twice_fraction(group.channels, shape),
        assumed=_once([*told, *group.skin.assumed, *basis.assumed]),
        sources=_once([*named, *group.skin.sources, *basis.sources]),
    )


def _once(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))
