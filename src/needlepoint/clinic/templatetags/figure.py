"""The figure: the zones of the face and the body, in the view of somebody who faces the patient."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop
from markupsafe import Markup

DRAWINGS = Path(__file__).resolve().parents[1] / "static" / "clinic" / "figures"
FACE = ("face-right", "face-front", "face-left")
BODY = ("body-front", "body-back")
SAYS = {
    "face-right": gettext_noop("Right"),
    "face-front": gettext_noop("Front"),
    "face-left": gettext_noop("Left"),
    "body-front": gettext_noop("Body"),
    "body-back": gettext_noop("Back"),
}
_HEAD = re.compile(r'viewBox="([^"]*)"[^>]*aria-label="([^"]*)"')
_ZONE = re.compile(r'<path id="(\w+)" data-zone="\w+" class="(zone[ a-z]*)"[^>]*? d="([^"]*)">')
_UNDER = re.compile(r'(<g class="fig-skin".*?)<g class="fig-zones">', re.DOTALL)
_OVER = re.compile(r'(<g class="fig-lines".*?)<path class="fig-over"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shape:
    """A zone as a path; some are never needled."""

    zone: str
    path: str
    never: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One view: what is drawn below the zones, the zones, and the lines above them."""

    name: str
    says: str
    title: str
    box: str
    under: Markup
    over: Markup
    shapes: tuple[Shape, ...]


@cache
def drawn(name: str) -> Figure:
    """Return a view as it is drawn in its file."""
    text = (DRAWINGS / f"{name}.svg").read_text(encoding="utf-8")
    box, title = _HEAD.search(text).groups()  # type: ignore[union-attr]
    shapes = tuple(Shape(zone, path, "never" in kind) for zone, kind, path in _ZONE.findall(text))
    # The files are our own, and nothing that anybody typed is in them.
    under, over = (Markup(each.search(text)[1]) for each in (_UNDER, _OVER))  # type: ignore[index] # noqa: S704
    return Figure(name, SAYS[name], title, box, under, over, shapes)


def views(rows: Iterable[Any]) -> list[Figure]:
    """Return the views that these zones can be seen in, the one that shows most of them first."""
    zones = {str(row.zone) for row in rows}
    seen = {name: len(zones & {shape.zone for shape in drawn(name).shapes}) for name in (*FACE, *BODY)}
    best = max(seen, key=lambda name: (seen[name], name == "face-front"))
    wanted = [name for name in (*FACE, *BODY) if seen[name] and (name in BODY) == (best in BODY)]
    missed = zones - {shape.zone for name in wanted for shape in drawn(name).shapes}
    wanted += [
        name
        for name in (*FACE, *BODY)
        if name not in wanted and missed & {shape.zone for shape in drawn(name).shapes}
    ]
    return [drawn(best), *(drawn(name) for name in wanted if name != best)]


def all_views() -> list[Figure]:
    """Return every view, the face from the front first."""
    return [drawn(name) for name in ("face-front", "face-right", "face-left", *BODY)]


def level(row: Any) -> int:
    """Return how dark a zone is: 0 where it is not needled, 5 where it is needled deepest."""
    return min(5, int(getattr(row, "shade", 0)))


def passes(row: Any) -> int:
    """Return by what hatch the passes are shown; one pass has none."""
    if not level(row):
        return 0
    try:
        return min(4, int(row.passes or 0))
    except (TypeError, ValueError):
        return 0
