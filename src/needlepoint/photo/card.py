"""The colour and scale card: its layout, its drawing as PDF, and the colours handed over for a print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import cv2
import numpy as np
import tomli

from needlepoint.course.errors import InputError
from needlepoint.photo.colour import lab, of_lab
from needlepoint.photo.profile import light_to_srgb, srgb_to_light

_MM = 72 / 25.4  # points of a PDF in a millimetre
_OTHER_PATCH = 45.0  # CIE 1976; no printer misses by so much, a wrong order of the patches does
_KEYS = {"unit", "source", "basis", "rows"}


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """The card as designed: millimetres from its upper left corner, and the light of each patch."""

    title: str
    width_mm: float
    height_mm: float
    markers: dict[int, np.ndarray]
    patches_mm: np.ndarray
    patch_size_mm: tuple[float, float]
    codes: np.ndarray
    basis: str

    @property
    def light(self) -> np.ndarray:
        """Return linear sRGB of the patches, shape (30, 3)."""
        return srgb_to_light(self.codes / 255.0)


@cache
def _layout() -> dict:
    return tomli.loads(resources.files("needlepoint.photo").joinpath("data/card.toml").read_text())


def card(colours: bytes | None = None, name: str = "card colours") -> Card:
    """Return the card, with the patch colours measured on a print where `colours` (TOML) hands them over."""
    plan = _layout()
    told = plan["nominal"] if colours is None else _measured(colours, name)
    rows = np.array(told["rows"], dtype=float)
    side = plan["marker_side"]
    square = np.array([[0, 0], [side, 0], [side, side], [0, side]], float)
    down, right = np.mgrid[0 : rows.shape[0], 0 : rows.shape[1]]
    patches = np.stack(
        [
            plan["patches_left"] + plan["patch_width"] * (right + 0.5),
            plan["patches_top"] + plan["patch_height"] * (down + 0.5),
        ],
        axis=-1,
    ).reshape(-1, 2)
    return Card(
        plan["title"],
        plan["width"],
        plan["height"],
        {
            sign: square + corner
            for sign, corner in zip(plan["marker_ids"], plan["marker_corners"], strict=True)
        },
        patches,
        (plan["patch_width"], plan["patch_height"]),
        rows.reshape(-1, 3),
        told["basis"],
    )


def _measured(colours: bytes, name: str) -> dict:
    try:
        told = tomli.loads(colours.decode())["measured"]
        rows = np.array(told["rows"], dtype=float)
    except (UnicodeDecodeError, tomli.TOMLDecodeError, KeyError, TypeError, ValueError):
        raise InputError(
            name, "this is not a table of patch colours", "[measured] with unit, source, basis, rows"
        ) from None
    if set(told) != _KEYS or rows.shape != np.array(_layout()["nominal"]["rows"]).shape:
        raise InputError(
            name, "keys or number of patches differ from the card's", f"{sorted(_KEYS)}, 5 rows of 6"
        )
    if not np.isfinite(rows).all() or rows.min() < 0 or rows.max() > 255:
        raise InputError(name, "a colour is out of bounds", "sRGB 0 to 255")
    return dict(told)


def measured_table(text: str, name: str, space: str, instrument: str) -> tuple[str, float]:
    """Return the table of a print's measured colours, and how far they lie from the nominal ones (median, CIE 1976).

    `text` holds a patch in each line, from left to right and from top to bottom: L*, a*, b* under D50 or D65, or sRGB.
    """
    plan = card()
    try:
        lines = [line for line in text.replace(";", ",").splitlines() if line.strip()]
        numbers = np.array([[float(cell) for cell in line.split(",")[:3]] for line in lines])
    except ValueError:
        raise InputError(
            name, "a line does not hold three numbers", "30 lines such as 52.1, 18.4, 20.9"
        ) from None
    if numbers.shape != plan.codes.shape or not np.isfinite(numbers).all():
        raise InputError(name, f"{len(lines)} patches were read", "30 lines of three numbers")
    light = srgb_to_light(numbers / 255) if space == "srgb" else of_lab(numbers, space)
    off = np.linalg.norm(lab(light) - lab(plan.light), axis=1)
    if off.max() > _OTHER_PATCH:
        raise InputError(
            name,
            f"line {int(off.argmax()) + 1} is another colour than patch {int(off.argmax()) + 1} of the card",
            "the patches in order, and the colour space that the instrument says",
        )
    codes = np.round(255 * light_to_srgb(light), 1).reshape(np.array(_layout()["nominal"]["rows"]).shape)
    rows = ",\n".join("  " + str(row.tolist()) for row in codes)
    words = instrument.replace("\\", " ").replace('"', "'").strip()
    head = f'[measured]\nunit = "sRGB 8 bit, D65"\nsource = "{words}"\nbasis = "calibrated"\n'
    table = f"{head}rows = [\n{rows},\n]\n"
    card(table.encode(), name)
    return table, float(np.median(off))


@cache
def dictionary() -> cv2.aruco.Dictionary:
    """Return the ArUco dictionary of the card's markers."""
    return cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, _layout()["dictionary"]))


def marker_cells(sign: int) -> np.ndarray:
    """Return a marker as 6 x 6 cells, True where black."""
    return cv2.aruco.generateImageMarker(dictionary(), sign, 6) == 0


def drawing(plan: Card, px_per_mm: float) -> np.ndarray:
    """Return the card as an 8-bit picture in the order red, green, blue."""
    size = (round(plan.height_mm * px_per_mm), round(plan.width_mm * px_per_mm), 3)
    canvas = np.full(size, 250, np.uint8)
    for left, top, width, height, colour in _rectangles(plan):
        a, b = (
            np.round(np.array([left, top]) * px_per_mm),
            np.round(np.array([left + width, top + height]) * px_per_mm),
        )
        canvas[int(a[1]) : int(b[1]), int(a[0]) : int(b[0])] = colour
    return canvas


def _rectangles(plan: Card) -> list[tuple[float, float, float, float, tuple[int, int, int]]]:
    """Return every coloured rectangle: left, top, width, height in millimetres, and its colour."""
    wide, high = plan.patch_size_mm
    rectangles = [
        (x - wide / 2, y - high / 2, wide, high, tuple(round(v) for v in colour))
        for (x, y), colour in zip(plan.patches_mm, plan.codes, strict=True)
    ]
    for sign, corners in plan.markers.items():
        cell = (corners[1, 0] - corners[0, 0]) / 6
        rectangles += [
            (corners[0, 0] + column * cell, corners[0, 1] + row * cell, cell, cell, (0, 0, 0))
            for row, column in np.argwhere(marker_cells(sign))
        ]
    return rectangles


def pdf(plan: Card) -> bytes:
    """Return the card on a sheet of A4 with cut marks, a ruler to check the printer's scale, and how to use it."""
    left, top = 62.0, 60.0
    draw = [_box(left + x, top + y, w, h, colour) for x, y, w, h, colour in _rectangles(plan)]
    draw += _cut_marks(left, top, plan.width_mm, plan.height_mm)
    draw += [
        _text(left + 2.8, top + 24.5 + 4 * row, 6.5, word)
        for row, word in enumerate(("Needle-", "point", "card 1"))
    ]
    draw += [
        _text(left + 71.3, top + 24.5 + 4 * row, 6.5, word)
        for row, word in enumerate(("keep flat", "and clean"))
    ]
    draw += _ruler(left - 7.2, 140.0)
    lines = (
        "Print at 100 % (no fitting to the page), in colour, on matt paper or card without gloss.",
        "Check the ruler above with a real one: 100 mm must be 100 mm, or every length will be wrong.",
        "Cut along the marks. Hold the card at the edge of the face, facing the camera, in the same light",
        "as the skin; no finger over a black square, no shadow, no reflection.",
        "A printer does not print the colours it is asked for. Until the patches of this print have been",
        "measured and handed over, colours are only comparable between photos with this same print.",
        "Replace the card when it fades: the patches are compared with one another in every photo.",
    )
    draw += [_text(30, 175 + 6.5 * row, 10, line) for row, line in enumerate(lines)]
    draw.append(_text(30, 30, 16, f"{plan.title}: colour and scale"))
    return _document("\n".join(draw))


def _box(x: float, y: float, width: float, height: float, colour: tuple[int, int, int]) -> str:
    red, green, blue = (value / 255 for value in colour)
    place = f"{x * _MM:.3f} {(297 - y - height) * _MM:.3f} {width * _MM:.3f} {height * _MM:.3f}"
    return f"{red:.4f} {green:.4f} {blue:.4f} rg {place} re f"


def _text(x: float, y: float, size: float, words: str) -> str:
    safe = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT 0.15 g /F1 {size} Tf {x * _MM:.2f} {(297 - y) * _MM:.2f} Td ({safe}) Tj ET"


def _line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0 * _MM:.3f} {(297 - y0) * _MM:.3f} m {x1 * _MM:.3f} {(297 - y1) * _MM:.3f} l S"


def _cut_marks(left: float, top: float, width: float, height: float) -> list[str]:
    marks = ["0.2 w 0.4 G"]
    for x in (left, left + width):
        marks += [_line(x, top - 8, x, top - 2), _line(x, top + height + 2, x, top + height + 8)]
    for y in (top, top + height):
        marks += [_line(left - 8, y, left - 2, y), _line(left + width + 2, y, left + width + 8, y)]
    return marks


def _ruler(left: float, y: float) -> list[str]:
    ticks = [_line(left + mm, y, left + mm, y + (5 if mm % 10 == 0 else 2.5)) for mm in range(101)]
    labels = [_text(left + mm - 1.5, y + 9, 7, str(mm)) for mm in range(0, 101, 20)]
    return ["0.2 w 0 G", *ticks, _line(left, y, left + 100, y), *labels, _text(left + 103, y + 3, 8, "mm")]


def _document(drawing_lines: str) -> bytes:
    """Return a PDF 1.4 of one page; the colours are named as sRGB so that a colour-managed printer knows them."""
    stream = drawing_lines.encode("latin-1")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.276 841.890] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> /ColorSpace << /DefaultRGB 6 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        (
            b"[/CalRGB << /WhitePoint [0.9505 1 1.089] /Gamma [2.2 2.2 2.2]"
            b" /Matrix [0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505] >>]"
        ),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, start)
    return bytes(out)
