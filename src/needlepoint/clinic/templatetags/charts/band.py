"""A line with its bands over days: how red skin mostly is after a session, with what was told and where today is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

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
STEP = {"wide": 54.0, "narrow": 74.0}
"""How far apart two steps of the scale lie, where their words are not longer than that."""
LAST_DAY, A_WEEK = 8.0, 7.0
FADED = 1.0
DOT = 7.0
SHARES = ("p05", "p25", "p50", "p75", "p95")
# Near which day the outer band, the inner one and the middle are named; the names stand in rows above the plot.
NAMED_NEAR = ((0.5, "p95", "outer"), (1.5, "p75", "inner"), (2.5, "p50", "middle"))


@dataclass(frozen=True, slots=True)
class Row:
    """One day as it is drawn and as the table says it."""

    day: float
    p05: float
    p25: float
    p50: float
    p75: float
    p95: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A check-in at its day and step."""

    x: float
    y: float
    kind: str

    @property
    def box(self) -> Box:
        """Return the room that it takes."""
        return Box(self.x - DOT, self.y - DOT, self.x + DOT, self.y + DOT)


@dataclass(frozen=True, slots=True)
class Names:
    """What is written into the picture, in the reader's language."""

    steps: Sequence[str]
    up: str
    across: str
    outer: str
    inner: str
    middle: str
    own: str
    earlier: str
    today: str
    week: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Redness by day in one size."""

    frame: Frame
    high: float
    plot: Box
    steps: tuple[float, ...]
    days: tuple[Words, ...]
    outer: str
    inner: str
    middle: str
    whiskers: tuple[Line, ...]
    verticals: tuple[Line, ...]
    leaders: tuple[Line, ...]
    dots: tuple[Dot, ...]
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Redness by day: its rows, from which days on it has faded, and a picture for each size."""

    rows: tuple[Row, ...]
    half_from: float | None
    most_from: float | None
    pictures: tuple[Picture, ...]


def redness_chart(curve: Any, **named: Any) -> Chart:
    """Draw a forecast of redness with what is `named` in it: only days that were computed, nothing beyond them."""
    names = Names(**named)
    rows = tuple(_rows(curve.band))
    return Chart(
        rows,
        _faded([(each.day, each.p50) for each in rows]),
        _faded([(each.day, each.p95) for each in rows]),
        tuple(_picture(frame, rows, curve, names) for frame in FRAMES),
    )


def _rows(band: Any) -> Iterator[Row]:
    shares = (getattr(band, share) for share in SHARES)
    for day, *values in zip(band.day, *shares, strict=True):
        if 0.0 <= day <= LAST_DAY:
            yield Row(day, *values)


def _faded(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the first day drawn from which on redness is down to the lowest step above none; None where it is not."""
    if not points or points[-1][1] > FADED:
        return None
    above = [place for place, (_, score) in enumerate(points) if score > FADED]
    return points[above[-1] + 1 if above else 0][0]


def _picture(frame: Frame, rows: Sequence[Row], curve: Any, names: Names) -> Picture:
    step, line = _step(names.steps, frame), frame.line
    title = list(over(names.up, frame))
    # The words of the highest step reach above the plot, and no name may lie on them.
    high_words = wrapped(names.steps[-1], frame.left - GAP, frame.text)
    reach = 0.3 * frame.text + (len(high_words) - 1) * line / 2
    top = round((len(title) + len(NAMED_NEAR)) * line + reach + GAP, 1)
    floor = round(top + (len(names.steps) - 1) * step, 1)
    plot = Box(frame.left, top, frame.ends, floor)
    x, y = Scale(0.0, LAST_DAY, plot.left, plot.right), Scale(0.0, len(names.steps) - 1.0, floor, top)
    leaders, callouts = _callouts(rows, names, frame, x, y, title[-1].y)
    verticals, under = _verticals(curve, names, frame, x, plot)
    dots = tuple(Dot(x.at(min(told.day, LAST_DAY)), y.at(told.redness), _kind(told)) for told in curve.told)
    taken = [*_boxes(leaders), *_boxes(verticals), *(dot.box for dot in dots)]
    steps = [word for value, says in enumerate(names.steps) for word in beside(says, frame, y.at(value))]
    below = floor + (2.1 + rows_used(under)) * line
    across = Words(plot.right, round(below, 1), names.across, "end", "axis")
    return Picture(
        frame=frame,
        high=round(below + 0.5 * line, 1),
        plot=plot,
        steps=tuple(y.at(value) for value in range(len(names.steps))),
        days=tuple(_days(x, floor + line)),
        outer=_ribbon(rows, "p05", "p95", x, y),
        inner=_ribbon(rows, "p25", "p75", x, y),
        middle=_line(rows, "p50", x, y),
        whiskers=tuple(_whiskers(rows, x, y)),
        verticals=verticals,
        leaders=leaders,
        dots=dots,
        words=(*title, across, *steps, *callouts, *under, *_told_names(dots, names, frame, plot, taken)),
    )


def _step(steps: Sequence[str], frame: Frame) -> float:
    lines = max(len(wrapped(says, frame.left - GAP, frame.text)) for says in steps)
    return max(STEP[frame.size], lines * frame.line + GAP)


def _days(x: Scale, y: float) -> Iterator[Words]:
    for day in range(int(LAST_DAY) + 1):
        yield Words(x.at(day), round(y, 1), str(day), "middle")


def _kind(told: Any) -> str:
    return "own" if told.of_this else "earlier"


def _callouts(
    rows: Sequence[Row], names: Names, frame: Frame, x: Scale, y: Scale, under: float
) -> tuple[tuple[Line, ...], list[Words]]:
    """Return names above the plot with lines down to what they name.

    The further right, the lower: so no line crosses a name.
    """
    lines, words = [], []
    for row, (place, share, kind) in enumerate(_named(rows)):
        at, stands = x.at(place.day), round(under + (1 + row) * frame.line, 1)
        lines.append(Line(at, round(stands - 0.3 * frame.text, 1), at, y.at(getattr(place, share)), kind))
        words.append(_beside_its_line(at, stands, getattr(names, kind), kind, frame))
    return tuple(lines), words


def _beside_its_line(at: float, y: float, says: str, kind: str, frame: Frame) -> Words:
    right = Words(round(at + GAP, 1), y, says, kind=kind)
    return right if right.box(frame).right <= frame.wide else Words(round(at - GAP, 1), y, says, "end", kind)


def _named(rows: Sequence[Row]) -> Iterator[tuple[Row, str, str]]:
    """Yield at which day each band is named: near the wanted day, and each later than the one before."""
    left = list(rows)
    for wanted, share, kind in NAMED_NEAR:
        if not left:
            return
        found = min(left, key=lambda each: abs(each.day - wanted))
        yield found, share, kind
        # Leaders that lie too near to one another read as one.
        left = [each for each in left if each.day >= found.day + 0.5]


def _verticals(
    curve: Any, names: Names, frame: Frame, x: Scale, plot: Box
) -> tuple[tuple[Line, ...], list[Words]]:
    marked = [(A_WEEK, names.week, "week")]
    if curve.today is not None and 0.0 <= curve.today <= LAST_DAY:
        marked.append((curve.today, names.today, "today"))
    lines = tuple(Line(x.at(day), plot.top, x.at(day), plot.bottom, kind) for day, _, kind in marked)
    named = [(x.at(day), says) for day, says, _ in marked]
    return lines, in_rows(named, frame, plot.bottom + 2 * frame.line)


def _told_names(
    dots: Sequence[Dot], names: Names, frame: Frame, plot: Box, taken: Sequence[Box]
) -> Iterator[Words]:
    """Yield the name of each kind of check-in, beside its latest dot that has room for it."""
    boxes = list(taken)
    for kind in ("own", "earlier"):
        own = sorted((dot for dot in dots if dot.kind == kind), key=lambda dot: -dot.x)
        around = (each for dot in own for each in _around(dot, getattr(names, kind), frame))
        if found := free(around, frame, plot, boxes):
            boxes.append(found.box(frame))
            yield found


def _around(dot: Dot, says: str, frame: Frame) -> Iterator[Words]:
    aside, up = DOT + GAP, DOT + GAP
    middle = round(dot.y + 0.3 * frame.text, 1)
    for high in (-up, 0.0, up + 0.6 * frame.text):
        yield Words(round(dot.x + aside, 1), round(middle + high, 1), says, kind=dot.kind)
        yield Words(round(dot.x - aside, 1), round(middle + high, 1), says, "end", dot.kind)
    yield Words(dot.x, round(dot.y - up, 1), says, "middle", dot.kind)
    yield Words(dot.x, round(dot.y + up + 0.8 * frame.text, 1), says, "middle", dot.kind)


def _boxes(lines: Iterable[Line]) -> Iterator[Box]:
    for each in lines:
        yield Box(each.x1 - 1, min(each.y1, each.y2), each.x1 + 1, max(each.y1, each.y2))


def _whiskers(rows: Sequence[Row], x: Scale, y: Scale) -> Iterator[Line]:
    """Yield the bands of a single day: a ribbon of one point has no breadth."""
    if len(rows) == 1:
        (row,) = rows
        yield Line(x.at(row.day), y.at(row.p05), x.at(row.day), y.at(row.p95), "outer")
        yield Line(x.at(row.day), y.at(row.p25), x.at(row.day), y.at(row.p75), "inner")


def _line(rows: Iterable[Row], share: str, x: Scale, y: Scale) -> str:
    return " ".join(f"{x.at(each.day)},{y.at(getattr(each, share))}" for each in rows)


def _ribbon(rows: Sequence[Row], low: str, high: str, x: Scale, y: Scale) -> str:
    return " ".join(filter(None, (_line(rows, high, x, y), _line(reversed(rows), low, x, y))))
