"""Is a difference a change? The scatter of repeated photos decides, and a clinic may bring its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from statistics import NormalDist

import numpy as np
import tomli

from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone
from needlepoint.photo.reading import MEASURES, UNITS

_TWO_SIDED = 1.96
CONDITIONS = ("card", "no_card")
FEWEST_PAIRS = 20
_COLOURS = ("haemoglobin", "erythema_index", "a_star", "melanin_index")


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """One measure in one zone: before, after, their difference, its 95 % interval, and the verdict."""

    zone: Zone
    measure: str
    before: float | None
    after: float | None
    change: float | None
    ci95: tuple[float, float] | None
    smallest_detectable: float | None
    verdict: str
    why: str = ""

    @property
    def unit(self) -> str:
        """Return the unit of the measure."""
        return UNITS[self.measure]


@dataclass(frozen=True, slots=True)
class Repeatability:
    """The standard error of measurement of one photo, by condition and measure; darker skin scatters more."""

    sem: dict[str, dict[str, float]]
    source: str
    basis: str
    whose: str = "shipped"
    pairs: int | None = None
    measured_on: date | None = None

    @property
    def words(self) -> str:
        """Return whose limits these are, as a page says it."""
        if self.whose == "shipped":
            return "the shipped limits"
        drawn = f"from {self.pairs} pairs" if self.pairs else f"from {self.source}"
        day = f" on {self.measured_on:%d %B %Y}".replace(" 0", " ") if self.measured_on else ""
        return f"this practice's own, {drawn}{day}"

    def smallest_detectable(self, condition: str, measure: str, melanin_index: float = 0.0) -> float:
        """Return 1.96 * sqrt(2) * SEM, on skin of that melanin index."""
        # Without the card the lamp scatters a colour more than the skin does, on every skin alike.
        lamp = condition == "no_card" and measure in _COLOURS
        sem = self.sem[condition][measure] * (1.0 if lamp else darker(measure, melanin_index))
        return _TWO_SIDED * float(np.sqrt(2.0)) * sem


def darker(measure: str, melanin_index: float) -> float:
    """Return how many times as much as light skin the skin scatters."""
    table = _shipped()["darker"]
    name = "melanin_index_itself" if measure == "melanin_index" else measure
    return float(np.interp(melanin_index, table["melanin_index"], table[name]))


def size_error(measure: str, melanin_index: float) -> float:
    """Return by what share (SD) the size of a change may be wrong on skin of that melanin index."""
    table = _shipped()["size_error"]
    shares = table.get(measure, [0.0] * len(table["at_melanin_index"]))
    return float(np.interp(melanin_index, table["at_melanin_index"], shares))


def of_many(looks: int) -> float:
    """Return by how much the smallest detectable change grows when the largest of `looks` numbers is looked at."""
    return NormalDist().inv_cdf(1 - 0.025 / max(looks, 1)) / _TWO_SIDED


@cache
def default() -> Repeatability:
    """Return the table that Needlepoint ships."""
    table = _shipped()
    return Repeatability({each: table[each] for each in CONDITIONS}, table["source"], table["basis"])


@cache
def _shipped() -> dict:
    return tomli.loads(resources.files("needlepoint.photo").joinpath("data/repeatability.toml").read_text())


def own(content: bytes, name: str) -> Repeatability:
    """Return the table that a clinic measured itself."""
    try:
        return _table(content.decode(), name)
    except UnicodeDecodeError:
        raise InputError(name, "this is not a text", "the file that --repeatability wrote") from None


def _table(text: str, name: str) -> Repeatability:
    try:
        table = tomli.loads(text)
    except tomli.TOMLDecodeError as why:
        raise InputError(name, f"this is not TOML ({why})", "the file that --repeatability wrote") from None
    if set(table) - {"source", "basis", "pairs", "measured_on", *CONDITIONS} or not {
        "source",
        "basis",
    } <= set(table):
        raise InputError(name, f"keys {sorted(table)}", f"source, basis and {' and '.join(CONDITIONS)}")
    sem: dict[str, dict[str, float]] = {}
    for condition in CONDITIONS:
        sem[condition] = {
            **default().sem[condition],
            **{
                measure: _positive(f"{name}.{condition}.{measure}", value)
                for measure, value in table.get(condition, {}).items()
            },
        }
        if set(sem[condition]) != set(MEASURES):
            raise InputError(f"{name}.{condition}", "unknown or missing measures", ", ".join(MEASURES))
    pairs, day = table.get("pairs"), table.get("measured_on")
    if not (pairs is None or (type(pairs) is int and pairs > 0)):
        raise InputError(f"{name}.pairs", f"{pairs!r} is no number of pairs", "a whole number above 0")
    if not (day is None or type(day) is date):
        raise InputError(f"{name}.measured_on", f"{day!r} is no day", "a day such as 2026-11-30")
    return Repeatability(sem, str(table["source"]), str(table["basis"]), "own", pairs, day)


def _positive(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise InputError(key, f"{value!r} is no scatter", "a number above 0")
    return float(value)


def judged(
    zone: Zone, measure: str, values: tuple[float, float], smallest: float, share: float = 0.0
) -> ZoneChange:
    """Return the change with its interval and whether it is more than the scatter; `share` as `size_error` says."""
    before, after = values
    change = after - before
    verdict = "changed" if abs(change) > smallest else "not_detectable"
    why = "" if verdict == "changed" else "The difference is within what two photos of unchanged skin show."
    return ZoneChange(
        zone, measure, before, after, change, interval(change, smallest, share), smallest, verdict, why
    )


def interval(change: float, smallest: float, share: float) -> tuple[float, float]:
    """Return the true changes for which the measured one is no surprise: of those that scatter and size may hide.

    Where nothing changed there is no size to be wrong, so nought lies inside exactly if the change is not detectable.
    """
    odd = (_TWO_SIDED * share) ** 2
    reach = float(np.sqrt(odd * change**2 + (1 - odd) * smallest**2))
    return (change - reach) / (1 - odd), (change + reach) / (1 - odd)


def unmeasured(zone: Zone, measure: str, why: str) -> ZoneChange:
    """Return a measure that could not be taken, and why."""
    return ZoneChange(zone, measure, None, None, None, None, None, "not_measurable", why)


def withheld(change: ZoneChange, why: str) -> ZoneChange:
    """Return a change whose numbers stand but from which nothing may be concluded."""
    return ZoneChange(
        change.zone, change.measure, change.before, change.after, change.change, change.ci95,
        change.smallest_detectable, "not_measurable", why,
    )  # fmt: skip


def sem_of_pairs(pairs: list[dict[tuple[Zone, str], tuple[float, float]]]) -> dict[str, float]:
    """Return the SEM of each measure from pairs of photos between which nothing changed.

    Needs at least 20 pairs of zones in all; the SEM is the root mean square of the differences divided by sqrt(2),
    as it would be on light skin.
    """
    sem = {}
    for measure in MEASURES:
        off = [
            (after - before) / darker(measure, float(np.mean(pair.get((zone, "melanin_index"), (0.0,)))))
            for pair in pairs
            for (zone, name), (before, after) in pair.items()
            if name == measure
        ]
        if len(off) >= FEWEST_PAIRS:
            sem[measure] = float(np.sqrt(np.mean(np.square(off)) / 2))
    return sem
