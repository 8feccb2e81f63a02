"""The page docs/reference/photo-accuracy.md, written from the figures of the last whole run.

`python -m tests.phantom.accuracy` measures them; `python -m needlepoint.cli.accuracy_page FILE` writes the page.
"""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path
from typing import Any

HEAD = """# How accurate the photo measurements are

Written by `make docs` from the figures of a run on {machine}. What missed its band says so.
Nothing here was measured on patients: the truth comes from a phantom face whose skin is known to the last pixel
(`tests/phantom`), photographed as by a careful person with a phone, and measured from the bytes of a JPEG to the
verdict. `make truth` repeats it.

| | figure | measured | has to be | kept | trials |
|---|---|---|---|---|---|
"""
TAIL = """
Where a line says so, changes were judged by the scatter of the phantom's own photos, as a practice that has measured
its camera judges its own. The limits that are shipped are wider, for cameras that nobody has measured, and see less.
All this shows that the arithmetic is sound, and nothing of how little a clinic's photos scatter. A clinic measures its
own: see [measure photos](../how-to/measure-photos.md).

## What is not known

"""


def page() -> str:
    """Return the page as Markdown."""
    told: dict[str, Any] = json.loads(
        resources.files("needlepoint.photo").joinpath("data/accuracy.json").read_text()
    )
    rows = "".join(_row(figure) for figure in told["figures"])
    return (
        HEAD.format(machine=told["machine"])
        + rows
        + TAIL
        + "".join(f"- {line}\n" for line in told["unknown"])
    )


def _row(figure: dict[str, Any]) -> str:
    kept = {True: "yes", False: "**no**", None: ""}[figure["met"]]
    cells = (figure["id"], figure["says"], figure["measured"], figure["band"], kept, figure["trials"] or "")
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
