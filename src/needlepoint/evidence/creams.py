"""The shapes of the rows about numbing creams: which product is which, and how much of it its own label allows."""

from __future__ import annotations

from needlepoint.evidence.schema import Basis, Cited, Ids, Row, Words


class CreamLimit(Row):
    """The most that a label allows from an age and a weight on; a row without a weight holds at any weight.

    `per_10_cm2` is grams on 10 cm2 of skin. The row that counts is the last one whose age and weight are both reached.
    """

    from_years: float
    grams: Cited
    area_cm2: Cited
    minutes: Cited
    per_10_cm2: Cited
    from_kg: float = 0
    note: str = ""


class Cream(Row):
    """A numbing cream by the words that name it; `up_to_percent` is the strength beyond which it is another one."""

    id: Words
    title: Words
    named: tuple[str, ...]
    up_to_percent: float
    limits: tuple[CreamLimit, ...]
    sources: Ids
    basis: Basis
    note: str = ""

    def __post_init__(self) -> None:
        ages = [each.from_years for each in self.limits]
        if not ages or ages != sorted(ages):
            raise ValueError("its limits are missing or do not go up by age")
