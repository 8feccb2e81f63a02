"""What every chart stands on: its frame, its scales, and words that keep out of one another's way.

Each chart is drawn twice, wide and narrow, because words in a picture that is made smaller shrink with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# How wide a letter of Inter is at most, in parts of its size; measured in Chromium, and a test measures it again.
NARROW_LETTERS, BROAD_LETTERS = frozenset("iljftrI.,:;'|!()[] ·-"), frozenset("mwMW@%…—→")
NARROW_EM, EM, BROAD_EM = 0.43, 0.68, 1.02
GAP = 6.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's size, the room beside the plot, and the size of its words with the height of a line of them."""

    wide: float
    left: float
    right: float
    text: float
    line: float
    size: str

    @property
    def ends(self) -> float:
        """Return where the plot ends on the right."""
        return self.wide - self.right

    @property
    def across(self) -> float:
        """Return how wide the plot is."""
        return self.ends - self.left


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high` as places from `start` to `end`; a value outside has no place."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        if not self.low <= value <= self.high:
            raise ValueError(f"{value} lies outside {self.low} to {self.high}")
        if self.low == self.high:
            return round((self.start + self.end) / 2, 1)
        return round(self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low), 1)


@dataclass(frozen=True, slots=True)
class Box:
    """The room that words or a mark take."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Say whether two boxes share any room."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)

    def within(self, other: Box) -> bool:
        """Say whether this box lies wholly in another."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom


@dataclass(frozen=True, slots=True)
class Words:
    """Words at a place: `x` is where they begin, end or have their middle, `y` the line on which they stand."""

    x: float
    y: float
    says: str
    anchor: str = "start"
    kind: str = ""

    def box(self, frame: Frame) -> Box:
        """Return the room that they take."""
        wide = width(self.says, frame.text)
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        return Box(left, self.y - 0.8 * frame.text, left + wide, self.y + 0.25 * frame.text)


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line from one place to another."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str = ""


def width(says: str, size: float) -> float:
    """Return how wide words are at most."""
    return size * sum(
        NARROW_EM if each in NARROW_LETTERS else BROAD_EM if each in BROAD_LETTERS else EM for each in says
    )


def wrapped(says: str, room: float, size: float) -> list[str]:
    """Return words in lines that fit into a width; a word that is wider by itself has a line of its own."""
    lines: list[str] = []
    for word in says.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def over(says: str, frame: Frame) -> Iterator[Words]:
    """Yield the title of the upright axis, above everything else."""
    for place, line in enumerate(wrapped(says, frame.wide, frame.text)):
        yield Words(0.0, round(frame.text + place * frame.line, 1), line, kind="axis")


def beside(says: str, frame: Frame, y: float) -> Iterator[Words]:
    """Yield the words of a step of the scale, left of the plot and in as many lines as they take."""
    lines = wrapped(says, frame.left - GAP, frame.text)
    first = y + 0.35 * frame.text - (len(lines) - 1) * frame.line / 2
    for place, line in enumerate(lines):
        yield Words(frame.left - GAP, round(first + place * frame.line, 1), line, "end")


def kept_inside(x: float, says: str, frame: Frame) -> float:
    """Return the middle of words that stay in the picture, as near to `x` as they can."""
    half = width(says, frame.text) / 2
    return round(max(half, min(x, frame.wide - half)), 1)


def in_rows(named: Iterable[tuple[float, str]], frame: Frame, y: float) -> list[Words]:
    """Return names under their places, each in the first row in which it touches no other."""
    ends: list[float] = []
    found = []
    for at, says in sorted(named):
        x, half = kept_inside(at, says, frame), width(says, frame.text) / 2
        row = next((row for row, end in enumerate(ends) if end + GAP <= x - half), len(ends))
        ends[row:] = [x + half, *ends[row + 1 :]]
        found.append(Words(x, round(y + row * frame.line, 1), says, "middle"))
    return found


def rows_used(words: Sequence[Words]) -> int:
    """Return how many rows some words stand in."""
    return len({each.y for each in words})


def free(candidates: Iterable[Words], frame: Frame, plot: Box, taken: Sequence[Box]) -> Words | None:
    """Return the first of some words that lies in the plot and touches nothing; None where every place is taken."""
    for each in candidates:
        box = each.box(frame)
        if box.within(plot) and not any(box.meets(other) for other in taken):
            return each
    return None
