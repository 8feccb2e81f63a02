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

COLUMNS = "| target | figure | study | published | band | model | verdict |\n|---|---|---|---|---|---|---|\n"
TITLES = {"held out": "## Held out", "calibrate": "## Calibrated"}


@cache
def page() -> str:
    """Return the page as Markdown."""
    from needlepoint.evidence.healing import packaged_healing
    from needlepoint.evidence.loader import packaged
    from needlepoint.healing.validation import checks

    every = checks(packaged_healing(), packaged())
    parts = [HEAD, _score(every)]
    for role, title in TITLES.items():
        rows = [check for check in every if check.role == role]
        parts.append(f"{title}\n\n{COLUMNS}" + "".join(map(_row, rows)))
    parts.append("## Why\n\n" + "".join(_note(check) for check in every if check.figure.note))
    return "\n".join(parts)


def _score(every: Sequence[Check]) -> str:
    lines = []
    for role in TITLES:
        held = [check.verdict for check in every if check.role == role]
        counted = [f"{held.count(v)} {v}" for v in ("hit", "miss", "not modelled") if held.count(v)]
        lines.append(f"{role}: {', '.join(counted)}.")
    return " ".join(line.capitalize() for line in lines) + "\n"


def _row(check: Check) -> str:
    figure = check.figure
    verdict = f"**{check.verdict}**" if check.verdict == "miss" else check.verdict
    band = "" if check.median is None else f"{figure.low:.3g} to {figure.high:.3g} {figure.unit}"
    return (
        f"| {figure.target} | {figure.id} | {', '.join(figure.sources)} | {figure.published} "
        f"| {band} | {_model(check)} | {verdict} |\n"
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
