"""Pictures of a comparison: the photos side by side in one frame, heat maps of change, zones, and a flicker."""

from __future__ import annotations

import io

import cv2
import numpy as np

from needlepoint.photo import colour, texture
from needlepoint.photo.compare import Comparison, face_index, pigment_seen
from needlepoint.photo.profile import light_to_srgb
from needlepoint.photo.reading import Reading

MAP_SMOOTH_MM = 2.0
GRAIN = 3.0  # spreads of the map by which a place has to differ to be shown
HEATS = {
    # measure: the change at which the scale ends, and its unit
    "haemoglobin": (0.30, "optical density"),
    "melanin_index": (15.0, "100 log10(1/red)"),
}
_SHOWN_HEIGHT = 900


def frames(comparison: Comparison) -> tuple[np.ndarray, np.ndarray]:
    """Return both photos in the frame of the first, 8-bit red-green-blue (rows, columns, 3), equally bright."""
    if comparison.registration is None:
        raise ValueError("a refused comparison has no common frame")
    first, second = comparison.before.seen.light, comparison.after.seen.light
    laid = comparison.registration.bring(second, cv2.BORDER_REPLICATE)
    gain = 0.75 / max(float(np.percentile(first, 98)), 1e-3)
    return _shown(first * gain), _shown(laid * gain)


def heat(comparison: Comparison, measure: str) -> np.ndarray:
    """Return the change of a measure over the first photo in grey: orange is more, blue is less, clear is none."""
    if comparison.registration is None:
        raise ValueError("a refused comparison has no common frame")
    end = HEATS[measure][0]
    first = _map(comparison.before, measure)
    laid = comparison.registration.bring(_map(comparison.after, measure))
    skin = _both_skin(comparison)
    share = np.maximum(texture.smooth(skin, _sigma(comparison)), 1e-3)
    change = _gain(comparison, measure) * texture.smooth((laid - first) * skin, _sigma(comparison)) / share
    seen = comparison.before.seen.light
    grey = cv2.cvtColor(
        _shown(seen * (0.75 / max(float(np.percentile(seen, 98)), 1e-3)), full=False), cv2.COLOR_RGB2GRAY
    )
    ground = np.repeat((60 + 0.6 * grey.astype(np.float32))[..., None], 3, axis=2)
    # Less than half of the smallest detectable change, or than the map's own grain, would only look like something.
    own_grain = GRAIN * texture.spread(change[skin > 0.5])
    floor = min(max(0.5 * _smallest(comparison, measure), own_grain), 0.7 * end)
    shown = np.sign(change) * np.maximum(np.abs(change) - floor, 0)
    tint = np.clip(shown / (end - floor), -1, 1) * _claimed(comparison, measure)
    cover = (np.abs(tint) ** 0.8 * 0.85 * (skin > 0.5))[..., None]
    paint = np.where(
        tint[..., None] > 0, np.array([226, 88, 14], np.float32), np.array([24, 104, 214], np.float32)
    )
    return _sized(np.clip(ground * (1 - cover) + paint * cover, 0, 255).astype(np.uint8))


def zones(reading: Reading) -> np.ndarray:
    """Return the photo with the zones that were measured drawn over it."""
    light = reading.seen.light
    shown = _shown(light * (0.75 / max(float(np.percentile(light, 98)), 1e-3)), full=False)
    labels = reading.seen.layout.labels
    kinds = list(dict.fromkeys(zone.kind for zone in reading.seen.layout.zones))
    # Both sides of the face alike; neighbours far apart on the wheel.
    numbers = np.array([0, *(kinds.index(zone.kind) + 1 for zone in reading.seen.layout.zones)])
    hues = (numbers * 61 % 180).astype(np.uint8)
    swatches = cv2.cvtColor(
        np.stack([hues, np.full_like(hues, 150), np.full_like(hues, 235)], 1)[None], cv2.COLOR_HSV2RGB
    )[0]
    inside = labels > 0
    shown[inside] = (0.55 * shown[inside] + 0.45 * swatches[labels[inside]]).astype(np.uint8)
    return _sized(shown)


def flicker(comparison: Comparison) -> bytes:
    """Return a GIF that shows before and after in turn, 0.7 seconds each."""
    from PIL import Image

    still = [
        Image.fromarray(frame).convert("P", palette=Image.Palette.ADAPTIVE, colors=200)
        for frame in frames(comparison)
    ]
    out = io.BytesIO()
    still[0].save(out, "GIF", save_all=True, append_images=still[1:], duration=700, loop=0)
    return out.getvalue()


def jpeg(frame: np.ndarray, quality: int = 88) -> bytes:
    """Return a picture as JPEG without any description in it."""
    return bytes(cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def _map(reading: Reading, measure: str) -> np.ndarray:
    densities = colour.density(reading.seen.light)
    return (colour.haemoglobin if measure == "haemoglobin" else colour.melanin_index)(densities).astype(
        np.float32
    )


def _gain(comparison: Comparison, measure: str) -> float:
    """Return what the map is multiplied by, to be read as the numbers are: on skin of this face's darkness."""
    pigment = pigment_seen(comparison.zones)
    if measure != "haemoglobin" or not pigment or None in (comparison.before.card, comparison.after.card):
        return 1.0
    return colour.blood_gain(face_index(pigment))


def _both_skin(comparison: Comparison) -> np.ndarray:
    registration = comparison.registration
    if registration is None:
        raise ValueError("a refused comparison has no common frame")
    theirs = (comparison.after.seen.layout.labels > 0).astype(np.float32)
    return (comparison.before.seen.layout.labels > 0) * registration.bring(theirs)


def _smallest(comparison: Comparison, measure: str) -> float:
    return max((c.smallest_detectable or 0.0 for c in comparison.zones if c.measure == measure), default=0.0)


def _claimed(comparison: Comparison, measure: str) -> np.ndarray:
    """Return 1 where a zone has a number that stands, and 0 where nothing may be concluded from it."""
    layout = comparison.before.seen.layout
    withheld = [c.zone for c in comparison.zones if c.measure == measure and c.verdict == "not_measurable"]
    numbers = [layout.zones.index(zone) + 1 for zone in withheld]
    return (~np.isin(layout.labels, numbers)).astype(np.float32)


def _sigma(comparison: Comparison) -> float:
    return MAP_SMOOTH_MM * comparison.before.seen.layout.px_per_mm


def _shown(light: np.ndarray, full: bool = True) -> np.ndarray:
    codes = np.round(255 * light_to_srgb(light)).astype(np.uint8)
    return _sized(codes) if full else codes


def _sized(frame: np.ndarray) -> np.ndarray:
    if frame.shape[0] == _SHOWN_HEIGHT:
        return frame
    size = (round(frame.shape[1] * _SHOWN_HEIGHT / frame.shape[0]), _SHOWN_HEIGHT)
    return cv2.resize(
        frame, size, interpolation=cv2.INTER_AREA if size[1] < frame.shape[0] else cv2.INTER_CUBIC
    )
