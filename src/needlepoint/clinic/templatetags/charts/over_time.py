"""Measures of a zone from photo to photo, each against the first one: dots with whiskers over days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from needlepoint.clinic.templatetags.charts.dots import Axes, Picture, Spot, dots_chart
from needlepoint.clinic.templatetags.charts.ranges import around

# More zones than these nobody compares at a glance; every zone stands in the forest of the newest photo.
MOST_ZONES = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A photo as it is drawn and as the table says it."""

    day: int
    change: float
    low: float
    high: float
    number: str
    stands: bool


@dataclass(frozen=True, slots=True)
class OverTime:
    """One zone from photo to photo."""

    zone: str
    rows: tuple[Row, ...]
    pictures: tuple[Picture, ...]

    @property
    def last(self) -> Row:
        """Return the newest photo."""
        return self.rows[-1]


def changes_over_time(changes: Sequence[Any]) -> list[OverTime]:
    """Draw the zones whose redness changed in the newest comparison, where two or more photos tell of them."""
    if not changes:
        return []
    newest = changes[0]
    zones = [line.zone for line in newest.redness if line.stands and line.size is not None]
    found = [(zone, tuple(_rows(changes, newest, zone))) for zone in zones[:MOST_ZONES]]
    return [OverTime(zone, rows, _drawn(rows)) for zone, rows in found if len(rows) > 1]


def _rows(changes: Sequence[Any], newest: Any, zone: str) -> Iterator[Row]:
    for change in reversed(changes):
        # Only what was measured against the same photo can stand on one line.
        if change.row.before_id != newest.row.before_id:
            continue
        before, after = change.taken
        for line in change.redness:
            if line.zone == zone and line.size is not None:
                size, number = line.size, f"{line.change} ({line.interval})"
                yield Row((after - before).days, size.change, size.low, size.high, number, line.stands)


def _drawn(rows: Sequence[Row]) -> tuple[Picture, ...]:
    spots = [
        Spot(each.day, each.change, "stands" if each.stands else "unsure", each.low, each.high)
        for each in rows
    ]
    steps = around([end for each in rows for end in (each.low, each.high)], _("as on the first photo"))
    axes = Axes(steps, _days(rows), _("Change of haemoglobin (redness)"), _("days since the first photo"))
    return dots_chart(spots, axes)


def _days(rows: Sequence[Row]) -> list[tuple[float, str]]:
    """Return the days of the first photo and of all others, each once."""
    return [(float(day), str(day)) for day in sorted({0, *(each.day for each in rows)})]
