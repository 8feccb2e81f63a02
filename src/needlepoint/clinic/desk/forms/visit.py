"""What is typed about a visit: where and when, for what, and what was agreed to when it was asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict

from needlepoint.clinic.access.checks import NotHere
from needlepoint.clinic.desk.actions.slots import Slot, Sure
from needlepoint.clinic.practice.forms.typed import instant, number, text
from needlepoint.course.visits import other_of_two

START = "start_"
MOST_QUESTIONS = 40


def slot(typed: QueryDict, zone: Any) -> Slot:
    """Return where and when a visit is to be booked; of an hour that comes twice the second where that was chosen."""
    starts_at = instant(typed, "starts_at", zone)
    return Slot(
        room_key=number(typed, "room", 1, 2**62),
        operator_key=number(typed, "operator", 1, 2**62),
        starts_at=other_of_two(starts_at, zone) if typed.get("second") else starts_at,
        minutes=number(typed, "minutes", 5, 480),
        numbing_minutes=number(typed, "numbing_minutes", 0, 120),
        clean_down_minutes=number(typed, "clean_down_minutes", 0, 120),
    )


def sure(typed: QueryDict) -> Sure:
    """Return what was answered with yes, and why a prescriber has it sooner than the rulebook."""
    return Sure(tuple(typed.getlist("agreed")[:MOST_QUESTIONS]), text(typed, "early_reason", 1000))


def starts(typed: QueryDict, zone: Any) -> dict[UUID, datetime]:
    """Return when each session of a course is to begin, as it was shown and perhaps changed."""
    names = [each for each in typed if each.startswith(START)]
    return {id_of(each.removeprefix(START)): instant(typed, each, zone) for each in names if typed[each]}


def chosen(typed: QueryDict) -> tuple[str, UUID | None]:
    """Return what a visit is for: `session`, `course` or `look` with its id, or nothing of the kind."""
    kind, _, asked = str(typed.get("what", "")).partition(":")
    return (kind, id_of(asked.partition(":")[0])) if kind in ("session", "course", "look") else ("", None)


def look(typed: QueryDict) -> str:
    """Return which look a visit is for, by its id."""
    return str(typed.get("what", "")).rpartition(":")[2]


def id_of(asked: str) -> UUID:
    """Return an id as an address or a form has it; NotHere where it is none."""
    try:
        return UUID(asked)
    except ValueError:
        raise NotHere from None
