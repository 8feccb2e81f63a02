"""Scores: what somebody saw on a scale, oldest first, and whether they knew before from after."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from tests.unit.course.factory import START, case

from needlepoint.course.answers import YesNo
from needlepoint.course.errors import InputError
from needlepoint.course.scores import Rater, Score


def score(day=0, by=Rater.CLINICIAN, blind=YesNo.UNKNOWN):
    return Score(START + timedelta(days=day), "gais", Decimal(2), by, blind)


def test_several_scores_may_be_given_together_and_stand_oldest_first():
    assert len(case(scores=(score(), score(), score(3))).scores) == 3
    with pytest.raises(
        InputError, match=r"score\[1\].at: is not after the one before it; expected oldest first"
    ):
        case(scores=(score(3), score()))


def test_only_what_was_scored_by_then_counts():
    grown = case(scores=(score(), score(30)))
    assert grown.scores_by(START + timedelta(days=29)) == grown.scores[:1]
    assert grown.scores_by(START + timedelta(days=30)) == grown.scores


def test_a_patient_is_never_blind():
    assert score(by=Rater.PATIENT).blind is YesNo.NO
    with pytest.raises(InputError, match="blind: a patient always knows before from after"):
        score(by=Rater.PATIENT, blind=YesNo.YES)
    assert score(blind=YesNo.YES).blind is YesNo.YES


def test_a_score_without_an_offset_is_refused():
    with pytest.raises(InputError, match="at: "):
        Score(datetime(2026, 3, 2), "gais", Decimal(2))  # noqa: DTZ001 - that is what is refused


def test_a_score_before_the_birth_is_refused():
    born = START - timedelta(days=40 * 365)
    with pytest.raises(InputError, match=r"score\[0\].at: .* lies before the birth"):
        case(scores=(Score(born, "gais", Decimal(2)),))
