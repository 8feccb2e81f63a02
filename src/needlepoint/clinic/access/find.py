"""The only way to a row by its public id: within the actor's clinic, or not at all."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from needlepoint.clinic.access.checks import Actor, NotHere
from needlepoint.clinic.models import (
    AdverseEvent,
    Booking,
    Consent,
    Course,
    Enquiry,
    Message,
    Patient,
    Photo,
    PhotoChange,
    Session,
    TextAnswer,
    TriageTask,
    Waiting,
)
from needlepoint.clinic.models.written import STANDS_FOR, Written

KINDS = {
    "adverse_event": AdverseEvent,
    "booking": Booking,
    "consent": Consent,
    "course": Course,
    "enquiry": Enquiry,
    "message": Message,
    "patient": Patient,
    "photo": Photo,
    "photo_change": PhotoChange,
    "session": Session,
    "text_answer": TextAnswer,
    "triage_task": TriageTask,
    "waiting": Waiting,
}
LONGEST_KEY = 18


def find(model: Any, actor: Actor, public_id: UUID, *together: str, for_update: bool = False) -> Any:
    """Return the row of the actor's clinic, with the references named in `together`; NotHere where there is none."""
    row = _one(model, together, for_update).first(actor.clinic, public_id)
    if row is None:
        raise NotHere
    return row


@cache
def _one(model: Any, together: tuple[str, ...], for_update: bool) -> Written:
    def build(clinic: int, public_id: UUID) -> QuerySet:
        rows = model.objects.filter(clinic=clinic, public_id=public_id)
        rows = rows.select_related(*together) if together else rows
        return rows.select_for_update(no_key=True, of=("self",)) if for_update else rows

    return Written(build, STANDS_FOR, UUID(int=STANDS_FOR))


def find_by_key(model: Any, actor: Actor, key: object) -> Any:
    """Return a row without a public id, such as a room or a device, chosen from a list by its key."""
    typed = str(key)
    # A key of a row is a whole number that both databases hold; whatever else was sent names nothing.
    known = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_KEY
    row = model.objects.filter(clinic=actor.clinic, pk=typed).first() if known else None
    if row is None:
        raise NotHere
    return row


def look_up(kind: str, actor: Actor, public_id: UUID, *together: str) -> Any:
    """Return a row by the name of its kind, for those who only show it."""
    return find(KINDS[kind], actor, public_id, *together)
