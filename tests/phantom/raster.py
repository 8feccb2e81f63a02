"""The phantom's inner loops: which triangle a pixel sees, and how bright it is."""

import fcntl
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from numba import njit

KINDS = ("cloth", "skin", "head", "face")
HAIR = (0.03, 0.02, 0.015)


def raster(
    places: np.ndarray, depth: np.ndarray, triangles: np.ndarray, taken: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest triangle in every free pixel, -1 for none, and where on it; the pixels are taken from then on."""
    _compile_alone()
    owner = np.full(taken.shape, -1, np.int32)
    share = np.zeros((*taken.shape, 2), np.float32)
    nearest = np.full(taken.shape, -np.inf, np.float32)
    _fill(places.astype(np.float32), depth.astype(np.float32), triangles, taken, nearest, owner, share)
    taken |= owner >= 0
    return owner, share


@cache
def _compile_alone() -> None:
    """Compile, or load what another process compiled, one process at a time: numba's cache does not bear a crowd."""
    with (Path(tempfile.gettempdir()) / "needlepoint-phantom.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        f4, taken = np.float32, np.zeros((2, 2), np.bool_)
        owner, share = np.full((2, 2), -1, np.int32), np.zeros((2, 2, 2), f4)
        triangles = np.zeros((0, 3), np.int64)
        _fill(np.zeros((3, 2), f4), np.zeros(3, f4), triangles, taken, np.zeros((2, 2), f4), owner, share)
        maps, three = np.zeros((4, 4, 5), f4), np.zeros(3, f4)
        lamps, light = np.zeros((2, 3), f4), np.zeros((2, 2, 3), f4)
        solids, strength = np.zeros((3, 6), f4), np.ones(5, f4)
        shade(
            owner, share, triangles, solids, maps, three, lamps, strength, 0, light, np.zeros((2, 2, 2), f4)
        )


@njit(cache=True)
def _fill(places, depth, triangles, taken, nearest, owner, share):
    rows, columns = taken.shape
    for index in range(len(triangles)):
        i, j, k = triangles[index]
        ax, ay = places[i]
        fx, fy = places[j, 0] - ax, places[j, 1] - ay
        sx, sy = places[k, 0] - ax, places[k, 1] - ay
        double = fx * sy - fy * sx
        if abs(double) < 1e-9:
            continue
        left = max(0, int(np.floor(min(ax, ax + fx, ax + sx))))
        right = min(columns, int(np.ceil(max(ax, ax + fx, ax + sx))) + 1)
        top = max(0, int(np.floor(min(ay, ay + fy, ay + sy))))
        bottom = min(rows, int(np.ceil(max(ay, ay + fy, ay + sy))) + 1)
        for row in range(top, bottom):
            y = row - ay
            for column in range(left, right):
                x = column - ax
                u = (x * sy - y * sx) / double
                v = (y * fx - x * fy) / double
                if u < -1e-5 or v < -1e-5 or u + v > 1.00001 or taken[row, column]:
                    continue
                here = depth[i] + u * (depth[j] - depth[i]) + v * (depth[k] - depth[i])
                if here > nearest[row, column]:
                    nearest[row, column] = here
                    owner[row, column] = index
                    share[row, column, 0] = u
                    share[row, column, 1] = v


@njit(cache=True)
def shade(owner, share, triangles, solids, maps, garment, lamps, strength, kind, light, seen):
    """Write the light of every pixel of one solid; for the face, also the frontal millimetres."""
    ambient, gloss, scale, left, top = strength
    high, wide = maps.shape[0] - 2, maps.shape[1] - 2
    p = np.zeros(6, np.float32)
    skin = np.zeros(5, np.float32)
    for row in range(owner.shape[0]):
        for column in range(owner.shape[1]):
            index = owner[row, column]
            if index < 0:
                continue
            u, v = share[row, column]
            i, j, k = triangles[index]
            for part in range(6):
                p[part] = (1 - u - v) * solids[i, part] + u * solids[j, part] + v * solids[k, part]
            length = np.sqrt(p[3] ** 2 + p[4] ** 2 + p[5] ** 2)
            nx, ny, nz = p[3] / length, p[4] / length, p[5] / length
            if kind == 0:
                skin[0], skin[1], skin[2], skin[3], skin[4] = garment[0], garment[1], garment[2], 0.0, 0.0
            else:
                x = min(max((p[0] - left) * scale - 0.5, 0.0), float(wide))
                y = min(max((top - p[1]) * scale - 0.5, 0.0), float(high))
                x0, y0 = int(x), int(y)
                a, b = x - x0, y - y0
                for part in range(5):
                    skin[part] = (1 - b) * ((1 - a) * maps[y0, x0, part] + a * maps[y0, x0 + 1, part]) + b * (
                        (1 - a) * maps[y0 + 1, x0, part] + a * maps[y0 + 1, x0 + 1, part]
                    )
                steep = min(max(nz, 0.2), 1.0)
                nx, ny = nx - skin[3] * steep, ny - skin[4] * steep
                length = np.sqrt(nx * nx + ny * ny + nz * nz)
                nx, ny, nz = nx / length, ny / length, nz / length
            if kind == 2:
                above = max(
                    (p[1] - 98 + 0.004 * p[0] ** 2 - 1.2 * np.sin(p[0])) / 0.8, (abs(p[0]) - 73.5) / 0.6
                )
                hair = 1 / (1 + np.exp(-min(max(above, -30.0), 30.0)))
                for part in range(3):
                    skin[part] = skin[part] * (1 - hair) + HAIR[part] * hair
            facing = max(0.0, nx * lamps[0, 0] + ny * lamps[0, 1] + nz * lamps[0, 2])
            shine = max(0.0, nx * lamps[1, 0] + ny * lamps[1, 1] + nz * lamps[1, 2]) ** 24
            for part in range(3):
                light[row, column, part] = skin[part] * (ambient + (1 - ambient) * facing)
                if kind != 0:
                    light[row, column, part] += gloss * shine
            if kind == 3:
                seen[row, column, 0] = p[0]
                seen[row, column, 1] = p[1]
