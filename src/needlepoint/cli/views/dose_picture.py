"""The doses as a picture: what share of each layer the needles passed through."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from needlepoint.cli.views.terminal import save
from needlepoint.cli.words import number, spoken
from needlepoint.course.errors import InputError

if TYPE_CHECKING:
    from needlepoint.dose.session import ZoneDose

LAYERS = {
    "stratum_corneum": "Stratum corneum",
    "epidermis": "Epidermis",
    "papillary_dermis": "Papillary dermis",
    "reticular_dermis": "Reticular dermis",
}
# Okabe and Ito's palette, which most colour-blind readers can tell apart.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
FORMATS = (".svg", ".png")


def draw(zone_doses: Sequence[ZoneDose], picture: Path) -> None:
    """Write the picture; the name's ending says in which format."""
    suffix = picture.suffix.lower()
    if suffix not in FORMATS:
        raise InputError("--picture", f"{picture.name!r} is no .svg or .png file", "a name such as dose.svg")
    if not zone_doses:
        raise InputError("--picture", "there is no dose to draw", "a case with at least one pass")
    save(picture, _drawn(zone_doses, suffix.removeprefix(".")))


def _drawn(zone_doses: Sequence[ZoneDose], form: str) -> bytes:
    import matplotlib as mpl

    # A figure of its own, without pyplot: nothing is kept between calls, and no display is asked for.
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "needlepoint", "font.size": 9, "svg.fonttype": "none"}):
        figure = Figure(figsize=(10, 1.6 + 0.32 * len(zone_doses)), layout="constrained")
        panels = figure.subplots(1, len(LAYERS), sharey=True)
        for panel, (layer, title) in zip(panels, LAYERS.items(), strict=True):
            _layer(panel, zone_doses, layer, title)
        panels[0].set_yticks(range(len(zone_doses)), [_name(dose) for dose in zone_doses])
        panels[0].invert_yaxis()
        figure.suptitle(
            "Share of each layer that needles passed through (computed, not measured)", fontsize=10
        )
        content = io.BytesIO()
        figure.savefig(content, format=form, dpi=150, metadata={"Date": None} if form == "svg" else None)
    return content.getvalue()


def _layer(panel: Any, zone_doses: Sequence[ZoneDose], layer: str, title: str) -> None:
    shares = [getattr(dose.injured_fraction, layer) * 100 for dose in zone_doses]
    colours = [COLOURS[(dose.session - 1) % len(COLOURS)] for dose in zone_doses]
    bars = panel.barh(range(len(shares)), shares, color=colours)
    panel.bar_label(bars, [f"{number(share, 2)} %" for share in shares], padding=3, fontsize=8)
    panel.set_title(title, fontsize=9)
    panel.set_xlabel("% of the layer")
    panel.set_xlim(0, max(*shares, 1e-3) * 1.35)
    panel.spines[["top", "right"]].set_visible(False)


def _name(dose: ZoneDose) -> str:
    return f"session {dose.session}, {spoken(dose.zone)}: {number(dose.depth_reached_mm)} mm"
