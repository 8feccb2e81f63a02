"""A population of virtual patients through one zone's plan, kept for as long as the same plan is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from needlepoint.evidence.healing import HealingEvidence
from needlepoint.healing.compiled import Floats
from needlepoint.healing.ensemble import Schedule, Table, simulate
from needlepoint.healing.plan import ZonePlan
from needlepoint.healing.population import Person, draw, table
from needlepoint.healing.studies import shape_array

EARLY = ("redness", "tewl_ratio")
LATE = ("collagen_histology_percent", "collagen_ultrasound_percent", "collagen_oct_percent", "collagen_gain")

# Days after a session on which the skin is looked at; the target session and the one before are followed more closely.
COARSE = (0.04, 0.25, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0)
FINE = (0.04, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 10.0, 14.0)
LATE_STEP, HORIZON, AFTER_LAST = 14.0, 365.0, 180.0


@dataclass(frozen=True, slots=True)
class Looks:
    """The days, from the first session, on which a zone is looked at; `target` counts the session followed closely."""

    early: tuple[float, ...]
    late: tuple[float, ...]
    target: int
    fine: tuple[float, ...]
    check_ins: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What came out: arrays (outputs, days, members) early and late, (days, members) fine and at check-ins."""

    early: Floats
    late: Floats
    fine: Floats
    check_ins: Floats


@dataclass(frozen=True, slots=True)
class RunOrder:
    """All that a run depends on, as a value that can be compared."""

    plan: ZonePlan
    person: Person
    looks: Looks
    members: int
    seed: int
    evidence: HealingEvidence


def looks(plan: ZonePlan, check_in_days: tuple[float, ...]) -> Looks:
    """Return when to look; the session followed closely is the next one, or the last where none is to come."""
    target = min(plan.done, len(plan.visits) - 1)
    early: set[float] = set()
    for number, visit in enumerate(plan.visits):
        until = plan.visits[number + 1].day if number + 1 < len(plan.visits) else float("inf")
        offsets = FINE if number in (target - 1, target) else COARSE
        early |= {round(visit.day + o, 4) for o in offsets if visit.day + o < until}
    start = plan.visits[target].day
    until = plan.visits[target + 1].day if target + 1 < len(plan.visits) else float("inf")
    fine = tuple(round(start + offset, 4) for offset in FINE if start + offset < until)
    end = max(HORIZON, plan.visits[-1].day + AFTER_LAST)
    late = tuple(float(day) for day in np.arange(0.0, end + LATE_STEP, LATE_STEP))
    return Looks(tuple(sorted(early)), late, target, fine, check_in_days)


def schedule(plan: ZonePlan) -> Schedule:
    """Return the plan as arrays."""
    rows = [(number, group) for number, visit in enumerate(plan.visits) for group in visit.groups]
    return Schedule(
        days=np.array([visit.day for visit in plan.visits]),
        group_session=np.array([number for number, _ in rows], dtype=np.int64),
        groups=np.array([group for _, group in rows], dtype=np.float64).reshape(-1, 5),
        shape=shape_array(plan.shape),
        ends=np.array(plan.ends_mm),
    )


def constants(order: RunOrder) -> Table:
    """Return the constants of people like this one."""
    return table(order.evidence, order.person)


@lru_cache(maxsize=8)
def population(seed: int, members: int) -> Floats:
    """Return the standard normal numbers of a population; the same persons in every zone and under every plan."""
    return draw(seed, 0, members)


@lru_cache(maxsize=8)
def run(order: RunOrder) -> Run:
    """Take the population through the plan."""
    return run_with(order, population(order.seed, order.members))


def run_with(order: RunOrder, z: Floats) -> Run:
    """Take these people through the plan."""
    days = np.array(
        sorted({*order.looks.early, *order.looks.late, *order.looks.fine, *order.looks.check_ins})
    )
    seen = simulate(z, constants(order), schedule(order.plan), days, (*EARLY, *LATE))
    redness = seen[0]
    return Run(
        early=seen[: len(EARLY), np.searchsorted(days, order.looks.early)],
        late=seen[len(EARLY) :, np.searchsorted(days, order.looks.late)],
        fine=redness[np.searchsorted(days, order.looks.fine)],
        check_ins=redness[np.searchsorted(days, order.looks.check_ins)],
    )


def check_in_redness(order: RunOrder, z: Floats) -> Floats:
    """Return the redness of these people at the check-ins, as an array (check-ins, members)."""
    days = np.array(sorted(set(order.looks.check_ins)))
    seen = simulate(z, constants(order), schedule(order.plan), days, ("redness",))[0]
    return seen[np.searchsorted(days, order.looks.check_ins)]
