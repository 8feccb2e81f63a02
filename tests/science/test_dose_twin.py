"""The dose's plain twin: real punctures dropped on a plane, and the covered skin counted depth by depth.

The twin shares no code with `needlepoint.dose.coverage`: it draws each channel's place and depth, and looks at a grid
of points on a field without edges.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from needlepoint.course.goals import Sex
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session
from needlepoint.course.zones import Zone
from needlepoint.dose.geometry import Channels, channels
from needlepoint.dose.session import ZoneDose, doses
from needlepoint.dose.skin import skin_of
from needlepoint.evidence.loader import packaged

AGREEMENT = 0.02
PRECISION = 0.006  # standard error of the twin's own overlap
PIXEL_MM, PIXELS = 0.02, 500
SIDE_MM = PIXEL_MM * PIXELS
DEPTHS = (2, 4, 6, 24)  # at how many depths each layer is looked at, from the surface down
KNOWLEDGE = packaged()


def number(name: str) -> float:
    return KNOWLEDGE.dose_parameters[name].value.value


class Field:
    """Channels on a square whose left edge is joined to its right and whose top to its bottom.

    As many channels as are expected, no more and no fewer: what is tested is how they overlap, not how many fall.
    """

    def __init__(self, made: tuple[Channels, ...], chance: np.random.Generator) -> None:
        self.groups = []
        for each in made:
            count = round(each.per_mm2 * SIDE_MM**2)
            places = chance.uniform(0.0, SIDE_MM, (count, 2))
            mean = each.setting_mm * each.reach
            depths = chance.normal(mean, number("scatter_share") * mean + number("scatter_floor"), count)
            self.groups.append((each, places, np.minimum(depths, each.setting_mm + each.beyond_mm)))

    def covered(self, depth: float, own_tip: bool = False) -> float:
        """Return the share of points at a depth that lie in a channel."""
        found = [np.empty(0, dtype=int)]
        for each, places, depths in self.groups:
            mean = np.full(len(depths), each.setting_mm * each.reach)
            tip = np.clip(((depths if own_tip else mean) - depth) / number("tip_taper"), 0.0, 1.0)
            radii = number("channel_share") * each.needle_mm / 2 * tip
            there = depths > depth
            found += self._points_in(places[there], radii[there])
        return float((self._counted(found) > 0).mean())

    def twice(self) -> float:
        """Return the share of surface points near two channels or more, on a grid so wide that each point is new."""
        grid = np.arange(0.0, SIDE_MM, 2 * number("reach_of_stimulus"))
        places = np.concatenate([places[depths > 0] for _, places, depths in self.groups])
        apart = np.abs(grid[:, None, None] - places.T)
        across, along = np.moveaxis(np.minimum(apart, SIDE_MM - apart) ** 2, 1, 0)
        near = across[:, None, :] + along[None, :, :] < number("reach_of_stimulus") ** 2
        return float((near.sum(axis=2) > 1).mean())

    def _counted(self, found: list[np.ndarray]) -> np.ndarray:
        return np.bincount(np.concatenate(found), minlength=PIXELS**2)

    def _points_in(self, places: np.ndarray, radii: np.ndarray) -> list[np.ndarray]:
        """Return, for each place of a window around a channel, the grid points that lie in the channel."""
        if not len(places):
            return []
        wide = math.ceil(radii.max() / PIXEL_MM)
        home = np.floor(places / PIXEL_MM).astype(int)
        offset = (home + 0.5) * PIXEL_MM - places
        found = []
        for dx in range(-wide, wide + 1):
            for dy in range(-wide, wide + 1):
                apart = np.hypot(offset[:, 0] + dx * PIXEL_MM, offset[:, 1] + dy * PIXEL_MM)
                x, y = ((home + np.array([dx, dy])) % PIXELS)[apart < radii].T
                found.append(x * PIXELS + y)
        return found


def recorded(device: str, *passes: Pass) -> Session:
    return Session(datetime(2026, 2, 2, 19, tzinfo=UTC), device, passes=passes)


def a_pass(zone: Zone, depth: str, passes: int, speed: str | None = None) -> Pass:
    return Pass(zone, Depth(depth), passes, speed_mm_s=Decimal(speed) if speed else None)


CASES = {
    "a face pen, shallow": recorded("skinpen-precision", a_pass(Zone.FOREHEAD, "0.5", 2)),
    "a face pen, two depths": recorded(
        "skinpen-precision", a_pass(Zone.CHEEK_LEFT, "1.5", 2), a_pass(Zone.CHEEK_LEFT, "0.75", 2, "30")
    ),
    "a dense pen on a thin lid": recorded("skinpen-precision", a_pass(Zone.EYELID_LEFT, "1.0", 6, "10")),
    "a sparse roller": recorded("dermaroller-mf8", a_pass(Zone.CHEEK_LEFT, "1.5", 15)),
    "a pen on a thick back": recorded("skinpen-precision", a_pass(Zone.BACK, "2.0", 3)),
}


def made_by(session: Session) -> tuple[Channels, ...]:
    device = KNOWLEDGE.devices[session.device]
    return tuple(channels(each_pass, device, KNOWLEDGE) for each_pass in session.passes)


def covered_by_layer(session: Session, fields: int, own_tip: bool = False) -> np.ndarray:
    made, chance = made_by(session), np.random.default_rng(20260202)
    edges = np.array(skin_of(session.passes[0].zone.kind, Sex.FEMALE, KNOWLEDGE).edges_mm)
    covered = np.zeros((fields, 4))
    for each in covered:
        field = Field(made, chance)
        for layer, count in enumerate(DEPTHS):
            strata = (np.arange(count) + chance.random(count)) / count
            depths = edges[layer] + strata * (edges[layer + 1] - edges[layer])
            each[layer] = np.mean([field.covered(depth, own_tip) for depth in depths])
    return covered.mean(axis=0)


def hit_twice(session: Session, expected: float) -> float:
    """Return the share of the surface hit twice; the rarer it is, the more fields it takes to find it."""
    points = (SIDE_MM / (2 * number("reach_of_stimulus"))) ** 2
    fields = math.ceil((1 - expected) / expected / points / PRECISION**2)
    made, chance = made_by(session), np.random.default_rng(20260203)
    return float(np.mean([Field(made, chance).twice() for _ in range(fields)]))


def layers(dose: ZoneDose) -> np.ndarray:
    injured = dose.injured_fraction
    names = ("stratum_corneum", "epidermis", "papillary_dermis", "reticular_dermis")
    return np.array([getattr(injured, name) for name in names])


def fields_for(dose: ZoneDose) -> int:
    """Return how many fields hold some 6,000 channels."""
    return max(2, math.ceil(6_000 / (dose.channels_per_cm2 * SIDE_MM**2 / 100)))


@pytest.mark.parametrize("name", CASES)
def test_the_injured_shares_agree_with_channels_that_were_really_dropped(name: str) -> None:
    (dose,) = doses([CASES[name]], Sex.FEMALE, KNOWLEDGE)
    covered = covered_by_layer(CASES[name], fields_for(dose))
    # Shares of less than one in two hundred of a layer are compared as they are: nothing rests on their last digit.
    assert layers(dose) == pytest.approx(covered, rel=AGREEMENT, abs=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_the_overlap_agrees_with_channels_that_were_really_dropped(name: str) -> None:
    (dose,) = doses([CASES[name]], Sex.FEMALE, KNOWLEDGE)
    assert dose.hit_twice_fraction == pytest.approx(
        hit_twice(CASES[name], dose.hit_twice_fraction), rel=AGREEMENT
    )


@pytest.mark.parametrize("name", ["a face pen, shallow", "a face pen, two depths"])
def test_giving_each_channel_a_point_of_its_own_changes_what_matters_by_less_than_a_tenth(name: str) -> None:
    """What the model leaves out: it narrows every channel at the mean depth, not at the channel's own."""
    (dose,) = doses([CASES[name]], Sex.FEMALE, KNOWLEDGE)
    own = covered_by_layer(CASES[name], fields_for(dose), own_tip=True)
    much = own > 0.02
    assert much.any()
    assert layers(dose)[much] == pytest.approx(own[much], rel=0.1)
