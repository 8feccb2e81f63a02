"""Whole cases with the answer that a clinician wrote down before they were run; what was asked since stands in them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from needlepoint.advice import advise
from needlepoint.course.errors import InputError
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.advice_document import document
from needlepoint.exchange.case_file import read

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))
REFUSED = {"z01_scalp": "goal.zones[0]", "z05_device_unknown": "device.id", "z06_rf_request": "device.id"}


def head(path: Path) -> tuple[datetime, dict[str, Any]]:
    """Return the instant of a case and what was expected of it, from its second and third line."""
    _why, at, expected = path.read_text().splitlines()[:3]
    return datetime.fromisoformat(at.removeprefix("# At: ")), json.loads(expected.partition(": ")[2])


def told(path: Path) -> dict[str, Any]:
    case = read(path.read_bytes(), path.name, packaged())
    return dict(json.loads(json.dumps(document(advise(case, head(path)[0])))))


def first_session(advice: dict[str, Any]) -> list[dict[str, Any]]:
    sessions = advice["plan"]["sessions"]
    return list(sessions[0]["zones"]) if sessions else []


def test_the_cases_are_there() -> None:
    assert len(CASES) == 43


@pytest.mark.parametrize(
    "path", [each for each in CASES if each.stem not in REFUSED], ids=lambda each: each.stem
)
def test_a_case_gets_the_answer_that_was_written_before_it_was_run(path: Path) -> None:
    advice, expected = told(path), head(path)[1]
    assert not expected["verdict"] or advice["verdict"] in expected["verdict"]
    if "level" in expected:
        assert advice["check_in"]["level"] in expected["level"]
    if "earliest" in expected:
        assert advice["earliest_on"] == expected["earliest"]
    if "unanswered" in expected:
        assert set(expected["unanswered"]) <= set(advice["unanswered"])
    rules = {each["rule"] for each in advice["verdicts"]}
    assert not expected.get("rules") or rules & set(expected["rules"])
    starts = {each["zone"]: each["depth_mm"]["start"] for each in first_session(advice)}
    assert expected.get("start", {}).items() <= starts.items()
    if "override" in expected:
        assert {each["overridable_by"] for each in advice["verdicts"]} == set(expected["override"])


@pytest.mark.parametrize("path", [each for each in CASES if each.stem in REFUSED], ids=lambda each: each.stem)
def test_what_needlepoint_does_not_know_is_refused_by_its_key(path: Path) -> None:
    with pytest.raises(InputError) as refused:
        told(path)
    assert refused.value.key == REFUSED[path.stem]


def test_why_radio_frequency_and_an_unknown_pen_are_refused_is_said():
    for stem, why in (
        ("z05_device_unknown", "nobody here knows"),
        ("z06_rf_request", "burns, scars, fat loss"),
    ):
        with pytest.raises(InputError, match=why):
            told(Path(__file__).parent / "cases" / f"{stem}.toml")


@pytest.mark.parametrize("device", ["unknown-pen", "unknown-roller", "rf-device"])
def test_what_nobody_knows_can_stand_in_the_past_at_any_depth_and_waits(device):
    path = Path(__file__).parent / "cases" / "z09_home_roller_after_1_5mm.toml"
    text = path.read_text().replace('device = "home-roller"', f'device = "{device}"')
    told = advise(read(text.encode(), path.name, packaged()), head(path)[0])
    assert (told.verdict, str(told.earliest_on)) == ("wait", "2026-06-29")
