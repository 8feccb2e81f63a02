"""The diary: visits booked, moved, called off and missed; never anybody or anything in two places at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from needlepoint.clinic.access.checks import Actor, Refused, check_here
from needlepoint.clinic.access.find import find, find_by_key
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.actions import holds
from needlepoint.clinic.chair.queries.marks import BEGUN
from needlepoint.clinic.desk.actions.look_again import LookFor, to_be_looked_at
from needlepoint.clinic.desk.actions.slots import NOT_ASKED, Slot, Sure, check_times, standing
from needlepoint.clinic.desk.queries.visits import is_late
from needlepoint.clinic.models import Booking, BookingMoved, Course, Member, Patient, Room, Session
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.actions.version import Version, check_version
from needlepoint.course.instants import local_date
from needlepoint.course.states import SessionState


@action(Permission.BOOK)
def book(
    act: Act,
    *,
    patient_id: UUID,
    slot: Slot,
    purpose: str,
    session_id: UUID | None = None,
    look: LookFor | None = None,
    sure: Sure = NOT_ASKED,
) -> Booking:
    """Book one visit: with a session, to look again at a course that has ended, or for anything else."""
    patient = find(Patient, act.actor, patient_id)
    session = _session(act, session_id) if session_id else None
    if session is not None and session.patient_id != patient.pk:
        raise Refused("This session belongs to another patient. Open the page anew.")
    needs = _needs(act, patient, slot, session)
    holds.lock(needs)
    _check_still_here(patient)
    looked_at = None if look is None else to_be_looked_at(act, look, patient)
    sessions = {} if session is None else {session: slot}
    for each in sessions:
        _check_session(each)
    early = check_times(act, [slot], sessions, sure)
    booking = _add(act, patient, slot, purpose, session, early.get(session, ""), looked_at, look)
    holds.take(act, booking, needs)
    write(act, "booked", booking, patient)
    return booking


@action(Permission.BOOK)
def book_course(
    act: Act, *, course_id: UUID, slot: Slot, starts: Mapping[UUID, datetime], sure: Sure = NOT_ASKED
) -> list[Booking]:
    """Book sessions of a course, each at the instant named for it, which somebody has seen; all of them or none."""
    course = find(Course, act.actor, course_id, "patient")
    if not starts:
        raise Refused("Every session of this course is booked already.")
    slots = {_session(act, each): slot.at(starts_at) for each, starts_at in starts.items()}
    if any(each.course_id != course.pk for each in slots):
        raise Refused("One of these sessions belongs to another course. Open the page anew.")
    needs = {each: _needs(act, course.patient, at, each) for each, at in slots.items()}
    holds.lock(need for each in needs.values() for need in each)
    _check_still_here(course.patient)
    for each in slots:
        _check_session(each)
    early = check_times(act, list(slots.values()), slots, sure)
    added = []
    for each in sorted(slots, key=lambda session: session.number):
        booking = _add(act, course.patient, slots[each], f"Session {each.number}", each, early.get(each, ""))
        holds.take(act, booking, needs[each])
        added.append(booking)
    write(act, "booked course", course, course.patient, {"sessions": len(added)})
    return added


def _session(act: Act, session_id: UUID) -> Session:
    found: Session = find(Session, act.actor, session_id, "course", "device", "patient")
    return found


def _check_still_here(patient: Patient) -> None:
    """Raise where a patient has left or died, also since they were read: they are locked by now."""
    patient.refresh_from_db(fields=["gone_as"])
    check_here(patient)


def _check_session(session: Session) -> None:
    """Raise where there is no visit to be booked for a session; what the visit takes is locked."""
    session.refresh_from_db(fields=["state"])
    if session.state in (*BEGUN, SessionState.CALLED_OFF.value):
        raise Refused(
            "Session %(number)s is %(session)s. Choose another one.",
            number=session.number,
            session=in_words(session.state),
        )
    if standing().filter(session=session).exists():
        raise Refused(
            "Session %(number)s is in the diary already. Move that visit, or cancel it.",
            number=session.number,
        )


def _needs(act: Act, patient: Patient, slot: Slot, session: Session | None) -> list[holds.Need]:
    takes = slot.taken
    found = [
        holds.Need("room", find_by_key(Room, act.actor, slot.room_key), takes.room),
        holds.Need("member", find_by_key(Member, act.actor, slot.operator_key), takes.member),
        holds.Need("patient", patient, takes.patient),
    ]
    return [*found, holds.Need("device", session.device, takes.device)] if session is not None else found


def _add(
    act: Act,
    patient: Patient,
    slot: Slot,
    purpose: str,
    session: Session | None,
    early_reason: str,
    looks_at: Course | None = None,
    look: LookFor | None = None,
) -> Booking:
    added: Booking = Booking.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for(f"booking {slot.starts_at.isoformat()}"),
        patient=patient,
        session=session,
        room_id=slot.room_key,
        operator_id=slot.operator_key,
        purpose=purpose,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        numbing_minutes=slot.numbing_minutes,
        clean_down_minutes=slot.clean_down_minutes,
        early_reason=early_reason,
        looks_at=looks_at,
        look="" if look is None else look.look,
    )
    return added


@action(Permission.BOOK)
def move(
    act: Act,
    *,
    booking_id: UUID,
    slot: Slot,
    why: str,
    sure: Sure = NOT_ASKED,
    seen: Version | None = None,
) -> Booking:
    """Put a visit elsewhere; it stays the same visit, and from where, by whom and why is kept beside it.

    `seen` is where the page showed it: where somebody moved it since, Changed is raised.
    """
    booking = find(Booking, act.actor, booking_id, "patient", "session", "session__device", "session__course")
    needs = _needs(act, booking.patient, slot, booking.session)
    holds.lock([*needs, *_needs(act, booking.patient, slot_of(booking), booking.session)])
    booking = _standing_one(act, booking_id)
    if seen is not None:
        check_version(seen, held_visit(act.actor, slot_of(booking)), held_visit(act.actor, slot))
    _check_not_numbed(booking)
    before = (booking.starts_at, booking.room_id, booking.operator_id)
    if before == (slot.starts_at, int(str(slot.room_key)), int(str(slot.operator_key))):
        raise Refused("The visit is there already. Choose another day, time, room or person.")
    early = check_times(act, [slot], {booking.session: slot} if booking.session else {}, sure)
    holds.release([booking], act.at)
    _put(act, booking, slot, why, early.get(booking.session, ""))
    holds.take(act, booking, needs)
    moved = {"from": before[0].isoformat(), "to": slot.starts_at.isoformat(), "why": why.strip()}
    write(act, "moved booking", booking, booking.patient, moved)
    return booking


def held_visit(actor: Actor, slot: Slot) -> dict[str, object]:
    """Return where and when a visit is, field by field, as the form names it."""
    begins = slot.starts_at.astimezone(actor.zone)
    return {
        "starts_at": f"{begins:%Y-%m-%dT%H:%M}",
        "room": str(slot.room_key),
        "operator": str(slot.operator_key),
    }


def slot_of(booking: Booking) -> Slot:
    """Return where and when a visit is."""
    return Slot(
        room_key=booking.room_id,
        operator_key=booking.operator_id,
        starts_at=booking.starts_at,
        minutes=holds.minutes_of(booking),
        numbing_minutes=booking.numbing_minutes,
        clean_down_minutes=booking.clean_down_minutes,
    )


def _put(act: Act, booking: Booking, slot: Slot, why: str, early_reason: str) -> None:
    BookingMoved.objects.create(
        clinic_id=act.actor.clinic,
        booking=booking,
        from_starts_at=booking.starts_at,
        from_room_id=booking.room_id,
        from_operator_id=booking.operator_id,
        to_starts_at=slot.starts_at,
        to_room_id=slot.room_key,
        to_operator_id=slot.operator_key,
        moved_at=act.at,
        moved_by_id=act.actor.member,
        why=why.strip(),
    )
    if local_date(booking.starts_at, act.actor.zone) != local_date(slot.starts_at, act.actor.zone):
        # Who came then has not come to another day's visit.
        booking.arrived_at = None
    booking.starts_at, booking.ends_at, booking.early_reason = slot.starts_at, slot.ends_at, early_reason
    booking.room_id, booking.operator_id = int(str(slot.room_key)), int(str(slot.operator_key))
    booking.numbing_minutes, booking.clean_down_minutes = slot.numbing_minutes, slot.clean_down_minutes
    booking.save()


def _standing_one(act: Act, booking_id: UUID) -> Booking:
    """Return a visit that can still be changed, locked."""
    booking: Booking = find(Booking, act.actor, booking_id, "patient", for_update=True)
    if booking.session is not None and booking.session.state in BEGUN:
        raise Refused(
            "The session of this visit has begun, so the visit stays in the diary. Go on with the session."
        )
    if booking.cancelled_at is not None:
        raise Refused("This visit was cancelled already. Book a new one.")
    if booking.no_show_at is not None:
        raise Refused("Nobody came to this visit, so it stays as it is. Book a new one.")
    return booking


def _check_not_numbed(booking: Booking) -> None:
    if booking.session is not None and booking.session.numbing_on_at is not None:
        raise Refused("The numbing cream is on, so the visit stays where it is. Go on with the session.")


@action(Permission.BOOK)
def cancel(act: Act, *, booking_id: UUID, reason: str = "") -> Booking:
    """Take a visit out of the diary; the session itself stays planned. From a day before on, a reason is due."""
    booking = _standing_one(act, booking_id)
    if not reason.strip() and is_late(booking, act.at):
        raise Refused("This is less than a day before the visit. Write why it is cancelled.")
    _cancel(booking, act.at, reason)
    write(act, "cancelled booking", booking, booking.patient, {"reason": booking.cancel_reason})
    return booking


def _cancel(booking: Booking, at: datetime, reason: str) -> None:
    booking.cancelled_at, booking.cancel_reason = at, reason.strip()
    booking.save(update_fields=["cancelled_at", "cancel_reason"])
    holds.release([booking], at)


def cancel_coming(act: Act, patient: Patient, reason: str) -> int:
    """Cancel all visits of a patient that are still to come, for another action, which has asked for the permission.

    Visits whose session has begun stay. Return how many were cancelled; each has its line in the record.
    """
    rows = standing().filter(clinic=act.actor.clinic, patient=patient, ends_at__gt=act.at)
    rows = rows.exclude(session__state__in=BEGUN).select_for_update(no_key=True, of=("self",))
    coming = list(rows.order_by("pk"))
    for booking in coming:
        _cancel(booking, act.at, reason)
        write(act, "cancelled booking", booking, patient, {"reason": booking.cancel_reason})
    return len(coming)


@action(Permission.BOOK)
def did_not_come(act: Act, *, booking_id: UUID, reason: str = "") -> Booking:
    """Note that nobody came to a visit; its session is to be booked anew."""
    booking = _standing_one(act, booking_id)
    if act.at < booking.starts_at:
        raise Refused("The visit has not begun yet. Cancel it, or wait until its time has come.")
    if booking.arrived_at is not None:
        raise Refused("It is noted that the patient came. Cancel the visit if nothing came of it.")
    booking.no_show_at, booking.no_show_reason = act.at, reason.strip()
    booking.save(update_fields=["no_show_at", "no_show_reason"])
    holds.release([booking], act.at)
    write(act, "nobody came", booking, booking.patient, {"reason": booking.no_show_reason})
    return booking


@action(Permission.BOOK)
def came(act: Act, *, booking_id: UUID) -> Booking:
    """Note that the patient came, also where it was noted before that nobody had."""
    booking: Booking = find(Booking, act.actor, booking_id, "patient", "session", "session__device")
    if booking.no_show_at is not None:
        _back_in_the_diary(act, booking)
    booking = find(Booking, act.actor, booking_id, "patient", for_update=True)
    if booking.cancelled_at is not None:
        raise Refused("This visit was cancelled. Book a new one.")
    if act.today < (day := local_date(booking.starts_at, act.actor.zone)):
        raise Refused("This visit is on %(day)s. Move it to today if the patient has come.", day=day)
    booking.arrived_at, booking.no_show_at = booking.arrived_at or act.at, None
    booking.save(update_fields=["arrived_at", "no_show_at"])
    write(act, "patient came", booking, booking.patient)
    return booking


def _back_in_the_diary(act: Act, booking: Booking) -> None:
    """Let a visit that was missed take again what is left of its time, unless its session is booked anew."""
    needs = _needs(act, booking.patient, slot_of(booking), booking.session)
    holds.lock(needs)
    if booking.session is not None and standing().filter(session=booking.session).exists():
        raise Refused("Its session is booked anew meanwhile. Go on with the new visit.")
    if booking.ends_at > act.at:
        holds.take(act, booking, needs)
