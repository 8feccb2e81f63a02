"""How deep by goal and zone: what is on file, told as it is, and what carries it from one session to the next."""

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from needlepoint.evidence.check import findings
from needlepoint.evidence.depths import depth_of
from needlepoint.evidence.loader import load_trace, packaged
from needlepoint.rules.triage import LEVELS

KNOWN = packaged()
ON = date(2026, 12, 1)


def row(concern, kind):
    return depth_of(concern, kind, KNOWN.depths)


def found(**tables):
    return {each.place: each.says for each in findings(replace(KNOWN, **tables), load_trace(), ON)}


@pytest.mark.parametrize(
    ("concern", "kind", "start"),
    [
        ("acne_scars", "cheek", 1.0),
        ("fine_lines", "cheek", 0.5),
        ("wrinkles", "chin", 0.5),
        ("uneven_tone", "cheek", 0.5),
    ],
)
def test_a_goal_has_a_start_of_its_own_where_charts_or_courses_give_one(concern, kind, start):
    held = row(concern, kind).start
    assert (held.value, held.basis) == (start, "assumed")
    assert "NP" in held.sources


@pytest.mark.parametrize(("concern", "kind"), [("acne_scars", "forehead"), ("wrinkles", "neck")])
def test_where_no_course_gives_a_start_the_zones_own_stands(concern, kind):
    assert row(concern, kind).start is None


def test_of_most_places_nothing_was_found():
    assert row("large_pores", "neck") is None
    assert row("wrinkles", "thigh") is None


def test_scar_trials_ended_at_one_and_a_half_millimetres_and_the_row_says_so():
    held = row("acne_scars", "cheek")
    assert (held.ended.value, held.ended.basis) == (1.5, "retrieved")
    assert held.says == "Start low, raise to the endpoint; most scar trials ended at 1.5 mm."


@pytest.mark.parametrize("held", KNOWN.depths.values(), ids=lambda each: each.id)
def test_a_course_starts_no_deeper_than_it_went(held):
    numbers = [each.value for each in (held.start, held.ended, held.ceiling) if each]
    assert numbers == sorted(numbers)
    assert held.says.startswith("Start low, raise to the endpoint;")


@pytest.mark.parametrize("held", KNOWN.depths.values(), ids=lambda each: each.id)
def test_no_row_speaks_of_a_lid(held):
    assert "eyelid" not in held.zones


def test_each_level_above_the_expected_says_what_a_report_means_for_the_depth():
    moves = {name: each.move for name, each in KNOWN.depth_reactions.items()}
    assert moves == dict.fromkeys(LEVELS[2:], "down") | {"routine": "stays", "new_dark_patch": "down"}


def test_only_what_healed_well_lets_a_depth_rise():
    assert [each.id for each in KNOWN.depth_moves.values() if each.move == "up"] == ["well"]
    down = {each.id for each in KNOWN.depth_moves.values() if each.move == "down"}
    assert down == {"not_healed", "reaction"}


def test_a_fault_of_the_device_is_no_reaction_of_the_skin():
    assert {name for name, kind in KNOWN.adverse_kinds.items() if not kind.of_skin} == {
        "device_fault",
        "needle_stick",
    }


@pytest.mark.parametrize("change", [{"concerns": ("moles",)}, {"zones": ("elbow",)}])
def test_a_place_that_does_not_exist_is_found(change):
    wrong = structs.replace(row("acne_scars", "cheek"), **change)
    said = found(depths={wrong.id: wrong})
    assert "is no concern or zone" in said["depths:acne_scars.cheek"]


def test_two_rows_for_one_place_are_found():
    twice = structs.replace(row("acne_scars", "cheek"), id="again")
    said = found(depths={**KNOWN.depths, "again": twice})
    assert "as acne_scars.cheek does" in said["depths:again"]


def test_a_reaction_that_no_table_knows_is_found():
    rows = KNOWN.depth_reactions
    strange = structs.replace(rows["routine"], id="fuss")
    assert found(depth_reactions={**rows, "fuss": strange})["depth_reactions:fuss"] == (
        "is no level and no row of triage"
    )


def test_all_rows_on_depth_are_in_order():
    assert [place for place in found() if place.startswith("depth")] == ["depths.toml"]
