"""Photographs the phantom: pose, light, card, garment, lens, sensor, JPEG. Test equipment; not fast, only right."""

from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from tests.phantom.raster import KINDS, raster, shade
from tests.phantom.surface import LEFT_MM, TOP_MM, Surface

from needlepoint.photo import card as cards
from needlepoint.photo.face import canonical
from needlepoint.photo.profile import light_to_srgb

DISTANCE_MM = 900.0
FRAME_MM = (250.0, 333.3)
MOST_KEPT_BYTES = 1.2e9


@dataclass(frozen=True)
class Shot:
    """One way to take the photo. Angles in degrees, sizes as factors, light by direction and strength."""

    width: int = 1536
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    zoom: float = 1.0
    exposure: float = 1.0
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gradient: float = 0.0
    light: tuple[float, float, float] = (0.25, 0.45, 0.85)
    ambient: float = 0.5
    gloss: float = 0.03
    noise: float = 1.0
    blur_mm: float = 0.0
    quality: int = 92
    card: bool = True
    card_tilt: tuple[float, float] = (0.0, 0.0)
    garment: tuple[float, float, float] = (0.10, 0.16, 0.30)
    seed: int = 0
    person: int = 0


def shaped(vertices: np.ndarray, person: int) -> np.ndarray:
    """The head of somebody else: longer or shorter, other in jaw, nose and cheekbones; 0 is the canonical one."""
    if person == 0:
        return vertices
    jaw, long, nose, bone = np.random.default_rng((person, 7)).uniform(-1, 1, 4) * [0.09, 0.06, 3.0, 0.06]
    x, y, z = vertices.T
    low, high = 1 / (1 + np.exp((y + 30) / 12)), np.exp(-(((y - 5) / 22) ** 2))
    middle = np.exp(-((x / 14) ** 2) - ((y + 8) / 16) ** 2)
    return np.stack([x * (1 + jaw * low + bone * high), y * (1 + long) - nose * middle, z + nose * middle], 1)


def jittered(rng: np.random.Generator, level: float = 1.0, **changes: object) -> Shot:
    """A shot by hand: at level 1 as different from the last one as a careful person with a phone would make it."""
    n = lambda scale: float(level * scale * rng.standard_normal())  # noqa: E731
    light = np.array([0.25, 0.45, 0.85]) + level * 0.04 * rng.standard_normal(3)
    return Shot(
        **{
            "yaw": n(3.0), "pitch": n(3.0), "roll": n(2.5), "zoom": float(np.exp(n(0.03))),
            "exposure": float(np.exp(n(0.12))), "gains": (float(np.exp(n(0.06))), 1.0, float(np.exp(n(0.06)))),
            "gradient": n(0.10), "light": tuple(light / np.linalg.norm(light)), "card_tilt": (n(5.0), n(5.0)),
            "garment": tuple(rng.uniform(0.02, 0.6, 3)), "seed": int(rng.integers(1 << 30)),
            **changes,
        }  # type: ignore[arg-type]
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Photograph:
    """`codes` (rows, columns, blue-green-red), the frontal millimetres in each pixel (NaN elsewhere), the scale."""

    codes: np.ndarray
    seen_mm: np.ndarray
    px_per_mm: float
    landmarks: np.ndarray
    quality: int

    def jpeg(self) -> bytes:
        return cv2.imencode(".jpg", self.codes, [cv2.IMWRITE_JPEG_QUALITY, self.quality])[1].tobytes()


def rotation(shot: Shot) -> np.ndarray:
    y, p, r = np.radians([shot.yaw, shot.pitch, shot.roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_x @ about_y


@cache
def _parts() -> list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """The solids from back to front: kind, vertices in mm, normals, triangles. All but the face are our own shapes."""
    parts = [
        ("cloth", *_ellipsoid((0, -285, -70), (230, 130, 110))),
        ("skin", *_ellipsoid((0, -130, -52), (54, 160, 58))),
        ("skin", *_ellipsoid((80, 3, -45), (9, 31, 18))),
        ("skin", *_ellipsoid((-80, 3, -45), (9, 31, 18))),
        ("head", *_ellipsoid((0, 18, -48), (79, 116, 108))),
    ]
    vertices, triangles = canonical()
    return [*parts, ("face", vertices, _normals(vertices, triangles), triangles)]


def _normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    faces = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, triangles[:, k], faces)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return normals if normals[:, 2].mean() > 0 else -normals


def _ellipsoid(middle, radii, steps: int = 18) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    up, around = np.meshgrid(
        np.linspace(0, np.pi, steps), np.linspace(0, 2 * np.pi, 2 * steps), indexing="ij"
    )
    unit = np.stack([np.sin(up) * np.sin(around), np.cos(up), np.sin(up) * np.cos(around)], -1).reshape(-1, 3)
    normals = unit / np.array(radii)
    cell = np.arange(steps * 2 * steps).reshape(steps, 2 * steps)
    a, b, c, d = (part.reshape(-1) for part in (cell[:-1, :-1], cell[:-1, 1:], cell[1:, :-1], cell[1:, 1:]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([b, d, c], 1)])
    return unit * radii + middle, normals / np.linalg.norm(normals, axis=1, keepdims=True), triangles


def _project(
    points: np.ndarray, turn: np.ndarray, shot: Shot, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (n, 2) and depth of points in mm; the head turns about a point behind the face."""
    pivot = np.array([0, 0, -40.0])
    turned = (points - pivot) @ turn.T + pivot
    scale = shot.zoom * size[0] / FRAME_MM[0] * DISTANCE_MM / (DISTANCE_MM - turned[:, 2])
    return np.stack(
        [size[0] / 2 + turned[:, 0] * scale, size[1] * 0.42 - turned[:, 1] * scale], 1
    ) - 0.5, turned[:, 2]


def photograph(face: Surface, shot: Shot) -> Photograph:
    """Take the photo."""
    size = (shot.width, round(shot.width * FRAME_MM[1] / FRAME_MM[0]))
    turn = rotation(shot)
    light = np.full((size[1], size[0], 3), 0.32, np.float32)
    seen = np.full((size[1], size[0], 2), np.nan, np.float32)
    taken = np.zeros((size[1], size[0]), np.bool_)
    to_light = np.array(shot.light) / np.linalg.norm(shot.light)
    half = to_light + np.array([0, 0, 1])
    lamps = np.stack([to_light, half / np.linalg.norm(half)]) @ turn  # in the head's own axes
    for kind, vertices, normals, triangles in reversed(_parts()):
        places, depth = _project(shaped(vertices, shot.person), turn, shot, size)
        shown = triangles[(normals @ turn.T)[triangles][..., 2].max(axis=1) > -0.1]
        owner, share = raster(places, depth, shown, taken)
        solids = np.concatenate([vertices, normals], axis=1).astype(np.float32)
        painted = _maps(face, kind == "face")
        garment = np.array(shot.garment, np.float32)
        strength = np.array([shot.ambient, shot.gloss, face.px_per_mm, LEFT_MM, TOP_MM], np.float32)
        number = KINDS.index(kind)
        shade(
            owner,
            share,
            shown,
            solids,
            painted,
            garment,
            lamps.astype(np.float32),
            strength,
            number,
            light,
            seen,
        )
    px_per_mm = shot.zoom * size[0] / FRAME_MM[0] * DISTANCE_MM / (DISTANCE_MM - 40.0)
    if shot.card:
        light, seen = _with_card(light, seen, shot, size)
    codes = _developed(light, shot, size[0] / FRAME_MM[0])
    points = _project(shaped(canonical()[0], shot.person), turn, shot, size)[0]
    return Photograph(codes, seen, px_per_mm, points, shot.quality)


_KEPT: dict[tuple[int, bool], tuple[Surface, np.ndarray]] = {}


def _maps(face: Surface, painted: bool) -> np.ndarray:
    """Colour with creases (they see less of the sky) and, on the face, paint; and the slope along x and y (up)."""
    key = (id(face), painted)
    if key not in _KEPT:
        if sum(maps.nbytes for _, maps in _KEPT.values()) > MOST_KEPT_BYTES:
            _KEPT.clear()
        colour = face.albedo * np.exp(1.6 * np.minimum(face.height, 0))[..., None]
        if painted:
            colour = colour * (1 - face.cover[..., None]) + face.paint * face.cover[..., None]
        down, along = np.gradient(face.height, 1 / face.px_per_mm)
        maps = np.concatenate([colour, along[..., None], -down[..., None]], axis=2).astype(np.float32)
        _KEPT[key] = (face, maps)
    return _KEPT[key][1]


def _with_card(light: np.ndarray, seen: np.ndarray, shot: Shot, size: tuple[int, int]):
    plan = cards.card()
    fine = 16.0 if size[0] < 2400 else 30.0
    tilt = rotation(replace(shot, yaw=shot.card_tilt[0], pitch=shot.card_tilt[1], roll=shot.roll))
    flat = np.array([[0, 0], [plan.width_mm, 0], [plan.width_mm, plan.height_mm], [0, plan.height_mm]], float)
    middle = np.array([70.0, -142.0, 40.0])
    centred = np.column_stack([flat[:, 0] - plan.width_mm / 2, plan.height_mm / 2 - flat[:, 1], np.zeros(4)])
    world = centred @ tilt.T + middle
    scale = shot.zoom * size[0] / FRAME_MM[0] * DISTANCE_MM / (DISTANCE_MM - world[:, 2])
    corners = np.stack([size[0] / 2 + world[:, 0] * scale, size[1] * 0.42 - world[:, 1] * scale], 1) - 0.5
    drawn = _drawn(fine, round(fine * FRAME_MM[0] / size[0], 1))
    to_photo = cv2.getPerspectiveTransform((flat * fine - 0.5).astype(np.float32), corners.astype(np.float32))
    facing = np.clip(tilt[:, 2] @ (np.array(shot.light) / np.linalg.norm(shot.light)), 0, 1)
    lit = drawn * np.float32(shot.ambient + (1 - shot.ambient) * facing)
    warped = cv2.warpPerspective(lit, to_photo, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones(drawn.shape[:2], np.float32), to_photo, size)
    seen = np.where(mask[..., None] > 0, np.nan, seen)
    return light * (1 - mask[..., None]) + warped * mask[..., None], seen


@cache
def _drawn(fine: float, shrink: float) -> np.ndarray:
    """The card in linear light, as soft as the sensor's pixels make it."""
    light = cv2.LUT(cards.drawing(cards.card(), fine), _table())
    return cv2.GaussianBlur(light, (0, 0), 0.35 * shrink)


@cache
def _table() -> np.ndarray:
    codes = np.arange(256) / 255
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4).astype(np.float32)


@cache
def _curve() -> np.ndarray:
    return light_to_srgb(np.arange(16384) / 16383).astype(np.float32)


def _developed(light: np.ndarray, shot: Shot, px_per_mm: float) -> np.ndarray:
    rng = np.random.default_rng(shot.seed)
    across = np.linspace(-0.5, 0.5, light.shape[1], dtype=np.float32)[None, :, None]
    exposed = (
        light * np.float32(shot.exposure) * np.array(shot.gains, np.float32) * (1 + shot.gradient * across)
    )
    if shot.blur_mm:
        exposed = cv2.GaussianBlur(exposed, (0, 0), shot.blur_mm * px_per_mm)
    codes = 255 * _curve()[np.clip(exposed * 16383, 0, 16383).astype(np.uint16)]
    grain = cv2.GaussianBlur(rng.standard_normal(light.shape, dtype=np.float32), (0, 0), 0.6)
    codes += shot.noise * grain / grain.std()
    return np.clip(np.round(codes), 0, 255).astype(np.uint8)[:, :, ::-1].copy()
