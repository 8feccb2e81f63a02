"""The dose, as a table, as JSON and as a picture."""

import json

import pytest
from tests.unit.cli.commands import AT, SCENARIOS, case_file, needlepoint

THREE = SCENARIOS / "pivotal_after_the_third_session.case.toml"


def test_the_table_has_a_row_for_each_session(tmp_path):
    text = needlepoint("dose", THREE, env={"COLUMNS": "120"}).stdout
    rows = [line for line in text.splitlines() if "cheek left, cheek right" in line]
    assert [row.split()[0] for row in rows] == ["1", "2", "3"]
    assert all(" mm" in row and " %" in row for row in rows)
    assert "computed, not measured" in text
    assert "assumed" in text


@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_fits(columns):
    text = needlepoint("dose", THREE, env={"COLUMNS": str(columns)}).stdout
    assert max(map(len, text.splitlines())) <= columns
    assert "…" not in text


def test_json_holds_the_doses_of_the_advice(tmp_path):
    case = case_file(tmp_path)
    alone = json.loads(needlepoint("dose", case, "--json").stdout)["dose"]
    assert alone == json.loads(needlepoint("advise", case, "--at", AT, "--json").stdout)["dose"]
    assert {each["zone"] for each in alone} == {"cheek_left", "cheek_right"}


@pytest.mark.parametrize(("name", "begins"), [("dose.svg", b"<?xml"), ("dose.PNG", b"\x89PNG")])
def test_the_picture_is_drawn_in_the_form_its_name_says(tmp_path, name, begins):
    needlepoint("dose", THREE, "--picture", tmp_path / name)
    drawn = (tmp_path / name).read_bytes()
    assert drawn.startswith(begins)
    needlepoint("dose", THREE, "--picture", tmp_path / name)
    assert (tmp_path / name).read_bytes() == drawn


def test_the_picture_names_zones_and_layers(tmp_path):
    needlepoint("dose", THREE, "--picture", tmp_path / "dose.svg")
    drawn = (tmp_path / "dose.svg").read_text()
    for words in ("cheek right", "stratum corneum", "reticular dermis", "computed"):
        assert words in drawn


def test_any_session_can_be_drawn_and_the_last_is_if_none_is_named(tmp_path):
    pictures = {}
    for number in (None, 1, 3):
        path = tmp_path / f"{number}.svg"
        assert (
            needlepoint(
                "dose", THREE, "--picture", path, *(["--session", number] if number else [])
            ).exit_code
            == 0
        )
        pictures[number] = path.read_bytes()
    assert pictures[None] == pictures[3] != pictures[1]


@pytest.mark.parametrize("number", [0, 4, -1])
def test_a_session_that_was_not_done_cannot_be_drawn(tmp_path, number):
    done = needlepoint("dose", THREE, "--picture", tmp_path / "a.svg", "--session", number)
    assert done.exit_code == 2
    assert done.stderr == f"needlepoint: --session: {number} has no pass; expected one of: 1, 2, 3\n"
