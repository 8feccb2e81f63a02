"""What the needles did, zone by zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from needlepoint.cli.views.terminal import dim, grid, indented
from needlepoint.cli.words import listed, number

if TYPE_CHECKING:
    from needlepoint.dose.session import ZoneDose

LAYERS = ("stratum_corneum", "epidermis", "papillary_dermis", "reticular_dermis")
COLUMNS = (
    "No.",
    "Zone",
    "Channels\nper cm²",
    "Depth\nreached",
    "Stratum\ncorneum",
    "Epi-\ndermis",
    "Papil-\nlary",
    "Reti-\ncular",
    "Hit\ntwice",
)

WORDS = ("No.", "Zone")


def doses(zone_doses: Sequence[ZoneDose]) -> Iterator[RenderableType]:
    """Yield the doses as a table, with what had to be assumed."""
    if not zone_doses:
        yield Text("No pass is recorded, so there is no dose.")
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for title in COLUMNS:
        table.add_column(title, justify="left" if title in WORDS else "right", no_wrap=title != "Zone")
    for row, zones in _rows(zone_doses).items():
        table.add_row(row[0], listed(zones), *row[1:])
    yield indented(table)
    yield indented(
        dim(
            "Percentages: the share of each layer's volume that needles passed through; computed, not measured."
        )
    )
    yield from _footing(zone_doses)


def _rows(zone_doses: Sequence[ZoneDose]) -> dict[tuple[str, ...], list[str]]:
    """Return the rows of the table, each with all zones that share it."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for dose in zone_doses:
        shares = (*(getattr(dose.injured_fraction, layer) for layer in LAYERS), dose.hit_twice_fraction)
        reached = f"{number(dose.depth_reached_mm)} mm"
        row = (f"{dose.session}", number(dose.channels_per_cm2), reached, *map(_percent, shares))
        rows.setdefault(row, []).append(dose.zone)
    return rows


def _percent(share: float) -> str:
    return f"{number(share * 100, 2)} %"


def _footing(zone_doses: Sequence[ZoneDose]) -> Iterator[RenderableType]:
    assumed = dict.fromkeys(words for dose in zone_doses for words in dose.assumed)
    yield indented(grid(*((Text("assumed"), Text(words)) for words in assumed)))
    sources = dict.fromkeys(source for dose in zone_doses for source in dose.sources)
    yield indented(dim(", ".join(sources)))
