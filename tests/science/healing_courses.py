"""Courses and people that the tests of healing share."""

import numpy as np

from needlepoint.dose.shape import Shape
from needlepoint.evidence.healing import packaged_healing
from needlepoint.evidence.loader import packaged
from needlepoint.healing.ensemble import Schedule, Table
from needlepoint.healing.population import COLUMNS, Person, table
from needlepoint.healing.studies import shape_array

EVIDENCE = packaged_healing()
CHEEK = (0.0168, 0.2, 0.3, 1.07)


def constants(age=40.0, skin_type="III", part="face") -> Table:
    return table(EVIDENCE, Person(age, skin_type, part))


def course(days=(0.0, 28.0, 56.0, 84.0), rho=6.67, depth=1.5, needle=0.25, ends=CHEEK, reach=0.9) -> Schedule:
    group = [rho, depth, reach, depth + 0.15, needle]
    return Schedule(
        days=np.array(days, dtype=float),
        group_session=np.arange(len(days)),
        groups=np.tile(np.array(group), (len(days), 1)),
        shape=shape_array(Shape.of(packaged())),
        ends=np.array(ends),
    )


def average(members=1) -> np.ndarray:
    return np.zeros((members, COLUMNS))
