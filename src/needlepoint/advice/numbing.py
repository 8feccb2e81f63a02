"""Numbing cream beside the label of its own product: grams, skin, minutes and layer as multiples of the most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from needlepoint.course.answers import YesNo
from needlepoint.course.instants import months_after
from needlepoint.course.letters import unaccented
from needlepoint.course.session import Topical
from needlepoint.evidence.creams import Cream, CreamLimit
from needlepoint.evidence.knowledge import Knowledge

UNLISTED = "other"
MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Numbing:
    """A cream beside its label; a multiple is None where it is not on record, `limit` where no label has a dose."""

    cream: Cream
    limit: CreamLimit | None
    grams: Decimal | None
    area: Decimal | None
    minutes: Decimal | None
    layer: Decimal | None


def numbing(topical: Topical, born_on: date | None, on: date, knowledge: Knowledge) -> Numbing:
    """Return how a cream stands to its label, for somebody born on that day who had it on another.

    Of whom the age is not known, the smallest row counts: not known is not grown up.
    """
    cream = product(topical, knowledge)
    limit = cream.limits[0] if born_on is None else _limit(cream, born_on, on, topical.patient_kg)
    if limit is None:
        return Numbing(cream, None, None, None, None, None)
    layer = None
    if topical.grams is not None and topical.area_cm2:
        layer = topical.grams / topical.area_cm2 * 10
    return Numbing(
        cream,
        limit,
        _times(topical.grams, limit.grams.value),
        _times(topical.area_cm2, limit.area_cm2.value),
        _times(topical.on_minutes, limit.minutes.value),
        _times(layer, limit.per_10_cm2.value),
    )


def product(topical: Topical, knowledge: Knowledge) -> Cream:
    """Return the product that a cream's name and strength mean; what no label covers is the unlisted one.

    A compounded cream has no label. Neither has lidocaine without a strength, nor one stronger than the product.
    """
    if topical.compounded is YesNo.YES:
        return knowledge.creams[UNLISTED]
    spoken = _words(topical.name)
    named = [each for each in knowledge.creams.values() if spoken & set(each.named)]
    fits = [each for each in named if _fits(topical.strength_percent, each, bare=len(named) == 1)]
    return fits[0] if fits else knowledge.creams[UNLISTED]


def _fits(strength: Decimal | None, cream: Cream, *, bare: bool) -> bool:
    if strength is None:
        # A brand says its strength; the name of a medicine alone does not.
        return bare and not cream.id.startswith("lidocaine_4")
    return strength <= Decimal(str(cream.up_to_percent))


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", unaccented(name.casefold())))


def _limit(cream: Cream, born_on: date, on: date, weight_kg: Decimal | None) -> CreamLimit | None:
    """Return the row for an age; whoever is known to weigh too little for it counts as younger."""
    reached = [
        each
        for each in cream.limits
        if _reached(each, born_on, on) and (weight_kg is None or each.from_kg <= weight_kg)
    ]
    return reached[-1] if reached else None


def _reached(limit: CreamLimit, born_on: date, on: date) -> bool:
    # An age is reached on the birthday itself, which days divided by the length of a year miss in three years of four.
    return months_after(born_on, round(limit.from_years * MONTHS_IN_A_YEAR)) <= on


def _times(amount: Decimal | None, most: float) -> Decimal | None:
    return None if amount is None else amount / Decimal(str(most))


def together(creams: Sequence[Numbing], name: str) -> Decimal | None:
    """Return the sum of a multiple over all creams, since what the blood takes up adds up; None where one is open."""
    values = [getattr(each, name) for each in creams]
    known = [each for each in values if each is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None
