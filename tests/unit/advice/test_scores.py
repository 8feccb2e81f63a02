"""How a course went on each scale: with its direction in words, apart for clinic and patient."""

from datetime import timedelta
from decimal import Decimal

from tests.unit.factories import AT, case

from needlepoint.advice.scores import fitting, trends
from needlepoint.course.answers import YesNo
from needlepoint.course.scores import Rater, Score
from needlepoint.evidence.loader import packaged

KNOWLEDGE = packaged()


def scored(days, scale, value, by=Rater.CLINICIAN, blind=YesNo.UNKNOWN):
    return Score(AT + timedelta(days=days), scale, Decimal(value), by, blind)


def test_a_trend_goes_from_the_first_score_to_the_last_and_counts_the_blind_ones():
    given = (
        scored(-90, "ecca", 60, blind=YesNo.YES),
        scored(-60, "line_100", 40, by=Rater.PATIENT),
        scored(-30, "ecca", 75),
        scored(-30, "line_100", 40),
        scored(-1, "ecca", 30, blind=YesNo.YES),
        scored(-1, "line_100", 60, by=Rater.PATIENT),
    )
    told = trends(case(scores=given), AT, KNOWLEDGE)
    assert [(each.scale, each.by.value, each.word, each.blind) for each in told] == [
        ("ecca", "clinician", "better", 2),
        ("line_100", "patient", "better", 0),
        ("line_100", "clinician", None, 0),
    ]


def test_what_is_scored_later_says_nothing_yet():
    given = (scored(-30, "gais", 2), scored(1, "gais", 4))
    (now,) = trends(case(scores=given), AT, KNOWLEDGE)
    (later,) = trends(case(scores=given), AT + timedelta(days=1), KNOWLEDGE)
    assert (now.word, later.word) == (None, "worse")
    assert trends(case(), AT, KNOWLEDGE) == ()


def test_the_leading_scale_of_a_goal_stands_first_and_each_scale_once():
    for concern, goal in KNOWLEDGE.goals.items():
        found = [each.id for each in fitting(concern, KNOWLEDGE)]
        assert found[: len(goal.scales)] == list(goal.scales)
        assert len(found) == len(set(found))
        assert {"gais", "sgais", "satisfaction"} <= set(found)
    assert all(each.general for each in fitting("a goal of tomorrow", KNOWLEDGE))
