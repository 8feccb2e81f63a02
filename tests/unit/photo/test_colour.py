"""Colour by numbers: against two other libraries, and against what must cancel."""

import numpy as np
import pytest
from tests.phantom import skin

from needlepoint.photo import colour
from needlepoint.photo.profile import light_to_srgb, srgb_to_light

# sRGB, then L*a*b* by scikit-image 0.26.0 and by colour-science 0.4.7, computed once.
ORACLES = [
    ((217, 163, 130), (71.256, 15.729, 24.916), (71.254, 15.735, 24.916)),
    ((69, 78, 10), (31.198, -13.221, 35.53), (31.198, -13.22, 35.533)),
    ((19, 4, 44), (3.677, 15.546, -22.308), (3.678, 15.552, -22.309)),
    ((208, 166, 233), (73.911, 27.467, -27.821), (73.911, 27.48, -27.824)),
    ((128, 155, 248), (65.598, 15.201, -49.428), (65.6, 15.215, -49.428)),
    ((186, 161, 139), (67.869, 5.72, 14.85), (67.868, 5.727, 14.849)),
    ((143, 239, 71), (86.019, -54.92, 68.611), (86.02, -54.92, 68.617)),
    ((208, 171, 0), (71.241, 0.453, 73.998), (71.239, 0.455, 74.008)),
    ((255, 255, 255), (100.0, -0.002, 0.005), (100.0, 0.008, 0.004)),
    ((197, 150, 125), (65.878, 14.238, 20.017), (65.876, 14.244, 20.016)),
    ((110, 66, 48), (32.757, 16.998, 18.938), (32.755, 17.002, 18.938)),
    ((12, 10, 9), (2.845, 0.413, 0.573), (2.845, 0.414, 0.573)),
]


@pytest.mark.parametrize(("codes", "skimage", "science"), ORACLES)
def test_lab_agrees_with_two_other_libraries(codes, skimage, science):
    """A10 at full resolution: at most 0.02."""
    ours = colour.lab(srgb_to_light(np.array(codes) / 255))
    assert np.abs(ours - skimage).max() <= 0.02
    assert np.abs(ours - science).max() <= 0.02


@pytest.mark.parametrize(("codes", "skimage", "science"), ORACLES)
def test_the_typology_angle_follows(codes, skimage, science):
    ours = colour.angle_deg(srgb_to_light(np.array(codes) / 255))
    if abs(science[2]) > 1:
        assert ours == pytest.approx(np.degrees(np.arctan2(science[0] - 50, science[2])), abs=0.05)


def test_single_precision_is_enough():
    light = srgb_to_light(np.array([codes for codes, _, _ in ORACLES]) / 255)
    assert np.abs(colour.lab(light.astype(np.float32)) - colour.lab(light)).max() < 0.01
    assert np.allclose(colour.a_star(light), colour.lab(light)[..., 1], atol=1e-9)


def test_shading_cancels_in_haemoglobin_and_in_the_erythema_index():
    light = np.array([0.45, 0.28, 0.2])
    for measure in (colour.haemoglobin, colour.erythema_index):
        lit, shaded = measure(colour.density(light)), measure(colour.density(light * 0.4))
        assert shaded == pytest.approx(lit, abs=1e-9)
    assert colour.melanin_index(colour.density(light * 0.1)) - colour.melanin_index(
        colour.density(light)
    ) == pytest.approx(100)


def test_pigment_along_its_own_direction_is_not_haemoglobin():
    base = np.array([0.7, 1.1, 1.6])
    pigment = np.array(colour.vectors()["melanin"]["value"])
    assert colour.haemoglobin(base + 0.3 * pigment) == pytest.approx(colour.haemoglobin(base), abs=1e-9)


def test_blood_along_its_own_direction_counts_in_full():
    base = np.array([0.7, 1.1, 1.6])
    blood = np.array(colour.vectors()["haemoglobin"]["value"])
    assert colour.haemoglobin(base + 0.2 * blood) - colour.haemoglobin(base) == pytest.approx(0.2)


def test_every_table_names_unit_source_and_basis():
    for part in colour.vectors().values():
        assert {"unit", "source", "basis"} <= set(part)


def test_light_and_codes_are_inverse():
    codes = np.linspace(0, 1, 256)
    assert np.allclose(light_to_srgb(srgb_to_light(codes)), codes, atol=1e-6)


def test_pigment_leaks_into_haemoglobin_only_where_skin_is_dark():
    assert colour.pigment_leak(33) < 0.003 < 0.015 < colour.pigment_leak(70)


@pytest.mark.parametrize("melanin", [0.012, 0.03, 0.09, 0.2, 0.38])
def test_a_rise_in_blood_reads_alike_on_every_skin_of_the_model(melanin):
    pale, flushed, lightest, lightest_flushed = (
        colour.density(skin.linear_rgb(share, blood))
        for share in (melanin, 0.012)
        for blood in (0.010, 0.015)
    )
    rise, plain = (
        colour.haemoglobin(after) - colour.haemoglobin(before)
        for before, after in ((pale, flushed), (lightest, lightest_flushed))
    )
    aslant = colour.vectors()["blood_gain"]["aslant"]
    gain = colour.blood_gain(float(colour.melanin_index(pale)) + aslant)
    assert gain * rise == pytest.approx(plain, rel=0.04)
