"""From a case to what is done to each zone: the sessions on record, then those of a plan, or as usual for the goal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from needlepoint.course.case import Case
from needlepoint.course.goals import Patient
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Pass, Session, TopicalKind
from needlepoint.course.zones import Zone
from needlepoint.dose.geometry import basis_of
from needlepoint.dose.session import ZonePasses, zone_passes
from needlepoint.dose.shape import Shape
from needlepoint.dose.skin import skin_of
from needlepoint.evidence.depths import depth_of
from needlepoint.evidence.healing import HealingEvidence, SkinPart
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.schema import Device
from needlepoint.healing.intended import PLANNED_PASSES, Intended
from needlepoint.healing.unlike import unlike_those_studied

Group = tuple[float, float, float, float, float]

SESSIONS_AT_MOST = 24


@dataclass(frozen=True, slots=True)
class Visit:
    """One session in one zone: its day, its groups of channels (rows of `geometry`), how deep it was set."""

    day: float
    groups: tuple[Group, ...]
    depth_mm: float

    @property
    def channels_per_cm2(self) -> float:
        """Return the channels of all groups together."""
        return 100.0 * sum(group[0] for group in self.groups)


# Which bands something outside of what was studied takes away.
ALL, COLLAGEN, NOTHING = "all", "collagen", "nothing"


@dataclass(frozen=True, slots=True)
class ZonePlan:
    """What is done to zones that are alike: the same visits, the same skin. `done` visits have taken place.

    Of what lies `outside` of what was studied, `beyond` leaves no band at all and `collagen_beyond` none of collagen.
    """

    zones: tuple[Zone, ...]
    visits: tuple[Visit, ...]
    done: int
    ends_mm: tuple[float, float, float, float]
    shape: Shape
    part: str
    occluded: bool
    outside: tuple[str, ...]
    sources: tuple[str, ...]
    beyond: tuple[str, ...] = ()
    collagen_beyond: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course from its first session on: what can be forecast, and in plain words what cannot."""

    days_from: datetime
    zones: tuple[ZonePlan, ...]
    refused: tuple[str, ...]


def course_plan(
    case: Case,
    at: datetime,
    knowledge: Knowledge,
    evidence: HealingEvidence,
    intended: Intended | None = None,
) -> CoursePlan:
    """Return the plan that a forecast is made for; without intended sessions the goal's usual ones stand in."""
    done = case.sessions_by(at)
    to_come = intended or Intended(tuple(_planned(case, at, knowledge)))
    sessions = (*done, *to_come.sessions)
    days_from = sessions[0].clock_starts_at if sessions else at
    if len(sessions) > SESSIONS_AT_MOST:
        return CoursePlan(
            days_from, (), (f"More than {SESSIONS_AT_MOST} sessions are beyond this forecast.",)
        )
    plans: dict[tuple[object, ...], ZonePlan] = {}
    refused = []
    for zone in case.goal.zones:
        why = _refusal(zone, knowledge, evidence)
        if why:
            refused.append(why)
            continue
        plan = _zone_plan(case, zone, done, to_come, days_from, knowledge, evidence)
        alike = (plan.visits, plan.ends_mm, plan.part, plan.outside)
        held = plans.get(alike)
        plans[alike] = plan if held is None else _with_zone(held, zone)
    return CoursePlan(days_from, tuple(plans.values()), tuple(dict.fromkeys(refused)))


def part_of(zone: Zone, evidence: HealingEvidence) -> SkinPart:
    """Return what is known of the part of the body: of the zone's own kind where it is known, else of the part."""
    return evidence.parts.get(zone.kind) or evidence.parts[zone.part.value]


def _with_zone(plan: ZonePlan, zone: Zone) -> ZonePlan:
    return ZonePlan(
        (*plan.zones, zone), plan.visits, plan.done, plan.ends_mm, plan.shape, plan.part, plan.occluded, plan.outside,
        plan.sources, plan.beyond, plan.collagen_beyond,
    )  # fmt: skip


def _refusal(zone: Zone, knowledge: Knowledge, evidence: HealingEvidence) -> str:
    label = zone.value.replace("_", " ")
    facts = knowledge.zones.get(zone.kind)
    if facts is None or not facts.dose_stack:
        return f"{label}: nobody has measured how thick the skin is here, so nothing can be forecast."
    if not part_of(zone, evidence).forecast:
        return f"{label}: no study followed redness or collagen here, so nothing can be forecast."
    return ""


def _planned(case: Case, at: datetime, knowledge: Knowledge) -> Iterator[Session]:
    """Yield the sessions that the goal usually takes, as far apart as usual, done as the last one was."""
    goal, done = knowledge.goals[case.goal.concern.value], case.sessions_by(at)
    gap = timedelta(days=goal.interval.usual)
    begins = max(at, done[-1].started_at + gap) if done else at
    passes = tuple(each for zone in case.goal.zones for each in _passes(zone, case, done, knowledge))
    device = done[-1].device if done else case.device
    for number in range(max(0, round(goal.sessions.usual) - len(done))):
        yield Session(started_at=begins + number * gap, device=device, passes=passes)


def _passes(zone: Zone, case: Case, done: tuple[Session, ...], knowledge: Knowledge) -> tuple[Pass, ...]:
    for session in reversed(done):
        held = tuple(each for each in session.passes if each.zone is zone)
        if held:
            return held
    facts = knowledge.zones.get(zone.kind)
    if facts is None:
        return ()
    done_so = depth_of(case.goal.concern.value, zone.kind, knowledge.depths)
    usual = (done_so and done_so.start) or facts.depth_start
    start = min(usual.value, knowledge.devices[case.device].depth_max.value)
    return (Pass(zone=zone, depth=Depth(Decimal(str(start))), passes=PLANNED_PASSES),)


def _zone_plan(
    case: Case, zone: Zone, done: tuple[Session, ...], to_come: Intended, days_from: datetime, knowledge: Knowledge,
    evidence: HealingEvidence,
) -> ZonePlan:  # fmt: skip
    sessions, visits = (*done, *to_come.sessions), []
    for number, session in enumerate(sessions, start=1):
        held = [
            each for each in zone_passes(number, session, case.patient.sex, knowledge) if each.zone is zone
        ]
        visits.append(_visit(session, held, days_from))
    skin = skin_of(zone.kind, case.patient.sex, knowledge)
    basis = basis_of(sessions[0].device if sessions else case.device, knowledge)
    found = [*_outside(case, zone, visits, knowledge, evidence, days_from)]
    outside = [says for says, _ in found]
    if not to_come.passes_agreed and _stands_in(visits, len(done)):
        outside.append(
            f"no pass was recorded here yet: {PLANNED_PASSES} passes at the starting depth stand in"
        )
    cover = any(t.kind is TopicalKind.DRESSING for session in done for t in session.topicals)
    return ZonePlan(
        zones=(zone,), visits=tuple(visits), done=len(done), ends_mm=skin.ends_mm, shape=Shape.of(knowledge),
        part=part_of(zone, evidence).id, occluded=cover, outside=tuple(outside),
        sources=tuple(dict.fromkeys((*skin.sources, *basis.sources))),
        beyond=tuple(says for says, takes in found if takes == ALL),
        collagen_beyond=tuple(says for says, takes in found if takes == COLLAGEN),
    )  # fmt: skip


def _visit(session: Session, held: list[ZonePasses], days_from: datetime) -> Visit:
    day = max((session.clock_starts_at - days_from).total_seconds() / 86400.0, 0.0)
    groups = tuple(
        (c.per_mm2, c.setting_mm, c.reach, c.setting_mm + c.beyond_mm, c.needle_mm)
        for each in held
        for c in each.channels
        if c.per_mm2 > 0
    )
    return Visit(day, groups, max((group[1] for group in groups), default=0.0))


def _stands_in(visits: list[Visit], done: int) -> bool:
    """Say whether channels are planned where none was ever made."""
    made, planned = visits[:done], visits[done:]
    return any(visit.groups for visit in planned) and not any(visit.groups for visit in made)


def age_years(patient: Patient, on: date, evidence: HealingEvidence) -> float:
    """Return an age for the model: of one not known the middle of what can be, else of what was studied."""
    first, last = patient.born_first, patient.born_last
    if first is None or last is None:
        studied = evidence.limits["age_years"]
        return (studied.low + studied.high) / 2.0
    return ((on - first).days + (on - last).days) / 2.0 / 365.25


def _outside(
    case: Case, zone: Zone, visits: list[Visit], knowledge: Knowledge, evidence: HealingEvidence, days_from: datetime,
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Yield each way in which the plan leaves what was studied, in plain words, and which bands it takes away."""
    treated = [visit for visit in visits if visit.groups]
    gaps = [late.day - early.day for early, late in pairwise(treated)]
    age = age_years(case.patient, case.day_of(days_from), evidence)
    numbers = {
        "depth_mm": [visit.depth_mm for visit in treated],
        "sessions": [float(len(treated))],
        "interval_days": gaps,
        "age_years": [age],
        "channels_per_cm2": [visit.channels_per_cm2 for visit in treated],
    }
    for name, found in numbers.items():
        limit = evidence.limits[name]
        for value in sorted({min(found, default=limit.low), max(found, default=limit.high)}):
            if not limit.low <= round(value, 6) <= limit.high:
                shown = round(value, 1 if value > 10 else 2)
                says = f"{limit.says}: {shown:g}, studied {limit.low:g} to {limit.high:g} {limit.unit}"
                # How many sessions there are, and a late one, change nothing about how red the skin is after each.
                late = name == "sessions" or (name == "interval_days" and value > limit.high)
                yield says, COLLAGEN if late else ALL
    if case.patient.born_first is None:
        yield f"the age is not known: reckoned for {age:g} years, the middle of what was studied", ALL
    if any(knowledge.devices[name].kind == "stamp" for name in _devices(case)):
        yield "a stamp: no study followed its outcome", ALL
    if not part_of(zone, evidence).collagen_studied:
        yield "no study looked at collagen in this zone", COLLAGEN
    if case.patient.skin_type.value == "unknown":
        yield "the skin type is unknown: the risk of a change of colour cannot be classed", NOTHING
    elif case.patient.skin_type.value in ("V", "VI"):
        few = "few people of skin types V and VI were studied; redness is harder to see and is scored too low"
        yield few, NOTHING
    yield from ((says, NOTHING) for says in unlike_those_studied(case))


def _devices(case: Case) -> set[str]:
    return {case.device, *(session.device for session in case.sessions)}


def device_of(case: Case, knowledge: Knowledge) -> Device:
    """Return the device of the case."""
    return knowledge.devices[case.device]
