"""Every published figure beside the model, fitted or held out; a miss stays a miss in the open."""

import shutil
import sys

import pytest

from needlepoint.evidence.healing import (
    FOLDER,
    calibration_rows,
    held_out_rows,
    load_healing,
    packaged_healing,
)
from needlepoint.evidence.loader import packaged
from needlepoint.healing.calibrate import fit, written
from needlepoint.healing.validation import checks

ROWS = {**calibration_rows(), **held_out_rows()}


@pytest.fixture(scope="module")
def seen():
    return {check.figure.id: check for check in checks(packaged_healing(), packaged())}


@pytest.mark.parametrize("name", ROWS)
def test_a_figure_is_inside_its_band_or_is_shown_as_a_miss(name, seen):
    check, row = seen[name], ROWS[name]
    expected = "not modelled" if row.compare == "not_modelled" else "miss" if row.misses else "hit"
    assert check.verdict == expected, f"{row.published}: {check.median}"


def test_every_target_is_there_once_at_least():
    assert {row.target for row in ROWS.values()} >= {f"V{number}" for number in range(1, 23)}


def test_a_figure_is_fitted_or_held_out_and_never_both():
    assert not set(calibration_rows()) & set(held_out_rows())
    assert not any(row.misses for row in calibration_rows().values())


def test_what_the_model_does_not_know_says_why():
    assert all(row.note for row in ROWS.values() if row.misses or row.compare == "not_modelled")


def test_the_order_of_the_three_rulers_is_that_of_the_one_study_that_used_two(seen):
    assert seen["kenkel-density"].median > seen["kenkel-oct-1"].median


def test_fitting_opens_no_figure_held_out_and_finds_what_is_written(tmp_path):
    for name in ("parameters", "factors", "studies", "calibrate"):
        shutil.copy(FOLDER / f"{name}.toml", tmp_path)
    opened = []
    sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
    found = fit(load_healing(tmp_path), calibration_rows(tmp_path), packaged())
    files = [path for path in opened if path.endswith(".toml")]
    assert any(path.endswith("calibrate.toml") for path in files)
    assert not any("held_out" in path for path in files)
    ours = packaged_healing().parameters
    assert {name: ours[name].value for name in found.values} == pytest.approx(dict(found.values), rel=2e-3)
    assert all(ours[name].low < value < ours[name].high for name, value in found.values.items())


def test_what_is_fitted_is_written_where_it_was_read():
    text = (FOLDER / "parameters.toml").read_text()
    again = written(text, {"k_D": 1.234})
    changed = [line for line in again.splitlines() if line not in text.splitlines()]
    assert changed == ["value = 1.234"]
