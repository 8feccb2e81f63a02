"""Scales and scores for a person: what each counts, on which side it is better, and how a course went on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from needlepoint.advice.scores import Trend, fitting, trends
from needlepoint.cli.views.terminal import bullet, dim, heading, indented
from needlepoint.cli.words import day
from needlepoint.course.answers import YesNo
from needlepoint.course.case import Case
from needlepoint.course.scores import Score
from needlepoint.evidence.follow_up import Scale
from needlepoint.evidence.knowledge import Knowledge

WHO = {"clinician": "the clinician scores", "patient": "the patient scores", "either": "either scores"}
RATERS = {"blind": "raters blind", "not_blind": "raters not blind"}
BLIND = {
    YesNo.YES: "blind to before and after",
    YesNo.NO: "not blind",
    YesNo.UNKNOWN: "whether blind is not on record",
}


def scales(knowledge: Knowledge) -> Iterator[RenderableType]:
    """Yield every scale with its range, direction, rater, blindness and sources."""
    for each in knowledge.scales.values():
        yield heading(f"{each.label}  ({each.id})")
        yield indented(Text(counts(each)), *_behind(each))


def counts(scale: Scale) -> str:
    """Return what a scale counts and on which side it is better, in words."""
    apart = f" in steps of {scale.step:g}" if scale.step != 1 else ""
    told = (
        f"{scale.low} to {scale.high} {scale.unit}{apart}, {scale.better} is better; {WHO[scale.scored_by]}"
    )
    return told + ("; a rater cannot be blind" if scale.blind == "impossible" else "")


def _behind(scale: Scale) -> Iterator[RenderableType]:
    if scale.blinded:
        yield Text("; ".join(f"{RATERS[each.rater]} in {each.source}" for each in scale.blinded))
    if scale.note:
        yield Text(scale.note)
    yield dim(f"{scale.basis}: {', '.join(scale.sources)}")


def outcome(case: Case, at: datetime, knowledge: Knowledge) -> Iterator[RenderableType]:
    """Yield how a course went on each scale, then the scales that fit its goal and were not scored."""
    found = trends(case, at, knowledge)
    for trend in found:
        scale = knowledge.scales[trend.scale]
        yield heading(f"{scale.label}: {_word(trend)}, by the {trend.by.value}")
        yield indented(Text(counts(scale)))
        yield from (bullet(Text(_score(each, scale, case))) for each in trend.scores)
    scored = {trend.scale for trend in found}
    rest = [each for each in fitting(case.goal.concern.value, knowledge) if each.id not in scored]
    if rest:
        yield heading("Fits this goal, and was not scored")
        yield from (bullet(Text(f"{each.label} ({each.id}): {counts(each)}")) for each in rest)


def _word(trend: Trend) -> str:
    return trend.word or "scored once"


def _score(score: Score, scale: Scale, case: Case) -> str:
    says = next((step.says for step in scale.steps if step.value == score.value), "")
    value = f"{score.value.normalize():f}" + (f", {says.lower()}" if says else "")
    return f"{day(case.day_of(score.at))}: {value} ({BLIND[score.blind]})"
