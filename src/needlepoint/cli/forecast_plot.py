"""A forecast as a picture that a patient understands: redness by day, and the course over a year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from needlepoint.healing.outlook import Band, Forecast, ZoneForecast

RED, BLUE, GREY, INK = "#c2413a", "#2f6690", "#8a8f98", "#22262b"
WORDS = ("none", "slight", "mild", "clear", "strong")
FOLLOWED_DAYS = 8.0
SMALLEST_PHONE_INCHES = 4.2


def plot(
    forecast: Forecast,
    check_ins: Sequence[tuple[float, int]],
    path: Path,
    wide: bool = True,
    year: bool = False,
) -> None:
    """Write the pictures of the first zone to a file (.svg, .png or .pdf); `wide=False` for the width of a phone.

    `year` draws new collagen beside redness, for research.

    `check_ins` are days from the first session and scores. Raises ValueError where there is nothing to draw.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    if not forecast.zones:
        raise ValueError(forecast.why)
    zone = forecast.zones[0]
    with mpl.rc_context(_style(wide)):
        figure, axes = _panels(plt, wide, year and bool(zone.collagen_histology_percent.day))
        _redness(axes[0], zone, check_ins, bool(forecast.learned_from_check_ins))
        for of_year in axes[1:]:
            _year(of_year, zone)
        names = " and ".join(each.zone.value.replace("_", " ") for each in forecast.zones[:2])
        figure.suptitle(_title(names, forecast), fontsize=11 if wide else 9.5, color=INK, fontweight="bold")
        foot = _foot(forecast, 150 if wide else 74)
        figure.text(0.02, -0.01, foot, ha="left", va="top", fontsize=8 if wide else 7, color=INK)
        figure.savefig(path, bbox_inches="tight", dpi=120, metadata=_undated(path))
        plt.close(figure)


def _panels(plt: Any, wide: bool, year: bool) -> tuple[Any, list[Any]]:
    """Return the figure and its one or two pictures, beside one another where it is wide."""
    names = ["redness", "year"][: 1 + year]
    drawn = [names] if wide else [[name] for name in names]
    size = (5.5 * len(names), 5.4) if wide else (SMALLEST_PHONE_INCHES, 4.3 * len(names))
    figure, axes = plt.subplot_mosaic(drawn, figsize=size, layout="constrained")
    return figure, [axes[name] for name in names]


def _style(wide: bool) -> Any:
    return {
        "font.size": 10 if wide else 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "svg.hashsalt": "needlepoint",
    }


def _title(names: str, forecast: Forecast) -> str:
    return f"What to expect: {names}" if len(forecast.zones) <= 2 else f"What to expect: {names} and others"


def _foot(forecast: Forecast, width: int) -> str:
    import textwrap

    lines = ["Estimated for people like you, not a promise. Research status: not a medical device."]
    if forecast.unlike_population:
        lines.append("Your check-ins are unlike those of most people: talk to your clinic.")
    if forecast.outside_studied:
        lines.append("Beyond what was studied: " + "; ".join(forecast.outside_studied) + ".")
    return "\n".join(wrapped for line in lines for wrapped in textwrap.wrap(line, width))


def _redness(axes: Any, zone: ZoneForecast, check_ins: Sequence[tuple[float, int]], own: bool) -> None:
    """Draw redness by day after the session that is followed, with the check-ins that belong to it."""
    begins = zone.session_days[zone.downtime_of_session - 1]
    shown = _after(zone.redness, begins)
    _draw(axes, shown, RED, "half of people", "nine of ten people")
    earlier = [day for day in zone.session_days if day <= begins]
    dots = [
        (day - max(s for s in earlier if s <= day), score) for day, score in check_ins if day >= earlier[0]
    ]
    dots = [(day, score) for day, score in dots if day <= FOLLOWED_DAYS]
    if dots:
        axes.plot(
            *zip(*dots, strict=True), "o", color=INK, markersize=7, label="your check-ins so far", zorder=5
        )
    axes.axhline(1.0, color=GREY, linewidth=0.8, linestyle=(0, (4, 4)))
    axes.set(xlim=(0, FOLLOWED_DAYS), ylim=(-0.1, 4.1), xlabel="days after the session", yticks=range(5))
    axes.set_yticklabels(WORDS)
    learned = "\nlearned from your check-ins" if own else ""
    axes.set_title(f"Redness after session {zone.downtime_of_session}{learned}", loc="left")
    # Where the aftercare sheet says to call: what is normal and what is not stand in the same picture.
    axes.axvline(7.0, ymax=0.36, color=INK, linewidth=0.8, linestyle=(0, (1, 3)))
    axes.text(6.9, 1.1, "still red after a week:\ntell the clinic", ha="right", va="bottom", fontsize="small")
    low, middle, high = zone.downtime_days.p05, zone.downtime_days.p50, zone.downtime_days.p95
    axes.text(
        FOLLOWED_DAYS,
        2.6,
        f"down to slight after {_days(middle)}\n(nine of ten: {_days(low, high)})",
        ha="right",
        va="top",
    )
    axes.legend(frameon=False, loc="upper right")


def _days(*days: float) -> str:
    """Return days in words, as hours where all of them are short."""
    if max(days) >= 1.5:
        return " to ".join(f"{each:.1f}" for each in days) + " days"
    return " to ".join(f"{24 * each:.0f}" for each in days) + " hours"


def _year(axes: Any, zone: ZoneForecast) -> None:
    """Draw collagen over a year by the ruler of histology, as change from before, with the sessions."""
    band = zone.collagen_histology_percent
    gained = Band(
        band.day, *(tuple(v - 100.0 for v in getattr(band, n)) for n in ("p05", "p25", "p50", "p75", "p95"))
    )
    _draw(axes, gained, BLUE, "half of people", "nine of ten people", line=False)
    for day in zone.session_days:
        axes.plot([day], [0.0], marker="^", color=INK, markersize=8, clip_on=False, zorder=5)
    axes.plot([], [], "^", color=INK, label="a session")
    axes.set(xlim=(0, max(band.day)), xlabel="weeks after the first session", ylabel="new collagen, percent")
    # Room above the band for the legend, which would lie on it otherwise.
    axes.set_ylim(min(0.0, *gained.p05), 1.35 * max(gained.p95))
    ticks = list(range(0, int(max(band.day)) + 1, 56))
    axes.set_xticks(ticks, [str(day // 7) for day in ticks])
    axes.set_title("New collagen: very uncertain", loc="left")
    axes.text(
        0.99,
        0.03,
        "Check-ins teach nothing about this.",
        transform=axes.transAxes,
        ha="right",
        va="bottom",
        fontsize="small",
    )
    axes.legend(frameon=False, loc="upper left")


def _draw(axes: Any, band: Band, colour: str, inner: str, outer: str, line: bool = True) -> None:
    axes.fill_between(band.day, band.p05, band.p95, color=colour, alpha=0.18, linewidth=0, label=outer)
    axes.fill_between(band.day, band.p25, band.p75, color=colour, alpha=0.38, linewidth=0, label=inner)
    if line:
        axes.plot(band.day, band.p50, color=colour, linewidth=1.2)


def _after(band: Band, begins: float) -> Band:
    """Return the part of a band that follows a session, with days counted from it."""
    kept = [i for i, day in enumerate(band.day) if begins < day <= begins + FOLLOWED_DAYS + 2.0]
    return Band(
        tuple(band.day[i] - begins for i in kept),
        *(tuple(getattr(band, name)[i] for i in kept) for name in ("p05", "p25", "p50", "p75", "p95")),
    )


def _undated(path: Path) -> dict[str, Any]:
    return {"Date": None} if path.suffix == ".svg" else {}
