"""From the bytes that somebody sent to a plain upright JPEG in sRGB, without anything else that was in the file."""

from __future__ import annotations

import io
import warnings
from functools import cache

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from needlepoint.course.errors import InputError
from needlepoint.photo.profile import SRGB, Profile, in_srgb, profile_of

LARGEST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_EDGE = 4096
FORMS = ("JPEG", "PNG", "WEBP")
# A JPEG can be unpacked at half its size; it is where that leaves at least so many pixels on the longer edge.
_HALVED_DOWN_TO = 3600
_EXIF_OFFSET, _COLOUR_SPACE, _ORIENTATION = 0x8769, 0xA001, 0x0112
_UNREADABLE = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class TooLarge(ValueError):
    """The file has more bytes than are taken."""


class TooManyPixels(ValueError):
    """The picture has more pixels than are opened."""


class Unreadable(ValueError):
    """There is no photo in it, or none of a kind that is taken."""


def cleaned(content: bytes) -> bytes:
    """Return the picture upright in sRGB as a fresh JPEG, at most 4096 pixels long, without anything else.

    Colours are brought to sRGB before their profile is dropped: a Display P3 photo read as sRGB would later measure
    less red by more than a course changes. The file says sRGB only where the old one said what its colours mean.
    """
    if len(content) > LARGEST_BYTES:
        raise TooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            upright, known = _opened(content)
    except TooManyPixels:
        raise
    except _UNREADABLE:
        raise Unreadable from None
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=92, icc_profile=_srgb() if known else None)
    return out.getvalue()


def _opened(content: bytes) -> tuple[Image.Image, bool]:
    image = Image.open(io.BytesIO(content), formats=FORMS)
    if image.width * image.height > MOST_PIXELS:
        raise TooManyPixels
    exif = image.getexif()
    profile, known = _meaning(image.info.get("icc_profile"), exif)
    wide = image.width >= image.height
    image.draft("RGB", (_HALVED_DOWN_TO, 1) if wide else (1, _HALVED_DOWN_TO))
    # Made small before its colours are worked on: at 49 million pixels they alone would take a gigabyte.
    flat = image.convert("RGB")
    flat.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    if profile is not None:
        flat = Image.fromarray(in_srgb(np.asarray(flat), profile))
    return _upright(flat, exif.get(_ORIENTATION)), known


def _upright(flat: Image.Image, orientation: object) -> Image.Image:
    """Return the pixels alone, turned as the file said."""
    bare = Image.new("RGB", flat.size)
    bare.paste(flat)
    bare.getexif()[_ORIENTATION] = orientation if orientation in range(1, 9) else 1
    turned = ImageOps.exif_transpose(bare)
    turned.info.clear()
    plain = Image.new("RGB", turned.size)
    plain.paste(turned)
    return plain


def _meaning(icc: object, exif: Image.Exif) -> tuple[Profile | None, bool]:
    """Return the profile where it is another than sRGB, and whether the file said what its colours mean."""
    if not icc:
        inner = exif.get_ifd(_EXIF_OFFSET) if _EXIF_OFFSET in exif else {}
        return None, inner.get(_COLOUR_SPACE) == 1
    try:
        profile = profile_of(icc, "photo")
    except InputError:
        return None, False
    if profile is None or np.array_equal(profile.matrix, SRGB.matrix):
        return None, profile is not None
    return profile, True


@cache
def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
