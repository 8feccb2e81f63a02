"""Lays the after photo over the before photo: thin plates through the face's points, then a smooth, capped flow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from needlepoint.photo import texture
from needlepoint.photo.reading import Reading

FLOW_SMOOTH_MM = 3.0
FLOW_CAP_MM = 2.0
STIFFNESS = 0.02  # of the thin plate: lets the points miss by their own jitter, about 0.6 mm
_GRID_PX = 12


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """For each pixel of the before photo's colour grid the place in the after photo's one: `there` (rows, columns, 2).

    `median_mm` is the median gap after going there and back, an estimate of the error from the photos alone.
    """

    there: np.ndarray
    median_mm: float
    flow_used: bool

    def bring(self, values: np.ndarray, border: int = cv2.BORDER_CONSTANT) -> np.ndarray:
        """Return values of the after photo's colour grid, laid over the before photo."""
        x, y = self.there[..., 0], self.there[..., 1]
        return cv2.remap(values, x, y, cv2.INTER_LINEAR, borderMode=border)


def by_points(before: Reading, after: Reading) -> np.ndarray:
    """Return the map (rows, columns, 2) of landmarks alone; for body zones, of the card."""
    rows, columns = before.seen.light.shape[:2]
    gx, gy = np.meshgrid(np.arange(0, columns + _GRID_PX, _GRID_PX), np.arange(0, rows + _GRID_PX, _GRID_PX))
    places = np.stack([gx, gy], -1).reshape(-1, 2).astype(float)
    if before.face is not None and after.face is not None:
        chosen = _chosen()
        a, b = (
            _on_grid(before.face.points[chosen, :2], before),
            _on_grid(after.face.points[chosen, :2], after),
        )
        moved = _thin_plate(a, b, places, before.seen.shrink * before.px_per_mm)
    elif before.card is not None and after.card is not None:
        through = after.card.to_photo @ np.linalg.inv(before.card.to_photo)
        photo = (places + 0.5) / before.seen.shrink + before.seen.origin
        moved = _on_grid(cv2.perspectiveTransform(photo[None], through)[0], after)
    else:
        scale = np.array(after.seen.light.shape[1::-1]) / np.array([columns, rows])
        moved = places * scale
    grid = moved.reshape(*gx.shape, 2).astype(np.float32)
    # The coarse grid is linear between its points; map pixel (x, y) to grid place (x, y) / _GRID_PX.
    x, y = np.meshgrid(
        np.arange(columns, dtype=np.float32) / _GRID_PX, np.arange(rows, dtype=np.float32) / _GRID_PX
    )
    return cv2.remap(grid, x, y, cv2.INTER_LINEAR)


def register(before: Reading, after: Reading) -> Registration:
    """Return the registration of `after` to `before`; flow is taken only where it agrees with itself."""
    there = by_points(before, after)
    fixed = _evened(before)
    moving = cv2.remap(
        _evened(after), there[..., 0], there[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    skin = _known(before)
    unit = before.seen.shrink * before.px_per_mm
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    blank = np.zeros((*fixed.shape, 2), np.float32)
    forward, backward = flow.calc(fixed, moving, blank.copy()), flow.calc(moving, fixed, blank.copy())
    step = _settled(forward, skin, unit)
    back = _settled(backward, skin, unit)
    rows, columns = np.indices(skin.shape, dtype=np.float32)
    x, y = columns + step[..., 0], rows + step[..., 1]
    gap = np.linalg.norm(step + cv2.remap(back, x, y, cv2.INTER_LINEAR), axis=2) / unit
    agreed = float(np.median(gap[skin])) if skin.any() else float("nan")
    if not agreed <= 0.5:
        return Registration(there, agreed, False)
    return Registration(cv2.remap(there, x, y, cv2.INTER_LINEAR), agreed, True)


def _settled(flow: np.ndarray, skin: np.ndarray, unit: float) -> np.ndarray:
    """Return the flow smoothed over skin and capped."""
    weight = skin.astype(np.float32)
    share = np.maximum(texture.smooth(weight, FLOW_SMOOTH_MM * unit), 0.02)
    smooth = np.stack(
        [texture.smooth(flow[..., axis] * weight, FLOW_SMOOTH_MM * unit) / share for axis in (0, 1)], -1
    )
    length = np.maximum(np.linalg.norm(smooth, axis=2, keepdims=True), 1e-6)
    return (smooth * np.minimum(1.0, FLOW_CAP_MM * unit / length)).astype(np.float32)


def _known(reading: Reading) -> np.ndarray:
    """Return the face's outline on the colour grid; for body zones, the zones."""
    mask = np.zeros(reading.seen.layout.labels.shape, np.uint8)
    if reading.face is None:
        return reading.seen.layout.labels > 0
    hull = cv2.convexHull(_on_grid(reading.face.points[:, :2], reading).astype(np.float32))
    cv2.fillConvexPoly(mask, hull.astype(np.int32), 1)
    return mask > 0


def _evened(reading: Reading) -> np.ndarray:
    """Return log-luminance with the same contrast everywhere, 8 bits, so that light does not move the flow."""
    luma = texture.log_luminance(reading.seen.light)
    unit = reading.seen.shrink * reading.px_per_mm
    flat = luma - texture.smooth(luma, 6.0 * unit)
    strength = np.sqrt(texture.smooth(flat * flat, 8.0 * unit)) + 0.01
    return np.clip(128 + 42 * flat / strength, 0, 255).astype(np.uint8)


def _on_grid(points: np.ndarray, reading: Reading) -> np.ndarray:
    return (points - reading.seen.origin) * reading.seen.shrink - 0.5


@cache
def _chosen() -> np.ndarray:
    """Return landmarks spread over the face: not more than one within 7 mm, the mouth and the lids thinned."""
    from needlepoint.photo.face import canonical

    vertices = canonical()[0]
    near = np.linalg.norm(vertices[:, None] - vertices, axis=2) <= 7.0
    kept: list[int] = []
    for number in range(len(vertices)):
        if not near[number, kept].any():
            kept.append(number)
    return np.array(kept)


def _thin_plate(a: np.ndarray, b: np.ndarray, places: np.ndarray, unit: float) -> np.ndarray:
    """Return where `places` go when the points `a` go to about `b`."""
    middle, size = a.mean(axis=0), 80.0 * unit
    p, q = (a - middle) / size, (places - middle) / size
    kernel = _bend(p, p) + STIFFNESS * np.eye(len(p))
    flat = np.column_stack([np.ones(len(p)), p])
    system = np.block([[kernel, flat], [flat.T, np.zeros((3, 3))]])
    weights = np.linalg.solve(system, np.vstack([b, np.zeros((3, 2))]))
    return _bend(q, p) @ weights[: len(p)] + np.column_stack([np.ones(len(q)), q]) @ weights[len(p) :]


def _bend(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    square = ((p[:, None] - q[None]) ** 2).sum(axis=2)
    return 0.5 * square * np.log(np.maximum(square, 1e-12))
