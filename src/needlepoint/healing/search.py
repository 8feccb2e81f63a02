"""Plans worth a look: the front of gain against downtime and risk, inside the studied box and beside a reference plan.

Every plan is played by the same virtual patients, so that plans differ and people do not. A gain is always a ratio
to the reference plan: absolute collagen is too uncertain, while the order of plans hardly depends on who is treated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numba
import numpy as np

from needlepoint.course.case import Case
from needlepoint.evidence.healing import HealingEvidence
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.healing.bands import bands, fading_day
from needlepoint.healing.branches import play_family
from needlepoint.healing.compiled import Floats
from needlepoint.healing.ensemble import Table, simulate
from needlepoint.healing.plan import Visit, ZonePlan
from needlepoint.healing.population import Person, draw, table
from needlepoint.healing.runs import FINE, schedule

MEMBERS = 500
# A gain is a ratio and redness is counted in days: they need no finer steps, and coarser ones are quicker.
COARSE_RTOL = 5e-4
OUTCOME_DAYS = 90.0  # after the last session
RED, VISIBLE = 1.0, 0.5
# Chances that a plan may not exceed, whatever it gains: our own choice, and the page on the model says so.
PROLONGED_AT_MOST, STILL_RED_AT_MOST, INTERVALS, SESSIONS = 0.10, 0.05, (14.0, 28.0, 42.0, 56.0), (3, 4, 5, 6)
NOTICED_GAIN, NOTICED_DAYS = 0.2, 2.0
DENSITIES = (0.5, 1.0, 1.5, 2.0)
LOOKS = np.array([*FINE, OUTCOME_DAYS])  # after the last session
_SEEN = ("redness", "collagen_gain")


@dataclass(frozen=True, slots=True)
class Option:
    """What can be chosen: the same setting in all sessions; density as a multiple of the reference plan's."""

    depth_mm: float
    sessions: int
    interval_days: float
    density: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an option brings: gain over the reference plan (median and 90 % band), days of redness, risk."""

    option: Option
    gain: float
    gain_p05: float
    gain_p95: float
    downtime_days_each: float
    downtime_days_total: float
    prolonged_redness_share: float
    still_red_share: float
    injury: float
    allowed: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The reference, the front (best first by gain), and how many plans were looked at and ruled out by a chance."""

    reference: Outcome
    front: tuple[Outcome, ...]
    looked_at: int
    ruled_out: int


def options(depth_limit_mm: float, density_limit: float, evidence: HealingEvidence) -> tuple[Option, ...]:
    """Return the plans inside the studied box and a zone's and a device's own limits."""
    box = evidence.limits
    depths = [
        d
        for d in (0.5, 0.75, 1.0, 1.25, 1.5)
        if box["depth_mm"].low <= d <= min(box["depth_mm"].high, depth_limit_mm)
    ]
    sessions = [n for n in SESSIONS if box["sessions"].low <= n <= box["sessions"].high]
    gaps = [g for g in INTERVALS if box["interval_days"].low <= g <= box["interval_days"].high]
    dense = [d for d in DENSITIES if d <= density_limit]
    return tuple(Option(*row) for row in product(depths, sessions, gaps, dense))


def search(
    reference: ZonePlan, person: Person, evidence: HealingEvidence, depth_limit_mm: float, seed: int = 0,
    members: int = MEMBERS, progress: Callable[[int, int], None] | None = None,
) -> SearchResult:  # fmt: skip
    """Return the front of plans for a zone, relative to a reference plan whose first visit gives the density.

    `progress(done, all)` is told of each plan. Raises ValueError where the reference has no dose.
    """
    treated = [visit for visit in reference.visits if visit.groups]
    if not treated:
        raise ValueError("the reference plan has no session with a dose")
    base = treated[-1]
    dense = max(evidence.limits["channels_per_cm2"].high / base.channels_per_cm2, 0.0)
    every = options(depth_limit_mm, dense, evidence)
    people, constants = draw(seed, 0, members), table(evidence, person)
    gaps = [b.day - a.day for a, b in pairwise(treated)]
    own = Option(base.depth_mm, len(treated), float(np.median(gaps)) if gaps else 30.0, 1.0)
    plan = schedule(_plan(reference, base, own))
    seen = simulate(people, constants, plan, plan.days[-1] + LOOKS, _SEEN, COARSE_RTOL)
    density, least = sum(group[0] for group in base.groups), seen[1, -1]
    known = _outcome(own, least, seen, density)
    found = {}
    for option, seen in _played(every, reference, base, people, constants):
        found[option] = _outcome(option, least, seen, density)
        if progress is not None:
            progress(len(found), len(every))
    outcomes = [found[option] for option in every]
    allowed = [outcome for outcome in outcomes if outcome.allowed]
    return SearchResult(known, tuple(_front(allowed)), len(outcomes), len(outcomes) - len(allowed))


def _played(
    every: tuple[Option, ...], reference: ZonePlan, base: Visit, people: Floats, constants: Table
) -> Iterator[tuple[Option, Floats]]:
    """Yield every option with its outputs; those of one depth and density are a family, and threads share families."""
    intervals = tuple(sorted({option.interval_days for option in every}))
    sessions = tuple(sorted({option.sessions for option in every}))
    families = list(dict.fromkeys((option.depth_mm, option.density) for option in every))

    def family(of: tuple[float, float]) -> Floats:
        one = schedule(_plan(reference, base, Option(of[0], 1, 0.0, of[1])))
        return play_family(people, constants, one, intervals, sessions, LOOKS, _SEEN, COARSE_RTOL)

    with ThreadPoolExecutor(numba.get_num_threads()) as threads:
        for (depth, density), seen in zip(families, threads.map(family, families), strict=True):
            for (i, interval), (s, count) in product(enumerate(intervals), enumerate(sessions)):
                yield Option(depth, count, interval, density), seen[i, s]


def neighbours(found: SearchResult) -> tuple[Outcome | None, Outcome | None]:
    """Return a gentler and a stronger plan than the reference, each from the front and None where there is none.

    The gentler one keeps the most gain of those with noticeably fewer days of redness and less injury; the stronger one
    has the least injury of those that gain noticeably more.
    """
    known = found.reference
    gentle = [
        each
        for each in found.front
        if each.downtime_days_total <= known.downtime_days_total - NOTICED_DAYS and each.injury < known.injury
    ]
    strong = [each for each in found.front if each.gain >= known.gain + NOTICED_GAIN]
    return (
        max(gentle, key=lambda each: each.gain, default=None),
        min(strong, key=lambda each: each.injury, default=None),
    )


def depth_limit(case: Case, kind: str, knowledge: Knowledge) -> float:
    """Return how deep a search may go: the least of the zone's limit, the device's, and what was evaluated."""
    device = knowledge.devices[case.device]
    concern = case.goal.concern.value
    evaluated = [e.depth.value for e in device.evaluated if concern in e.concerns and kind in e.zones]
    return min([knowledge.zones[kind].depth_max.value, device.depth_max.value, *evaluated])


def _plan(reference: ZonePlan, base: Visit, option: Option) -> ZonePlan:
    """Return the reference with other settings; a deeper setting reaches and ends deeper by the same measure."""
    _, _, reach, deepest, needle = base.groups[0]
    beyond = deepest - base.groups[0][1]
    total = sum(group[0] for group in base.groups) * option.density
    group = (total, option.depth_mm, reach, option.depth_mm + beyond, needle)
    visits = tuple(Visit(n * option.interval_days, (group,), option.depth_mm) for n in range(option.sessions))
    return replace(reference, visits=visits, done=0)


def _outcome(option: Option, reference: Floats, seen: Floats, density: float) -> Outcome:
    """Return what an option brings; `seen` holds redness and gain at LOOKS, density the reference's, per mm2."""
    red = seen[0, :-1]
    low, _, middle, _, high = bands(seen[1, -1] / reference).tolist()
    downtime = float(np.median(fading_day(np.array(FINE), red, RED)))
    prolonged = float((red[FINE.index(7.0)] >= VISIBLE).mean())
    still = float((red[FINE.index(14.0)] >= VISIBLE).mean())
    injury = density * option.density * option.sessions * option.depth_mm
    return Outcome(
        option, middle, low, high, downtime, downtime * option.sessions, prolonged, still, injury,
        prolonged <= PROLONGED_AT_MOST and still <= STILL_RED_AT_MOST,
    )  # fmt: skip


def _front(outcomes: list[Outcome]) -> Iterator[Outcome]:
    """Yield the outcomes that no other beats in gain, in days of redness and in injury at once, best gain first.

    Outcomes that differ by less than anyone would notice count as one: the gentlest of them stands for all.
    """
    held: dict[tuple[float, float], Outcome] = {}
    for one in sorted(outcomes, key=lambda outcome: outcome.injury):
        if not any(_beats(other, one) for other in outcomes):
            held.setdefault(
                (round(one.gain / NOTICED_GAIN), round(one.downtime_days_total / NOTICED_DAYS)), one
            )
    yield from sorted(held.values(), key=lambda outcome: -outcome.gain)


def _beats(one: Outcome, other: Outcome) -> bool:
    """Return whether an outcome is nowhere worse and somewhere better."""
    ours = (one.gain, -one.downtime_days_total, -one.injury)
    theirs = (other.gain, -other.downtime_days_total, -other.injury)
    worse = any(a < b - 1e-9 for a, b in zip(ours, theirs, strict=True))
    return not worse and any(a > b + 1e-9 for a, b in zip(ours, theirs, strict=True))
