"""The card: drawn, printed, found again; and what is no card of ours."""

import zlib

import cv2
import numpy as np
import pytest

from needlepoint.course.errors import InputError
from needlepoint.photo import card as cards
from needlepoint.photo import sighting
from needlepoint.photo.picture import Picture
from needlepoint.photo.profile import SRGB
from needlepoint.photo.sighting import sight


def scene(
    px_per_mm: float = 8.0, turn: float = 7.0, gains: tuple[float, float, float] = (0.8, 0.9, 0.7)
) -> Picture:
    """The card on grey, turned, in coloured light."""
    drawn = cards.drawing(cards.card(), 20)
    size = (round(130 * px_per_mm), round(100 * px_per_mm))
    matrix = cv2.getRotationMatrix2D((drawn.shape[1] / 2, drawn.shape[0] / 2), turn, px_per_mm / 20)
    matrix[:, 2] += [size[0] / 2 - drawn.shape[1] / 2, size[1] / 2 - drawn.shape[0] / 2]
    soft = cv2.GaussianBlur(drawn, (0, 0), 0.5 * 20 / px_per_mm)
    placed = cv2.warpAffine(soft, matrix, size, borderValue=(120, 120, 120))
    light = cv2.LUT(placed, SRGB.tables[:, :1].astype(np.float32)) * np.array(gains)
    codes = np.round(
        255
        * np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    )
    return Picture(np.ascontiguousarray(codes[..., ::-1].astype(np.uint8)), SRGB)


@pytest.mark.parametrize("px_per_mm", [5.0, 8.0, 14.0])
@pytest.mark.parametrize("turn", [0.0, 7.0, 95.0])
def test_the_card_is_found_and_gives_scale_and_colour(px_per_mm, turn):
    seen = sight(scene(px_per_mm, turn), cards.card())
    assert seen.markers == 4
    assert seen.px_per_mm == pytest.approx(px_per_mm, rel=0.01)
    assert seen.tilt_deg < 5
    assert np.allclose(seen.matrix, np.diag(1 / np.array([0.8, 0.9, 0.7])), atol=0.03)
    assert seen.residual_de < 1.0


def test_a_sighting_says_whether_the_print_was_measured():
    assert sight(scene(), cards.card()).basis == "assumed"


def test_a_half_covered_card_is_no_card():
    picture = scene()
    picture.codes[:, : picture.width // 2] = 90
    assert sight(picture, cards.card()) is None


def test_a_covered_corner_leaves_a_card_of_three_markers():
    picture = scene(turn=0.0)
    middle_y, middle_x = picture.height // 2, picture.width // 2
    picture.codes[middle_y:, middle_x + 200 :] = 100
    seen = sight(picture, cards.card())
    assert seen is None or seen.markers == 3


def test_patches_too_bright_to_tell_do_not_bend_the_colours():
    seen = sight(scene(gains=(1.2, 1.2, 1.2)), cards.card())
    assert np.allclose(seen.matrix, np.eye(3) / 1.2, atol=0.03)


def test_no_card_is_no_card():
    grey = Picture(np.full((600, 800, 3), 120, np.uint8), SRGB)
    assert sight(grey, cards.card()) is None


def test_the_print_is_a_pdf_of_one_page_in_true_size():
    content = cards.pdf(cards.card())
    assert content.startswith(b"%PDF-1.4")
    assert content.endswith(b"%%EOF\n")
    assert b"/MediaBox [0 0 595.276 841.890]" in content
    assert b"/PrintScaling /None" in content
    start = int(content.split(b"startxref\n")[1].split(b"\n")[0])
    assert content[start : start + 4] == b"xref"
    assert zlib.crc32(cards.pdf(cards.card())) == zlib.crc32(content)


def test_measured_colours_stand_instead_of_the_nominal_ones():
    rows = [[[100 + r * 10 + c, 90, 80] for c in range(6)] for r in range(5)]
    told = f'[measured]\nunit = "sRGB"\nsource = "colorimeter"\nbasis = "calibrated"\nrows = {rows}\n'
    plan = cards.card(told.encode(), "print.toml")
    assert plan.codes[0, 0] == 100
    assert plan.basis == "calibrated"


@pytest.mark.parametrize(
    "text", ["", "[measured]\n", '[measured]\nunit="a"\nsource="b"\nbasis="c"\nrows=[[1]]\n', "\xff"]
)
def test_colours_that_make_no_sense_are_refused(text):
    with pytest.raises(InputError, match=r"^print\.toml"):
        cards.card(text.encode("latin-1"), "print.toml")


def test_a_tilted_card_beside_the_axis_of_the_lens_gives_the_scale_at_its_distance():
    focal, distance, axis = 5000.0, 860.0, np.array([767.5, 1023.5])
    design = cards.card()
    middle = np.array([design.width_mm, design.height_mm]) / 2
    tilted = cv2.Rodrigues(np.radians([9.0, -7.0, 4.0]))[0]
    lens = np.array([[focal, 0, axis[0]], [0, focal, axis[1]], [0, 0, 1]])
    place = np.array([70.0, -142.0, distance]) - tilted[:, :2] @ middle
    px_per_mm, tilt_deg = sighting._scale(lens @ np.column_stack([tilted[:, :2], place]), middle, axis)
    assert px_per_mm == pytest.approx(focal / distance)
    assert tilt_deg == pytest.approx(np.degrees(np.arccos(tilted[2, 2])))
