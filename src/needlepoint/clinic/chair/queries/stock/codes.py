"""A square code, as the path that draws it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import zxingcpp

QUIET = 2


@dataclass(frozen=True, slots=True)
class Code:
    """A code as one path of squares, with the quiet margin that readers need."""

    side: int
    path: str


def datamatrix(text: str) -> Code:
    """Draw a text as DataMatrix."""
    return _drawn(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix))


def qr(text: str) -> Code:
    """Draw a text as QR, which every phone reads."""
    return _drawn(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode))


def gs1_datamatrix(printed: str) -> Code:
    """Draw GS1 elements, as they are printed with brackets, as DataMatrix with the separators of GS1."""
    return _drawn(zxingcpp.create_barcode(printed, zxingcpp.BarcodeFormat.DataMatrix, gs1=True))


def _drawn(code: zxingcpp.Barcode) -> Code:
    dark = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) < 128
    squares = (f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, x in zip(*np.nonzero(dark), strict=True))
    return Code(max(dark.shape) + 2 * QUIET, "".join(squares))
