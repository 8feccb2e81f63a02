"""A published course, played by virtual patients: what the calibration and the validation both stand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from needlepoint.course.goals import Sex
from needlepoint.course.zones import Zone
from needlepoint.dose.shape import Shape
from needlepoint.dose.skin import skin_of
from needlepoint.evidence.healing import Figure, HealingEvidence, Study
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.healing.compiled import Floats
from needlepoint.healing.ensemble import Schedule, Table, persons, simulate
from needlepoint.healing.equations import RATES
from needlepoint.healing.population import Person, table

# Which device stands for the kind that a paper names.
STANDS_FOR = MappingProxyType({"pen": "skinpen-precision", "roller": "dermaroller-mf8"})
TOLERANCE_MM = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """A study with the people who play it: their differences z, their constants, what is done to them."""

    study: Study
    evidence: HealingEvidence
    person: Person
    z: Floats
    table: Table
    schedule: Schedule

    @property
    def last_day(self) -> float:
        """Return the day of the last session."""
        return float(self.schedule.days[-1])

    def outputs(self, names: tuple[str, ...], days: tuple[float, ...]) -> Floats:
        """Return outputs as an array (names, days, members); the days must ascend."""
        return simulate(self.z, self.table, self.schedule, np.array(days), names)


def play(study: Study, z: Floats, evidence: HealingEvidence, knowledge: Knowledge) -> Play:
    """Return a study ready to be played by these people."""
    zone = next(zone for zone in Zone if zone.kind == study.zone)
    part = study.zone if study.zone in evidence.parts else zone.part.value
    person = Person(study.age_years, study.skin_type, part)
    return Play(study, evidence, person, z, table(evidence, person), study_schedule(study, knowledge))


def study_schedule(study: Study, knowledge: Knowledge) -> Schedule:
    """Return what a study does to the skin."""
    reach = knowledge.devices[STANDS_FOR[study.device_kind]].reach.value
    density = study.channels_per_cm2.value / 100.0
    group = [density, study.depth_mm, reach, study.depth_mm + TOLERANCE_MM, study.needle_mm]
    shape = Shape.of(knowledge)
    return Schedule(
        days=study.interval_days * np.arange(study.sessions, dtype=np.float64),
        group_session=np.arange(study.sessions),
        groups=np.tile(np.array(group), (study.sessions, 1)),
        shape=shape_array(shape),
        ends=np.array(skin_of(study.zone, Sex(study.sex), knowledge).ends_mm),
    )


def shape_array(shape: Shape) -> Floats:
    """Return what all channels have in common in the order of `geometry`."""
    return np.array(
        [
            shape.scatter_share,
            shape.scatter_floor,
            shape.channel_share,
            shape.tip_taper,
            shape.reach_of_stimulus,
        ]
    )


def _after_first(output: str) -> Callable[[Play, Figure], Floats]:
    return lambda course, figure: course.outputs((output,), (_day(figure),))[0, 0]


def _after_last(output: str, baseline: float) -> Callable[[Play, Figure], Floats]:
    return lambda course, figure: (
        course.outputs((output,), (course.last_day + _day(figure),))[0, 0] - baseline
    )


def _type3(course: Play, figure: Figure) -> Floats:
    resident, new = course.outputs(("R_p", "n3_p"), (course.last_day + _day(figure),))[:, 0]
    return 100.0 * (0.18 * (resident - 1.0) + new) / 0.18


def _type1(course: Play, figure: Figure) -> Floats:
    resident, new = course.outputs(("R_p", "n1_p"), (course.last_day + _day(figure),))[:, 0]
    return 100.0 * (0.82 * (resident - 1.0) + new) / 0.82


def _elastin(course: Play, figure: Figure) -> Floats:
    new, old = course.outputs(("Ln", "Lo"), (course.last_day + _day(figure),))[:, 0]
    return 100.0 * (new + old - 1.0)


def _new_elastin(course: Play, figure: Figure) -> Floats:
    return 100.0 * course.outputs(("Ln",), (course.last_day + _day(figure),))[0, 0]


def _pore_half_life(course: Play, _: Figure) -> Floats:
    return np.array([_half_life(course, "k_E")])


def _oct_growth(course: Play, _: Figure) -> Floats:
    early, late = (
        course.outputs(("collagen_oct_percent",), (course.last_day + 30.0, course.last_day + 90.0))[0] - 100.0
    )
    return late / early


def _fading_day(course: Play, _: Figure) -> Floats:
    days = tuple(np.arange(0.0, 14.0, 0.05))
    scores = course.outputs(("redness",), days)[0]
    return 0.05 * (scores >= 1.0).sum(axis=0)


def _late_redness(course: Play, _: Figure) -> Floats:
    return 100.0 * (course.outputs(("redness",), (7.0,))[0, 0] >= 0.5)


def _growth_3_to_6(course: Play, _: Figure) -> Floats:
    early, late = course.outputs(("collagen_gain",), (course.last_day + 90.0, course.last_day + 180.0))[0]
    return late / early


def _growth_d90_d150(course: Play, _: Figure) -> Floats:
    early, late = course.outputs(("collagen_gain",), (90.0, 150.0))[0]
    return late / early


def _gain(course: Play, figure: Figure) -> Floats:
    return course.outputs(("collagen_gain",), (course.last_day + _day(figure),))[0, 0]


def _half_life(course: Play, rate: str) -> float:
    return float(24.0 * np.log(2.0) / course.table.value[RATES.index(rate)])


def _channel_half_life(course: Play, _: Figure) -> Floats:
    return np.array([_half_life(course, "k_H")])


def _closing_hours(course: Play, _: Figure) -> Floats:
    return np.array([2.65 * _half_life(course, "k_E")])


def _half_life_each(course: Play, _: Figure) -> Floats:
    rates: Floats = persons(course.z, course.table)[:, RATES.index("k_E")]
    return 24.0 * np.log(2.0) / rates


def _closing_each(course: Play, figure: Figure) -> Floats:
    return 2.65 * _half_life_each(course, figure)


def _covered_closing(course: Play, _: Figure) -> Floats:
    return np.array([1.0 / course.evidence.parameters["occluded"].value])


def _turnover(course: Play, _: Figure) -> Floats:
    return np.array([turnover_days(course.evidence, course.person)])


def turnover_days(evidence: HealingEvidence, person: Person) -> float:
    """Return how many days the horny layer takes to be renewed, at this part and age."""
    slower = 1.0 + evidence.parameters["turnover_age"].value * max(person.age_years - 35.0, 0.0)
    return evidence.parts[person.part].turnover_days.value * slower


# Where one study is held against another: their difference, or for these their ratio.
RATIOS = frozenset({"gain", "turnover"})


QUANTITIES: Mapping[str, Callable[[Play, Figure], Floats]] = MappingProxyType(
    {
        "redness": _after_first("redness"),
        "tewl_ratio": _after_first("tewl_ratio"),
        "histology_gain": _after_last("collagen_histology_percent", 100.0),
        "ultrasound_gain": _after_last("collagen_ultrasound_percent", 100.0),
        "oct_gain": _after_last("collagen_oct_percent", 100.0),
        "type3_gain": _type3,
        "type1_gain": _type1,
        "elastin_total": _elastin,
        "elastin_new": _new_elastin,
        "pore_half_life": _pore_half_life,
        "oct_growth": _oct_growth,
        "fading_day": _fading_day,
        "late_redness_share": _late_redness,
        "gain": _gain,
        "channel_half_life": _channel_half_life,
        "closing_hours": _closing_hours,
        "half_life_each": _half_life_each,
        "closing_each": _closing_each,
        "covered_closing": _covered_closing,
        "turnover": _turnover,
        "gain_growth_3_to_6": _growth_3_to_6,
        "gain_growth_d90_d150": _growth_d90_d150,
    }
)


def _day(figure: Figure) -> float:
    if figure.day is None:
        raise ValueError(f"{figure.id}: the day of the look is missing")
    return figure.day


def found(figure: Figure, courses: Mapping[str, Play]) -> Floats:
    """Return what the people of a study show, one number each; against another study where the figure names one."""
    quantity = QUANTITIES[figure.quantity]
    here = quantity(courses[figure.study], figure)
    if not figure.versus:
        return here
    there = quantity(courses[figure.versus], figure)
    return here / there if figure.quantity in RATIOS else here - there
