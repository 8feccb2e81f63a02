"""The phantom's skin as maps in the frontal plane of the canonical face: melanin, blood, height, paint.

All maps cover x from -100 to 100 mm (to the patient's left) and y from 130 down to -210 mm.
"""

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from tests.phantom import skin

from needlepoint.photo.face import canonical

LEFT_MM, TOP_MM, WIDTH_MM, HEIGHT_MM = -100.0, 130.0, 200.0, 340.0
EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))


@dataclass(frozen=True, eq=False)
class Surface:
    """`melanin`, `blood` fractions, `height` in mm, each (rows, columns); `paint` linear RGB with `cover` 0 to 1."""

    px_per_mm: float
    melanin: np.ndarray
    blood: np.ndarray
    height: np.ndarray
    paint: np.ndarray
    cover: np.ndarray

    @property
    def albedo(self) -> np.ndarray:
        """Linear RGB of the skin, before paint."""
        return albedo(self.melanin, self.blood)

    def with_blood(self, factor: float, mask: np.ndarray) -> "Surface":
        return replace(self, blood=self.blood * (1 + (factor - 1) * mask))

    def with_melanin(self, factor: float, mask: np.ndarray) -> "Surface":
        return replace(self, melanin=self.melanin * (1 + (factor - 1) * mask))


@cache
def _palette() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    melanin = np.geomspace(0.004, 0.6, 200)
    blood = np.geomspace(0.001, 0.08, 200)
    return np.log(melanin), np.log(blood), skin.linear_rgb(melanin[:, None], blood[None]).astype(np.float32)


def albedo(melanin: np.ndarray, blood: np.ndarray) -> np.ndarray:
    """Linear RGB by looking up the skin model, shape (..., 3) float32."""
    rows, columns, colours = _palette()
    y = (np.log(melanin.astype(np.float32)) - rows[0]) / (rows[1] - rows[0])
    x = (np.log(blood.astype(np.float32)) - columns[0]) / (columns[1] - columns[0])
    places = np.stack([x, y], -1)
    return lookup(colours, places.reshape(-1, 2)).reshape(*places.shape[:-1], 3)


def lookup(part: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values of a map at scattered pixels; OpenCV wants rows of less than 32767."""
    count = len(places)
    padded = np.zeros((-(-count // 8192) * 8192, 2), np.float32)
    padded[:count] = places
    grid = padded.reshape(-1, 8192, 2)
    out = cv2.remap(part, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return out.reshape(len(padded), *part.shape[2:])[:count]


def to_map(points_mm: np.ndarray, px_per_mm: float) -> np.ndarray:
    """Pixels of the maps for frontal millimetres (..., 2)."""
    return (np.asarray(points_mm) - [LEFT_MM, TOP_MM]) * [px_per_mm, -px_per_mm] - 0.5


def polygon(points_mm: np.ndarray, px_per_mm: float, feather_mm: float = 0.0) -> np.ndarray:
    """A mask 0 to 1 of a polygon in frontal millimetres."""
    mask = np.zeros((round(HEIGHT_MM * px_per_mm), round(WIDTH_MM * px_per_mm)), np.float32)
    cv2.fillPoly(mask, [np.round(to_map(points_mm, px_per_mm)).astype(np.int32)], 1.0)
    return cv2.GaussianBlur(mask, (0, 0), feather_mm * px_per_mm) if feather_mm else mask


def landmarks(*numbers: int) -> np.ndarray:
    return canonical()[0][list(numbers), :2]


def _noise(rng: np.random.Generator, px_per_mm: float, fine_mm: float, coarse_mm: float) -> np.ndarray:
    """Band-passed noise of standard deviation one."""
    size = (round(HEIGHT_MM * px_per_mm), round(WIDTH_MM * px_per_mm))
    shrink = max(1.0, fine_mm * px_per_mm / 1.5)
    small = (int(size[0] / shrink) + 1, int(size[1] / shrink) + 1)
    white = rng.standard_normal(small).astype(np.float32)
    sigma = px_per_mm / shrink
    band = cv2.GaussianBlur(white, (0, 0), fine_mm * sigma) - cv2.GaussianBlur(
        white, (0, 0), coarse_mm * sigma
    )
    band = cv2.resize(band, size[::-1], interpolation=cv2.INTER_CUBIC)
    return band / band.std()


@cache
def _relief(seed: int, px_per_mm: float) -> tuple[np.ndarray, np.ndarray]:
    """Height in mm of micro-relief with pores, and of lines; the same for every tone."""
    rng = np.random.default_rng((seed, 1))
    micro = 0.006 * _noise(rng, px_per_mm, 0.16, 0.5) + 0.010 * _noise(rng, px_per_mm, 0.4, 1.2)
    pits = np.zeros_like(micro)
    places = to_map(rng.uniform([-60, -60], [60, 70], (5000, 2)), px_per_mm).astype(int)
    pits[places[:, 1], places[:, 0]] = 1.0
    dot = cv2.GaussianBlur(pits, (0, 0), 0.18 * px_per_mm) * 2 * np.pi * (0.18 * px_per_mm) ** 2
    return micro - 0.04 * dot, _lines(rng, px_per_mm)


def _lines(rng: np.random.Generator, px_per_mm: float) -> np.ndarray:
    strokes = [
        (np.array([[-45, y], [-20, y + 3], [0, y + 1], [20, y + 3], [45, y]]), 0.10)
        for y in (58, 65.5, 72.5, 79)
    ]
    for side in (-1, 1):
        strokes += [
            (np.array([[side * 48, 27 + d], [side * 54, 27 + 2.2 * d], [side * 59, 25 + 3.2 * d]]), 0.09)
            for d in (-3, 0, 3)
        ]
        strokes.append((np.array([[side * 19, -14], [side * 27, -26], [side * 33, -38]]), 0.12))
        strokes += [
            (
                np.array([side * rng.uniform(32, 52), rng.uniform(-35, 0)])
                + np.array([[-9, 3], [0, 0.0], [9, -2]]),
                0.07,
            )
            for _ in range(6)
        ]
    canvas = np.zeros((round(HEIGHT_MM * px_per_mm), round(WIDTH_MM * px_per_mm)), np.float32)
    sigma = 0.35 * px_per_mm
    for points, depth in strokes:
        smooth = np.stack(
            [
                np.interp(np.linspace(0, 1, 60), np.linspace(0, 1, len(points)), points[:, axis])
                for axis in (0, 1)
            ],
            1,
        )
        smooth = np.stack(
            [
                np.convolve(np.pad(smooth[:, axis], 6, mode="edge"), np.ones(13) / 13, "valid")
                for axis in (0, 1)
            ],
            1,
        )
        thin = np.zeros_like(canvas)
        path = np.round(to_map(smooth, px_per_mm) * 16).astype(np.int32)
        cv2.polylines(thin, [path], False, 1.0, 1, cv2.LINE_AA, 4)
        canvas = np.minimum(
            canvas, -depth * cv2.GaussianBlur(thin, (0, 0), sigma) * np.sqrt(2 * np.pi) * sigma
        )
    return canvas


@cache
def _paint() -> tuple[np.ndarray, np.ndarray]:
    """Lips, brows, eyes and nostrils at 4 px/mm: linear RGB and cover."""
    scale = 4.0
    blank = polygon(np.zeros((3, 2)), scale)[..., None] * 0
    colour, cover = np.repeat(blank, 3, axis=2), blank[..., 0].copy()

    def lay(mask: np.ndarray, rgb: tuple[float, float, float], strength: float = 1.0) -> None:
        share = (mask * strength)[..., None]
        colour[:] = colour * (1 - share) + np.array(rgb, np.float32) * share
        cover[:] = np.maximum(cover * (1 - share[..., 0]) + share[..., 0], 0)

    for brow in BROWS:
        lay(polygon(landmarks(*brow), scale, 0.8), (0.035, 0.025, 0.02), 0.9)
    lay(polygon(landmarks(*LIPS), scale, 0.6), (0.30, 0.10, 0.09), 0.75)
    lay(polygon(landmarks(78, 81, 13, 311, 308, 402, 14, 178), scale, 0.5), (0.08, 0.02, 0.02), 0.9)
    for eye in EYES:
        outline = landmarks(*eye)
        middle = outline.mean(axis=0)
        inside = polygon(outline, scale, 0.3)
        ring = np.linspace(0, 2 * np.pi, 40)[:, None]
        circle = np.hstack([np.cos(ring), np.sin(ring)])
        lay(cv2.GaussianBlur(cv2.dilate(inside, np.ones((5, 5))), (0, 0), 1.5), (0.05, 0.03, 0.025), 0.8)
        lay(inside, (0.55, 0.52, 0.5))
        lay(inside * polygon(middle + 5.9 * circle, scale, 0.2), (0.10, 0.06, 0.035))
        lay(inside * polygon(middle + 2.2 * circle, scale, 0.2), (0.004, 0.004, 0.004))
        lay(inside * polygon(middle + [1.5, 1.8] + 0.8 * circle, scale, 0.2), (0.95, 0.95, 0.95))
    for side in (-1, 1):
        ring = np.linspace(0, 2 * np.pi, 30)[:, None]
        lay(
            polygon(
                np.array([side * 7.0, -16.8]) + np.hstack([3.2 * np.cos(ring), 1.3 * np.sin(ring)]),
                scale,
                0.7,
            ),
            (0.02, 0.01, 0.01),
            0.9,
        )
    return colour, cover


def surface(
    tone: str, seed: int = 0, px_per_mm: float = 6.0, lines: float = 1.0, pores: bool = True
) -> Surface:
    """The phantom's skin in one of five tones; `lines` scales the depth of its lines."""
    rng = np.random.default_rng((seed, 2))
    micro, creases = _relief(seed, px_per_mm)
    size = (micro.shape[1], micro.shape[0])
    wide = np.exp(0.06 * _noise(rng, 1.0, 8.0, 40.0) + 0.05 * _noise(rng, 1.0, 1.0, 4.0))
    flush = np.exp(0.15 * _noise(rng, 1.0, 6.0, 40.0) + 0.06 * _noise(rng, 1.0, 1.0, 4.0))
    for side in (-1, 1):
        flush *= 1 + 0.25 * polygon(
            np.array([[side * 20, 5], [side * 60, 8], [side * 55, -30], [side * 25, -25]]), 1.0, 8.0
        )
    colour, cover = (cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) for part in _paint())
    grow = lambda part: cv2.resize(part, size, interpolation=cv2.INTER_CUBIC)  # noqa: E731
    return Surface(
        px_per_mm,
        np.float32(skin.TONES[tone]) * grow(wide),
        np.float32(skin.BLOOD) * grow(flush),
        (micro if pores else 0 * micro) + lines * creases,
        colour,
        cover,
    )
