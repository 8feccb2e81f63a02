"""More than a thousand reports from cells judged by hand, and every cell where hand and rules once differed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import tomli
from tests.spec.contract import LEVELS
from tests.spec.triage_cells import CELLS, HERE, PERSONS, vignettes

from needlepoint.advice.door import judge
from needlepoint.course.session import Sign
from needlepoint.evidence.loader import packaged

SETTLED: list[dict[str, Any]] = tomli.loads((HERE / "triage_settled.toml").read_text())["settled"]
BY_ID = {cell["id"]: cell for cell in CELLS}


@pytest.mark.parametrize("cell", list(BY_ID))
def test_a_report_has_the_level_of_its_cell_for_every_person_and_hour(cell: str) -> None:
    for each in vignettes():
        if each.cell == cell:
            assert each.judged() == each.level, (each.person, each.hours, each.why)


def test_there_are_more_than_a_thousand_and_no_two_are_alike() -> None:
    told = {(each.cell, each.person, each.hours) for each in vignettes()}
    assert len(told) == len(vignettes()) > 1000


def test_every_sign_every_person_and_every_level_is_played() -> None:
    assert {sign for cell in CELLS for sign in cell.get("signs", ())} == {sign.value for sign in Sign}
    assert Counter(each.person for each in vignettes()).keys() == set(PERSONS)
    assert {each.level for each in vignettes()} == set(LEVELS)


def test_every_row_of_the_table_speaks_in_some_vignette() -> None:
    spoken = {rule for each in vignettes() for rule in _rules(each.case)}
    assert set(packaged().triage) - spoken == set()


def test_every_cell_says_why_and_on_what_it_stands() -> None:
    assert len(BY_ID) == len(CELLS)
    assert [cell["id"] for cell in CELLS if len(cell["why"]) < 10 or not cell["so"]] == []


@pytest.mark.parametrize("settled", SETTLED, ids=lambda each: f"{each['cell']}-{each.get('person', 'all')}")
def test_a_difference_between_hand_and_rules_is_settled_as_it_says(settled: dict[str, Any]) -> None:
    cell = BY_ID[settled["cell"]]
    levels = {level for _, level in cell.get("who", {}).get(settled.get("person"), cell["levels"])}
    assert settled["judged"] != settled["rules_said"]
    assert settled[{"rule": "judged", "cell": "rules_said"}[settled["by"]]] in levels
    assert len(settled["why"]) > 20


def _rules(case: Any) -> tuple[str, ...]:
    told = judge(case, case.check_ins[-1].at)
    assert told is not None
    return told.rules
