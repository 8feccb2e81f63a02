"""The quality gate: says in plain words what is wrong with a photo or a pair, and refuses what cannot be compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
import tomli

from needlepoint.course.zones import Zone
from needlepoint.photo import texture
from needlepoint.photo.reading import FEWEST_PX_PER_MM_TEXTURE, Reading, feature_mask
from needlepoint.photo.zones import project

LEVELS = ("ok", "warn", "refuse")


@dataclass(frozen=True, slots=True)
class Check:
    """One look at a photo ("before", "after") or at both ("pair"): ok, warn or refuse, and what to say."""

    photo: str
    check: str
    level: str
    says: str


@cache
def limits() -> dict[str, dict]:
    """Return the table of limits."""
    return tomli.loads(resources.files("needlepoint.photo").joinpath("data/gate.toml").read_text())


def strictest(checks: tuple[Check, ...]) -> str:
    """Return the strictest level among checks."""
    return max((check.level for check in checks), key=LEVELS.index, default="ok")


def judged(photo: str, check: str, value: float) -> Check:
    """Return what the table of limits says of a value."""
    rule = limits()[check]
    for level in ("refuse", "warn"):
        above, below = rule.get(f"{level}_above"), rule.get(f"{level}_below")
        limit = above if above is not None else below
        if (above is not None and value > above) or (below is not None and value < below):
            return Check(
                photo, check, level, rule["says"].format(value=value, percent=100 * value, limit=limit)
            )
    return Check(photo, check, "ok", "")


def of_photo(reading: Reading, photo: str) -> tuple[Check, ...]:
    """Return what there is to say about one photo."""
    if not reading.measurable:
        return (_unseen(reading, photo),)
    checks = [judged(photo, "px_per_mm", reading.px_per_mm), judged(photo, "clipped", reading.clipped)]
    checks += [
        judged(photo, "brightness_low", reading.brightness),
        judged(photo, "sides", abs(reading.sides)),
    ]
    checks += [*_of_face(reading, photo), *_of_card(reading, photo), *_of_file(reading, photo)]
    return tuple(checks)


def _unseen(reading: Reading, photo: str) -> Check:
    if reading.face is None:
        return Check(
            photo,
            "face",
            "refuse",
            "No face is seen in the photo. Take it from the front, with the whole face in it.",
        )
    return Check(
        photo,
        "skin",
        "refuse",
        "No zone with enough bare skin is seen: hair, glasses, cloth or the frame cover it.",
    )


def _of_face(reading: Reading, photo: str) -> list[Check]:
    face = reading.face
    if face is None:
        return []
    checks = [
        judged(photo, "yaw", abs(face.yaw_deg)),
        judged(photo, "pitch", abs(face.pitch_deg)),
        judged(photo, "mouth", face.mouth_open),
    ]
    if reading.faces > 1:
        says = f"{reading.faces} faces are in the photo. Only one person may be in it."
        checks.append(Check(photo, "faces", "refuse", says))
    if _glasses(reading):
        checks.append(
            Check(
                photo,
                "glasses",
                "warn",
                "There seem to be glasses. Take them off; skin behind them is left out.",
            )
        )
    if Zone.FOREHEAD in reading.seen.layout.zones:
        checks.append(judged(photo, "hair", _bare_forehead(reading)))
    share = grain_share(reading)
    if share is not None:
        checks.append(judged(photo, "smoothed", share))
    if reading.seen.luma is None:
        needed, here = FEWEST_PX_PER_MM_TEXTURE, reading.px_per_mm
        says = f"Roughness and lines need {needed:g} pixels a millimetre; this photo has {here:.1f}."
        checks.append(Check(photo, "resolution", "warn", says))
    return checks


def _bare_forehead(reading: Reading) -> float:
    """Return the share of the forehead's outline that is measured as bare skin."""
    if reading.face is None:
        return 1.0
    layout = reading.seen.layout
    outline = project(reading.face)[Zone.FOREHEAD].astype(np.float32)
    whole = cv2.contourArea(outline) * reading.seen.shrink**2
    return float(layout.mask(Zone.FOREHEAD).sum() / max(whole, 1.0))


def _of_card(reading: Reading, photo: str) -> list[Check]:
    if reading.card is None:
        says = "No card is seen: a colour change of the whole face cannot be told from a change of light."
        return [Check(photo, "card", "warn", says)]
    card = reading.card
    checks = [
        judged(photo, "card_tilt", card.tilt_deg),
        judged(photo, "card_residual", max(card.residual_de, card.worst_de / 3)),
    ]
    checks.append(judged(photo, "blur", card.edge_blur_mm))
    if card.markers < 4:
        checks.append(Check(photo, "card", "warn", "A corner of the card is covered. Show the whole card."))
    return checks


def _of_file(reading: Reading, photo: str) -> list[Check]:
    checks = []
    if not reading.profile_known:
        says = "The file does not say what its colours mean; they are read as sRGB. If they are not, redness is wrong."
        checks.append(Check(photo, "profile", "warn", says))
    if reading.jpeg_quality is not None:
        checks.append(judged(photo, "jpeg_quality", reading.jpeg_quality))
    return checks


def grain_share(reading: Reading) -> float | None:
    """Return how detailed the skin is against the edges of eyes, brows and lips; None where neither is seen."""
    edges = feature_mask(reading)
    maps = reading.maps
    if edges is None or maps is None or maps.luma is None:
        return None
    labels = cv2.resize(maps.layout.labels, maps.luma.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    skin = cv2.erode((labels > 0).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    if not skin.any() or not edges.any():
        return None
    of_skin, of_edges = (texture.detail_ratio(maps.luma, mask, maps.luma_px_per_mm) for mask in (skin, edges))
    return of_skin / max(of_edges, 1e-9)


def _glasses(reading: Reading) -> bool:
    """Return whether a hard dark edge runs across the bridge of the nose, where bare skin has none."""
    if reading.face is None or reading.maps is None:
        return False
    points = (reading.face.points[[168, 6, 197], :2] - reading.maps.origin) * reading.maps.shrink
    top, bottom = points[0], points[2]
    steps = np.linspace(-0.3, 1.2, 40)[:, None]
    places = np.round(top + (bottom - top) * steps).astype(int)
    rows, columns = reading.maps.light.shape[:2]
    inside = (places >= 0).all(axis=1) & (places[:, 0] < columns) & (places[:, 1] < rows)
    line = np.log(np.maximum(reading.maps.light[places[inside, 1], places[inside, 0], 1], 1e-4))
    return bool(len(line) > 10 and np.median(line) - line.min() > 0.9)


def of_pair(before: Reading, after: Reading) -> tuple[Check, ...]:
    """Return what there is to say about two photos together."""
    checks = []
    if before.face is not None and after.face is not None:
        turn = max(abs(getattr(before.face, a) - getattr(after.face, a)) for a in ("yaw_deg", "pitch_deg"))
        checks.append(judged("pair", "pose_difference", turn))
        checks.append(judged("pair", "expression_difference", _expression(before, after)))
    checks.append(judged("pair", "light_difference", abs(before.sides - after.sides)))
    if before.camera and after.camera and before.camera != after.camera:
        says = f"Different cameras, {before.camera} and {after.camera}: each has colours of its own. Use the same one."
        checks.append(Check("pair", "camera", "warn", says))
    return tuple(checks)


def _expression(before: Reading, after: Reading) -> float:
    """Return how much the corners of the mouth moved against the eyes, as a share of the mouth's width."""
    shapes = []
    for reading in (before, after):
        if reading.face is None:
            return 0.0
        points = reading.face.points[:, :2]
        eyes = points[[33, 263]]
        unit = np.linalg.norm(eyes[1] - eyes[0])
        mouth = points[[61, 291]]
        shapes.append(
            np.array([np.linalg.norm(mouth[1] - mouth[0]), *np.linalg.norm(mouth - eyes, axis=1)]) / unit
        )
    return float(np.abs(shapes[0] - shapes[1])[0] / shapes[0][0])
