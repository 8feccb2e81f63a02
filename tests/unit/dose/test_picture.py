"""The pictures can be drawn and saved, and say what they show."""

import io
import subprocess
import sys

import numpy as np
import pytest
from tests.unit.dose.factory import KNOWLEDGE, PEN, ROLLER, a_pass, session

from needlepoint.course.goals import Sex
from needlepoint.course.zones import Zone
from needlepoint.dose.evenness import evenness
from needlepoint.dose.picture import dose_by_depth, evenness_maps


def saved(figure):
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=50)
    return content.getvalue()


def words(figure):
    from matplotlib.text import Text

    return " | ".join(text.get_text() for text in figure.findobj(Text))


def test_each_zone_of_a_session_has_a_panel_with_its_layers():
    figure = dose_by_depth(session(a_pass("1.5"), a_pass("0.5", zone=Zone.FOREHEAD)), Sex.FEMALE, KNOWLEDGE)
    assert len(figure.axes) == 2
    said = words(figure)
    for name in (
        "cheek left",
        "forehead",
        "reticular dermis",
        "computed",
        "channels per cm²",
        "1.35 mm deep",
    ):
        assert name in said
    assert saved(figure).startswith(b"\x89PNG")


@pytest.mark.parametrize(("count", "rows"), [(1, 1), (3, 1), (4, 2), (7, 3)])
def test_panels_stand_three_in_a_row_and_empty_ones_are_taken_out(count, rows):
    zones = list(Zone)[:count]
    figure = dose_by_depth(session(*(a_pass(zone=zone) for zone in zones)), Sex.FEMALE, KNOWLEDGE)
    assert len(figure.axes) == count
    assert figure.axes[0].get_subplotspec().get_gridspec().nrows == rows


def test_depth_runs_downwards_and_the_curve_stops_where_the_needles_do():
    (panel,) = dose_by_depth(session(a_pass("1.0")), Sex.FEMALE, KNOWLEDGE).axes
    bottom, top = panel.get_ylim()
    assert (top, bottom > 1.0) == (0.0, True)
    share, depth = panel.lines[-2].get_data()
    assert share[0] > 0
    assert (share[depth > 1.0] == 0).all()


def test_a_session_without_needles_out_is_drawn_as_nothing():
    figure = dose_by_depth(session(a_pass("0")), Sex.FEMALE, KNOWLEDGE)
    assert "0 channels per cm²" in words(figure)


def test_a_session_without_a_pass_cannot_be_drawn():
    with pytest.raises(ValueError, match="no pass"):
        dose_by_depth(session(), Sex.FEMALE, KNOWLEDGE)


def test_the_maps_name_density_variation_and_chance():
    chance = np.random.default_rng(1)
    named = {
        "pen": evenness(a_pass("1.5", 4, speed_mm_s=20), PEN, KNOWLEDGE, chance, side_mm=15),
        "roller": evenness(a_pass("1.5", 15), ROLLER, KNOWLEDGE, chance, side_mm=15),
    }
    figure = evenness_maps(named)
    said = words(figure)
    assert all(part in said for part in ("pen", "roller", "varies by", "by chance alone", "simulated"))
    assert saved(figure).startswith(b"\x89PNG")


def test_matplotlib_is_loaded_only_to_draw():
    code = "import sys, needlepoint.dose.picture; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
