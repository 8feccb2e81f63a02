"""Colour profiles: what the numbers of a file mean in light. Read for matrix profiles; anything else is refused."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from needlepoint.course.errors import InputError

# Columns: the primaries of sRGB, adapted to the D50 of the profile connection space (IEC 61966-2-1, ICC.1).
SRGB_TO_D50 = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
_CODES = np.arange(256) / 255.0


def srgb_to_light(codes: np.ndarray) -> np.ndarray:
    """Return linear light 0 to 1 for sRGB values 0 to 1 (IEC 61966-2-1)."""
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def light_to_srgb(light: np.ndarray) -> np.ndarray:
    """Return sRGB values 0 to 1 for linear light; the inverse of `srgb_to_light`."""
    safe = np.clip(light, 0.0, 1.0)
    return np.where(safe <= 0.0031308, safe * 12.92, 1.055 * safe ** (1 / 2.4) - 0.055)


@dataclass(frozen=True, eq=False)
class Profile:
    """Codes to light: `tables` (256, 3) red-green-blue, then `matrix` (3, 3) to linear sRGB."""

    matrix: np.ndarray
    tables: np.ndarray
    name: str
    known: bool = True

    @cached_property
    def table16(self) -> np.ndarray:
        """Return the tables as OpenCV wants them: (1, 256, 3) blue-green-red, 16 bits; one of them where all agree."""
        table = np.round(self.tables[None, :, ::-1] * 65535.0).astype(np.uint16)
        alike = (table == table[..., :1]).all()
        return np.ascontiguousarray(table[..., :1]) if alike else table


_ROOT_TO_SRGB = 255 * light_to_srgb((np.arange(4096) / 4095) ** 2)
SRGB = Profile(np.eye(3), np.repeat(srgb_to_light(_CODES)[:, None], 3, axis=1), "sRGB")


def in_srgb(codes: np.ndarray, profile: Profile) -> np.ndarray:
    """Return 8-bit codes (rows, columns, red-green-blue) that mean in sRGB what the given ones mean in `profile`.

    Strip by strip, so that a large photo does not fill the memory; what lies beyond sRGB is cut off at its edge.
    """
    made = np.empty_like(codes)
    tables = profile.tables.astype(np.float32)
    for top in range(0, len(codes), 256):
        strip = codes[top : top + 256]
        light = np.stack([tables[strip[..., k], k] for k in range(3)], -1) @ profile.matrix.T.astype(
            np.float32
        )
        # The root of light spreads the dark end over the table, where sRGB is steep.
        places = np.sqrt(np.clip(light, 0, 1)) * 4095
        made[top : top + 256] = np.round(_ROOT_TO_SRGB[np.round(places).astype(np.int32)])
    return made


def profile_of(icc: object, name: str) -> Profile | None:
    """Return the profile embedded in a file, or None where there is none; a broken one is an InputError."""
    if not icc:
        return None
    try:
        return _read(bytes(icc) if isinstance(icc, bytes | bytearray) else b"")
    except (struct.error, ValueError, KeyError, IndexError, OverflowError, np.linalg.LinAlgError):
        problem = "the colour profile in the file is damaged or of a kind that is not read"
        raise InputError(
            name, problem, "sRGB, Display P3 or another profile with primaries and curves"
        ) from None


def _read(icc: bytes) -> Profile:
    tags = _tags(icc)
    if icc[16:20] != b"RGB ":
        raise ValueError("not a colour profile for red, green and blue")
    columns = [_xyz(tags[tag]) for tag in (b"rXYZ", b"gXYZ", b"bXYZ")]
    tables = [_curve(tags[tag]) for tag in (b"rTRC", b"gTRC", b"bTRC")]
    matrix = np.linalg.inv(SRGB_TO_D50) @ np.array(columns).T
    if not np.isfinite(matrix).all() or not 0.2 < np.linalg.det(matrix) < 5 or np.abs(matrix).max() > 4:
        raise ValueError("primaries that no camera has")
    if np.allclose(matrix, np.eye(3), atol=0.004):
        matrix = np.eye(3)
    return Profile(matrix, np.stack(tables, axis=1), _named(tags.get(b"desc", b"")))


def _tags(icc: bytes) -> dict[bytes, bytes]:
    if len(icc) < 132 or icc[36:40] != b"acsp":
        raise ValueError("no profile")
    (count,) = struct.unpack_from(">I", icc, 128)
    if count > 100:
        raise ValueError("too many parts")
    tags = {}
    for index in range(count):
        sign, offset, size = struct.unpack_from(">4sII", icc, 132 + 12 * index)
        if offset + size > len(icc):
            raise ValueError("a part lies outside")
        tags[sign] = icc[offset : offset + size]
    return tags


def _xyz(part: bytes) -> list[float]:
    return [value / 65536.0 for value in struct.unpack_from(">3i", part, 8)]


def _curve(part: bytes) -> np.ndarray:
    """Return light for each of the 256 codes."""
    kind = part[:4]
    if kind == b"curv":
        (count,) = struct.unpack_from(">I", part, 8)
        if count == 0:
            return _CODES.copy()
        if count > 65536:
            raise ValueError("a curve of too many points")
        points = np.array(struct.unpack_from(f">{count}H", part, 12), dtype=float)
        light = _CODES ** (points[0] / 256.0) if count == 1 else _between(points / 65535.0)
    elif kind == b"para":
        light = _parametric(part)
    else:
        raise ValueError("an unknown curve")
    if not np.isfinite(light).all() or light[-1] < 0.5 or np.any(np.diff(light) < -1e-3):
        raise ValueError("a curve that falls")
    return np.clip(light, 0.0, 1.0)


def _between(points: np.ndarray) -> np.ndarray:
    return np.interp(_CODES, np.linspace(0.0, 1.0, len(points)), points)


def _parametric(part: bytes) -> np.ndarray:
    (form,) = struct.unpack_from(">H", part, 8)
    count = (1, 3, 4, 5, 7)[form]
    g, a, b, c, d, e, f = [
        *(value / 65536.0 for value in struct.unpack_from(f">{count}i", part, 12)),
        *[0.0] * 7,
    ][:7]
    if form == 0:
        return _CODES**g
    power = np.clip(a * _CODES + b, 0.0, None) ** g
    if form in {1, 2}:
        return np.where(a * _CODES + b >= 0, power + c, c)
    return np.where(d <= _CODES, power + e, c * _CODES + f)


def _named(part: bytes) -> str:
    if part[:4] == b"mluc" and len(part) >= 28:
        size, offset = struct.unpack_from(">II", part, 20)
        text = part[offset : offset + size].decode("utf-16-be", "ignore")
    else:
        text = part[12:].split(b"\0")[0].decode("ascii", "ignore")
    return "".join(letter for letter in text if letter.isprintable())[:60] or "unnamed profile"
