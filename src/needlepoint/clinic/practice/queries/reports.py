"""Reports: whether courses helped, which rules were set aside, how complete charts are. Small groups are not shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

from django.db.models import Case, Count, Max, When

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.said import in_language
from needlepoint.clinic.models import Decision, OutcomeScore
from needlepoint.clinic.practice.queries.review import TICKS, finished_since
from needlepoint.evidence.loader import packaged

SMALLEST_GROUP = 5
"""A group of fewer people could be recognised; how many there are is said, and no more."""
YEAR = timedelta(days=365)
QUARTER = timedelta(days=91)
BY = {"goal": "course__concern", "device": "make", "skin_type": "patient__skin_type"}
# A pen that the practice entered itself goes by its name; its id says nothing to anybody.
MAKE = Case(When(course__device__name="", then="course__device__model"), default="course__device__name")
READ = ("course", "patient", "scale", "moment", "value", "better", *BY.values())


@dataclass(frozen=True, slots=True)
class Group:
    """What came of the courses that have something in common, on one scale at one moment."""

    of: str
    scale: str
    moment: str
    is_change: bool
    people: int
    middle: float
    band: tuple[float, float]

    @property
    def worse(self) -> float:
        """Return by how much it became worse."""
        return -self.middle


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups that are large enough to be shown, and how many are not."""

    shown: list[Group]
    small: int


def outcomes(actor: Actor) -> dict[str, Groups]:
    """Return the groups by goal, by device and by skin type; one statement."""
    rows = OutcomeScore.objects.filter(clinic=actor.clinic).order_by("scored_at", "pk")
    found = list(rows.annotate(make=MAKE).values(*READ))
    changes = list(_changes(found))
    return {by: _groups(changes, column) for by, column in BY.items()}


def _changes(rows: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Yield for every course, scale and moment the last value; where there is a baseline, the change toward better."""
    latest = {(row["course"], row["scale"], row["moment"]): row for row in rows}
    for (course, scale, moment), row in latest.items():
        if moment == "baseline":
            continue
        before = latest.get((course, scale, "baseline"))
        toward = 1 if row["better"] == "higher" else -1
        if before is not None:
            yield {**row, "figure": toward * float(row["value"] - before["value"]), "is_change": True}
        elif not _has_baseline(scale):
            yield {**row, "figure": float(row["value"]), "is_change": False}


def _has_baseline(scale: str) -> bool:
    known = packaged().scales.get(scale)
    return known is None or "baseline" in known.moments


def _groups(changes: list[dict[str, Any]], column: str) -> Groups:
    figures: dict[tuple[str, str, str, bool], list[float]] = defaultdict(list)
    people: dict[tuple[str, str, str, bool], set[int]] = defaultdict(set)
    for row in changes:
        key = (row[column], row["scale"], row["moment"], row["is_change"])
        figures[key].append(row["figure"])
        people[key].add(row["patient"])
    order = {"day_30": 0, "day_90": 1, "day_180": 2, "yearly": 3}
    keys = sorted(figures, key=lambda key: (key[0], key[1], order.get(key[2], 4)))
    shown = [key for key in keys if len(people[key]) >= SMALLEST_GROUP]
    groups = [_group(key, figures[key], len(people[key])) for key in shown]
    return Groups(groups, len(keys) - len(shown))


def _group(key: tuple[str, str, str, bool], figures: list[float], people: int) -> Group:
    of, scale, moment, is_change = key
    known = packaged().scales.get(scale)
    name = in_language(known.label) if known else scale
    low, _, high = quantiles(figures, n=4, method="inclusive")
    return Group(of, name, moment, is_change, people, median(figures), (low, high))


@dataclass(frozen=True, slots=True)
class Overridden:
    """A rule that was set aside: how often in the last year, by how many people, and when last."""

    rule: str
    verdict: str
    times: int
    people: int
    last_at: datetime


def overrides(actor: Actor, at: datetime) -> list[Overridden]:
    """Return the rules that were set aside in the last year, the most frequent first; one statement."""
    rows = Decision.objects.filter(clinic=actor.clinic, decided_at__gt=at - YEAR).order_by()
    counted = rows.values("rule", "verdict").annotate(
        times=Count("pk"), people=Count("decided_by", distinct=True), last_at=Max("decided_at")
    )
    return [Overridden(**row) for row in counted.order_by("-times", "rule", "verdict")]


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many charts of the last quarter have which tick."""

    sessions: int
    complete: int
    ticks: tuple[tuple[str, int], ...]


def completeness(actor: Actor, at: datetime) -> Completeness:
    """Count the six ticks over the sessions that were finished in the last quarter; one statement."""
    rows = finished_since(actor, at - QUARTER)
    counted = [sum(dict(row.ticks)[name] for row in rows) for name in TICKS]
    return Completeness(len(rows), sum(row.complete for row in rows), tuple(zip(TICKS, counted, strict=True)))
