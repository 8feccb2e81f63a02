"""From the bytes of a file to an upright picture that knows its own colours; what cannot be trusted is refused."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import (
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from needlepoint.course.errors import InputError
from needlepoint.photo.profile import SRGB, Profile, profile_of

MOST_BYTES = 60_000_000
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 16_000
SHORTEST_SIDE = 200
FORMATS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WebP", "HEIF": "HEIC"}
_READERS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)  # importing them registers them
EXPECTED = "a photo as JPEG, PNG, WebP or HEIC"

_GREY_MODES = {"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "F"}
# By how many codes of 255 the channels of a grey pixel may differ after a JPEG, and in how many per cent of it.
_ALIKE, _NEARLY_ALL, _COLOUR_SIDE = 4, 99.5, 300

_ORIENTATION, _MAKE, _MODEL, _EXIF_OFFSET, _COLOUR_SPACE = 274, 271, 272, 0x8769, 0xA001
_TURNS = {
    2: (None, 1),
    3: (cv2.ROTATE_180, None),
    4: (None, 0),
    5: (cv2.ROTATE_90_CLOCKWISE, 1),
    6: (cv2.ROTATE_90_CLOCKWISE, None),
    7: (cv2.ROTATE_90_COUNTERCLOCKWISE, 1),
    8: (cv2.ROTATE_90_COUNTERCLOCKWISE, None),
}


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """An upright photo: 8-bit codes of shape (height, width, 3) in the order blue, green, red, and what they mean.

    Nothing else of the file is kept: no place, no time, no name.
    """

    codes: np.ndarray
    profile: Profile
    camera: str | None = None
    jpeg_quality: int | None = None

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        return int(self.codes.shape[1])

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return int(self.codes.shape[0])

    def linear(self, box: tuple[int, int, int, int], factor: int = 1) -> np.ndarray:
        """Return linear sRGB light, float32 (rows, columns, red-green-blue), of `box` = left, top, right, bottom.

        Blocks of `factor` pixels are averaged as light and not as codes, so that edges do not darken.
        """
        left, top, right, bottom = box
        light = blocks(cv2.LUT(self.codes[top:bottom, left:right], self.profile.table16), factor)
        to_rgb = (self.profile.matrix[:, ::-1] / 65535.0).astype(np.float32)
        return cv2.transform(light.astype(np.float32), to_rgb)


def shrunk(codes: np.ndarray, longest: float) -> tuple[np.ndarray, int]:
    """Return the picture halved as often as its longest side stays at least `longest`, and the factor.

    Halving is many times faster than shrinking by any other factor, and gives the same averages to a rounding.
    """
    factor = 1
    while max(codes.shape[:2]) >= 2 * longest:
        codes, factor = blocks(codes, 2), 2 * factor
    return codes, factor


def blocks(values: np.ndarray, factor: int) -> np.ndarray:
    """Return the averages of blocks of `factor` by `factor` pixels; what does not fill a block is left out."""
    if factor == 1:
        return values
    rows, columns = values.shape[0] // factor, values.shape[1] // factor
    trimmed = values[: rows * factor, : columns * factor]
    return cv2.resize(trimmed, (columns, rows), interpolation=cv2.INTER_AREA)


def decode(content: bytes, name: str) -> Picture:
    """Return the picture in `content`; an InputError with the key `name` for anything that is not a whole photo."""
    if len(content) > MOST_BYTES:
        raise InputError(
            name, f"{len(content) / 1e6:.0f} MB is too large", f"at most {MOST_BYTES // 10**6} MB"
        )
    with _opened(content, name) as header:
        form = FORMATS[str(header.format)]
        _check_size(header, name)
        _check_whole(content, form, name)
        exif = _exif(header, name)
        profile = profile_of(header.info.get("icc_profile"), name) or _untagged(form, exif)
        quality = _quality(getattr(header, "quantization", None))
        codes = _heif_codes(header, name) if form == "HEIC" else _codes(content, header, name)
    _check_colour(codes, name)
    upright = codes if form == "HEIC" else _turned(codes, exif.get(_ORIENTATION))
    return Picture(upright, profile, _camera(exif), quality)


def _opened(content: bytes, name: str) -> Image.Image:
    _know_heif(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            header = Image.open(io.BytesIO(content), formats=[form for form in FORMATS if form in Image.OPEN])
    except Image.DecompressionBombError:
        raise InputError(name, "the picture is too large to open", _most()) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError, EOFError, OverflowError):
        raise InputError(name, "this is not a picture that can be read", EXPECTED) from None
    except Exception as why:  # noqa: BLE001 - a decoder fed with garbage may raise anything
        raise InputError(name, f"the file is damaged ({type(why).__name__})", EXPECTED) from None
    if header.mode in _GREY_MODES:
        raise _colourless(name)
    if header.mode not in {"RGB", "RGBA", "P"} or (
        getattr(header, "n_frames", 1) > 1 and header.format != "MPO"
    ):
        raise InputError(
            name, f"a picture of the kind {header.mode} cannot be measured", "one still photo in colour"
        )
    return header


def _colourless(name: str) -> InputError:
    return InputError(
        name,
        "the photo is black and white, and redness cannot be seen in it",
        "the camera's own photo, in colour",
    )


def _check_colour(codes: np.ndarray, name: str) -> None:
    """Refuse a picture whose channels are alike nearly everywhere: a black-and-white one, however it was saved."""
    small = shrunk(codes, _COLOUR_SIDE)[0].astype(np.int16)
    apart = small.max(axis=2) - small.min(axis=2)
    if np.percentile(apart, _NEARLY_ALL) <= _ALIKE:
        raise _colourless(name)


def _most() -> str:
    return f"at most {MOST_PIXELS // 10**6} megapixels and {LONGEST_SIDE} pixels a side"


def _know_heif(content: bytes, name: str) -> None:
    if content[4:8] != b"ftyp":
        return
    try:
        import pi_heif
    except ImportError:
        raise InputError(
            name,
            "HEIC needs the extra `heic`, which is not installed",
            "JPEG, PNG or WebP, or pip install needlepoint[heic]",
        ) from None
    pi_heif.register_heif_opener()


def _check_size(header: Image.Image, name: str) -> None:
    width, height = header.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise InputError(name, f"{width} x {height} pixels are too many", _most())
    if min(width, height) < SHORTEST_SIDE:
        raise InputError(
            name, f"{width} x {height} pixels are too few", f"at least {SHORTEST_SIDE} pixels a side"
        )


def _check_whole(content: bytes, form: str, name: str) -> None:
    """Refuse a file that stops early: the decoders would fill the rest with grey and say nothing."""
    whole = {
        "JPEG": lambda: content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda"),
        "PNG": lambda: content.rfind(b"IEND") >= len(content) - 4096,
        "WebP": lambda: len(content) >= 8 + int.from_bytes(content[4:8], "little"),
        "HEIC": lambda: True,
    }[form]
    if not whole():
        raise InputError(name, "the file stops before the picture does", "the whole file")


def _exif(header: Image.Image, name: str) -> dict[int, object]:
    try:
        exif = header.getexif()
        inner = dict(exif.get_ifd(_EXIF_OFFSET)) if _EXIF_OFFSET in exif else {}
        return {**inner, **dict(exif)}
    except Exception:  # noqa: BLE001 - EXIF is written by anything and may hold anything
        raise InputError(name, "the description in the file (EXIF) is damaged", EXPECTED) from None


def _untagged(form: str, exif: dict[int, object]) -> Profile:
    """Return what the colours of a file without a profile may be taken for."""
    said = exif.get(_COLOUR_SPACE) == 1 and form == "JPEG"
    return SRGB if said else Profile(SRGB.matrix, SRGB.tables, "not stated, read as sRGB", known=False)


def _camera(exif: dict[int, object]) -> str | None:
    words = [str(exif.get(tag, "")).replace("\0", "").strip()[:64] for tag in (_MAKE, _MODEL)]
    return " ".join(word for word in words if word) or None


def _quality(tables: dict[int, list[int]] | None) -> int | None:
    """Return about the quality setting, 1 to 100, that the luma table of a JPEG was scaled by."""
    if not tables or 0 not in tables or len(tables[0]) != 64:
        return None
    scale = 100.0 * float(np.mean(tables[0])) / 57.6
    return round(float(np.clip(5000.0 / scale if scale > 100 else 100 - scale / 2, 1, 100)))


def _codes(content: bytes, header: Image.Image, name: str) -> np.ndarray:
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        codes = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error:
        codes = None
    if codes is None or codes.shape[1::-1] != header.size:
        raise InputError(name, "the picture in the file is damaged", EXPECTED)
    return codes


def _heif_codes(header: Image.Image, name: str) -> np.ndarray:
    try:
        return np.ascontiguousarray(np.asarray(header.convert("RGB"))[:, :, ::-1])
    except Exception:  # noqa: BLE001 - a decoder fed with garbage may raise anything
        raise InputError(name, "the picture in the file is damaged", EXPECTED) from None


def _turned(codes: np.ndarray, orientation: object) -> np.ndarray:
    if not isinstance(orientation, int) or orientation not in _TURNS:
        return codes
    turn, mirror = _TURNS[orientation]
    turned = codes if turn is None else cv2.rotate(codes, turn)
    return turned if mirror is None else cv2.flip(turned, mirror)
