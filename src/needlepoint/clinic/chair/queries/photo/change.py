"""What was measured between photos, as the chart and the photo pages show it; no rule and no plan reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.models import Patient, PhotoChange
from needlepoint.exchange.measurement_document import NAMES, place
from needlepoint.photo import METHOD

FIRST_SHOWN, THEN_SHOWN = "haemoglobin", "melanin_index"


class Size(NamedTuple):
    """A change in numbers: with the ends of its interval, and how small a one could not have been told."""

    change: float
    low: float
    high: float
    unseen: float

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Size | None:
        """Read a line of the document; None where it was not measured, or not all of it is known."""
        low, high = told["ci95"] or (None, None)
        if told["change"] is None or low is None or high is None:
            return None
        return cls(told["change"], low, high, told["smallest_detectable"])


@dataclass(frozen=True, slots=True)
class Line:
    """One measure in one zone, in words and numbers ready to be shown."""

    zone: str
    measure: str
    values: str
    change: str
    interval: str
    detectable_from: str
    verdict: str
    why: str
    changed: bool
    stands: bool
    size: Size | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Line:
        """Read a line of the document."""
        known = told["change"] is not None
        low, high = told["ci95"] or (0.0, 0.0)
        return cls(
            zone=in_words(place(told["zone"])),
            measure=NAMES[told["measure"]],
            values=f"{_plain(told['before'])} → {_plain(told['after'])}" if known else "",
            change=_signed(told["change"]) if known else "",
            interval=_("%(signed)s to %(signed2)s") % {"signed": _signed(low), "signed2": _signed(high)}
            if known
            else "",
            detectable_from=_plain(told["smallest_detectable"]) if known else "",
            verdict=_verdict(told),
            why=told.get("why", "") if told["verdict"] in {"not_measurable", "not_counted"} else "",
            changed=told["verdict"] in {"changed", "not_counted"},
            stands=told.get("stands", False),
            size=Size.of(told),
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison: which photos, what came of it, the lines to see first and all of them."""

    row: PhotoChange
    headline: str
    limits: str
    why: str
    changed: list[Line]
    uncounted: list[Line]
    redness: list[Line]
    pigment: list[Line]
    lines: list[Line]
    counts: str
    remarks: list[str]
    notes: list[str]
    pictures: list[str]

    @property
    def taken(self) -> tuple[datetime, datetime]:
        """Return when the two photos were taken."""
        return self.row.before.taken_at, self.row.after.taken_at


def changes_of(patient: Patient) -> list[Shown]:
    """Return the newest comparison of each later photo, the newest photo first; one statement."""
    rows = PhotoChange.objects.filter(patient=patient).select_related("before", "after")
    newest: dict[int, PhotoChange] = {}
    for row in sorted(rows, key=lambda row: (row.method == METHOD, row.measured_at)):
        newest[row.after_id] = row
    return [shown(row) for row in sorted(newest.values(), key=lambda row: row.after.taken_at, reverse=True)]


def shown(row: PhotoChange) -> Shown:
    """Return a comparison ready to be shown."""
    told = row.document
    lines = [Line.of(line) for line in told["zones"]]
    said = [check for check in told["quality"] if check["level"] == "warn"]
    return Shown(
        row=row,
        headline=told.get("headline") or _headline(row.verdict, lines),
        limits=told.get("repeatability", {}).get("words", ""),
        why=told.get("why", ""),
        changed=[line for line in lines if line.stands],
        uncounted=[line for line in lines if line.changed and not line.stands],
        redness=[line for line in lines if line.measure == NAMES[FIRST_SHOWN]],
        pigment=[line for line in lines if line.measure == NAMES[THEN_SHOWN]],
        lines=_merged(lines),
        counts=_counts(lines),
        remarks=list(dict.fromkeys(check["says"] for check in said)),
        notes=list(told["notes"]),
        pictures=list(told.get("pictures", ())),
    )


def _merged(lines: list[Line]) -> list[Line]:
    """Return the lines with one alone for a zone in which nothing could be measured."""
    kept = []
    for zone in dict.fromkeys(line.zone for line in lines):
        own = [line for line in lines if line.zone == zone]
        unseen = len({line.why for line in own}) == 1 and not any(line.change for line in own)
        kept += [replace(own[0], measure=_("all measures"))] if unseen else own
    return kept


def _headline(verdict: str, lines: Iterable[Line]) -> str:
    if verdict == "not_measurable":
        return _("Not measurable")
    if verdict == "not_detectable":
        return _("No change was shown; how small a one these photos would have missed was not asked then")
    zones = dict.fromkeys(line.zone for line in lines if line.stands)
    return _("Changed: %(zones)s") % {"zones": ", ".join(zones)}


def _verdict(told: Mapping[str, Any]) -> str:
    if told["verdict"] in {"changed", "not_counted"} and not told.get("stands", False):
        return _("not counted")
    return in_words(told["verdict"])


def _counts(lines: list[Line]) -> str:
    told = [line.verdict for line in lines]
    kinds = (_("changed"), _("not counted"), _("not detectable"), _("not measurable"))
    words = [f"{told.count(each)} {each}" for each in kinds if each in told]
    return ", ".join(words)


def _plain(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def _signed(value: float) -> str:
    words = f"{value:+.2f}" if abs(value) < 10 else f"{value:+.1f}"
    return "0.00" if float(words) == 0 else words.replace("-", "−")
