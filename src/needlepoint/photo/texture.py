"""Relief as light shows it: roughness, lines, scar-like shading, and how sharp the photo is. Lengths in millimetres.

Everything here works on the natural logarithm of luminance, so that the strength of the light cancels.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import cv2
import numpy as np

ROUGHNESS_BAND_MM = (0.25, 2.0)
LINE_MM = 0.45
LINE_LENGTH_MM = 1.2
LINE_DIRECTIONS = 6
LINE_PX_PER_MM = 2.4
SCAR_BAND_MM = (2.0, 8.0)
_TO_LUMA = np.array([[0.2126729, 0.7151522, 0.0721750]], np.float32)
_MAD = 1.4826  # median absolute deviation to standard deviation of a normal distribution


def log_luminance(light: np.ndarray) -> np.ndarray:
    """Return ln of luminance, float32 (rows, columns), of linear sRGB (rows, columns, 3)."""
    luma = cv2.transform(light, _TO_LUMA)
    return cv2.log(np.maximum(luma, 1e-4, out=luma))


def smooth(values: np.ndarray, sigma_px: float) -> np.ndarray:
    """Return a Gaussian blur; a wide one is made on a smaller picture, which is the same to a thousandth."""
    if sigma_px < 0.3:
        return values
    shrink = int(sigma_px // 3)
    if shrink < 2:
        return cv2.GaussianBlur(values, (0, 0), sigma_px, borderType=cv2.BORDER_REFLECT)
    size = (max(1, values.shape[1] // shrink), max(1, values.shape[0] // shrink))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_px / shrink, borderType=cv2.BORDER_REFLECT)
    return cv2.resize(small, values.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def band(values: np.ndarray, px_per_mm: float, fine_mm: float, coarse_mm: float) -> np.ndarray:
    """Return what lies between two Gaussian widths."""
    return smooth(values, fine_mm * px_per_mm) - smooth(values, coarse_mm * px_per_mm)


def middle(values: np.ndarray) -> float:
    """Return the mean of the values between the 20th and the 80th percentile.

    As deaf to a hair or a spot as the median, but not stuck to the steps in which a JPEG stores colour: on smooth skin
    the median jumps by 0.02 of haemoglobin.
    """
    if not values.size:
        return float("nan")
    low, high = int(0.2 * (values.size - 1)), int(np.ceil(0.8 * (values.size - 1)))
    ordered = np.partition(values, (low, high))
    return float(ordered[low : high + 1].mean(dtype=np.float64))


def spread(values: np.ndarray) -> float:
    """Return the standard deviation as the median absolute deviation gives it, which hairs and pores do not move."""
    return _MAD * _halfway(np.abs(values - _halfway(values))) if values.size else float("nan")


def _halfway(values: np.ndarray) -> float:
    """Return the median, the upper one of two; a fourth of the time that numpy takes for the same."""
    return float(np.partition(values, values.size // 2)[values.size // 2])


def percentile(values: np.ndarray, share: float) -> float:
    """Return what numpy's function of that name returns, in a fourth of the time."""
    place = (values.size - 1) * share / 100
    low = int(place)
    high = min(low + 1, values.size - 1)
    ordered = np.partition(values, (low, high))
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def grain(luma: np.ndarray) -> np.ndarray:
    """Return the finest detail of the picture, most of it noise."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6.0
    return cv2.filter2D(luma, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT)


def noise_gain(px_per_mm: float) -> float:
    """Return by how much white noise of standard deviation one shows in the roughness band."""
    a, b = (sigma * px_per_mm for sigma in ROUGHNESS_BAND_MM)
    # Energies of Gaussians and of their product; exact where the widths are more than half a pixel.
    power = 1 / (4 * np.pi) * (1 / a**2 + 1 / b**2 - 4 / (a**2 + b**2))
    return float(np.sqrt(max(power, 0.0)))


def ridges(luma: np.ndarray, px_per_mm: float) -> np.ndarray:
    """Return the strength of dark ridges as wide and at least as long as a fine line, 100 x log-luminance.

    The grid is coarser than that of `luma`: LINE_PX_PER_MM. Short creases and pores fade, because the filter averages
    along the line; the bright flank of a crease is left out, because it comes and goes with the light's direction.
    """
    shrink = min(1.0, LINE_PX_PER_MM / px_per_mm)
    small = cv2.resize(luma, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    strongest = np.zeros_like(small)
    for seen in _filtered(small, _line_kernels(round(px_per_mm * shrink, 2))):
        cv2.max(strongest, seen, strongest)
    return strongest


def _filtered(values: np.ndarray, kernels: tuple[np.ndarray, ...]) -> Iterator[np.ndarray]:
    """Yield `values` under each square kernel, as cv2.filter2D would, but through one transform of `values` for all."""
    side, (rows, columns) = len(kernels[0]), values.shape
    reach = side // 2
    high, wide = (cv2.getOptimalDFTSize(length + 2 * reach) for length in (rows, columns))
    edges = (reach, high - rows - reach, reach, wide - columns - reach)
    spectrum = cv2.dft(cv2.copyMakeBorder(values, *edges, cv2.BORDER_REFLECT))
    for kernel in kernels:
        placed: np.ndarray = np.zeros((high, wide), np.float32)
        placed[:side, :side] = kernel
        product = cv2.mulSpectrums(spectrum, cv2.dft(placed), 0, conjB=True)
        yield cv2.idft(product, flags=cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)[:rows, :columns]


@lru_cache(maxsize=64)
def _line_kernels(px_per_mm: float) -> tuple[np.ndarray, ...]:
    across, along = LINE_MM * px_per_mm, LINE_LENGTH_MM * px_per_mm
    reach = int(np.ceil(2.5 * along))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float64)
    kernels = []
    for angle in np.pi * np.arange(LINE_DIRECTIONS) / LINE_DIRECTIONS:
        u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        bell = np.exp(-(u**2) / (2 * along**2) - v**2 / (2 * across**2))
        kernel = (v**2 / across**2 - 1) * bell
        kernels.append((100 * (kernel - kernel.mean()) / bell.sum()).astype(np.float32))
    return tuple(kernels)


def line_strength(strengths: np.ndarray) -> float:
    """Return the 97th percentile of ridge strengths less what grain and pores alone would give.

    The factor 1.8 was set on the phantom, so that lines of 0.7 times the depth read 0.7 (basis: calibrated).
    """
    if not strengths.size:
        return float("nan")
    top, middle = percentile(strengths, 97), percentile(strengths, 50)
    return float(np.sqrt(max(top**2 - (1.8 * middle) ** 2, 0.0)))


def detail_ratio(luma: np.ndarray, mask: np.ndarray, px_per_mm: float) -> float:
    """Return the share of fine edges among all edges where `mask` is set; it falls as the picture blurs."""
    fine, coarse = (_edge_energy(smooth(luma, width * px_per_mm), mask) for width in (0.12, 0.7))
    return fine / max(coarse, 1e-9)


def _edge_energy(values: np.ndarray, mask: np.ndarray) -> float:
    gx, gy = cv2.Sobel(values, cv2.CV_32F, 1, 0), cv2.Sobel(values, cv2.CV_32F, 0, 1)
    return float(np.mean((gx * gx + gy * gy)[mask]))


def blur_between(sharp: np.ndarray, mask: np.ndarray, px_per_mm: float, wanted: float) -> float:
    """Return the blur in millimetres after which `sharp` has the detail ratio `wanted`; 0 where it has already less."""
    low, high = 0.0, 0.6
    if detail_ratio(sharp, mask, px_per_mm) <= wanted:
        return 0.0
    for _ in range(7):
        middle = (low + high) / 2
        if detail_ratio(smooth(sharp, middle * px_per_mm), mask, px_per_mm) > wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2
