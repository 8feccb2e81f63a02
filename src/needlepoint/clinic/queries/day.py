"""The day view: what is booked in which room, and the one next step of each visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Booking, Room, Session
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
    next_step: str
    numbing_minutes: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A room and its visits in order."""

    room: Room
    cards: tuple[Card, ...]


def day_columns(actor: Actor, on: date, at: datetime) -> list[Column]:
    """Return the visits of a day in the clinic's zone by room; two statements whatever the number of visits."""
    starts = datetime.combine(on, time(), actor.zone)
    ends = datetime.combine(on + timedelta(days=1), time(), actor.zone)
    bookings = Booking.objects.filter(
        clinic=actor.clinic,
        starts_at__gte=starts,
        starts_at__lt=ends,
        cancelled_at=None,
        patient__archived_at=None,
    ).select_related("patient", "session", "operator")
    cards: dict[int, list[Card]] = {}
    for booking in bookings.order_by("starts_at", "id"):
        cards.setdefault(booking.room_id, []).append(_card(booking, at))
    rooms = Room.objects.filter(clinic=actor.clinic).order_by("name")
    return [Column(room, tuple(cards.get(room.pk, ()))) for room in rooms]


def _card(booking: Booking, at: datetime) -> Card:
    session = booking.session
    if session is None:
        return Card(booking, (), "", None)
    return Card(booking, _chips(session), NEXT_STEP[session.state], numbing_minutes(session, at))


def _chips(session: Session) -> tuple[Chip, ...]:
    reached = (
        ORDER.index(SessionState(session.state)) if session.state != SessionState.CALLED_OFF.value else -1
    )
    if reached < 0:
        return (Chip("called off", True),)
    steps = ("screening", "consent", "cartridge", "signed")
    return tuple(Chip(says, reached > place) for place, says in enumerate(steps))


def numbing_minutes(session: Session, at: datetime) -> int | None:
    """Return how long the numbing cream has been on; None before it is and once the session is open."""
    if session.numbing_on_at is None or session.opened_at is not None:
        return None
    return int((at - session.numbing_on_at).total_seconds() // 60)
