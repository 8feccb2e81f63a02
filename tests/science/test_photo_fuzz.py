"""Files that are broken in every way we could think of: a clear refusal each, or a picture; never a crash."""

import io
import resource
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from tests.unit.photo.profiles import DISPLAY_P3

from needlepoint.course.errors import InputError
from needlepoint.photo.picture import decode

FORMS = ("JPEG", "PNG", "WEBP")
WAYS = ("cut", "flip", "splice", "dimensions", "profile", "exif", "other type", "noise")
MUST_REFUSE = {"cut", "dimensions", "profile", "other type", "noise"}
MOST_MB = 400


def whole(form: str, **options: object) -> bytes:
    rng = np.random.default_rng(1)
    pixels = np.kron(rng.integers(0, 255, (20, 26, 3)), np.ones((14, 14, 1))).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, form, **options)
    return out.getvalue()


WHOLE = {form: whole(form) for form in FORMS}


def broken(way: str, form: str, rng: np.random.Generator) -> bytes:
    content = WHOLE[form]
    if way == "cut":
        return content[: int(rng.integers(0, max(1, int(len(content) * 0.95))))]
    if way == "flip":
        damaged = bytearray(content)
        for place in rng.integers(0, len(content), int(rng.integers(1, 200))):
            damaged[place] = int(rng.integers(256))
        return bytes(damaged)
    if way == "splice":
        a, b = sorted(rng.integers(0, len(content), 2))
        return content[:a] + content[b:] + content[a:b][: int(rng.integers(0, 500))]
    if way == "dimensions":
        return _dimensions(form, rng)
    if way == "profile":
        damaged = bytearray(DISPLAY_P3)
        damaged[: len(damaged)] = damaged[: int(rng.integers(1, 250))]
        return (
            whole("PNG", icc_profile=bytes(damaged))
            if form == "PNG"
            else whole("JPEG", icc_profile=bytes(damaged))
        )
    if way == "exif":
        return whole("JPEG", exif=b"Exif\0\0" + rng.bytes(int(rng.integers(1, 400))))
    if way == "other type":
        return [
            b"%PDF-1.4\n",
            b"GIF89a" + rng.bytes(300),
            b"<svg/>",
            b"PK\3\4" + rng.bytes(99),
            b"\x7fELF",
            b"",
        ][rng.integers(6)]
    return rng.bytes(int(rng.integers(0, 5000)))


def _dimensions(form: str, rng: np.random.Generator) -> bytes:
    width, height = int(rng.choice([1, 3, 70_000, 2**31 - 1])), int(rng.choice([1, 65_000, 2**31 - 1]))
    if form == "PNG":
        body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        head = struct.pack(">I", 13) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
        return WHOLE["PNG"][:8] + head + WHOLE["PNG"][33:]
    content = bytearray(WHOLE["JPEG"])
    at = content.find(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", min(height, 65_500), 65_500 if width > 3 else 1)
    return bytes(content)


def survey(count: int, seed: int) -> dict[str, list[int]]:
    """For each way of breaking a file, how many were refused and how many were still a picture."""
    told, lines = {way: [0, 0] for way in WAYS}, []
    rng = np.random.default_rng(seed)
    for number in range(count):
        way, form = WAYS[number % len(WAYS)], FORMS[int(rng.integers(3))]
        try:
            picture = decode(broken(way, form, rng), "photo")
        except InputError as why:
            lines.append(why.line)
            told[way][0] += 1
        else:
            assert picture.codes.dtype == np.uint8
            assert picture.codes.ndim == 3
            told[way][1] += 1
    assert [line for line in lines if "\n" in line or len(line) > 200] == []
    return told


def kept(told: dict[str, list[int]]) -> None:
    assert {way: pictures for way, (_, pictures) in told.items() if way in MUST_REFUSE and pictures} == {}


@pytest.mark.filterwarnings("ignore")
def test_two_hundred_broken_files_are_refused_or_read():
    kept(survey(200, 3))


@pytest.mark.truth
@pytest.mark.filterwarnings("ignore")
def test_two_thousand_broken_files_stay_under_400_megabytes():
    kept(survey(2000, 4))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 < MOST_MB
