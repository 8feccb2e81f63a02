"""The day view: what is booked where or with whom, and the one next step of each visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import (
    AdverseEvent,
    AdverseFollowUp,
    Booking,
    ChartLink,
    Consent,
    Photo,
    Session,
    TriageTask,
)
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.queries.linked import RED_LEVELS, red_flags_beside
from needlepoint.clinic.queries.lists import operators, rooms
from needlepoint.course.states import SessionState

BEGUN = (SessionState.UNDER_WAY.value, SessionState.DONE.value)  # such a visit stays in the diary
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


class Visit(NamedTuple):
    """A visit as its card shows it: who comes, where, to whom; the session, and what hangs on the patient."""

    public_id: UUID
    starts_at: datetime
    ends_at: datetime
    purpose: str
    numbing_minutes: int
    room_id: int
    room_name: str
    operator_id: int
    operator_name: str
    patient_id: UUID
    patient_name: str
    session_id: UUID | None
    state: str | None
    numbing_on_at: datetime | None
    opened_at: datetime | None
    photo_consent: bool
    photographed: bool
    adverse: bool
    urgent: bool
    linked: bool

    @property
    def may_be_cancelled(self) -> bool:
        """Say whether the session of the visit has not begun yet."""
        return self.state not in BEGUN


@dataclass(frozen=True, slots=True)
class Card:
    """One visit."""

    booking: Visit
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
    rows = _between(actor.clinic, *_day_of(actor, on))
    return rows.select_related("patient", "session", "operator", "room")


def _day_of(actor: Actor, on: date) -> tuple[datetime, datetime]:
    starts, ends = (datetime.combine(each, time(), actor.zone) for each in (on, on + timedelta(days=1)))
    return starts, ends


def _between(clinic: int, starts: datetime, ends: datetime) -> QuerySet:
    rows = Booking.objects.filter(
        clinic=clinic,
        starts_at__gte=starts,
        starts_at__lt=ends,
        cancelled_at=None,
    )
    return rows.order_by("starts_at", "id")


def _visits(clinic: int, starts: datetime, ends: datetime) -> QuerySet:
    name = Concat("patient__family_name", Value(", "), "patient__given_name")
    return (
        _between(clinic, starts, ends)
        .annotate(patient_name=name, **_marks(starts))
        .values_list(
            *("public_id", "starts_at", "ends_at", "purpose", "numbing_minutes"),
            *("room_id", "room__name", "operator_id", "operator__name"),
            *("patient__public_id", "patient_name"),
            *("session__public_id", "session__state", "session__numbing_on_at", "session__opened_at"),
            *("photo_consent", "photographed", "adverse", "urgent", "linked"),
        )
    )


_VISITS = Written(_visits, STANDS_FOR, datetime(1970, 1, 2, tzinfo=UTC), datetime(1970, 1, 3, tzinfo=UTC))


def day_columns(actor: Actor, on: date, at: datetime, by: str = "room") -> list[Column]:
    """Return the visits of a day by room or by operator; two statements whatever the number of visits.

    Where somebody has two charts, two more say what hangs on the other one.
    """
    cards: dict[int, list[Card]] = {}
    people: dict[int, str] = {}
    for visit in _with_linked(Visit(*each) for each in _VISITS.rows(actor.clinic, *_day_of(actor, on))):
        key = visit.room_id if by == "room" else visit.operator_id
        beside = visit.operator_name if by == "room" else visit.room_name
        people[visit.operator_id] = visit.operator_name
        cards.setdefault(key, []).append(_card(visit, at, beside))
    if by == "room":
        names: Mapping[int, str] = {room.pk: room.name for room in rooms(actor)}
    else:
        # Who is booked has a column even after their role has ended.
        names = {member.pk: member.name for member in operators(actor)} | people
    columns = [Column(name, tuple(cards.get(key, ()))) for key, name in names.items()]
    return columns if by == "room" else sorted(columns, key=lambda column: not column.cards)


def _with_linked(visits: Iterable[Visit]) -> list[Visit]:
    """Return the visits with the red flags of linked charts, too, since it is the same person who comes."""
    found = list(visits)
    flagged = red_flags_beside({each.patient_id for each in found if each.linked})
    return [
        each._replace(
            adverse=each.adverse or flagged[each.patient_id].adverse,
            urgent=each.urgent or flagged[each.patient_id].urgent,
        )
        if each.patient_id in flagged
        else each
        for each in found
    ]


def _marks(starts: datetime) -> dict[str, Any]:
    """Return what hangs on a patient and shows on the card, as conditions inside the one statement."""
    patient = OuterRef("patient")
    of_one_person = ChartLink.objects.filter(Q(one=patient) | Q(other=patient))
    ended = AdverseFollowUp.objects.filter(event=OuterRef("pk")).exclude(outcome="")
    waiting = TriageTask.objects.filter(patient=patient, closed_at=None)
    return {
        "photo_consent": Exists(Consent.objects.filter(patient=patient, kind="photos", withdrawal=None)),
        "photographed": Exists(Photo.objects.filter(patient=patient, taken_at__gte=starts)),
        "adverse": Exists(AdverseEvent.objects.filter(~Exists(ended), patient=patient)),
        "urgent": Exists(waiting.filter(level__in=RED_LEVELS)),
        "linked": Exists(of_one_person),
    }


def _card(visit: Visit, at: datetime, beside: str) -> Card:
    flags = (("adverse event open",) if visit.adverse else ()) + (
        ("urgent check-in",) if visit.urgent else ()
    )
    if visit.state is None:
        return Card(visit, (), flags, "", None, beside)
    return Card(visit, _chips(visit), flags, NEXT_STEP[visit.state], numbing_minutes(visit, at), beside)


def _chips(visit: Visit) -> tuple[Chip, ...]:
    if visit.state == SessionState.CALLED_OFF.value:
        return (Chip("called off", True),)
    reached = ORDER.index(SessionState(str(visit.state)))
    photos = Chip("photos" if visit.photo_consent else "photo consent", visit.photographed)
    return (
        Chip("screening", reached > 0),
        Chip("consent", reached > 1),
        photos,
        Chip("cartridge", reached > 2),
        Chip("signed", reached > 3),
    )


def numbing_minutes(session: Session | Visit, at: datetime) -> int | None:
    """Return how long the numbing cream has been on; None before it is and once the session is open."""
    if session.numbing_on_at is None or session.opened_at is not None:
        return None
    return int((at - session.numbing_on_at).total_seconds() // 60)
