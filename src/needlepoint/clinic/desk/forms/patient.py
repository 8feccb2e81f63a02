"""The front desk's form."""

from __future__ import annotations

import re
from datetime import date

from needlepoint.clinic.chair.actions.patient import Person
from needlepoint.clinic.practice.forms.typed import Typed, choice, day, line, mail_address, text
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Sex, SkinType

FIELDS = (
    "given_name",
    "family_name",
    "born_on",
    "born_in",
    "sex",
    "skin_type",
    "phone",
    "email",
    "allergies",
)


def person(typed: Typed) -> Person:
    """Return the person that was typed in."""
    born_on, born_in = _born(typed)
    return Person(
        given_name=line(typed, "given_name", 80),
        family_name=line(typed, "family_name", 80),
        born_on=born_on,
        born_in=born_in,
        sex=choice(typed, "sex", Sex),
        skin_type=choice(typed, "skin_type", SkinType),
        phone=line(typed, "phone", 40),
        email=mail_address(typed, "email"),
        allergies=text(typed, "allergies", 1000),
    )


def _born(typed: Typed) -> tuple[date | None, str]:
    """Return the day of birth, else its year or month; where neither is known, somebody has to say so."""
    born_in = text(typed, "born_in", 7)
    if str(typed.get("born_on", "")).strip():
        if born_in:
            raise InputError("born_in", "stands beside a date of birth", "one of the two, the other empty")
        return day(typed, "born_on"), ""
    if born_in and not re.fullmatch(r"[0-9]{4}(-(0[1-9]|1[0-2]))?", born_in):
        raise InputError(
            "born_in", "%(born_in)r is no year or month", "such as 1970 or 1970-06", born_in=born_in
        )
    if not born_in and not typed.get("born_unknown"):
        raise InputError(
            "born_on", "is empty", "a date, the year or month if only that is known, or “not known”"
        )
    return None, born_in
