"""A two-layer model of skin: melanin above, blood below; reflectance spectrum, then colour.

Coefficients: Jacques 1998 (skin baseline, melanin, scattering), Prahl (haemoglobin), diffusion reflectance for the
dermis, and a surface reflection without which dark skin would come out far too yellow.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np

EPIDERMIS_CM = 0.006
OXYGENATED = 0.75
SURFACE = 0.035
HAEMOGLOBIN_G_PER_L = 150.0
XYZ_TO_SRGB = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
# The five tones of the tests: share of the epidermis that is melanin.
TONES = {"very light": 0.012, "light": 0.03, "intermediate": 0.09, "brown": 0.2, "dark": 0.38}
BLOOD = 0.010


@cache
def spectra() -> dict[str, np.ndarray]:
    """The columns of spectra.csv, 400 to 700 nm in steps of 10."""
    with (Path(__file__).parent / "spectra.csv").open() as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def reflectance(melanin, blood, surface: float = SURFACE) -> np.ndarray:
    """Share of light that comes back, shape (..., 31), for melanin and blood fractions of shape (...)."""
    table = spectra()
    nm = table["nm"]
    melanin, blood = np.asarray(melanin, float)[..., None], np.asarray(blood, float)[..., None]
    baseline = 0.244 + 85.3 * np.exp(-(nm - 154.0) / 66.2)
    extinction = OXYGENATED * table["hbo2"] + (1 - OXYGENATED) * table["hb"]
    whole_blood = 2.303 * extinction * HAEMOGLOBIN_G_PER_L / 64500.0
    dermis = blood * whole_blood + (1 - blood) * baseline
    epidermis = melanin * 6.6e11 * nm**-3.33 + (1 - melanin) * baseline
    scattering = 2e5 * nm**-1.5 + 2e12 * nm**-4.0
    through = np.exp(-2.0 * epidermis * EPIDERMIS_CM)
    return surface + (1 - surface) * through * _diffuse(scattering / (scattering + dermis))


def _diffuse(albedo: np.ndarray, refraction: float = 1.38) -> np.ndarray:
    inside = -1.440 / refraction**2 + 0.710 / refraction + 0.668 + 0.0636 * refraction
    k = (1 + inside) / (1 - inside)
    lost = np.sqrt(3 * (1 - albedo))
    return albedo / (1 + 2 * k * (1 - albedo) + (1 + 2 * k / 3) * lost)


def xyz(spectrum: np.ndarray) -> np.ndarray:
    """CIE XYZ under D65, white at Y = 1."""
    table = spectra()
    weights = table["d65"][:, None] * np.stack([table["x"], table["y"], table["z"]], axis=1)
    return spectrum @ weights / weights[:, 1].sum()


def linear_rgb(melanin, blood, surface: float = SURFACE) -> np.ndarray:
    """Linear sRGB of skin lit by D65 of strength one."""
    return xyz(reflectance(melanin, blood, surface)) @ XYZ_TO_SRGB.T


def lab(melanin, blood, surface: float = SURFACE) -> np.ndarray:
    """CIE L*a*b* under D65, 2 degrees."""
    ratio = xyz(reflectance(melanin, blood, surface)) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1
    )


def ita(melanin, blood) -> np.ndarray:
    """Individual typology angle in degrees."""
    values = lab(melanin, blood)
    return np.degrees(np.arctan2(values[..., 0] - 50, values[..., 2]))
