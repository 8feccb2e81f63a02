"""Measures both photos of a pair alike: on the skin that both show, and equally sharp."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from needlepoint.course.zones import Zone
from needlepoint.photo import gate, texture
from needlepoint.photo.reading import TEXTURE_MEASURES, Reading, colour_values, feature_mask, texture_values
from needlepoint.photo.registration import by_points
from needlepoint.photo.zones import Layout

MOST_BLUR_MM = 0.25
MOST_BLUR_DIFFERENCE_MM = 0.2
SMOOTHED = (
    0.6  # a photo with less than this share of the other's grain, though equally sharp, went through a filter
)

# What a filter, or a soft photo, makes less of by itself; unevenness of pigment too.
SOFTENED = (*TEXTURE_MEASURES, "evenness")

Pairs = dict[tuple[Zone, str], tuple[float, float]]

_COARSE = "The photos are too coarse for it."
_UNSHARP = "The photos differ too much in sharpness, or are not sharp enough."
_FILTERED = "The skin of a photo has lost its grain while edges stayed sharp, as a smoothing filter does."
_OTHER_LIGHT = "The light comes from another side in the second photo."


def common(first: Reading, second: Reading) -> tuple[Layout, Layout]:
    """Return both layouts, each cut to the skin that the other photo shows too."""
    return _cut(first, second), _cut(second, first)


def _cut(one: Reading, other: Reading) -> Layout:
    there = by_points(one, other)
    seen = cv2.remap(other.seen.layout.labels, there[..., 0], there[..., 1], cv2.INTER_NEAREST)
    labels = one.seen.layout.labels
    return replace(one.seen.layout, labels=np.where(seen == labels, labels, 0).astype(np.uint8))


def colours(first: Reading, second: Reading, layouts: tuple[Layout, Layout]) -> Pairs:
    """Return the colour measures of each zone, before and after."""
    return _paired(
        *(colour_values(one.seen.light, layout) for one, layout in zip((first, second), layouts, strict=True))
    )


def _paired(a: dict[tuple[Zone, str], float], b: dict[tuple[Zone, str], float]) -> Pairs:
    return {key: (a[key], b[key]) for key in a if key in b}


def textures(
    first: Reading, second: Reading, layouts: tuple[Layout, Layout]
) -> tuple[Pairs, tuple[gate.Check, ...], dict[str, str]]:
    """Return the texture measures, what to say of the photos, and why a measure is missing."""
    lumas = (first.seen.luma, second.seen.luma)
    if lumas[0] is None or lumas[1] is None:
        return {}, (), dict.fromkeys(TEXTURE_MEASURES, _COARSE)
    if any(_smoothed(reading) for reading in (first, second)):
        # Said of each photo by itself; a filter on both takes from both, and never as much.
        return {}, (), dict.fromkeys(SOFTENED, _FILTERED)
    extra = extra_blur(first, second)
    if max(extra) > MOST_BLUR_DIFFERENCE_MM or max(_edge_blur(first), _edge_blur(second)) > MOST_BLUR_MM:
        return _without("blur_difference", _UNSHARP)
    matched = [
        texture.smooth(luma, blur * one.seen.luma_px_per_mm)
        for luma, blur, one in zip((lumas[0], lumas[1]), extra, (first, second), strict=True)
    ]
    grains = [
        _grain(one, luma, layout) for one, luma, layout in zip((first, second), matched, layouts, strict=True)
    ]
    if min(grains) < SMOOTHED * max(grains):
        return _without("smoothing", _FILTERED)
    pairs = _paired(
        *(
            texture_values(luma, one.seen.luma_px_per_mm, layout)
            for one, luma, layout in zip((first, second), matched, layouts, strict=True)
        )
    )
    if abs(first.sides - second.sides) <= gate.limits()["light_difference"]["warn_above"]:
        return pairs, (), {}
    kept = {key: pair for key, pair in pairs.items() if key[1] != "scar_shading"}
    return kept, (), {"scar_shading": _OTHER_LIGHT}


def _without(check: str, why: str) -> tuple[Pairs, tuple[gate.Check, ...], dict[str, str]]:
    said = gate.Check(
        "pair", check, "warn", f"{why} Roughness, lines, scar-like shading and unevenness are not measured."
    )
    return {}, (said,), dict.fromkeys(SOFTENED, why)


def _smoothed(reading: Reading) -> bool:
    share = gate.grain_share(reading)
    return share is not None and gate.judged("pair", "smoothed", share).level != "ok"


def _edge_blur(reading: Reading) -> float:
    return reading.card.edge_blur_mm if reading.card else 0.0


def _grain(reading: Reading, luma: np.ndarray, layout: Layout) -> float:
    labels = cv2.resize(layout.labels, luma.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return texture.spread(texture.band(luma, reading.seen.luma_px_per_mm, 0.15, 0.4)[labels > 0])


def extra_blur(first: Reading, second: Reading) -> tuple[float, float]:
    """Return the blur in millimetres that each photo needs to be as soft as the other; one of them is zero."""
    if first.card is not None and second.card is not None:
        a, b = first.card.edge_blur_mm, second.card.edge_blur_mm
        return float(np.sqrt(max(b * b - a * a, 0.0))), float(np.sqrt(max(a * a - b * b, 0.0)))
    ends = [_features(reading) for reading in (first, second)]
    if ends[0] is None or ends[1] is None:
        return 0.0, 0.0
    ratios = [texture.detail_ratio(*end) for end in ends if end is not None]
    return texture.blur_between(*ends[0], ratios[1]), texture.blur_between(*ends[1], ratios[0])


def _features(reading: Reading) -> tuple[np.ndarray, np.ndarray, float] | None:
    mask = feature_mask(reading)
    luma = reading.seen.luma
    return None if mask is None or luma is None else (luma, mask, reading.seen.luma_px_per_mm)
