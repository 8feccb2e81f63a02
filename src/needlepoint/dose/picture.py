"""Two pictures: how deep a session went through each layer, and how evenly a pen and a roller spread their channels.

The figures belong to no window; `figure.savefig(...)` writes them. They read in grey and with any colour vision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from needlepoint.course.goals import Sex
from needlepoint.course.session import Session
from needlepoint.dose.coverage import Passes, fraction_by_depth
from needlepoint.dose.evenness import Evenness
from needlepoint.dose.session import ZonePasses, zone_passes
from needlepoint.dose.shape import Shape
from needlepoint.evidence.knowledge import Knowledge

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Name and grey of each layer from the surface down; the horny layer is too thin for its name and stands in the legend.
LAYERS = (
    ("", "0.45"),
    ("epidermis", "0.84"),
    ("papillary dermis", "0.91"),
    ("reticular dermis", "0.96"),
    ("below the dermis", "1.0"),
)
LINE, MARK = "#0b4f8a", "#b35806"
COLUMNS = 3


def dose_by_depth(session: Session, patient_sex: Sex, knowledge: Knowledge) -> Figure:
    """Return the injured share of the skin at each depth, one panel for each zone of a session.

    A session without a pass has no dose to draw: ValueError.
    """
    from matplotlib.figure import Figure

    groups = zone_passes(1, session, patient_sex, knowledge)
    if not groups:
        raise ValueError("the session has no pass on record, so there is no dose to draw")
    made = [Passes.of(group.channels, Shape.of(knowledge)) for group in groups]
    rows, columns = -(-len(groups) // COLUMNS), min(len(groups), COLUMNS)
    figure = Figure(figsize=(max(3.5 * columns, 4.4) + 0.6, 3.7 * rows + 1.0), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    bottom = 1.1 * max(max(g.skin.ends_mm[-1], p.reached.max()) for g, p in zip(groups, made, strict=True))
    depths = np.linspace(0.0, bottom, 400)
    shares = [100 * fraction_by_depth(passes, depths) for passes in made]
    for panel, group, passes, share in zip(panels, groups, made, shares, strict=False):
        _layers(panel, group, bottom)
        _curve(panel, group, passes, (depths, share))
    # The right third stays free for the names of the layers.
    panels[0].set(ylim=(bottom, 0.0), xlim=(0.0, 1.5 * max(1e-3, *(share.max() for share in shares))))
    _tidy(figure, list(panels), len(groups), columns)
    return figure


def _layers(panel: Any, group: ZonePasses, bottom: float) -> None:
    """Shade the layers and name those that are thick enough to hold their name."""
    edges = (*group.skin.edges_mm, bottom)
    for (name, grey), top, end in zip(LAYERS, edges[:-1], edges[1:], strict=True):
        panel.axhspan(top, end, color=grey, linewidth=0)
        panel.axhline(end, color="0.5", linewidth=0.6)
        if name and end - top > 0.04 * bottom:
            _name(panel, (top + end) / 2, name, grey)


def _name(panel: Any, depth: float, name: str, grey: str) -> None:
    box = {"facecolor": grey, "edgecolor": "none", "pad": 0.8}
    across = panel.get_yaxis_transform()
    panel.text(
        0.98,
        depth,
        name,
        transform=across,
        ha="right",
        va="center",
        fontsize=7.5,
        color="0.2",
        bbox=box,
        zorder=4,
    )


def _curve(panel: Any, group: ZonePasses, passes: Passes, curve: tuple[Any, Any]) -> None:
    depths, share = curve
    reached = passes.reached.max()
    panel.plot(share, depths, color=LINE, linewidth=2.2, zorder=3)
    panel.axhline(reached, color=MARK, linewidth=1.3, linestyle=(0, (5, 3)), zorder=2)
    density = 100 * passes.per_mm2.sum()
    zone = group.zone.value.replace("_", " ")
    panel.set_title(f"{zone}\n{density:.0f} channels per cm², {reached:.2f} mm deep", fontsize=9, loc="left")
    panel.tick_params(labelsize=8)
    panel.spines[["top", "right"]].set_visible(False)


def _tidy(figure: Figure, panels: Sequence[Any], used: int, columns: int) -> None:
    """Take out the empty panels, number every lowest axis, and say once what the marks mean."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    for panel in panels[used:]:
        panel.remove()
    for panel in panels[max(0, used - columns) : used]:
        panel.tick_params(labelbottom=True)
        panel.set_xlabel("% of the skin at this depth", fontsize=8.5)
    figure.suptitle("Injured share of the skin by depth (computed)", fontsize=11)
    figure.supylabel("depth under the surface, mm", fontsize=9)
    marks = [
        Line2D([], [], color=LINE, linewidth=2.2, label="injured share"),
        Line2D(
            [], [], color=MARK, linewidth=1.3, linestyle=(0, (5, 3)), label="mean depth of the deepest pass"
        ),
        Patch(color=LAYERS[0][1], label="stratum corneum"),
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=3, fontsize=7.5, frameon=False)


def evenness_maps(named: Mapping[str, Evenness]) -> Figure:
    """Return maps of the channels in each mm2 against each map's own mean, with the coefficients of variation."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.5 * len(named) + 0.9, 4.4), layout="constrained")
    panels: Sequence[Any] = figure.subplots(1, len(named), sharey=True, squeeze=False)[0]
    for panel, (name, each) in zip(panels, named.items(), strict=True):
        side = len(each.counts)
        relative = each.counts / each.per_mm2
        image = panel.imshow(relative, cmap="cividis", vmin=0, vmax=3, extent=(0, side, 0, side))
        own, chance = 100 * each.variation, 100 * each.variation_by_chance
        panel.set_title(f"{name}\n{100 * each.per_mm2:.0f} channels per cm²", fontsize=9)
        panel.set_xlabel(f"mm\nvaries by {own:.0f} %  (by chance alone {chance:.0f} %)", fontsize=8.5)
        panel.tick_params(labelsize=7)
    bar = figure.colorbar(image, ax=list(panels), shrink=0.75, ticks=[0, 1, 2, 3], extend="max")
    bar.set_label("channels in each mm², times the mean", fontsize=8)
    figure.suptitle("How evenly the channels lie (simulated)", fontsize=11)
    return figure
