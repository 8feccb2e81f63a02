"""How a course went on each scale: from the first score to the last, in words, apart for clinic and patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from needlepoint.course.answers import YesNo
from needlepoint.course.case import Case
from needlepoint.course.scores import Rater, Score
from needlepoint.evidence.follow_up import Scale, Went
from needlepoint.evidence.knowledge import Knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """All that one kind of rater scored on one scale; `blind` counts the scores of raters kept from knowing."""

    scale: str
    by: Rater
    scores: tuple[Score, ...]
    blind: int
    word: Went | None


def trends(case: Case, at: datetime, knowledge: Knowledge) -> tuple[Trend, ...]:
    """Return how the course went by then, scale by scale; with one score there is nothing to compare."""
    given = case.scores_by(at)
    kinds = dict.fromkeys((each.scale, each.by) for each in given)
    return tuple(
        _trend(knowledge.scales[name], by, tuple(s for s in given if (s.scale, s.by) == (name, by)))
        for name, by in kinds
    )


def _trend(scale: Scale, by: Rater, scores: tuple[Score, ...]) -> Trend:
    return Trend(
        scale=scale.id,
        by=by,
        scores=scores,
        blind=sum(each.blind is YesNo.YES for each in scores),
        word=scale.went(scores[0].value, scores[-1].value) if len(scores) > 1 else None,
    )


def fitting(concern: str, knowledge: Knowledge) -> tuple[Scale, ...]:
    """Return the scales that fit a concern: those that the goal names, the leading one first, then those for all."""
    goal = knowledge.goals.get(concern)
    named = goal.scales if goal else ()
    general = (scale.id for scale in knowledge.scales.values() if scale.general)
    return tuple(knowledge.scales[name] for name in dict.fromkeys((*named, *general)))
