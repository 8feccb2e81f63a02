"""The shapes: a value lies in its own range, a statement that is corrected or rejected says why."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from needlepoint.evidence.follow_up import Scale
from needlepoint.evidence.schema import Cited, CitedRange
from needlepoint.evidence.trace import TraceRow

CITED = {"value": 1.5, "low": 1.0, "high": 2.0, "unit": "mm", "sources": ["NP"], "basis": "assumed"}
RANGE = {"low": 3, "high": 6, "usual": 3, "unit": "sessions", "sources": ["NP"], "basis": "assumed"}
ROW = {"id": "S0-01", "says": "Something.", "kind": "fact", "status": "kept", "lives_in": ["rules:pregnancy"]}


@pytest.mark.parametrize(
    "change",
    [{"value": 0.9}, {"value": 2.1}, {"low": 1.6}, {"unit": ""}, {"sources": []}, {"basis": "guess"}],
)
def test_a_value_outside_its_range_or_without_its_papers_is_refused(change: dict[str, Any]) -> None:
    assert msgspec.convert(CITED, Cited).value == 1.5
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(CITED | change, Cited)


@pytest.mark.parametrize("change", [{"usual": 2}, {"usual": 7}, {"low": 7}])
def test_a_range_holds_its_usual_value(change: dict[str, Any]) -> None:
    assert msgspec.convert(RANGE, CitedRange).usual == 3
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(RANGE | change, CitedRange)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "rejected"},
        {"status": "corrected"},
        {"lives_in": []},
        {"status": "corrected", "lives_in": [], "why": "Because."},
    ],
)
def test_a_statement_lives_somewhere_or_says_why_not(change: dict[str, Any]) -> None:
    assert msgspec.convert(ROW, TraceRow).status == "kept"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(ROW | change, TraceRow)


def test_a_rejected_statement_needs_no_place() -> None:
    assert msgspec.convert(ROW | {"status": "rejected", "lives_in": [], "why": "It is wrong."}, TraceRow).why


@pytest.mark.parametrize(("value", "holds"), [(0, True), (4, True), (5, False), (-1, False)])
def test_a_step_lies_on_its_scale(value: int, holds: bool) -> None:
    scale = {
        "id": "grade", "label": "Grade", "low": 0, "high": 4, "better": "lower", "scored_by": "clinician",
        "moments": ["baseline"], "asks": "Which grade?", "steps": [{"value": value, "says": "Clear"}],
        "sources": ["NP"], "basis": "assumed", "licence": "free to use", "unit": "grades", "blind": "possible",
    }  # fmt: skip
    if holds:
        assert msgspec.convert(scale, Scale).steps[0].value == value
    else:
        with pytest.raises(msgspec.ValidationError, match="outside 0 to 4"):
            msgspec.convert(scale, Scale)
