"""Trials with known truth: phantom pairs in which something changed or nothing did, measured from bytes to verdict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from tests.phantom import skin
from tests.phantom.camera import Photograph, Shot, jittered, photograph
from tests.phantom.surface import Surface, polygon, surface

from needlepoint.course.zones import Zone
from needlepoint.photo import colour
from needlepoint.photo.change import Repeatability, own
from needlepoint.photo.compare import Comparison, compare
from needlepoint.photo.picture import decode
from needlepoint.photo.zones import outlines

TONES = tuple(skin.TONES)
WIDTH = 1200  # pixels: 1.9 megapixels, 5 px/mm; enough for colour and four times as fast as a phone's 12
MAP_PX_PER_MM = 5.0


@dataclass(frozen=True, eq=False)
class Trial:
    """One pair: what was measured, and what was true."""

    tone: str
    comparison: Comparison
    truth: dict[tuple[Zone, str], float]
    touched: tuple[Zone, ...]

    def off(self, measure: str, untouched: bool = False) -> list[float]:
        """Measured less true change, over the zones where both are known."""
        return [
            change.change - self.truth.get((change.zone, measure), 0.0)
            for change in self.comparison.zones
            if change.measure == measure
            and change.change is not None
            and not (untouched and change.zone in self.touched)
        ]


@lru_cache(maxsize=15)
def skin_of(tone: str, relief: int) -> Surface:
    """The phantom's skin: five tones, and three reliefs."""
    return surface(tone, seed=relief, px_per_mm=MAP_PX_PER_MM)


def taken(face: Surface, shot: Shot) -> Photograph:
    return photograph(face, shot)


# The phantom is one camera that was measured: its photos are judged by its own scatter, as a practice's are by theirs.
OWN = own(Path(__file__).with_name("own_scatter.toml").read_bytes(), "own_scatter.toml")


def measured(before: Photograph, after: Photograph, **options: object) -> Comparison:
    """Compare from the bytes on; by the phantom's own scatter, unless another is given."""
    given = {"repeatability": OWN, **options}
    return compare(decode(before.jpeg(), "before"), decode(after.jpeg(), "after"), maps=False, **given)  # type: ignore[arg-type]


def zone_mask(zone: Zone, px_per_mm: float = MAP_PX_PER_MM, feather_mm: float = 2.0) -> np.ndarray:
    """A mask 0 to 1 over the zone, widened so that the feathered edge lies outside what is measured."""
    import cv2

    mask = polygon(outlines()[zone], px_per_mm)
    wide = cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=round(4 * px_per_mm))
    return cv2.GaussianBlur(wide, (0, 0), feather_mm * px_per_mm)


def true_values(face: Surface, zone: Zone) -> dict[str, float]:
    """The measures of the skin itself, with no camera in between."""
    light = face.albedo[polygon(outlines()[zone], face.px_per_mm) > 0.5]
    densities = colour.density(light)
    return {
        "haemoglobin": float(np.median(colour.haemoglobin(densities))),
        "erythema_index": float(np.median(colour.erythema_index(densities))),
        "a_star": float(np.median(colour.a_star(light))),
        "melanin_index": float(np.median(colour.melanin_index(densities))),
    }


def truth(before: Surface, after: Surface, zones: tuple[Zone, ...]) -> dict[tuple[Zone, str], float]:
    """The change of each measure in the skin itself; haemoglobin in the size that it has on light skin."""
    told = {}
    for zone in zones:
        a, b = true_values(before, zone), true_values(after, zone)
        told |= {(zone, measure): b[measure] - a[measure] for measure in a}
        index = (a["melanin_index"] + b["melanin_index"]) / 2 + colour.vectors()["blood_gain"]["aslant"]
        told[zone, "haemoglobin"] *= colour.blood_gain(index)
    return told


def null_trials(
    count: int, level: float, seed: int, table: Repeatability = OWN, **shot: object
) -> Iterator[Trial]:
    """Pairs between which the skin did not change, and everything else did; the tones take turns."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        face = skin_of(TONES[number % 5], number % 3)
        photos = [taken(face, jittered(rng, level, **{"width": WIDTH, **shot})) for _ in range(2)]
        yield Trial(TONES[number % 5], measured(*photos, repeatability=table), {}, ())


def blood_trials(
    count: int,
    level: float,
    seed: int,
    tones: Sequence[str] = TONES,
    table: Repeatability = OWN,
    **shot: object,
) -> Iterator[Trial]:
    """Pairs in which one zone, the left or the right cheek, the forehead or the chin, got more or less blood."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        tone = tones[number % len(tones)]
        face = skin_of(tone, number % 3)
        zone = (Zone.CHEEK_LEFT, Zone.FOREHEAD, Zone.CHEEK_RIGHT, Zone.CHIN)[number % 4]
        changed = face.with_blood(float(rng.uniform(1.1, 1.9)), zone_mask(zone))
        pair = (face, changed) if rng.random() < 0.5 else (changed, face)
        photos = [taken(each, jittered(rng, level, **{"width": WIDTH, **shot})) for each in pair]
        told = measured(*photos, repeatability=table)
        yield Trial(tone, told, truth(*pair, (zone,)), (zone, *_beside(zone)))


def _beside(zone: Zone) -> tuple[Zone, ...]:
    """Zones that the feathered edge of a change reaches."""
    near = {
        "cheek": "periorbital nose jawline upper_lip perioral temple",
        "forehead": "glabella temple",
        "chin": "perioral jawline neck",
    }[zone.kind].split()
    return tuple(other for other in Zone if other.kind in near)


def without_card(shot: Shot) -> Shot:
    return replace(shot, card=False)
