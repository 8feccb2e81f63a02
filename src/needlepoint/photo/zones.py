"""Lays the zones over a face and leaves out what is not bare skin: eyes, brows, lips, hair, lenses, cloth, card."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
import tomli

from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone
from needlepoint.photo.face import Face, canonical

EROSION_MM = 1.5
SMALLEST_MM2 = 60.0
_EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))
_NOSTRILS = ((7.0, -16.8), (-7.0, -16.8))
# Millimetres by which each is widened before it is cut out.
_MARGINS = {"eyes": 3.0, "brows": 2.5, "lips": 2.0}
_CARD_MARGIN = 3.0
# How far skin may lie from the middle of the patient's own skin, as natural logarithms of light and of colour ratios.
# Wide enough for a flush (0.3 of haemoglobin moves red / green by 0.14), narrow enough for hair, cloth and lens rims.
_SKIN_LIGHT, _SKIN_RED_GREEN, _SKIN_GREEN_BLUE = (-1.1, 0.75), 0.32, 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Zones on a grid: `labels` (rows, columns) uint8, 0 for none, else the index into `zones` plus one."""

    zones: tuple[Zone, ...]
    labels: np.ndarray
    px_per_mm: float

    def mask(self, zone: Zone) -> np.ndarray:
        """Return where the zone lies, boolean."""
        return self.labels == self.zones.index(zone) + 1

    def measurable(self) -> tuple[Zone, ...]:
        """Return the zones of which enough bare skin is seen."""
        pixels = np.bincount(self.labels.reshape(-1), minlength=len(self.zones) + 1)[1:]
        return tuple(
            zone
            for zone, count in zip(self.zones, pixels, strict=True)
            if count >= SMALLEST_MM2 * self.px_per_mm**2 and count >= 30
        )

    def places(self, grid: tuple[int, ...] | None = None) -> dict[Zone, np.ndarray]:
        """Return for each measurable zone its places in the flattened grid, or in another grid over the same skin."""
        labels = self.labels
        if grid is not None and grid != labels.shape:
            labels = cv2.resize(labels, grid[::-1], interpolation=cv2.INTER_NEAREST)
        flat = labels.reshape(-1)
        skin = np.flatnonzero(flat)
        ordered = skin[np.argsort(flat[skin], kind="stable")]
        ends = np.cumsum(np.bincount(flat[skin], minlength=len(self.zones) + 1))
        numbers = {zone: self.zones.index(zone) + 1 for zone in self.measurable()}
        return {zone: ordered[ends[number - 1] : ends[number]] for zone, number in numbers.items()}


@cache
def outlines() -> dict[Zone, np.ndarray]:
    """Return the outline of each face zone in millimetres on the front of the canonical face, (n, 2), finely cut."""
    table = tomli.loads(resources.files("needlepoint.photo").joinpath("data/zones.toml").read_text())
    drawn = {}
    for kind, drawing in table.items():
        points = _fine(np.array(drawing["outline"], float))
        if drawing.get("paired"):
            drawn[Zone(f"{kind}_left")] = points
            drawn[Zone(f"{kind}_right")] = points * [-1, 1]
        else:
            drawn[Zone(kind)] = points
    return drawn


def _fine(points: np.ndarray, step: float = 3.0) -> np.ndarray:
    pieces = []
    for a, b in zip(points, np.roll(points, -1, axis=0), strict=True):
        count = max(1, int(np.ceil(np.linalg.norm(b - a) / step)))
        pieces.append(a + (b - a) * (np.arange(count) / count)[:, None])
    return np.concatenate(pieces)


@cache
def _anchored() -> dict[Zone, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return for each outline point three vertices, their weights, and what to add in canonical millimetres."""
    return {zone: _anchors(points) for zone, points in outlines().items()}


def _anchors(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    vertices, triangles = canonical()
    a, b, c = (vertices[triangles[:, k], :2] for k in range(3))
    height, double = vertices[triangles, 2].mean(axis=1), _cross(b - a, c - a)
    steep = np.abs(double) < 1e-6
    double[steep] = np.inf
    numbers, weights, extra = [], [], []
    for point in points:
        v, w = _cross(point - a, c - a) / double, _cross(b - a, point - a) / double
        inside = np.minimum(np.minimum(v, w), 1 - v - w)
        # Where the mesh folds over itself (nose wings), the front-most triangle is meant.
        front = np.where((inside >= -1e-9) & ~steep, height, -np.inf)
        best = int(np.argmax(front))
        if np.isfinite(front[best]):
            numbers.append(triangles[best])
            weights.append([1 - v[best] - w[best], v[best], w[best]])
            extra.append(np.zeros(3))
        else:
            nearest = int(np.argmin(np.linalg.norm(vertices[:, :2] - point, axis=1)))
            numbers.append([nearest] * 3)
            weights.append([1.0, 0.0, 0.0])
            step = point - vertices[nearest, :2]
            extra.append(np.array([*step, -0.55 * abs(step[1])]))
    return np.array(numbers), np.array(weights), np.array(extra)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def project(face: Face) -> dict[Zone, np.ndarray]:
    """Return the outline of each zone in pixels of the photo."""
    turn = _rotation(face)
    return {
        zone: (face.points[numbers, :2] * weights[..., None]).sum(axis=1)
        + (extra * [1, -1, -1] @ turn.T)[:, :2]
        for zone, (numbers, weights, extra) in _anchored().items()
    }


def _rotation(face: Face) -> np.ndarray:
    """Return the matrix from canonical millimetres (x right, y down, z away from the camera) to pixels and depth."""
    y, p, r = np.radians([face.yaw_deg, face.pitch_deg, face.roll_deg])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return face.px_per_mm * about_z @ about_x @ about_y


def box_of(shapes: dict[Zone, np.ndarray], width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom around all outlines, inside the photo and even, so that halves fit."""
    every = np.concatenate(list(shapes.values()))
    low = np.clip(np.floor(every.min(axis=0)).astype(int) - 8, 0, [width - 2, height - 2]) // 2 * 2
    high = np.clip(np.ceil(every.max(axis=0)).astype(int) + 8, low + 2, [width, height])
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def lay(
    shapes: dict[Zone, np.ndarray],
    face: Face | None,
    light: np.ndarray,
    origin: tuple[float, float],
    shrink: float,
    px_per_mm: float,
    hidden: list[np.ndarray],
) -> Layout:
    """Paint the zones onto the grid of `light` (linear, uncorrected) and keep bare skin only.

    A point p of the photo lies at (p - origin) * shrink on the grid; `px_per_mm` is that of the grid; `hidden` are
    outlines in pixels of the photo that cover the skin, such as the card.
    """
    to_grid = lambda points: np.round(((points - origin) * shrink - 0.5) * 16).astype(np.int32)  # noqa: E731
    labels: np.ndarray = np.zeros(light.shape[:2], np.uint8)
    zones = tuple(shapes)
    for number, zone in enumerate(zones, 1):
        cv2.fillPoly(labels, [to_grid(shapes[zone])], number, cv2.LINE_8, 4)
    allowed: np.ndarray = np.full(labels.shape, 255, np.uint8)
    cut = [*_openings(face), *((outline, _CARD_MARGIN) for outline in hidden)]
    for margin in {margin for _, margin in cut}:
        painted: np.ndarray = np.zeros_like(labels)
        for outline in (outline for outline, width in cut if width == margin):
            cv2.fillPoly(painted, [to_grid(outline)], 255, cv2.LINE_8, 4)
        allowed[cv2.dilate(painted, _disc(margin * px_per_mm)) > 0] = 0
    if face is not None:
        allowed[~_skin(light, labels, allowed > 0, zones)] = 0
    allowed = cv2.morphologyEx(allowed, cv2.MORPH_OPEN, _disc(0.8 * px_per_mm))
    inner = _eroded(labels, EROSION_MM * px_per_mm)
    return Layout(
        zones,
        np.where(cv2.erode(allowed, _disc(EROSION_MM * px_per_mm)) > 0, inner, 0).astype(np.uint8),
        px_per_mm,
    )


def _openings(face: Face | None) -> list[tuple[np.ndarray, float]]:
    if face is None:
        return []
    flat, turn = face.points[:, :2], _rotation(face)
    cut = [(flat[list(eye)], _MARGINS["eyes"]) for eye in _EYES]
    cut += [(flat[list(brow)], _MARGINS["brows"]) for brow in _BROWS]
    cut.append((flat[list(_LIPS)], _MARGINS["lips"]))
    ring = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    for x, y in _NOSTRILS:
        around = np.stack([x + 4.5 * np.cos(ring), -(y + 11.27 + 2.5 * np.sin(ring)), 0 * ring], 1)
        cut.append((flat[1] + (around @ turn.T)[:, :2], 0.5))
    return cut


def _disc(radius: float) -> np.ndarray:
    size = 2 * max(0, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def _eroded(labels: np.ndarray, radius: float) -> np.ndarray:
    """Return labels without the pixels that lie within `radius` of another label or of none."""
    disc = _disc(radius)
    return np.where(cv2.erode(labels, disc) == cv2.dilate(labels, disc), labels, 0).astype(np.uint8)


def _skin(light: np.ndarray, labels: np.ndarray, allowed: np.ndarray, zones: tuple[Zone, ...]) -> np.ndarray:
    """Return where the colour is near that of this face's cheeks, nose and chin; uncorrected light will do for that."""
    sure = np.zeros(256, bool)
    sure[[n for n, zone in enumerate(zones, 1) if zone.kind in {"cheek", "nose", "chin", "upper_lip"}]] = True
    logs = cv2.split(cv2.log(np.maximum(cv2.blur(light, (3, 3)), 1e-4)))
    chosen = np.flatnonzero(sure[labels] & allowed)[::3]
    if len(chosen) < 50:
        return np.ones(labels.shape, bool)
    red, green, blue = (part - np.median(part.take(chosen)) for part in logs)
    return (
        (np.abs(red - green) < _SKIN_RED_GREEN)
        & (np.abs(green - blue) < _SKIN_GREEN_BLUE)
        & (green > _SKIN_LIGHT[0])
        & (green < _SKIN_LIGHT[1])
    )


def marked(
    content: dict[str, list[list[float]]], name: str, width: int, height: int
) -> dict[Zone, np.ndarray]:
    """Return body zones from outlines marked by hand, in pixels: zone name to a list of [x, y]."""
    shapes = {}
    for key, points in content.items():
        try:
            zone, outline = Zone(key), np.array(points, float)
        except (ValueError, TypeError):
            raise InputError(
                f"{name}.{key}", "this is no zone, or no list of points", "a zone and its [x, y] in pixels"
            ) from None
        if outline.ndim != 2 or outline.shape[1] != 2 or len(outline) < 3 or not np.isfinite(outline).all():
            raise InputError(f"{name}.{key}", "this is no outline", "three points or more, each [x, y]")
        if (outline < 0).any() or (outline > [width, height]).any():
            raise InputError(f"{name}.{key}", "the outline leaves the photo", f"x to {width}, y to {height}")
        shapes[zone] = outline
    return shapes
