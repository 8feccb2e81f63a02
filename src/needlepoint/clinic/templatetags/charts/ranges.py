"""A forest of ranges: what was measured in each row, between which bounds, and how small a change none could tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.templatetags.charts.plot import (
    GAP,
    Box,
    Frame,
    Line,
    Scale,
    Words,
    in_rows,
    over,
    rows_used,
    width,
)

# On a phone words and number of a row stand above its range, so that the range has the whole breadth.
FRAMES = (
    Frame(wide=640, left=156, right=196, text=14, line=18, size="wide"),
    Frame(wide=320, left=8, right=8, text=15, line=18, size="narrow"),
)
ROW = 30.0
HALF_MARK = 6.0
NICE = (1.0, 2.0, 4.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is drawn and as the table says it: a value with its bounds; below `unseen` nothing could be told."""

    says: str
    value: float
    low: float
    high: float
    unseen: float
    number: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """The middle of a range, and how high the block of what could not be told is beside it."""

    x: float
    y: float
    kind: str
    unseen: Box


@dataclass(frozen=True, slots=True)
class Picture:
    """Ranges in one size."""

    frame: Frame
    high: float
    plot: Box
    ticks: tuple[float, ...]
    zero: float
    ranges: tuple[Line, ...]
    marks: tuple[Mark, ...]
    words: tuple[Words, ...]


def forest(rows: Sequence[Row], title: str, across: str, nothing: str) -> tuple[Picture, ...]:
    """Draw ranges around nothing, in both sizes; `nothing` names the line of no change."""
    return tuple(_picture(frame, rows, title, across, nothing) for frame in FRAMES)


def reach(rows: Sequence[Row]) -> float:
    """Return how far the axis goes to each side."""
    return _round([end for each in rows for end in (each.low, each.high, each.value, each.unseen)])


def around(values: Sequence[float], nothing: str) -> list[tuple[float, str]]:
    """Return steps on both sides of nothing that hold all values, each with its words."""
    end = _round(values)
    ticks = (-end, -end / 2, 0.0, end / 2, end)
    return [(tick, _signed(tick) if tick else f"0, {nothing}") for tick in ticks]


def _round(values: Sequence[float]) -> float:
    """Return the least round number that is as large as the largest of some values, whatever their sign."""
    most = max(map(abs, values), default=0.0)
    if most == 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next((power * nice for nice in NICE if power * nice >= most), 10.0 * power)


def _picture(frame: Frame, rows: Sequence[Row], title: str, across: str, nothing: str) -> Picture:
    end = reach(rows)
    x = Scale(-end, end, frame.left + GAP, frame.ends - GAP)
    head = list(over(title, frame))
    named = in_rows([(x.at(0.0), nothing)], frame, head[-1].y + frame.line)
    top = round(named[-1].y + GAP, 1)
    ys, words, floor = _rows(rows, frame, top)
    plot = Box(frame.left, top, frame.ends, floor)
    ticks = (-end, -end / 2, 0.0, end / 2, end)
    below = in_rows([(x.at(tick), _signed(tick)) for tick in ticks], frame, floor + frame.line)
    foot = round(floor + (1.1 + rows_used(below)) * frame.line, 1)
    return Picture(
        frame=frame,
        high=round(foot + 0.5 * frame.line, 1),
        plot=plot,
        ticks=tuple(x.at(tick) for tick in ticks),
        zero=x.at(0.0),
        ranges=tuple(_range(row, x, y) for row, y in zip(rows, ys, strict=True)),
        marks=tuple(_mark(row, x, y) for row, y in zip(rows, ys, strict=True)),
        words=(*head, *named, *words, *below, Words(frame.ends, foot, across, "end", "axis")),
    )


def _kind(row: Row) -> str:
    return "stands" if row.stands else "unsure"


def _range(row: Row, x: Scale, y: float) -> Line:
    return Line(x.at(row.low), y, x.at(row.high), y, _kind(row))


def _mark(row: Row, x: Scale, y: float) -> Mark:
    block = Box(x.at(-row.unseen), y - HALF_MARK, x.at(row.unseen), y + HALF_MARK)
    return Mark(x.at(row.value), y, _kind(row), block)


def _rows(rows: Sequence[Row], frame: Frame, top: float) -> tuple[list[float], list[Words], float]:
    """Return the height of each range, the words of all rows, and where the last row ends."""
    ys: list[float] = []
    words: list[Words] = []
    at = top
    for row in rows:
        y, written, at = (_beside if frame.size == "wide" else _above)(row, frame, at)
        ys.append(y)
        words += written
    return ys, words, round(at, 1)


def _beside(row: Row, frame: Frame, top: float) -> tuple[float, list[Words], float]:
    y = round(top + ROW / 2, 1)
    stands = round(y + 0.35 * frame.text, 1)
    written = [
        Words(frame.left - GAP, stands, row.says, "end", _kind(row)),
        Words(frame.wide, stands, row.number, "end", _kind(row)),
    ]
    return y, written, top + ROW


def _above(row: Row, frame: Frame, top: float) -> tuple[float, list[Words], float]:
    first = round(top + frame.line, 1)
    fits = width(row.says, frame.text) + GAP + width(row.number, frame.text) <= frame.wide
    second = first if fits else round(first + frame.line, 1)
    written = [
        Words(0.0, first, row.says, kind=_kind(row)),
        Words(frame.wide, second, row.number, "end", _kind(row)),
    ]
    y = round(second + HALF_MARK + GAP, 1)
    return y, written, y + HALF_MARK + GAP


def _signed(value: float) -> str:
    return "0" if value == 0 else f"{value:+.3g}".replace("-", "−")


# ----------------------------------------------------------------------------------------- changes between photos


@dataclass(frozen=True, slots=True)
class Forest:
    """One measure in every zone in which it could be measured, and in which of them it rose or fell beyond doubt."""

    rows: tuple[Row, ...]
    more: tuple[str, ...]
    less: tuple[str, ...]
    pictures: tuple[Picture, ...]


def change_forest(lines: Sequence[Any]) -> Forest:
    """Draw what changed of one measure between two photos, zone by zone."""
    rows = tuple(_rows_of(lines))
    measure = lines[0].measure if lines else ""
    return Forest(
        rows,
        tuple(row.says for row in rows if row.stands and row.value > 0),
        tuple(row.says for row in rows if row.stands and row.value < 0),
        forest(
            rows,
            _("%(measure)s: change since the first photo") % {"measure": in_words(measure)},
            _("less ← change → more"),
            _("no change"),
        ),
    )


def _rows_of(lines: Sequence[Any]) -> Iterator[Row]:
    for line in lines:
        if line.size is not None:
            size, number = line.size, f"{line.change} ({line.interval})"
            yield Row(line.zone, size.change, size.low, size.high, size.unseen, number, line.stands)
