"""The colours of a real print: measured patch by patch, entered by a command, checked against the design."""

import numpy as np
import pytest
from click.testing import CliRunner

from needlepoint.cli.main import main
from needlepoint.course.errors import InputError
from needlepoint.photo import card as cards
from needlepoint.photo.colour import lab, of_lab


def lines(values: np.ndarray) -> str:
    return "\n".join(", ".join(f"{number:.4f}" for number in row) for row in values)


def test_lab_goes_there_and_back():
    light = cards.card().light
    assert np.allclose(of_lab(lab(light), "lab-d65"), light, atol=1e-6)


def test_white_and_grey_are_the_same_under_both_lamps():
    grey = np.array([[100.0, 0, 0], [50.0, 0, 0]])
    assert np.allclose(of_lab(grey, "lab-d50"), of_lab(grey, "lab-d65"), atol=1e-4)


def test_a_known_colour_under_d50_is_the_known_srgb():
    """sRGB red is L* 54.29, a* 80.81, b* 69.89 under D50, as the ICC's own tables have it."""
    assert np.allclose(of_lab(np.array([[54.29, 80.81, 69.89]]), "lab-d50"), [[1, 0, 0]], atol=3e-3)


def test_the_patches_of_a_print_become_a_table_that_measuring_takes():
    printed = lab(cards.card().light) * 0.95 + [2.0, 1.0, -1.0]
    table, off = cards.measured_table(lines(printed), "patches.csv", "lab-d65", 'colorimeter "7"')
    plan = cards.card(table.encode(), "print.toml")
    assert plan.basis == "calibrated"
    assert np.abs(lab(plan.light) - printed).max() < 0.5
    assert 1 < off < 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3", "1 patches"),
        ("a,b,c\n" * 30, "three numbers"),
        (lines(lab(cards.card().light)[::-1] * [1, -1, -1]), "another colour"),
    ],
    ids=["too few", "no numbers", "wrong order"],
)
def test_numbers_that_are_not_this_card_are_refused(text, words):
    with pytest.raises(InputError, match=words):
        cards.measured_table(text, "patches.csv", "lab-d65", "colorimeter")


def test_the_command_asks_what_the_numbers_are(tmp_path):
    patches, out = tmp_path / "patches.csv", tmp_path / "print.toml"
    patches.write_text(lines(cards.card().codes))
    bare = CliRunner().invoke(main, ["card", str(out), "--measured", str(patches)])
    assert not out.exists()
    assert bare.exit_code != 0
    told = CliRunner().invoke(
        main, ["card", str(out), "--measured", str(patches), "--as", "srgb", "--with", "device 7"]
    )
    assert told.exit_code == 0, told.output
    assert "off by 0.0" in told.output
    assert cards.card(out.read_bytes(), "print.toml").basis == "calibrated"
