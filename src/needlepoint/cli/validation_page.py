"""The page that holds the model against published figures: `python -m needlepoint.cli.validation_page FILE`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from needlepoint.healing.validation import Check

HEAD = """# The healing model against published figures

Written by `make docs`; changes belong into the data or the code, not here.

Every figure we know, with what a thousand virtual patients show: the median, and in brackets where nine in ten of them
lie. A figure marked *calibrate* was used for fitting, so a hit there proves nothing. A figure *held out* was not: the
code that fits cannot read it, and a test says so. Misses are shown. The bands are ours, except where a target names its
own.

No outcome study states how many channels a square centimetre it made, so every absolute collagen number rests on an
assumed density; and three instruments disagree about the same skin: about +53 percent (histology), +102 (ultrasound),
+17 (OCT). The model and its doubts: [the healing model](../explanation/healing.md).
"""

WORTH = """## What a hit is worth

- **data**: a figure that somebody measured and we did not put there.
- **sign**: the direction of a figure, or a band so wide that hardly any model could miss it.
- **words**: words of documents that we put into figures ourselves.
- **by construction**: the model was made, or the band was drawn, so that it comes there.
"""
WIDTHS = """## How wide the bands are

A band that says nine in ten should hold about nine in ten. Each line takes a study's people as normal, with their
published mean and SD, and counts how many of them lie where nine in ten of ours do: fewer than 80 percent is too
narrow, more than 98 too wide. Where nothing was published on how people differ, our bands are a prior, and nothing
here says that they are right: that holds for redness, for downtime and for every collagen figure.
"""
WIDTH_COLUMNS = (
    "| figure | study | people, mean ± SD | nine in ten of ours | covered | worth | verdict |\n"
    "|---|---|---|---|---|---|---|\n"
)
COLUMNS = (
    "| target | figure | study | published | band | model | worth | verdict |\n"
    "|---|---|---|---|---|---|---|---|\n"
)
TITLES = {"held out": "## Held out", "calibrate": "## Calibrated"}


@cache
def page() -> str:
    """Return the page as Markdown."""
    from needlepoint.evidence.healing import packaged_healing
    from needlepoint.evidence.loader import packaged
    from needlepoint.healing.validation import checks

    every = checks(packaged_healing(), packaged())
    widths = [check for check in every if check.figure.people_sd is not None]
    centres = [check for check in every if check.figure.people_sd is None]
    parts = [HEAD, _score(centres), WORTH, _worth(centres), _coverage(widths)]
    for role, title in TITLES.items():
        rows = [check for check in centres if check.role == role]
        parts.append(f"{title}\n\n{COLUMNS}" + "".join(map(_row, rows)))
    parts.append(f"{WIDTHS}\n{WIDTH_COLUMNS}" + "".join(map(_width, widths)))
    parts.append("## Why\n\n" + "".join(_note(check) for check in every if check.figure.note))
    return "\n".join(parts)


def _score(every: Sequence[Check]) -> str:
    lines = []
    for role in TITLES:
        held = [check.verdict for check in every if check.role == role]
        counted = [f"{held.count(v)} {v}" for v in ("hit", "miss", "not modelled") if held.count(v)]
        lines.append(f"{role}: {', '.join(counted)}.")
    return " ".join(line.capitalize() for line in lines) + "\n"


def _worth(every: Sequence[Check]) -> str:
    """Return how many hits are worth what, in a line for each half."""
    lines = []
    for role in TITLES:
        hits = [check.figure.worth for check in every if check.role == role and check.verdict == "hit"]
        counted = ", ".join(f"{hits.count(worth)} {_spaced(worth)}" for worth in dict.fromkeys(sorted(hits)))
        lines.append(
            f"{role.capitalize()}: **{hits.count('data')} of {len(hits)} hits are data** ({counted})."
        )
    return "\n".join(lines) + "\n"


def _coverage(widths: Sequence[Check]) -> str:
    """Return in a line how many widths could be held against people, and how that went."""
    held = [check for check in widths if check.verdict != "not modelled"]
    data = [check for check in held if check.figure.worth == "data"]
    hits = sum(check.verdict == "hit" for check in data)
    return (
        f"Widths of bands: {len(held)} could be held against people, {len(widths) - len(held)} not. Of the "
        f"{len(data)} that are data, {hits} cover what nine in ten should.\n"
    )


def _width(check: Check) -> str:
    figure = check.figure
    ours = "" if check.low is None or check.high is None else f"{check.low:.3g} to {check.high:.3g}"
    covered = "" if check.median is None else f"{check.median:.0f} %"
    verdict = f"**{check.verdict}**" if check.verdict == "miss" else check.verdict
    return (
        f"| {figure.id} | {', '.join(figure.sources)} | {figure.published} | {ours} | {covered} "
        f"| {_spaced(figure.worth)} | {verdict} |\n"
    )


def _spaced(worth: str) -> str:
    return worth.replace("_", " ")


def _row(check: Check) -> str:
    figure = check.figure
    verdict = f"**{check.verdict}**" if check.verdict == "miss" else check.verdict
    band = "" if check.median is None else f"{figure.low:.3g} to {figure.high:.3g} {figure.unit}"
    return (
        f"| {figure.target} | {figure.id} | {', '.join(figure.sources)} | {figure.published} "
        f"| {band} | {_model(check)} | {_spaced(figure.worth)} | {verdict} |\n"
    )


def _model(check: Check) -> str:
    # Three digits: what another machine's mathematics library changes lies far behind them.
    if check.median is None:
        return ""
    if check.low is None or check.high is None:
        return f"{check.median:.3g}"
    return f"{check.median:.3g} ({check.low:.3g} to {check.high:.3g})"


def _note(check: Check) -> str:
    return f"- `{check.figure.id}`: {check.figure.note}\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
