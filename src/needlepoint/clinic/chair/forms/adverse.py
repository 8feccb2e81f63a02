"""What is typed about an adverse event."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict

from needlepoint.clinic.chair.actions.adverse import Happened
from needlepoint.clinic.practice.forms.typed import day, text
from needlepoint.course.errors import InputError


def happened(typed: QueryDict) -> Happened:
    """Return an event as it was typed."""
    return Happened(
        kind=text(typed, "kind", 40),
        severity=text(typed, "severity", 20),
        serious=tuple(text({"serious": each}, "serious", 40) for each in typed.getlist("serious")[:20]),
        began_on=day(typed, "began_on"),
        words=text(typed, "words", 4000),
        action_taken=text(typed, "action_taken", 4000),
        session_id=session_id(typed.get("session", "")),
        cartridge_id=session_id(typed.get("cartridge", ""), "cartridge"),
    )


def session_id(asked: str, what: str = "session") -> UUID | None:
    """Return which session or cartridge is meant; None where none is."""
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise InputError(what, "names no %(what)s", "a %(what)s from the list, or none", what=what) from None
