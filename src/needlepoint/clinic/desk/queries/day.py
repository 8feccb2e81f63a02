"""The day view: what is booked where or with whom, and the one next step of each visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.chair.queries.course.linked import RedFlags, red_flags_beside
from needlepoint.clinic.chair.queries.marks import BEGUN, Asked, Mark, held_count, marks
from needlepoint.clinic.chair.queries.urgency import INSTANTS, REPORT, Flag, OpenReport, first_of, leading
from needlepoint.clinic.desk.queries.visits import is_late, without_trace
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
from needlepoint.clinic.practice.queries.lists import operators, rooms
from needlepoint.course.instants import local_date
from needlepoint.course.states import SessionState

NEXT_STEP = {
    SessionState.PLANNED.value: gettext_noop("Screen"),
    SessionState.SCREENED.value: gettext_noop("Consent"),
    SessionState.CONSENTED.value: gettext_noop("Open session"),
    SessionState.UNDER_WAY.value: "Go on",
    SessionState.DONE.value: gettext_noop("Look at it"),
    SessionState.CALLED_OFF.value: "",
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

    key: int
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
    session: int | None
    course: int | None
    state: str | None
    numbing_on_at: datetime | None
    opened_at: datetime | None
    photo_consent: bool
    photographed: bool
    adverse: bool
    linked: bool
    held: int
    arrived_at: datetime | None
    no_show_at: datetime | None
    no_show_reason: str
    level: str | None
    due_at: datetime | None
    seen_at: datetime | None

    @property
    def report(self) -> OpenReport | None:
        """Return the most urgent of the patient's check-ins that wait."""
        return OpenReport.read(self.level, self.due_at, self.seen_at)

    @property
    def stands(self) -> bool:
        """Say whether the session of the visit has not begun yet, and nobody has noted that it was missed."""
        return self.state not in BEGUN and self.no_show_at is None


@dataclass(frozen=True, slots=True)
class Card:
    """One visit."""

    booking: Visit
    chips: tuple[Chip, ...]
    flags: tuple[Flag, ...]
    next_step: str
    numbing_minutes: int | None
    beside: str
    mark: Mark | None = None
    begun: bool = False
    late: bool = False
    not_noted: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A room or a person, and the visits there in order."""

    name: str
    cards: tuple[Card, ...]


def bookings_of(actor: Actor, on: date) -> QuerySet:
    """Return the visits of a day in the clinic's zone, in order."""
    rows = _between(actor.clinic, *_day_of(actor, on)).filter(no_show_at=None)
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


def _visits(clinic: int, starts: datetime, ends: datetime, at: datetime) -> QuerySet:
    # Who has one name only is called by that.
    name = Case(
        When(patient__family_name="", then="patient__given_name"),
        When(patient__given_name="", then="patient__family_name"),
        default=Concat("patient__family_name", Value(", "), "patient__given_name"),
    )
    return _between(clinic, starts, ends).annotate(patient_name=name, **_marks(starts, at))


_FLAGS = ("photo_consent", "photographed", "adverse", "linked")
_VISITS = Written(
    _visits,
    *(STANDS_FOR, *(datetime(1970, 1, day, tzinfo=UTC) for day in (2, 3, 4))),
    columns=(
        *("id", "public_id", "starts_at", "ends_at", "purpose", "numbing_minutes"),
        *("room_id", "room__name", "operator_id", "operator__name"),
        *("patient__public_id", "patient_name"),
        *("session__public_id", "session_id", "session__course_id"),
        *("session__state", "session__numbing_on_at", "session__opened_at"),
        *_FLAGS,
        *("held", "arrived_at", "no_show_at", "no_show_reason"),
        *REPORT,
    ),
    flags=_FLAGS,
    instants=INSTANTS,
)


def day_columns(actor: Actor, on: date, at: datetime, by: str = "room") -> list[Column]:
    """Return the visits of a day by room or by operator; three statements whatever the number of visits.

    Where somebody has two charts, two more say what hangs on the other one; of a day gone by one more says of which
    visits nothing is known.
    """
    cards: dict[int, list[Card]] = {}
    people: dict[int, str] = {}
    visits = _with_linked((Visit(*each) for each in _VISITS.rows(actor.clinic, *_day_of(actor, on), at)), at)
    marked = _marked(visits, actor, at)
    past = on < local_date(at, actor.zone)
    unknown = _unknown(actor, on) if past else frozenset()
    for visit in visits:
        key = visit.room_id if by == "room" else visit.operator_id
        beside = visit.operator_name if by == "room" else visit.room_name
        people[visit.operator_id] = visit.operator_name
        card = _card(visit, at, beside, marked.get(visit.key), actor.zone)
        cards.setdefault(key, []).append(replace(card, not_noted=True) if visit.key in unknown else card)
    if by == "room":
        names: Mapping[int, str] = {room.pk: room.name for room in rooms(actor)}
    else:
        # Who is booked has a column even after their role has ended.
        names = {member.pk: member.name for member in operators(actor)} | people
    columns = [Column(name, tuple(cards.get(key, ()))) for key, name in names.items()]
    return columns if by == "room" else sorted(columns, key=lambda column: not column.cards)


def _marked(visits: list[Visit], actor: Actor, at: datetime) -> dict[int, Mark]:
    coming = [each for each in visits if each.stands and each.ends_at > at]
    return marks(
        (Asked(each.key, each.session, each.course, each.starts_at, each.held) for each in coming),
        actor.zone,
        at,
    )


def _unknown(actor: Actor, on: date) -> frozenset[int]:
    rows = without_trace(_between(actor.clinic, *_day_of(actor, on)).filter(patient__gone_at=None))
    return frozenset(rows.values_list("pk", flat=True))


def _with_linked(visits: Iterable[Visit], at: datetime) -> list[Visit]:
    """Return the visits with the red flags of linked charts, too, since it is the same person who comes."""
    found = list(visits)
    flagged = red_flags_beside({each.patient_id for each in found if each.linked}, at)
    return [
        _beside(each, flagged[each.patient_id], at) if each.patient_id in flagged else each for each in found
    ]


def _beside(visit: Visit, other: RedFlags, at: datetime) -> Visit:
    report = first_of((visit.report, other.report), at)
    level, due_at, seen_at = report or (None, None, None)
    return visit._replace(adverse=visit.adverse or other.adverse, level=level, due_at=due_at, seen_at=seen_at)


def _marks(starts: datetime, at: datetime) -> dict[str, Any]:
    """Return what hangs on a patient and shows on the card, as conditions inside the one statement."""
    patient = OuterRef("patient")
    of_one_person = ChartLink.objects.filter(Q(one=patient) | Q(other=patient))
    ended = AdverseFollowUp.objects.filter(event=OuterRef("pk")).exclude(outcome="")
    waiting = TriageTask.objects.filter(patient=patient, closed_at=None)
    return {
        "photo_consent": Exists(Consent.objects.filter(patient=patient, kind="photos", withdrawal=None)),
        "photographed": Exists(Photo.objects.filter(patient=patient, taken_at__gte=starts)),
        "adverse": Exists(AdverseEvent.objects.filter(~Exists(ended), patient=patient)),
        **leading(waiting, at),
        "linked": Exists(of_one_person),
        "held": held_count(),
    }


def _flags(visit: Visit, at: datetime, zone: tzinfo) -> Iterator[Flag]:
    if visit.adverse:
        # As on the chart: somebody looks before the needling; nobody is needed this minute.
        yield Flag("wait", _("adverse event open"))
    if report := visit.report:
        yield Flag(report.kind(at), _("check-in: %(report)s") % {"report": report.says(at, zone)})


def _card(visit: Visit, at: datetime, beside: str, mark: Mark | None, zone: tzinfo) -> Card:
    flags, begun = tuple(_flags(visit, at, zone)), visit.starts_at <= at
    card = Card(visit, _became(visit), flags, "", None, beside, mark, begun, is_late(visit, at))
    if visit.state is None or visit.no_show_at is not None or mark is not None:
        return card
    chips = (*card.chips, *_chips(visit))
    return replace(
        card, chips=chips, next_step=NEXT_STEP[visit.state], numbing_minutes=numbing_minutes(visit, at)
    )


def _became(visit: Visit) -> tuple[Chip, ...]:
    if visit.no_show_at is not None:
        return (Chip(gettext_noop("did not come"), False),)
    return (Chip(gettext_noop("came"), True),) if visit.arrived_at is not None else ()


def _chips(visit: Visit) -> tuple[Chip, ...]:
    if visit.state == SessionState.CALLED_OFF.value:
        return (Chip(gettext_noop("called off"), False),)
    reached = ORDER.index(SessionState(str(visit.state)))
    photos = Chip(
        gettext_noop("photos") if visit.photo_consent else gettext_noop("photo consent"), visit.photographed
    )
    return (
        Chip(gettext_noop("screening"), reached > 0),
        Chip(gettext_noop("consent"), reached > 1),
        photos,
        Chip(gettext_noop("cartridge"), reached > 2),
        Chip(gettext_noop("signed"), reached > 3),
    )


def numbing_minutes(session: Session | Visit, at: datetime) -> int | None:
    """Return how long the numbing cream has been on; None before it is and once the session is open."""
    if session.numbing_on_at is None or session.opened_at is not None:
        return None
    return int((at - session.numbing_on_at).total_seconds() // 60)
