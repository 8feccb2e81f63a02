"""A file becomes an upright picture whose numbers mean light, or it is refused in one line."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.unit.photo.profiles import DISPLAY_P3, P3_TO_SRGB

from needlepoint.course.errors import InputError
from needlepoint.photo.picture import LONGEST_SIDE, MOST_PIXELS, Picture, decode
from needlepoint.photo.profile import light_to_srgb, srgb_to_light


def painted(width: int = 320, height: int = 240) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([60 + x // 3, 90 + y // 3, 200 - x // 4], -1).clip(0, 255).astype(np.uint8)


def saved(form: str = "JPEG", pixels: np.ndarray | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(painted() if pixels is None else pixels).save(out, form, **options)
    return out.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        decode(content, "photo.jpg")
    assert caught.value.line.startswith("photo.jpg: ")
    assert "\n" not in caught.value.line
    return caught.value.line


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_each_form_gives_the_same_picture(form):
    picture = decode(saved(form), "x")
    assert (picture.width, picture.height) == (320, 240)
    assert np.abs(picture.codes[..., ::-1].astype(int) - painted()).mean() < 4


def test_a_heic_file_gives_the_same_picture():
    """Needs the extra `heic`; the file beside this test holds the drawing of `painted`."""
    pytest.importorskip("pi_heif")
    picture = decode((Path(__file__).parent / "drawn.heic").read_bytes(), "x")
    assert np.abs(picture.codes[..., ::-1].astype(int) - painted()).mean() < 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_rotated_file_stands_upright(orientation):
    upright = painted()
    back = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.transpose(1, 0, 2), 6: np.rot90(upright), 7: np.rot90(upright, 2).transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[274] = orientation
    picture = decode(saved("JPEG", np.ascontiguousarray(back), exif=exif, quality=98, subsampling=0), "x")
    assert picture.codes.shape == (240, 320, 3)
    assert np.abs(picture.codes[..., ::-1].astype(int) - upright).max() < 12


def test_of_the_exif_only_the_camera_is_kept():
    exif = Image.Exif()
    exif[271], exif[272], exif[306] = "Maker", "Phone 9", "2026:01:01 10:00:00"
    exif.get_ifd(0x8825)[1] = "N"
    picture = decode(saved(exif=exif), "x")
    assert picture.camera == "Maker Phone 9"
    assert set(Picture.__dataclass_fields__) == {"codes", "profile", "camera", "jpeg_quality"}


def test_a_display_p3_file_means_the_same_light_as_its_srgb_twin():
    light = srgb_to_light(painted() / 255)
    p3 = np.round(255 * light_to_srgb(light @ np.linalg.inv(P3_TO_SRGB).T)).astype(np.uint8)
    box = (0, 0, 320, 240)
    read = decode(saved("PNG", p3, icc_profile=DISPLAY_P3), "x")
    assert read.profile.known
    assert "P3" in read.profile.name
    assert np.abs(read.linear(box) - light).max() < 0.012
    assert np.abs(srgb_to_light(p3 / 255) - light).max() > 0.03


def test_an_srgb_profile_changes_nothing():
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = decode(saved("PNG", icc_profile=icc), "x")
    assert picture.profile.known
    assert np.abs(picture.linear((0, 0, 320, 240)) - srgb_to_light(painted() / 255)).max() < 2e-3


def test_a_file_that_does_not_say_what_its_colours_mean_says_so():
    assert not decode(saved(), "x").profile.known


def test_shrinking_averages_light_and_not_codes():
    stripes = np.zeros((240, 320, 3), np.uint8)
    stripes[:, ::2] = 255
    stripes[:8, :, 1] = 0  # a picture without any colour would be refused
    light = decode(saved("PNG", stripes), "x").linear((0, 8, 320, 240), 2)
    assert np.allclose(light, 0.5, atol=1e-3)


@pytest.mark.parametrize("quality", [50, 75, 92])
def test_the_compression_is_noticed(quality):
    assert abs(decode(saved(quality=quality), "x").jpeg_quality - quality) <= 3


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_file_that_stops_early_is_refused(form, share):
    content = saved(form)
    assert refusal(content[: int(len(content) * share)])


def test_what_is_no_picture_is_refused():
    assert "not a picture" in refusal(b"hello")
    assert "not a picture" in refusal(b"")


@pytest.mark.parametrize("mode", ["CMYK", "LAB", "I;16"])
def test_other_kinds_of_picture_are_refused(mode):
    form = {"CMYK": "JPEG", "LAB": "TIFF", "I;16": "PNG"}[mode]
    out = io.BytesIO()
    Image.new(mode, (300, 300)).save(out, form)
    assert refusal(out.getvalue())


def huge_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(60_000, 60_000), (LONGEST_SIDE + 1, 300), (8000, MOST_PIXELS // 8000 + 1)])
def test_a_bomb_is_refused_before_it_is_opened(size):
    assert "too many" in refusal(huge_png(*size)) or "too large" in refusal(huge_png(*size))


def test_a_stamp_is_refused():
    assert "too few" in refusal(saved(pixels=painted(120, 90)))


@pytest.mark.parametrize("cut", [10, 100, 200, 400])
def test_a_broken_profile_is_refused(cut):
    assert "profile" in refusal(saved("PNG", icc_profile=DISPLAY_P3[:cut]))


GREY = Image.fromarray(painted()).convert("L")


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I;16", "RGB", "RGBA", "P"])
def test_a_black_and_white_photo_is_refused_in_plain_words_however_it_was_saved(mode):
    out = io.BytesIO()
    grey = Image.fromarray(np.asarray(GREY).astype(np.uint16) * 200) if mode == "I;16" else GREY.convert(mode)
    assert grey.mode == mode
    grey.save(out, "PNG")
    assert "black and white" in refusal(out.getvalue())


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
@pytest.mark.parametrize("quality", [40, 75, 95])
def test_a_black_and_white_photo_that_was_compressed_in_colour_is_refused(form, quality):
    grey = np.asarray(GREY.convert("RGB")).copy()
    grey[::7, ::5] = np.clip(grey[::7, ::5] + np.array([1, 0, -1]), 0, 255)
    assert "black and white" in refusal(saved(form, grey, quality=quality))


def test_a_pale_photo_with_little_colour_is_not_called_black_and_white():
    pale = np.full((240, 320, 3), (150, 140, 134), np.uint8)
    assert decode(saved("JPEG", pale), "x").width == 320
    spot = np.full((240, 320, 3), 128, np.uint8)
    spot[60:120, 80:160] = (190, 140, 120)
    assert decode(saved("JPEG", spot), "x").width == 320
