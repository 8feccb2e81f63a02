"""Scales: each with its range, direction, source, rater and blindness; goals name only scales that exist."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import msgspec
import pytest

from needlepoint.course.errors import InputError
from needlepoint.evidence.check import findings
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.follow_up import Scale
from needlepoint.evidence.loader import convert, packaged

KNOWLEDGE = packaged()
SCALES = KNOWLEDGE.scales
each_scale = pytest.mark.parametrize("name", SCALES)


def spoilt(name: str, **changes: object) -> Scale:
    made: Scale = convert("a scale", msgspec.to_builtins(SCALES[name]) | changes, Scale)
    return made


def test_goals_name_only_scales_that_exist() -> None:
    named = {scale for goal in KNOWLEDGE.goals.values() for scale in goal.scales}
    assert named <= set(SCALES)
    assert {scale.id for scale in SCALES.values() if not scale.general} <= named


def test_a_goal_that_names_a_scale_that_does_not_exist_is_found() -> None:
    goal = msgspec.structs.replace(KNOWLEDGE.goals["acne_scars"], scales=("dlqi",))
    spoilt_goals = MappingProxyType({**KNOWLEDGE.goals, "acne_scars": goal})
    says = [each.says for each in findings(replace(KNOWLEDGE, goals=spoilt_goals), {}, KNOWLEDGE_DAY)]
    assert "names 'dlqi', which is no scale" in says


KNOWLEDGE_DAY = KNOWLEDGE.reviews["scales.toml"].reviewed_on


def test_the_scales_of_the_trials_are_here() -> None:
    assert {"mmasi", "ecca", "gais", "sgais", "line_100", "patient_scar"} <= set(SCALES)


@pytest.mark.parametrize(
    ("name", "low", "high", "better", "by"),
    [
        ("mmasi", 0, 24, "lower", "clinician"),
        ("ecca", 0, 540, "lower", "clinician"),
        ("sgais", 1, 5, "lower", "patient"),
        ("gais", 1, 5, "lower", "clinician"),
        ("line_100", 0, 100, "higher", "either"),
        ("patient_scar", 0, 10, "lower", "patient"),
    ],
)
def test_range_direction_and_rater_are_those_of_the_evidence(
    name: str, low: int, high: int, better: str, by: str
) -> None:
    scale = SCALES[name]
    assert (scale.low, scale.high, scale.better, scale.scored_by) == (low, high, better, by)


def test_the_sum_of_the_parts_of_mmasi_and_ecca_is_their_range() -> None:
    most = 3 * Decimal("0.3") * 6 * 4 + Decimal("0.1") * 6 * 4
    assert SCALES["mmasi"].high == most
    assert SCALES["ecca"].high == 3 * sum((15, 20, 25, 30, 40, 50))


@each_scale
def test_a_scale_names_whose_raters_were_blind_from_studies_that_it_rests_on(name: str) -> None:
    scale = SCALES[name]
    assert {each.source for each in scale.blinded} <= set(scale.sources)
    # Whoever scores their own skin knows what was done to it.
    assert (scale.blind == "impossible") or scale.scored_by != "patient"
    assert all(each.rater == "not_blind" for each in scale.blinded if scale.blind == "impossible")


@each_scale
def test_what_is_from_memory_is_assumed(name: str) -> None:
    scale = SCALES[name]
    recalled = {KNOWLEDGE.sources[each].read for each in scale.sources} & {"recalled", "own"}
    assert not recalled or scale.basis == "assumed"


@pytest.mark.parametrize(
    ("name", "value"), [("mmasi", "6.3"), ("ecca", "45"), ("line_100", "100"), ("goodman_baron", "1")]
)
def test_a_value_on_a_step_within_the_range_is_kept_as_it_is(name: str, value: str) -> None:
    assert SCALES[name].scored_as(Decimal(value)) == Decimal(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("mmasi", "6.35"), ("mmasi", "24.1"), ("ecca", "7"), ("line_100", "101"), ("goodman_baron", "2.5")],
)
def test_a_value_beside_the_range_or_between_two_steps_is_refused(name: str, value: str) -> None:
    with pytest.raises(InputError, match=name):
        SCALES[name].scored_as(Decimal(value))


@pytest.mark.parametrize(
    ("name", "first", "last", "word"),
    [
        ("mmasi", "6.3", "3.7", "better"),
        ("mmasi", "3.7", "6.3", "worse"),
        ("line_100", "40", "55", "better"),
        ("line_100", "55", "40", "worse"),
        ("ecca", "60", "60", "the same"),
    ],
)
def test_a_scale_tells_its_direction_in_words(name: str, first: str, last: str, word: str) -> None:
    assert SCALES[name].went(Decimal(first), Decimal(last)) == word


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"low": 4, "high": 4}, "is no range"),
        ({"high": 3}, "a step lies outside"),
        ({"scored_by": "patient"}, "a patient always knows"),
    ],
)
def test_a_scale_that_cannot_be_is_refused(changes: dict[str, object], why: str) -> None:
    with pytest.raises(EvidenceError, match=why):
        spoilt("goodman_baron", **changes)
