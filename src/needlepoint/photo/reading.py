"""Reads one photo: face, card, zones and the maps that measures are taken from; and takes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from needlepoint.course.zones import Zone, ZonePart
from needlepoint.photo import colour, texture
from needlepoint.photo.card import Card, card
from needlepoint.photo.face import Face, find
from needlepoint.photo.picture import Picture, blocks
from needlepoint.photo.sighting import Sighting, sight
from needlepoint.photo.zones import Layout, box_of, lay, project

# The grids are made by averaging whole blocks of pixels, and come as near to these as that allows.
COLOUR_PX_PER_MM = 2.5
TEXTURE_PX_PER_MM = 6.0
FEWEST_PX_PER_MM_TEXTURE = 3.3
_HALVED_FROM = (
    2000  # pixels of the shorter side, from which on half of them find the face and the card as well
)
COLOUR_MEASURES = ("haemoglobin", "erythema_index", "a_star", "melanin_index", "evenness")
TEXTURE_MEASURES = ("roughness", "lines", "scar_shading")
MEASURES = COLOUR_MEASURES + TEXTURE_MEASURES
UNITS = {
    "haemoglobin": "optical density",
    "erythema_index": "100 log10(red/green)",
    "a_star": "CIE a*",
    "melanin_index": "100 log10(1/red)",
    "evenness": "100 log10(1/red), spread",
    "roughness": "100 ln(luminance), spread",
    "lines": "100 ln(luminance), ridge strength",
    "scar_shading": "100 ln(luminance), dark side",
}
# Elsewhere on the face its own shape makes more shading at 2 to 8 mm than any scar.
_FLAT_KINDS = ("forehead", "cheek", "temple", "chin")
_FACE_PARTS = (ZonePart.FACE, ZonePart.PERIORBITAL, ZonePart.EYELID, ZonePart.NECK)
_EYES_AND_LIPS = [33, 263, 133, 362, 159, 386, 145, 374, 61, 291, 0, 17, 70, 107, 300, 336]


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What is measured on: a point p of the photo lies at (p - origin) * shrink on the colour grid.

    `light` is linear sRGB (rows, columns, 3), corrected by the card where there is one; `luma` is ln of luminance
    on the finer texture grid, or None where the photo is too coarse for it.
    """

    layout: Layout
    light: np.ndarray
    luma: np.ndarray | None
    luma_px_per_mm: float
    origin: tuple[float, float]
    shrink: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What one photo holds.

    `clipped` is the share of skin with a channel at its end; `brightness` its median red light, 0 to 1; `sides` ln of
    the light on the left cheek over that on the right one.
    """

    faces: int
    face: Face | None
    card: Sighting | None
    px_per_mm: float
    scale_from: str
    profile: str
    profile_known: bool
    camera: str | None
    jpeg_quality: int | None
    maps: Maps | None = None
    clipped: float = 0.0
    brightness: float = 0.0
    sides: float = 0.0

    @property
    def measurable(self) -> bool:
        """Return whether there is skin to measure."""
        return self.maps is not None and bool(self.maps.layout.measurable())

    @property
    def seen(self) -> Maps:
        """Return the maps of a photo that is measurable."""
        if self.maps is None:
            raise ValueError("there is nothing to measure in this photo; ask `measurable` first")
        return self.maps


def read(
    picture: Picture,
    plan: Card | None = None,
    outlines: dict[Zone, np.ndarray] | None = None,
    use_card: bool = True,
) -> Reading:
    """Return the reading of a photo; `outlines` are zones marked by hand and stand instead of those of the face."""
    step = 2 if min(picture.width, picture.height) >= _HALVED_FROM else 1
    coarse = blocks(picture.codes, step)
    sighting = sight(picture, plan or card(), coarse) if use_card else None
    faces = [] if outlines else find(coarse, step)
    face = faces[0] if faces else None
    bare = Reading(
        len(faces), face, sighting, *_scale(face, sighting),
        picture.profile.name, picture.profile.known, picture.camera, picture.jpeg_quality,
    )  # fmt: skip
    shapes = outlines or (project(face) if face else {})
    return _with_maps(bare, picture, shapes) if shapes and bare.px_per_mm > 0 else bare


def _scale(face: Face | None, sighting: Sighting | None) -> tuple[float, str]:
    if sighting is not None:
        return sighting.px_per_mm, "card"
    return (face.px_per_mm, "face, approximate") if face else (0.0, "nothing")


def _with_maps(bare: Reading, picture: Picture, shapes: dict[Zone, np.ndarray]) -> Reading:
    box = box_of(shapes, picture.width, picture.height)
    by = max(1, round(bare.px_per_mm / TEXTURE_PX_PER_MM))
    raw = picture.linear(box, by)
    by_colour = max(1, round(bare.px_per_mm / by / COLOUR_PX_PER_MM))
    light = blocks(raw, by_colour)
    shrink = 1.0 / (by * by_colour)
    hidden = [bare.card.outline] if bare.card else []
    layout = lay(shapes, bare.face, light, box[:2], shrink, bare.px_per_mm * shrink, hidden)
    coarse = bare.px_per_mm / by < FEWEST_PX_PER_MM_TEXTURE
    luma = None if coarse else texture.log_luminance(raw)
    if bare.card:
        light = cv2.transform(light, bare.card.matrix.astype(np.float32))
    maps = Maps(layout, light, luma, bare.px_per_mm / by, box[:2], shrink)
    return _with_exposure(replace(bare, maps=maps), picture, box)


def _with_exposure(reading: Reading, picture: Picture, box: tuple[int, int, int, int]) -> Reading:
    maps = reading.seen
    step = max(1, int(1 / maps.shrink))
    codes = np.ascontiguousarray(picture.codes[box[1] : box[3] : step, box[0] : box[2] : step])
    skin = (maps.layout.labels > 0).astype(np.uint8)
    chosen = codes[cv2.resize(skin, codes.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0]
    if not len(chosen):
        return reading
    ends = (chosen >= 254) | (chosen <= 1)
    return replace(
        reading,
        clipped=float((ends[:, 0] | ends[:, 1] | ends[:, 2]).mean()),
        brightness=float(np.median(picture.profile.tables[chosen[:, 2], 0])),
        sides=_sides(maps.layout, maps.light),
    )


def _sides(layout: Layout, light: np.ndarray) -> float:
    """Return ln of the light on the left cheek over that on the right one; 0 where a cheek is not seen."""
    places, green = layout.places(), light[..., 1].reshape(-1)
    cheeks = [places.get(zone) for zone in (Zone.CHEEK_LEFT, Zone.CHEEK_RIGHT)]
    if cheeks[0] is None or cheeks[1] is None:
        return 0.0
    left, right = (np.median(np.log(np.maximum(green[cheek], 1e-4))) for cheek in cheeks)
    return float(left - right)


def colour_values(light: np.ndarray, layout: Layout) -> dict[tuple[Zone, str], float]:
    """Return the middle of each colour measure in each zone, and the evenness of its pigment."""
    values: dict[tuple[Zone, str], float] = {}
    pixels, unevenness = light.reshape(-1, 3), _unevenness(light, layout).reshape(-1)
    for zone, places in layout.places().items():
        skin = pixels[places]
        densities = colour.density(skin)
        values[zone, "haemoglobin"] = texture.middle(colour.haemoglobin(densities))
        values[zone, "erythema_index"] = texture.middle(colour.erythema_index(densities))
        values[zone, "a_star"] = texture.middle(colour.a_star(skin))
        values[zone, "melanin_index"] = texture.middle(colour.melanin_index(densities))
        values[zone, "evenness"] = texture.spread(unevenness[places])
    return values


def _unevenness(light: np.ndarray, layout: Layout) -> np.ndarray:
    """Return the melanin index between 0.5 and 15 mm; the wide average looks at skin only."""
    red = cv2.log(np.maximum(light[..., 0], 1e-4)) * np.float32(-100 / np.log(10))
    skin = (layout.labels > 0).astype(np.float32)
    wide = 15.0 * layout.px_per_mm
    share = texture.smooth(skin, wide)
    average = texture.smooth(red * skin, wide) / np.maximum(share, 0.05)
    return texture.smooth(red, 0.5 * layout.px_per_mm) - average


def texture_values(luma: np.ndarray, px_per_mm: float, layout: Layout) -> dict[tuple[Zone, str], float]:
    """Return roughness, lines and scar-like shading of each zone."""
    rough = texture.band(luma, px_per_mm, *texture.ROUGHNESS_BAND_MM)[::2, ::2].copy()
    grain = texture.grain(luma)[::2, ::2].copy()
    lines = texture.ridges(luma, px_per_mm)
    # Two to eight millimetres need no finer grid than colour does.
    coarse = cv2.resize(luma, layout.labels.shape[::-1], interpolation=cv2.INTER_AREA)
    scars = texture.band(coarse, layout.px_per_mm, *texture.SCAR_BAND_MM)
    gain = texture.noise_gain(px_per_mm)
    values: dict[tuple[Zone, str], float] = {}
    for zone, places in layout.places(rough.shape).items():
        total, floor = texture.spread(rough.take(places)), gain * texture.spread(grain.take(places))
        values[zone, "roughness"] = 100 * float(np.sqrt(max(total**2 - floor**2, 0.0)))
    for zone, places in layout.places(lines.shape).items():
        values[zone, "lines"] = texture.line_strength(lines.take(places))
    for zone, places in layout.places().items():
        if zone.kind in _FLAT_KINDS or zone.part not in _FACE_PARTS:
            values[zone, "scar_shading"] = -100 * texture.percentile(scars.take(places), 5)
    return values


def values(reading: Reading) -> dict[tuple[Zone, str], float]:
    """Return every measure of one photo by itself; only differences between two photos carry an uncertainty."""
    if reading.maps is None:
        return {}
    maps = reading.maps
    told = colour_values(maps.light, maps.layout)
    if maps.luma is not None:
        told |= texture_values(maps.luma, maps.luma_px_per_mm, maps.layout)
    return told


def feature_mask(reading: Reading) -> np.ndarray | None:
    """Return where eyes, brows and lips lie on the texture grid: edges that needling does not move."""
    maps = reading.maps
    if reading.face is None or maps is None or maps.luma is None:
        return None
    mask = np.zeros(maps.luma.shape, np.uint8)
    factor = maps.luma_px_per_mm / reading.px_per_mm
    for number in _EYES_AND_LIPS:
        x, y = (reading.face.points[number, :2] - maps.origin) * factor
        cv2.circle(mask, (round(float(x)), round(float(y))), round(6 * maps.luma_px_per_mm), 255, -1)
    return mask > 0
