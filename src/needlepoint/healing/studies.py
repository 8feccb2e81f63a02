"""A published course, played by virtual patients: what the calibration and the validation both stand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from needlepoint.course.goals import Sex
from needlepoint.dose.coverage import Shape
from needlepoint.dose.skin import skin_of
from needlepoint.evidence.healing import Figure, HealingEvidence, Study
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.healing.compiled import Floats
from needlepoint.healing.ensemble import Schedule, Table, simulate
from needlepoint.healing.equations import RATES
from needlepoint.healing.population import Person, table

# Which device stands for the kind that a paper names.
STANDS_FOR = MappingProxyType({"pen": "skinpen-precision", "roller": "dermaroller-mf8"})
TOLERANCE_MM = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """A study with the people who play it: their differences z, their constants, what is done to them."""

    study: Study
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
    site = "neck" if study.zone == "neck" else "face"
    person = Person(study.age_years, study.skin_type, site)
    return Play(study, z, table(evidence, person), study_schedule(study, knowledge))


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
    return np.array([24.0 * np.log(2.0) / course.table.value[_K_E]])


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


_K_E = RATES.index("k_E")
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
        "gain_growth_3_to_6": _growth_3_to_6,
        "gain_growth_d90_d150": _growth_d90_d150,
    }
)


def _day(figure: Figure) -> float:
    if figure.day is None:
        raise ValueError(f"{figure.id}: the day of the look is missing")
    return figure.day
