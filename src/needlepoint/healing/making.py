"""How a forecast is made: plan, population, check-ins, bands; this module loads the compiled code."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import numpy as np

from needlepoint.course.case import Case
from needlepoint.course.errors import InputError
from needlepoint.dose.coverage import Passes, hit_twice_fractions
from needlepoint.dose.geometry import Channels
from needlepoint.dose.shape import Shape
from needlepoint.evidence.healing import HealingEvidence, packaged_healing
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.schema import Source
from needlepoint.healing import equations as eq
from needlepoint.healing.bands import bands, fading_day
from needlepoint.healing.compiled import Floats, Integers
from needlepoint.healing.ensemble import WIDTH, X_ETA, X_KAPPA
from needlepoint.healing.intended import Intended
from needlepoint.healing.learning import Lesson, learn, level_chances, rare_evidence
from needlepoint.healing.outlook import (
    POPULATION_NOTE,
    Band,
    Forecast,
    Harm,
    Spread,
    ZoneForecast,
)
from needlepoint.healing.plan import CoursePlan, ZonePlan, age_years, course_plan
from needlepoint.healing.population import Person, average
from needlepoint.healing.runs import (
    RunOrder,
    check_in_redness,
    constants,
    looks,
    population,
    run,
    run_with,
    schedule,
)
from needlepoint.healing.sbml import export
from needlepoint.healing.shares import basis_shares, overall
from needlepoint.healing.studies import play, turnover_days

FADED = 1.0  # the score below which redness counts as gone: slight
VISIBLE = 0.5
NO_BAND = Band((), (), (), (), (), ())
NO_DOSE = "No pass with needles out is on record or planned, so there is nothing to forecast."

# What redness depends on and people differ in.
_REDNESS = ("k_D", "k_N", "d_N", "d_M", "k_V", "v_V")


def forecast(
    case: Case, at: datetime, knowledge: Knowledge, members: int, seed: int, intended: Intended | None = None
) -> Forecast:
    """Return the forecast of a case."""
    evidence = packaged_healing()
    plan = course_plan(case, at, knowledge, evidence, intended)
    dosed = tuple(each for each in plan.zones if any(visit.groups for visit in each.visits))
    treated = tuple(each for each in dosed if not each.beyond)
    refused = (*plan.refused, *(_unstudied(each) for each in dosed if each.beyond))
    if not treated:
        return Forecast((), plan.days_from, members, seed, why=" ".join(refused) or NO_DOSE)
    days, answers = _check_ins(case, at, plan)
    orders = [
        RunOrder(z, _person(case, z, plan, evidence), looks(z, days), members, seed, evidence)
        for z in treated
    ]
    lesson = _lesson(orders, answers, case, evidence) if days else None
    zones = tuple(made for order in orders for made in _zones(order, lesson, case, knowledge))
    outside = (*dict.fromkeys(line for zone in zones for line in zone.outside_studied), *refused)
    return Forecast(
        zones=zones,
        days_from=plan.days_from,
        members=members,
        seed=seed,
        learned_from_check_ins=("redness", "downtime_days") if lesson else (),
        unlike_population=bool(lesson and lesson.unlike_population),
        outside_studied=outside,
        basis_share=overall(zones[0].basis_share),
        citations=_citations(treated, evidence, knowledge),
        notes=(POPULATION_NOTE,),
    )


def _unstudied(plan: ZonePlan) -> str:
    """Say in plain words why zones have no band: what is done there lies outside of what was studied."""
    zones = ", ".join(each.value.replace("_", " ") for each in plan.zones)
    return f"{zones}: {'; '.join(plan.beyond)}. Nothing is forecast outside what was studied."


def prepare() -> None:
    """Run everything that is compiled once, on a few people."""
    evidence, people = packaged_healing(), population(0, eq.LANES)
    study = next(iter(evidence.studies.values()))

    played = play(study, people, evidence, packaged())

    def redness(rows: Floats) -> Floats:
        return play(study, rows, evidence, packaged()).outputs(("redness",), (0.25, 1.0))[0]

    one = replace(played.schedule, days=np.zeros(1), group_session=np.zeros(1, np.int64))
    one = replace(one, groups=one.groups[:1])
    chances = level_chances(redness(people), 0.5)
    answers = np.array([2, 1], dtype=np.int64)
    learn(chances, answers, 0.5, people, free_columns(1), redness, rare_evidence(chances))


def average_model(case: Case, at: datetime, knowledge: Knowledge, intended: Intended | None = None) -> str:
    """Return the first zone's course as SBML, for the patient in whom nothing differs from the average."""
    order = _first(case, at, knowledge, 0, intended)
    return export(average()[0], constants(order), schedule(order.plan))


def _first(case: Case, at: datetime, knowledge: Knowledge, seed: int, intended: Intended | None) -> RunOrder:
    evidence = packaged_healing()
    course = course_plan(case, at, knowledge, evidence, intended)
    for plan in course.zones:
        if any(visit.groups for visit in plan.visits):
            return RunOrder(plan, _person(case, plan, course, evidence), looks(plan, ()), 1, seed, evidence)
    raise InputError("goal.zones", " ".join(course.refused) or NO_DOSE, "a zone that can be forecast")


def _check_ins(case: Case, at: datetime, plan: CoursePlan) -> tuple[tuple[float, ...], Integers]:
    """Return the days and the answers of the check-ins that say how red the skin is, after the first session."""
    held = [
        ((each.at - plan.days_from).total_seconds() / 86400.0, each.redness)
        for each in case.check_ins_by(at)
        if each.redness is not None and each.at > plan.days_from
    ]
    sessions = case.sessions_by(at)
    kept = held if sessions else []
    return tuple(day for day, _ in kept), np.array([answer for _, answer in kept], dtype=np.int64)


def _person(case: Case, plan: ZonePlan, course: CoursePlan, evidence: HealingEvidence) -> Person:
    age = age_years(case.patient, case.day_of(course.days_from), evidence)
    return Person(max(age, 0.0), case.patient.skin_type.value, plan.part, plan.occluded)


def _lesson(orders: list[RunOrder], answers: Integers, case: Case, evidence: HealingEvidence) -> Lesson:
    """Return what the check-ins teach; a patient reports the zone that is reddest."""
    z = population(orders[0].seed, orders[0].members)
    sd = evidence.skin_types[case.patient.skin_type.value].score_sd.value
    chances, rare_below = _expected_answers(tuple(orders), sd)

    def redness(rows: Floats) -> Floats:
        return np.asarray(np.max([check_in_redness(order, rows) for order in orders], axis=0))

    free = free_columns(max(order.plan.done for order in orders))
    return learn(chances, answers, sd, z, free, redness, rare_below)


@lru_cache(maxsize=8)
def _expected_answers(orders: tuple[RunOrder, ...], sd: float) -> tuple[Floats, float]:
    """Return the chances of each answer for the population, and the evidence below which answers are rare."""
    scores = np.max([run(order).check_ins for order in orders], axis=0)
    chances = level_chances(scores, sd)
    return chances, rare_evidence(chances)


def free_columns(done: int) -> Integers:
    """Return the columns of a person's numbers that redness hangs on, the sessions done so far included."""
    rates = [eq.RATES.index(name) for name in _REDNESS]
    return np.array([*rates, X_ETA, X_KAPPA, *range(WIDTH, WIDTH + done)], dtype=np.int64)


def _zones(order: RunOrder, lesson: Lesson | None, case: Case, knowledge: Knowledge) -> list[ZoneForecast]:
    """Return the forecasts of zones that are alike; only redness and downtime are the patient's own."""
    everyone = run(order)
    own = everyone if lesson is None or lesson.z is None else run_with(order, lesson.z)
    weights = None if lesson is None else lesson.weights
    histology, ultrasound, oct_ratio = _collagen(order)
    day = order.plan.visits[order.looks.target].day
    offsets = np.array(order.looks.fine) - day
    fading = bands(fading_day(offsets, own.fine, FADED), weights)
    zone = ZoneForecast(
        zone=order.plan.zones[0],
        redness=_band(order.looks.early, bands(own.early[0], weights)),
        tewl_ratio=_band(order.looks.early, bands(everyone.early[1])),
        collagen_histology_percent=histology,
        collagen_ultrasound_percent=ultrasound,
        collagen_oct_ratio=oct_ratio,
        downtime_days=Spread(*(round(float(fading[share]), 2) for share in (0, 2, 4))),
        downtime_of_session=order.looks.target + 1,
        flaking_days=_flaking(order),
        harm=_harm(order, own.fine, weights, case),
        basis_share=basis_shares(order, knowledge),
        session_days=tuple(round(visit.day, 4) for visit in order.plan.visits),
        outside_studied=order.plan.outside,
    )
    return [replace(zone, zone=name) for name in order.plan.zones]


def _collagen(order: RunOrder) -> tuple[Band, Band, Band]:
    """Return the bands of collagen by its three rulers; empty ones where the plan lies outside of what was studied."""
    if order.plan.collagen_beyond:
        return (NO_BAND, NO_BAND, NO_BAND)
    late = _late_bands(order)
    first, second, third = (_band(order.looks.late, late[:, place]) for place in range(3))
    return first, second, third


@lru_cache(maxsize=8)
def _late_bands(order: RunOrder) -> Floats:
    """Return the bands of collagen, which no check-in changes: kept with the run."""
    return bands(run(order).late)


def _band(days: tuple[float, ...], shares: Floats) -> Band:
    return Band(days, *(tuple(np.round(row, 3).tolist()) for row in shares))


def _flaking(order: RunOrder) -> tuple[float, float]:
    """Return the first and the last day of fine flaking: a quarter of the horny layer's turnover, and all of it."""
    turnover = turnover_days(order.evidence, order.person)
    return round(0.25 * turnover, 1), round(turnover, 1)


def _harm(order: RunOrder, fine: Floats, weights: Floats | None, case: Case) -> Harm:
    offsets = np.array(order.looks.fine) - order.plan.visits[order.looks.target].day
    seventh = int(np.searchsorted(offsets, 6.99))
    share = np.full(fine.shape[1], 1.0 / fine.shape[1]) if weights is None else weights
    late = float(share[fine[min(seventh, len(offsets) - 1)] >= VISIBLE].sum())
    at_next = float(share[fine[-1] >= VISIBLE].sum())
    return Harm(pigment_class(order, case), round(late, 3), round(at_next, 3), round(_hit_twice(order), 3))


def pigment_class(order: RunOrder, case: Case) -> str:
    """Return the class of risk of a change of colour by skin type.

    No study says how the risk grows with depth, passes or interval, so nothing finer than a class is said.
    """
    return order.evidence.skin_types[case.patient.skin_type.value].pigment_class


def _hit_twice(order: RunOrder) -> float:
    groups = order.plan.visits[order.looks.target].groups
    if not groups:
        return 0.0
    channels = [
        Channels(rho, setting, reach, deepest - setting, needle)
        for rho, setting, reach, deepest, needle in groups
    ]
    passes = Passes.of(channels, Shape(*(getattr(order.plan.shape, name) for name in Shape.__slots__)))
    return float(hit_twice_fractions(passes, np.zeros(len(groups), dtype=np.intp), 1)[0])


def _citations(
    treated: tuple[ZonePlan, ...], evidence: HealingEvidence, knowledge: Knowledge
) -> tuple[Source, ...]:
    named = [source for row in evidence.parameters.values() for source in row.sources]
    named += [source for limit in evidence.limits.values() for source in limit.sources]
    named += [source for plan in treated for source in plan.sources]
    return tuple(knowledge.sources[name] for name in dict.fromkeys(named) if name in knowledge.sources)
