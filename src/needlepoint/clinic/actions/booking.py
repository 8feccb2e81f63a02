"""The diary: one visit or a whole course in one act, never two in one room at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from needlepoint.clinic.access.checks import Actor, Refused
from needlepoint.clinic.access.find import find, find_by_key
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.actions.act import Act, action
from needlepoint.clinic.actions.record import write
from needlepoint.clinic.models import Booking, Course, Member, Patient, Room, Session
from needlepoint.clinic.queries.day import BEGUN
from needlepoint.course.instants import at_clock, local_date
from needlepoint.course.quantities import whole
from needlepoint.course.states import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where, by whom, from when and how long; numbing comes first, clean-down last, and both keep the room."""

    room_key: object
    operator_key: object
    starts_at: datetime
    minutes: int
    numbing_minutes: int = 0
    clean_down_minutes: int = 0

    @property
    def ends_at(self) -> datetime:
        """Return when the room is free again."""
        # Minutes pass in UTC: added to a local time they would leap with the clocks.
        return self.starts_at.astimezone(UTC) + timedelta(
            minutes=self.numbing_minutes + self.minutes + self.clean_down_minutes
        )

    def check(self) -> None:
        """Raise where the minutes cannot be."""
        whole("minutes", self.minutes, 5, 480)
        whole("numbing_minutes", self.numbing_minutes, 0, 120)
        whole("clean_down_minutes", self.clean_down_minutes, 0, 120)


@action(Permission.BOOK)
def book(act: Act, *, patient_id: UUID, slot: Slot, purpose: str, session_id: UUID | None = None) -> Booking:
    """Book one visit."""
    patient = find(Patient, act.actor, patient_id)
    session = find(Session, act.actor, session_id) if session_id else None
    booking = _add(act, patient, slot, purpose, session)
    write(act, "booked", booking, patient)
    return booking


@action(Permission.BOOK)
def book_course(act: Act, *, course_id: UUID, slot: Slot) -> list[Booking]:
    """Book every session of a course that is not booked yet, at the same time of day, on its planned day or later."""
    course = find(Course, act.actor, course_id, "patient")
    sessions = course.sessions.filter(state=SessionState.PLANNED.value).order_by("number")
    booked = set(
        Booking.objects.filter(session__course=course, cancelled_at=None).values_list("session_id", flat=True)
    )
    added = []
    for session in sessions:
        if session.pk not in booked and session.planned_on is not None:
            day = max(session.planned_on, local_date(slot.starts_at, act.actor.zone))
            moved = _moved(slot, _same_time_on(day, slot.starts_at, act.actor.zone))
            added.append(_add(act, course.patient, moved, f"Session {session.number}", session))
    if not added:
        raise Refused("Every session of this course is booked already.")
    write(act, "booked course", course, course.patient, {"sessions": len(added)})
    return added


def _same_time_on(day: date, instant: datetime, zone: ZoneInfo) -> datetime:
    clock = instant.astimezone(zone).time()
    starts_at = at_clock(day, clock, zone)
    if starts_at.astimezone(zone).time() != clock:
        raise Refused(
            f"On {day:%d %b} the clocks are put forward, and there is no {clock:%H:%M}. Choose another time."
        )
    return starts_at


def _moved(slot: Slot, starts_at: datetime) -> Slot:
    return Slot(
        room_key=slot.room_key,
        operator_key=slot.operator_key,
        starts_at=starts_at,
        minutes=slot.minutes,
        numbing_minutes=slot.numbing_minutes,
        clean_down_minutes=slot.clean_down_minutes,
    )


def _add(act: Act, patient: Patient, slot: Slot, purpose: str, session: Session | None) -> Booking:
    slot.check()
    # The room's row is held, so that nobody else books it between the look and the booking.
    room = find_by_key(Room, act.actor, slot.room_key)
    Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    operator = find_by_key(Member, act.actor, slot.operator_key)
    overlapping = Booking.objects.filter(
        clinic=act.actor.clinic, cancelled_at=None, starts_at__lt=slot.ends_at, ends_at__gt=slot.starts_at
    )
    when = f"{slot.starts_at.astimezone(act.actor.zone):%d %b %H:%M}"
    if overlapping.filter(room=room).exists():
        raise Refused(f"{room.name} is taken at {when}. Choose another time or room.")
    if overlapping.filter(operator=operator).exists():
        raise Refused(f"{operator.name} is busy at {when}. Choose another time or person.")
    return Booking.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for(f"booking {slot.starts_at.isoformat()}"),
        patient=patient,
        session=session,
        room=room,
        operator=operator,
        purpose=purpose,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        numbing_minutes=slot.numbing_minutes,
        clean_down_minutes=slot.clean_down_minutes,
    )


@action(Permission.BOOK)
def cancel(act: Act, *, booking_id: UUID) -> Booking:
    """Take a visit out of the diary; the session itself stays planned."""
    booking = find(Booking, act.actor, booking_id, "patient", for_update=True)
    if booking.session is not None and booking.session.state in BEGUN:
        raise Refused(
            "The session of this visit has begun, so the visit stays in the diary. Go on with the session."
        )
    booking.cancelled_at = act.at
    booking.save(update_fields=["cancelled_at"])
    write(act, "cancelled booking", booking, booking.patient)
    return booking


def bookable(actor: Actor, patient: Patient) -> list[Course]:
    """Return the patient's running courses with sessions that are not in the diary yet."""
    unbooked = Session.objects.filter(state=SessionState.PLANNED.value).exclude(
        bookings__cancelled_at=None, bookings__isnull=False
    )
    rows = Course.objects.filter(clinic=actor.clinic, patient=patient, state="active", sessions__in=unbooked)
    return list(rows.distinct().order_by("-drafted_at"))
