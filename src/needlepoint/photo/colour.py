"""Colour: from linear sRGB to L*a*b*, to optical density, to haemoglobin and the two indices."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import tomli

# Linear sRGB to XYZ divided by the D65 white (IEC 61966-2-1; CIE 1931, 2 degrees).
_RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_TO_WHITE = _RGB_TO_XYZ / np.array([[0.95047], [1.0], [1.08883]])
_D50, _D65 = np.array([0.96422, 1.0, 0.82521]), np.array([0.95047, 1.0, 1.08883])
# Bradford's adaptation of XYZ (ICC.1, the inverse of its D65 to D50).
_D50_TO_D65 = np.array(
    [
        [0.9555766, -0.0230393, 0.0631636],
        [-0.0282895, 1.0099416, 0.0210077],
        [0.0122982, -0.0204830, 1.3299098],
    ]
)
# a* moves only the first of the three cube roots, b* only the third.
_TO_F_X = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 0]], float)
_TO_F_Z = np.array([[0, 0, 0], [0, 0, 0], [0, 0, 1]], float)
_DARKEST = 1e-4  # linear light below which a logarithm says nothing


@cache
def vectors() -> dict:
    """Return the table of the fixed absorption directions, with unit, source and basis."""
    return tomli.loads(resources.files("needlepoint.photo").joinpath("data/stains.toml").read_text())


@cache
def _unmixing() -> np.ndarray:
    """Return the matrix (3, 3) from optical density to melanin, haemoglobin and shading."""
    table = vectors()
    shading = np.ones(3) / np.sqrt(3.0)
    mixing = np.stack([table["melanin"]["value"], table["haemoglobin"]["value"], shading], axis=1)
    return np.linalg.inv(mixing)


def lab(light: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* (D65, 2 degrees) of linear sRGB; both of shape (..., 3)."""
    ratio = np.maximum(light @ _TO_WHITE.T.astype(light.dtype), 0)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    l_star = 116 * f[..., 1] - 16
    return np.stack([l_star, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def of_lab(values: np.ndarray, space: str) -> np.ndarray:
    """Return linear sRGB of CIE L*a*b* measured under D65 or, as instruments of the graphic trade do, under D50."""
    f = (
        (values[..., 0:1] + 16) / 116
        + values * [0, 1 / 500, 0] @ _TO_F_X
        + values * [0, 0, -1 / 200] @ _TO_F_Z
    )
    ratio = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29))
    if space == "lab-d50":
        ratio = (ratio * _D50) @ _D50_TO_D65.T / _D65
    return ratio @ np.linalg.inv(_TO_WHITE).T


def density(light: np.ndarray) -> np.ndarray:
    """Return optical density, the natural logarithm of 1 / light, per channel."""
    return -np.log(np.maximum(light, _DARKEST))


def haemoglobin(densities: np.ndarray) -> np.ndarray:
    """Return the haemoglobin part of optical densities (..., 3); shading and melanin cancel."""
    return densities @ _unmixing()[1].astype(densities.dtype)


def pigment_leak(index: float) -> float:
    """Return how far haemoglobin moves for one step of the melanin index when only pigment changes."""
    table = vectors()["pigment_leak"]
    return float(np.interp(index, table["melanin_index"], table["haemoglobin_per_melanin_index"]))


def blood_gain(index: float) -> float:
    """Return what haemoglobin is multiplied by to read alike for the same rise in blood, whatever the melanin index."""
    table = vectors()["blood_gain"]
    return float(np.interp(index, table["melanin_index"], table["gain"]))


def erythema_index(densities: np.ndarray) -> np.ndarray:
    """Return 100 log10(red / green); shading cancels, melanin does not (Takiwaki 1998)."""
    return (densities[..., 1] - densities[..., 0]) * densities.dtype.type(100 / np.log(10))


def melanin_index(densities: np.ndarray) -> np.ndarray:
    """Return 100 log10(1 / red); shading does not cancel (Takiwaki 1998)."""
    return densities[..., 0] * densities.dtype.type(100 / np.log(10))


def a_star(light: np.ndarray) -> np.ndarray:
    """Return only a* of `lab`, at half the work."""
    ratio = np.maximum(light @ _TO_WHITE[:2].T.astype(light.dtype), 0)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return 500 * (f[..., 0] - f[..., 1])


def angle_deg(light: np.ndarray) -> np.ndarray:
    """Return the individual typology angle; used to check pairs of photos, never shown as a skin type."""
    values = lab(light)
    return np.degrees(np.arctan2(values[..., 0] - 50, values[..., 2]))
