"""The front desk's form."""

from __future__ import annotations

from needlepoint.clinic.actions.patient import Person
from needlepoint.clinic.forms.typed import Typed, choice, day, line, text
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Sex, SkinType

FIELDS = ("given_name", "family_name", "born_on", "sex", "skin_type", "phone", "email", "allergies")


def person(typed: Typed) -> Person:
    """Return the person that was typed in."""
    email = text(typed, "email", 254)
    if email and ("@" not in email[1:-1] or " " in email):
        raise InputError("email", f"{email[:40]!r} is not an address", "an address such as name@example.org")
    return Person(
        given_name=line(typed, "given_name", 80, needed=True),
        family_name=line(typed, "family_name", 80, needed=True),
        born_on=day(typed, "born_on"),
        sex=choice(typed, "sex", Sex),
        skin_type=choice(typed, "skin_type", SkinType),
        phone=line(typed, "phone", 40),
        email=email,
        allergies=text(typed, "allergies", 1000),
    )
