"""Finds the face and its 468 points with two small networks, offline; and says how the head is turned."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
import tomli

from needlepoint.photo.picture import shrunk
from needlepoint.photo.threads import OneAThread

FOUND = 0.5  # of the detector's own score, 0 to 1; MediaPipe's default
PRESENT = 0.5  # of the landmark network's face flag, 0 to 1; MediaPipe's default
EYE_RIGHT, EYE_LEFT = 33, 263  # outer corners; right and left are the patient's
_DETECTOR_SIDE, _MESH_SIDE = 128, 192
# Small shifts, turns and sizes of the crop (pixels of 192, degrees, factor); the median over them halves the jitter.
_CROPS = ((0.0, 0.0, 2.0, 1.0), (4.0, 3.0, -2.0, 1.03), (-4.0, -3.0, 0.0, 0.97))


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face: `points` (468, 3) in pixels of the photo, depth in the same unit; the detector's score; the pose."""

    points: np.ndarray
    score: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    px_per_mm: float
    misfit_mm: float

    @property
    def mouth_open(self) -> float:
        """Return the gap between the lips as a share of the mouth's width."""
        gap = np.linalg.norm(self.points[13, :2] - self.points[14, :2])
        return float(gap / np.linalg.norm(self.points[61, :2] - self.points[291, :2]))


@cache
def _file(name: str) -> bytes:
    folder = resources.files("needlepoint.photo").joinpath("data/models")
    content = folder.joinpath(name).read_bytes()
    known = tomli.loads(folder.joinpath("models.toml").read_text())[name]["sha256"]
    if hashlib.sha256(content).hexdigest() != known:
        raise RuntimeError(
            f"{name} is not the file that Needlepoint was released with; install Needlepoint again"
        )
    return content


@cache
def canonical() -> tuple[np.ndarray, np.ndarray]:
    """Return the canonical face: vertices (468, 3) in mm, x to the patient's left, y up; triangles (898, 3)."""
    import io

    with np.load(io.BytesIO(_file("face_mesh.npz"))) as mesh:
        return mesh["vertices_mm"].astype(np.float64), mesh["triangles"].astype(np.int64)


def _net(name: str) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromTFLite(np.frombuffer(_file(name), np.uint8))


_nets = OneAThread(_net)


@cache
def _anchors() -> np.ndarray:
    """Return the centres of BlazeFace's 896 boxes, shape (896, 2), 0 to 1."""
    grids = []
    for cells, each in ((16, 2), (8, 6)):
        y, x = np.mgrid[0:cells, 0:cells]
        centres = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / cells
        grids.append(np.repeat(centres, each, axis=0))
    return np.concatenate(grids)


def find(codes: np.ndarray, step: int = 1) -> list[Face]:
    """Return the faces in an 8-bit blue-green-red picture, the largest first.

    Where the picture is smaller than the photo by the factor `step`, the points are those of the photo.
    """
    faces = []
    for score, eyes, side in _detections(codes):
        face = _mesh(codes, score, eyes, side, step)
        if face is not None:
            faces.append(face)
    return sorted(faces, key=lambda face: -face.px_per_mm)


def _detections(codes: np.ndarray) -> list[tuple[float, np.ndarray, float]]:
    """Return score, the eyes (2, 2) and the box's side in pixels, strongest first, one for each face."""
    small, factor = shrunk(codes, 480)
    height, width = small.shape[:2]
    scale = _DETECTOR_SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    left, top = (_DETECTOR_SIDE - size[0]) // 2, (_DETECTOR_SIDE - size[1]) // 2
    canvas = np.zeros((_DETECTOR_SIDE, _DETECTOR_SIDE, 3), np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = small
    net = _nets.of("face_detection_short_range.tflite")
    net.setInput(cv2.dnn.blobFromImage(canvas, 1 / 127.5, mean=(127.5,) * 3, swapRB=True))
    logits, boxes = net.forward(["classificators", "regressors"])
    scores = 1 / (1 + np.exp(-np.clip(logits.reshape(-1), -50, 50)))
    values = boxes.reshape(-1, 8, 2) / _DETECTOR_SIDE
    values[:, 0] += _anchors()
    values[:, 2:] += _anchors()[:, None]
    return _strongest(scores, values, np.array([left, top], float), scale / factor)


def _strongest(
    scores: np.ndarray, values: np.ndarray, offset: np.ndarray, scale: float
) -> list[tuple[float, np.ndarray, float]]:
    kept: list[tuple[float, np.ndarray, float]] = []
    centres: list[np.ndarray] = []
    for index in np.argsort(-scores):
        if scores[index] < FOUND or len(kept) == 4:
            break
        centre, size = values[index, 0], float(values[index, 1].max())
        if any(np.linalg.norm(centre - other) < 0.5 * size for other in centres):
            continue
        near = (scores >= FOUND) & (np.linalg.norm(values[:, 0] - centre, axis=1) < 0.3 * size)
        eyes = np.average(values[near, 2:4], axis=0, weights=scores[near])
        kept.append(
            (float(scores[index]), (eyes * _DETECTOR_SIDE - offset) / scale, size * _DETECTOR_SIDE / scale)
        )
        centres.append(centre)
    return kept


def _mesh(codes: np.ndarray, score: float, eyes: np.ndarray, side: float, step: int) -> Face | None:
    small, factor = shrunk(codes, max(codes.shape[:2]) * 300.0 / (1.5 * side))
    shrink = 1.0 / factor
    across = eyes[1] - eyes[0]
    # The box's centre lies about a third of the eye distance below the eyes.
    centre = eyes.mean(axis=0) + 0.35 * np.array([-across[1], across[0]])
    points, flag = _points(small, centre * shrink, 1.5 * side * shrink, np.arctan2(across[1], across[0]))
    if flag < PRESENT:
        return None
    runs = [_points(small, *_crop_of(points, crop))[0] for crop in _CROPS]
    settled = np.median(runs, axis=0) * step / shrink
    return _posed(settled, score)


def _crop_of(points: np.ndarray, crop: tuple[float, float, float, float]) -> tuple[np.ndarray, float, float]:
    right, down, turn, size = crop
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    side = 1.5 * float((high - low).max()) * size
    across = points[EYE_LEFT, :2] - points[EYE_RIGHT, :2]
    shift = np.array([right, down]) * side / _MESH_SIDE
    return (low + high) / 2 + shift, side, float(np.arctan2(across[1], across[0]) + np.radians(turn))


def _points(codes: np.ndarray, centre: np.ndarray, side: float, angle: float) -> tuple[np.ndarray, float]:
    """Return the points (468, 3) in pixels of `codes`, and the flag 0 to 1 that this is a face."""
    factor = side / _MESH_SIDE
    turn = factor * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    to_photo = np.hstack([turn, (centre - turn @ np.full(2, _MESH_SIDE / 2))[:, None]])
    crop = cv2.warpAffine(
        codes, to_photo, (_MESH_SIDE, _MESH_SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    net = _nets.of("face_landmark.tflite")
    net.setInput(cv2.dnn.blobFromImage(crop, 1 / 255.0, swapRB=True))
    flag, raw = net.forward(["conv2d_31", "conv2d_21"])
    points = raw.reshape(468, 3).astype(np.float64)
    flat = points[:, :2] @ turn.T + to_photo[:, 2]
    return np.column_stack([flat, points[:, 2] * factor]), float(1 / (1 + np.exp(-flag.reshape(-1)[0])))


def _posed(points: np.ndarray, score: float) -> Face:
    """Fit the canonical face by a similarity and read the pose off its rotation."""
    model = canonical()[0] * np.array([1.0, -1.0, -1.0])
    weight = _stiff()
    middle_a, middle_b = np.average(model, axis=0, weights=weight), np.average(points, axis=0, weights=weight)
    a, b = model - middle_a, points - middle_b
    u, singular, vt = np.linalg.svd((a * weight[:, None]).T @ b)
    sign = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u @ sign @ vt).T
    scale = float((singular * np.diag(sign)).sum() / (weight[:, None] * a**2).sum())
    misfit = np.linalg.norm((b - scale * a @ rotation.T)[:, :2], axis=1) / scale
    yaw = np.degrees(np.arctan2(rotation[0, 2], rotation[2, 2]))
    pitch = np.degrees(np.arcsin(np.clip(-rotation[1, 2], -1, 1)))
    roll = np.degrees(np.arctan2(rotation[1, 0], rotation[1, 1]))
    return Face(points, score, float(yaw), float(pitch), float(roll), scale, float(np.median(misfit)))


@cache
def _stiff() -> np.ndarray:
    """Return weights (468,): the mouth, the jaw and the lids move without the head and count little."""
    vertices = canonical()[0]
    moving = (vertices[:, 1] < -20) | ((np.abs(vertices[:, 1] - 26) < 8) & (np.abs(vertices[:, 0]) > 15))
    return np.where(moving, 0.15, 1.0)
