"""Finds the card in a photo and reads colour, scale, tilt and sharpness off it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from needlepoint.photo.card import Card, dictionary
from needlepoint.photo.colour import lab
from needlepoint.photo.picture import Picture, shrunk
from needlepoint.photo.threads import OneAThread

_SEARCH_SIDES = (800, 1500, 3000, 100_000)
_FEWEST_PATCHES = 20
_FULL = 0.94  # of linear light; above it a channel may be clipped
_FLAT_MM = 1.5  # how far a corner may lie off the plane of the others


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """The card as seen in one photo.

    `to_photo` (3, 3) maps millimetres on the card to pixels; `matrix` (3, 3) maps linear sRGB of the photo to
    linear sRGB as under D65; `residual_de` is the median colour difference of the patches after that, CIE 1976, and
    `worst_de` its 90th percentile; `edge_blur_mm` is the standard deviation of the edge spread, millimetres;
    `basis` says whether the patch colours were measured or are assumed.
    """

    to_photo: np.ndarray
    matrix: np.ndarray
    px_per_mm: float
    tilt_deg: float
    residual_de: float
    worst_de: float
    edge_blur_mm: float
    light_slope: float
    markers: int
    outline: np.ndarray
    basis: str


def sight(picture: Picture, plan: Card, coarse: np.ndarray | None = None) -> Sighting | None:
    """Return the card in `picture`, or None where fewer than three of its markers are seen.

    `coarse` is the same picture smaller by a whole factor, if there is one; the search begins on it.
    """
    rough = _rough_corners(picture.codes, picture.codes if coarse is None else coarse, plan)
    if len(rough) < 3:
        return None
    grey, origin = _grey_around(picture.codes, rough)
    corners = {sign: _refined(grey, square - origin) + origin for sign, square in rough.items()}
    flat = np.concatenate([plan.markers[sign] for sign in corners])
    seen = np.concatenate(list(corners.values()))
    found: tuple[Any, Any] = cv2.findHomography(flat, seen, cv2.RANSAC, _FLAT_MM * _rough_scale(flat, seen))
    to_photo, inliers = found
    if to_photo is None or inliers.sum() < 10:
        return None
    middle = np.array([plan.width_mm, plan.height_mm]) / 2
    px_per_mm, tilt = _scale(to_photo, middle, np.array([picture.width - 1, picture.height - 1]) / 2)
    light = _patch_light(picture, plan, to_photo)
    if light is None or (light.max(axis=1) < _FULL).sum() < _FEWEST_PATCHES:
        return None
    matrix, slope = _matrix(light, plan)
    off = np.linalg.norm(lab(_evened(light, plan, slope) @ matrix.T) - lab(plan.light), axis=1)[
        light.max(axis=1) < _FULL
    ]
    edge = np.array([[0, 0], [plan.width_mm, 0], [plan.width_mm, plan.height_mm], [0, plan.height_mm]])
    return Sighting(
        to_photo,
        matrix,
        px_per_mm,
        tilt,
        float(np.median(off)),
        float(np.percentile(off, 90)),
        _edge_blur(grey, plan, _moved(origin) @ to_photo, corners),
        float(np.hypot(*slope)),
        len(corners),
        cv2.perspectiveTransform(edge[None], to_photo)[0],
        plan.basis,
    )


def _detector() -> cv2.aruco.ArucoDetector:
    rules = cv2.aruco.DetectorParameters()
    rules.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_NONE
    rules.adaptiveThreshWinSizeMax = 33
    rules.errorCorrectionRate = 0.3
    return cv2.aruco.ArucoDetector(dictionary(), rules)


_detectors = OneAThread(_detector)


def _rough_corners(codes: np.ndarray, coarse: np.ndarray, plan: Card) -> dict[int, np.ndarray]:
    """Return the corners (4, 2) of the card's own markers in pixels; the search starts small and grows only in need."""
    best: dict[int, np.ndarray] = {}
    step = round(codes.shape[0] / coarse.shape[0])
    for side in _SEARCH_SIDES:
        source, by = (coarse, step) if side <= max(coarse.shape) else (codes, 1)
        shown, factor = shrunk(source, side)
        small, factor = cv2.cvtColor(shown, cv2.COLOR_BGR2GRAY), factor * by
        found, signs, _ = _detectors.of().detectMarkers(small)
        own = {
            int(sign): (square.reshape(4, 2) + 0.5) * factor - 0.5
            for square, sign in zip(found, signs.reshape(-1) if len(found) else (), strict=True)
            if int(sign) in plan.markers
        }
        best = max(best, own, key=len)
        # A small card is seen on the second look; where that shows none of it, there is none.
        if len(best) == 4 or factor == 1 or (not best and side > _SEARCH_SIDES[0]):
            break
    return best


def _grey_around(codes: np.ndarray, corners: dict[int, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the part of the photo around the card in grey, and its upper left corner in pixels."""
    seen = np.concatenate(list(corners.values()))
    margin = 0.5 * np.ptp(seen, axis=0).max()
    low = np.maximum(np.floor(seen.min(axis=0) - margin).astype(int), 0)
    high = np.ceil(seen.max(axis=0) + margin).astype(int)
    return cv2.cvtColor(codes[low[1] : high[1], low[0] : high[0]], cv2.COLOR_BGR2GRAY), low.astype(float)


def _moved(origin: np.ndarray) -> np.ndarray:
    return np.array([[1, 0, -origin[0]], [0, 1, -origin[1]], [0, 0, 1]])


def _refined(grey: np.ndarray, square: np.ndarray) -> np.ndarray:
    reach = int(np.clip(np.linalg.norm(square[1] - square[0]) / 14, 2, 12))
    points = square.astype(np.float32).reshape(-1, 1, 2)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.01)
    return cv2.cornerSubPix(grey, points, (reach, reach), (-1, -1), stop).reshape(4, 2).astype(float)


def _rough_scale(flat: np.ndarray, seen: np.ndarray) -> float:
    return float(np.linalg.norm(np.ptp(seen, axis=0)) / np.linalg.norm(np.ptp(flat, axis=0)))


def _scale(to_photo: np.ndarray, at: np.ndarray, axis: np.ndarray) -> tuple[float, float]:
    """Return pixels a millimetre at the card's distance, and its tilt against the picture plane in degrees.

    A tilted card beside the lens's axis is seen longer or shorter than it is. How fast its scale grows along it, times
    how far it lies from the axis, takes that back without the focal length; the axis is taken for the photo's middle.
    """
    x, y, depth = to_photo @ [*at, 1.0]
    seen, growth = np.array([x, y]) / depth, -to_photo[2, :2] / depth
    steps = to_photo[:2, :2] / depth + np.outer(seen, growth)
    long, short = np.linalg.svd(steps - np.outer(seen - axis, growth), compute_uv=False)
    return float(long), float(np.degrees(np.arccos(np.clip(short / long, 0, 1))))


def _patch_light(picture: Picture, plan: Card, to_photo: np.ndarray) -> np.ndarray | None:
    """Return linear light of the patches' middles, (30, 3), uncorrected; None where the card leaves the photo."""
    grid = np.stack(np.meshgrid(np.linspace(-0.28, 0.28, 9), np.linspace(-0.28, 0.28, 9)), -1).reshape(-1, 2)
    places = plan.patches_mm[:, None] + grid * np.array(plan.patch_size_mm)
    seen = cv2.perspectiveTransform(places.reshape(1, -1, 2), to_photo)[0]
    low, high = np.floor(seen.min(axis=0)).astype(int) - 2, np.ceil(seen.max(axis=0)).astype(int) + 3
    if (
        low.min() < 0
        or high[0] > picture.width
        or high[1] > picture.height
        or np.prod(high - low) > 12_000_000
    ):
        return None
    light = picture.linear((low[0], low[1], high[0], high[1]))
    maps = (seen - low).astype(np.float32).reshape(len(plan.patches_mm), -1, 2)
    patch = cv2.remap(light, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR)
    return np.median(patch, axis=1).astype(float)


def _matrix(light: np.ndarray, plan: Card) -> tuple[np.ndarray, np.ndarray]:
    """Fit `evened light @ matrix.T = plan.light` by relative error, and the light's slope across the card with it.

    A patch with a channel at the sensor's end says nothing about its colour and is left out.
    """
    slope = np.zeros(2)
    weight = 1.0 / (plan.light.mean(axis=1, keepdims=True) + 0.03)
    weight = weight * (light.max(axis=1, keepdims=True) < _FULL)
    matrix = np.eye(3)
    grey = (np.ptp(plan.codes, axis=1) < 6) & (weight[:, 0] > 0)
    for _ in range(4):
        evened = _evened(light, plan, slope)
        matrix = np.linalg.lstsq(evened * weight, plan.light * weight, rcond=None)[0].T
        ratio = np.log((light @ matrix.T)[grey, 1].clip(1e-4) / plan.light[grey, 1])
        basis = np.column_stack([np.ones(grey.sum()), _centred(plan)[grey]])
        slope = np.linalg.lstsq(basis, ratio, rcond=None)[0][1:]
    return matrix, slope


def _centred(plan: Card) -> np.ndarray:
    return (plan.patches_mm - np.array([plan.width_mm, plan.height_mm]) / 2) / 100.0


def _evened(light: np.ndarray, plan: Card, slope: np.ndarray) -> np.ndarray:
    return light / np.exp(_centred(plan) @ slope)[:, None]


def _edge_blur(grey: np.ndarray, plan: Card, to_photo: np.ndarray, corners: dict[int, np.ndarray]) -> float:
    """Return the standard deviation, in millimetres, of the step from the white margin to the black of the markers."""
    reach = np.linspace(-1.4, 1.4, 57)
    places = np.concatenate([_across_edges(plan.markers[sign], reach) for sign in corners])
    seen = cv2.perspectiveTransform(places.reshape(1, -1, 2), to_photo)[0]
    maps = seen.astype(np.float32).reshape(-1, len(reach), 2)
    profiles = cv2.remap(grey, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    middle = np.median(profiles.reshape(len(places), -1, len(reach)), axis=1)
    return float(np.median([_spread(profile, reach) for profile in middle]))


def _across_edges(square: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Return millimetres on the card (edge, step along it, step across it, 2) over the four edges of a marker."""
    start, end = square, np.roll(square, -1, axis=0)
    along = start[:, None] + (end - start)[:, None] * np.linspace(0.12, 0.88, 24)[:, None]
    inwards = (square.mean(axis=0) - (start + end) / 2) / np.linalg.norm(end - start, axis=1)[:, None] * 2
    return along[:, :, None] + inwards[:, None, None] * reach[:, None]


def _spread(profile: np.ndarray, reach: np.ndarray) -> float:
    """Return the spread of one edge: the distance from 16 % to 84 % of the step, halved."""
    white, black = np.median(profile[:8]), np.median(profile[-8:])
    if white - black < 20:
        return float("inf")
    step = np.maximum.accumulate((white - profile) / (white - black))
    low, high = np.interp([0.16, 0.84], step + np.arange(len(step)) * 1e-9, reach)
    return float((high - low) / 2)
