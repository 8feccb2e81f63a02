"""Dots over days, with whiskers where a value is only known within bounds: scores of a course, measures of photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from needlepoint.clinic.access.said import in_language, in_words
from needlepoint.clinic.templatetags.charts.plot import (
    GAP,
    Box,
    Frame,
    Line,
    Scale,
    Words,
    beside,
    free,
    in_rows,
    over,
    rows_used,
    wrapped,
)

FRAMES = (
    Frame(wide=640, left=208, right=16, text=14, line=18, size="wide"),
    Frame(wide=320, left=116, right=14, text=15, line=17, size="narrow"),
)
STEP = 44.0
PAD, DOT = 26.0, 7.0
# Two who score on the same day stand side by side, or one would hide the other.
ASIDE = {"clinic": -7.0, "patient": 7.0}


@dataclass(frozen=True, slots=True)
class Spot:
    """A value on a day, of a kind; `low` and `high` are its bounds where it has some."""

    day: float
    value: float
    kind: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Axes:
    """What stands at the axes: steps upwards and days across, each with its words, and the titles with their units."""

    steps: Sequence[tuple[float, str]]
    days: Sequence[tuple[float, str]]
    up: str
    across: str
    names: Mapping[str, str] = field(default_factory=dict)
    today: float | None = None
    today_says: str = "today"


@dataclass(frozen=True, slots=True)
class Mark:
    """A dot at its place."""

    x: float
    y: float
    kind: str

    @property
    def box(self) -> Box:
        """Return the room that it takes."""
        return Box(self.x - DOT, self.y - DOT, self.x + DOT, self.y + DOT)


@dataclass(frozen=True, slots=True)
class Picture:
    """Dots over days in one size."""

    frame: Frame
    high: float
    plot: Box
    steps: tuple[float, ...]
    paths: tuple[tuple[str, str], ...]
    whiskers: tuple[Line, ...]
    verticals: tuple[Line, ...]
    dots: tuple[Mark, ...]
    words: tuple[Words, ...]


def dots_chart(spots: Sequence[Spot], axes: Axes) -> tuple[Picture, ...]:
    """Draw values over days in both sizes."""
    return tuple(_picture(frame, spots, axes) for frame in FRAMES)


def _picture(frame: Frame, spots: Sequence[Spot], axes: Axes) -> Picture:
    title = list(over(axes.up, frame))
    top = round(title[-1].y + 0.7 * frame.line + _half(axes.steps[-1][1], frame), 1)
    floor = round(top + _rise(axes.steps, frame), 1)
    plot = Box(frame.left, top, frame.ends, floor)
    x = Scale(axes.days[0][0], axes.days[-1][0], plot.left + PAD, plot.right - PAD)
    y = Scale(axes.steps[0][0], axes.steps[-1][0], floor - GAP, top + GAP)
    both = len({each.kind for each in spots}) > 1
    dots = tuple(_mark(each, x, y, both) for each in spots)
    verticals = tuple(_today(axes, x, plot))
    below = in_rows(_days(axes, x), frame, floor + frame.line)
    under = max(rows_used(below) * frame.line, _half(axes.steps[0][1], frame))
    foot = round(floor + under + 1.1 * frame.line, 1)
    steps = [word for value, says in axes.steps for word in beside(says, frame, y.at(value))]
    across = Words(plot.right, foot, axes.across, "end", "axis")
    taken = [each.box for each in dots] + [Box(each.x1 - 1, top, each.x1 + 1, floor) for each in verticals]
    return Picture(
        frame=frame,
        high=round(foot + 0.5 * frame.line, 1),
        plot=plot,
        steps=tuple(y.at(value) for value, _ in axes.steps),
        paths=tuple(_paths(spots, dots)),
        whiskers=tuple(_whiskers(spots, dots, y)),
        verticals=verticals,
        dots=dots,
        words=(*title, across, *steps, *below, *_names(dots, axes.names, frame, plot, taken)),
    )


def _rise(steps: Sequence[tuple[float, str]], frame: Frame) -> float:
    """Return how high the plot is, so that the words of two steps beside one another have room."""
    values = [value for value, _ in steps]
    lines = max(len(wrapped(says, frame.left - GAP, frame.text)) for _, says in steps)
    least = min((b - a for a, b in pairwise(values)), default=1.0)
    apart = max(STEP, lines * frame.line + GAP)
    return apart * (values[-1] - values[0]) / least + 2 * GAP


def _half(says: str, frame: Frame) -> float:
    """Return how far the words of a step reach above and below it."""
    return len(wrapped(says, frame.left - GAP, frame.text)) * frame.line / 2


def _mark(spot: Spot, x: Scale, y: Scale, both: bool) -> Mark:
    aside = ASIDE.get(spot.kind, 0.0) if both else 0.0
    return Mark(round(x.at(spot.day) + aside, 1), y.at(spot.value), spot.kind)


def _today(axes: Axes, x: Scale, plot: Box) -> Iterator[Line]:
    if axes.today is not None and x.low <= axes.today <= x.high:
        at = x.at(axes.today)
        yield Line(at, plot.top, at, plot.bottom, "today")


def _days(axes: Axes, x: Scale) -> Iterator[tuple[float, str]]:
    for value, says in axes.days:
        yield x.at(value), says
    if axes.today is not None and x.low <= axes.today <= x.high:
        yield x.at(axes.today), axes.today_says


def _paths(spots: Sequence[Spot], dots: Sequence[Mark]) -> Iterator[tuple[str, str]]:
    """Yield for each kind a line through the latest value of each day; two kinds joined would show what nobody saw."""
    for kind in dict.fromkeys(each.kind for each in spots):
        last = {spot.day: dot for spot, dot in zip(spots, dots, strict=True) if spot.kind == kind}
        if len(last) > 1:
            yield kind, " ".join(f"{last[day].x},{last[day].y}" for day in sorted(last))


def _whiskers(spots: Sequence[Spot], dots: Sequence[Mark], y: Scale) -> Iterator[Line]:
    for spot, dot in zip(spots, dots, strict=True):
        if spot.low is not None and spot.high is not None:
            yield Line(dot.x, y.at(spot.low), dot.x, y.at(spot.high), spot.kind)


def _names(
    dots: Sequence[Mark], names: Mapping[str, str], frame: Frame, plot: Box, taken: Sequence[Box]
) -> Iterator[Words]:
    """Yield the name of each kind, beside its latest dot that has room for it."""
    boxes = list(taken)
    for kind, says in names.items():
        own = sorted((dot for dot in dots if dot.kind == kind), key=lambda dot: -dot.x)
        if found := free((each for dot in own for each in _around(dot, says, frame)), frame, plot, boxes):
            boxes.append(found.box(frame))
            yield found


def _around(dot: Mark, says: str, frame: Frame) -> Iterator[Words]:
    middle, aside = round(dot.y + 0.3 * frame.text, 1), DOT + GAP
    for high in (0.0, -aside, aside + 0.6 * frame.text):
        yield Words(round(dot.x + aside, 1), round(middle + high, 1), says, "start", dot.kind)
        yield Words(round(dot.x - aside, 1), round(middle + high, 1), says, "end", dot.kind)


# ------------------------------------------------------------------------------------------------ scores of a course

# A score from before the first session has a place of its own: so many days it lies left of the last session.
BEFORE = -45.0
MOMENTS = {
    "baseline": (BEFORE, "before"),
    "day_30": (30.0, "30"),
    "day_90": (90.0, "90"),
    "day_180": (180.0, "180"),
}
# Stands at the axis only where somebody scored then: a year takes half of it.
YEARLY = (365.0, "365")


def trend_chart(trend: Any, today: float | None) -> tuple[Picture, ...]:
    """Draw the scores of one scale."""
    scale = trend.scale
    yearly = any(each.score.moment == "yearly" for each in trend.points)
    moments = MOMENTS | ({"yearly": YEARLY} if yearly else {})
    spots = [
        Spot(
            moments[each.score.moment][0],
            float(each.score.value),
            "clinic" if each.score.scored_by_id else "patient",
        )
        for each in trend.points
    ]
    words = {step.value: in_language(step.says) for step in scale.steps}
    middle = {} if len(words) > 2 else {(scale.low + scale.high) // 2: ""}
    steps = [(value, f"{value} {says}".strip()) for value, says in sorted((words | middle).items())]
    kinds = {spot.kind for spot in spots}
    names = {
        kind: says
        for kind, says in (("clinic", _("the clinic")), ("patient", _("the patient")))
        if kind in kinds
    }
    told = {"scale": in_language(scale.label), "better": in_words(scale.better)}
    up = _("%(scale)s, %(better)s is better") % told
    return dots_chart(
        spots, Axes(steps, list(moments.values()), up, _("days after the last session"), names, today)
    )
