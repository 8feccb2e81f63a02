"""Is it the same face in both photos? Laid over one another, two people do not fit; nor does one person, mirrored."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from needlepoint.photo import gate
from needlepoint.photo.picture import Picture
from needlepoint.photo.reading import Reading, read
from needlepoint.photo.registration import Registration, register

MIRRORED = gate.Check(
    "pair",
    "mirrored",
    "refuse",
    "One of the two photos is mirrored, as some phones save a selfie: left and right would change places. "
    "Take the photo with the camera at the back, or switch the mirroring off.",
)


def of_pair(
    before: Reading, after: Reading, laid: Registration, photo: Picture | Reading
) -> tuple[gate.Check, ...]:
    """Return what there is to say about whose faces these are; `photo` is what `after` was read from.

    Where they do not fit, the second one is tried mirrored before anything is said of another person.
    """
    checks = _fit(before, after, laid)
    if gate.strictest(checks) == "refuse" and _fits_mirrored(before, photo):
        return (MIRRORED,)
    return checks


def _fit(before: Reading, after: Reading, laid: Registration) -> tuple[gate.Check, ...]:
    # A gap that could not be measured fits nobody.
    gap = laid.median_mm if np.isfinite(laid.median_mm) else float("inf")
    return (gate.judged("pair", "identity", gap), gate.judged("pair", "shape", shape_mm(before, after)))


def shape_mm(before: Reading, after: Reading) -> float:
    """Return how far apart the points of both faces lie, laid over one another as solids: root mean square, mm."""
    if before.face is None or after.face is None:
        return 0.0
    a, b = (
        reading.face.points / reading.px_per_mm for reading in (before, after) if reading.face is not None
    )
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    u, singular, vt = np.linalg.svd(a.T @ b)
    sign = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    scale = float((singular * np.diag(sign)).sum() / (a**2).sum())
    off = b - scale * a @ (u @ sign @ vt)
    return float(np.sqrt((off**2).sum(axis=1).mean()))


def _fits_mirrored(before: Reading, photo: Picture | Reading) -> bool:
    if isinstance(photo, Reading):
        return False
    turned = read(replace(photo, codes=cv2.flip(photo.codes, 1)), use_card=False)
    if not turned.measurable or turned.face is None:
        return False
    return gate.strictest(_fit(before, turned, register(before, turned))) != "refuse"
