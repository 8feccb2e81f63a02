"""The day view: what is booked where or with whom, and the one next step of each visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import (
    AdverseEvent,
    AdverseFollowUp,
    Booking,
    Consent,
    Photo,
    Session,
    TriageTask,
)
from needlepoint.clinic.queries.lists import operators, rooms
from needlepoint.course.states import SessionState

NEXT_STEP = {
    SessionState.PLANNED.value: "Screen",
    SessionState.SCREENED.value: "Consent",
    SessionState.CONSENTED.value: "Open session",
    SessionState.UNDER_WAY.value: "Go on",
    SessionState.DONE.value: "Look at it",
    SessionState.CALLED_OFF.value: "Look at it",
}
ORDER = (
    SessionState.PLANNED,
    SessionState.SCREENED,
    SessionState.CONSENTED,
    SessionState.UNDER_WAY,
    SessionState.DONE,
)
# A check-in on one of these levels is a red flag; the calmer ones wait in their queue.
RED_LEVELS = ("emergency", "same_day", "call_48h")


@dataclass(frozen=True, slots=True)
class Chip:
    """A word on a card, and whether that step is behind us."""

    says: str
    done: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One visit."""

    booking: Booking
    chips: tuple[Chip, ...]
    flags: tuple[str, ...]
    next_step: str
    numbing_minutes: int | None
    beside: str


@dataclass(frozen=True, slots=True)
class Column:
    """A room or a person, and the visits there in order."""

    name: str
    cards: tuple[Card, ...]


def bookings_of(actor: Actor, on: date) -> QuerySet:
    """Return the visits of a day in the clinic's zone, in order."""
    starts = datetime.combine(on, time(), actor.zone)
    ends = datetime.combine(on + timedelta(days=1), time(), actor.zone)
    rows = Booking.objects.filter(
        clinic=actor.clinic,
        starts_at__gte=starts,
        starts_at__lt=ends,
        cancelled_at=None,
        patient__archived_at=None,
    )
    return rows.select_related("patient", "session", "operator", "room").order_by("starts_at", "id")


def day_columns(actor: Actor, on: date, at: datetime, by: str = "room") -> list[Column]:
    """Return the visits of a day by room or by operator; two statements whatever the number of visits."""
    cards: dict[int, list[Card]] = {}
    people: dict[int, str] = {}
    for booking in bookings_of(actor, on).annotate(**_marks(actor, on)):
        key = booking.room_id if by == "room" else booking.operator_id
        beside = booking.operator.name if by == "room" else booking.room.name
        people[booking.operator_id] = booking.operator.name
        cards.setdefault(key, []).append(_card(booking, at, beside))
    if by == "room":
        names: Mapping[int, str] = {room.pk: room.name for room in rooms(actor)}
    else:
        # Who is booked has a column even after their role has ended.
        names = {member.pk: member.name for member in operators(actor)} | people
    columns = [Column(name, tuple(cards.get(key, ()))) for key, name in names.items()]
    return columns if by == "room" else sorted(columns, key=lambda column: not column.cards)


def _marks(actor: Actor, on: date) -> dict[str, Any]:
    """Return what hangs on a patient and shows on the card, as conditions inside the one statement."""
    patient = OuterRef("patient")
    starts = datetime.combine(on, time(), actor.zone)
    ended = AdverseFollowUp.objects.filter(event=OuterRef("pk")).exclude(outcome="")
    waiting = TriageTask.objects.filter(patient=patient, closed_at=None)
    return {
        "photo_consent": Exists(Consent.objects.filter(patient=patient, kind="photos", withdrawal=None)),
        "photographed": Exists(Photo.objects.filter(patient=patient, taken_at__gte=starts)),
        "adverse": Exists(AdverseEvent.objects.filter(~Exists(ended), patient=patient)),
        "urgent": Exists(waiting.filter(level__in=RED_LEVELS)),
    }


def _card(booking: Any, at: datetime, beside: str) -> Card:
    session = booking.session
    flags = (("adverse event open",) if booking.adverse else ()) + (
        ("urgent check-in",) if booking.urgent else ()
    )
    if session is None:
        return Card(booking, (), flags, "", None, beside)
    return Card(
        booking,
        _chips(session, booking),
        flags,
        NEXT_STEP[session.state],
        numbing_minutes(session, at),
        beside,
    )


def _chips(session: Session, booking: Any) -> tuple[Chip, ...]:
    if session.state == SessionState.CALLED_OFF.value:
        return (Chip("called off", True),)
    reached = ORDER.index(SessionState(session.state))
    photos = Chip("photos" if booking.photo_consent else "photo consent", booking.photographed)
    return (
        Chip("screening", reached > 0),
        Chip("consent", reached > 1),
        photos,
        Chip("cartridge", reached > 2),
        Chip("signed", reached > 3),
    )


def numbing_minutes(session: Session, at: datetime) -> int | None:
    """Return how long the numbing cream has been on; None before it is and once the session is open."""
    if session.numbing_on_at is None or session.opened_at is not None:
        return None
    return int((at - session.numbing_on_at).total_seconds() // 60)
