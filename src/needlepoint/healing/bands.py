"""Bands over virtual patients: percentiles, with weights where check-ins have taught some to count more."""

from __future__ import annotations

import numpy as np

from needlepoint.healing.compiled import Floats

SHARES = np.array([0.05, 0.25, 0.50, 0.75, 0.95])
NAMES = ("p05", "p25", "p50", "p75", "p95")


def bands(values: Floats, weights: Floats | None = None) -> Floats:
    """Return the percentiles of SHARES over the last axis, as an array (shares, ...)."""
    if weights is None:
        ordered = np.sort(values, axis=-1)
        place = SHARES * (values.shape[-1] - 1)
        below = place.astype(np.int64)
        part = (place - below).reshape((-1,) + (1,) * (values.ndim - 1))
        low = np.moveaxis(ordered[..., below], -1, 0)
        high = np.moveaxis(ordered[..., np.minimum(below + 1, values.shape[-1] - 1)], -1, 0)
        return np.asarray(low + part * (high - low))
    return _weighted(values, weights)


def _weighted(values: Floats, weights: Floats) -> Floats:
    order = np.argsort(values, axis=-1, kind="stable")
    held = np.cumsum(weights[order], axis=-1)
    held /= held[..., -1:]
    at = np.stack([(held < share).sum(axis=-1) for share in SHARES])
    found = np.take_along_axis(
        values, np.moveaxis(np.take_along_axis(order, np.moveaxis(at, 0, -1), -1), -1, -1), -1
    )
    return np.moveaxis(found, -1, 0)


def fading_day(offsets: Floats, scores: Floats, level: float) -> Floats:
    """Return for each member the day after a session from which redness stays below a level: scores (days, members).

    Between two looks the logarithm of the score is taken to fall in a straight line; where redness is still there at
    the last look, that look's day stands in.
    """
    red = scores >= level
    last = np.where(red.any(axis=0), scores.shape[0] - 1 - np.argmax(red[::-1], axis=0), -1)
    after = np.minimum(last + 1, scores.shape[0] - 1)
    before = np.maximum(last, 0)
    members = np.arange(scores.shape[1])
    high, low = (
        np.log(np.maximum(scores[before, members], 1e-12)),
        np.log(np.maximum(scores[after, members], 1e-12)),
    )
    fall = np.maximum(high - low, 1e-12)
    part = np.clip((high - np.log(level)) / fall, 0.0, 1.0)
    day = offsets[before] + part * (offsets[after] - offsets[before])
    return np.asarray(np.where(last < 0, 0.0, day))
