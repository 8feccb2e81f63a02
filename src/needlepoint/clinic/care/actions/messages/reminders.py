"""Which messages are due to whom, planned from bookings and sessions; planned again, nothing is planned twice.

Appointment: a day before. Screening: three days before, until it was answered. Check-in: days 1, 3, 7 after a session.
Outcome: days 30, 90 and 180 after the last session of a course. All at ten in the morning by the clinic's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, OuterRef

from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.actions.outbox.contact import language_of, latest
from needlepoint.clinic.chair.actions.outbox.message import enqueue
from needlepoint.clinic.chair.actions.outbox.message_words import group_of
from needlepoint.clinic.chair.queries.look_again import looks_at
from needlepoint.clinic.chair.queries.marks import asked_about, mark_in_full, marks, with_held
from needlepoint.clinic.models import (
    Booking,
    CheckIn,
    Clinic,
    Course,
    Message,
    OutcomeScore,
    Patient,
    Screening,
    Session,
)
from needlepoint.clinic.practice.actions.act import by_itself
from needlepoint.clinic.practice.actions.passing import Passed
from needlepoint.course.instants import local_date, time_zone
from needlepoint.evidence.languages import first_language

TEN = time(10)
CHECK_IN_DAYS = (1, 3, 7)
OUTCOME_DAYS = (30, 90, 180)
SCREENING_DAYS_BEFORE = 3
PLANNED_PARTS = 4
LOOK_AHEAD = timedelta(days=8)
DAY = timedelta(days=1)
"""How far ahead messages are written; what lies later is planned later, when it may have changed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message that somebody should get."""

    patient: Patient
    purpose: str
    key: str
    due_at: datetime
    useless_after: datetime


def plan(at: datetime) -> int:
    """Write what falls due in the next days to the outbox of every clinic; return how many are new."""
    passed: Passed[Clinic] = Passed()
    new = sum(passed.each(Clinic.objects.order_by("pk"), lambda clinic: _plan(clinic, at)))
    passed.end()
    return new


def _plan(clinic: Clinic, at: datetime) -> int:
    new = 0
    for wanted in wanted_messages(clinic, at):
        agreed = latest(wanted.patient)
        for (group, channel), consent in agreed.items():
            if group == group_of(wanted.purpose) and consent.agreed:
                new += _write(clinic, wanted, channel, at)
    return new


def _write(clinic: Clinic, wanted: Wanted, channel: str, at: datetime) -> int:
    once_key = f"{wanted.key} {channel}"
    if Message.objects.filter(clinic=clinic, once_key=once_key).exists():
        return 0
    with transaction.atomic():
        enqueue(
            by_itself(clinic, at, uuid5(UUID(int=clinic.pk), once_key)),
            purpose=wanted.purpose,
            channel=channel,
            to=wanted.patient,
            once_key=once_key,
            due_at=wanted.due_at,
            useless_after=wanted.useless_after,
            language=language_of(wanted.patient),
        )
    return 1


def matter_of(once_key: str, channel: str) -> str:
    """Return what a message is about, by whichever way it goes."""
    return once_key.removesuffix(f" {channel}")


def wanted_messages(clinic: Clinic, at: datetime) -> Iterator[Wanted]:
    """Yield what should reach the clinic's patients from now until a week ahead."""
    until = at + LOOK_AHEAD
    found = [
        *_appointments(clinic, at),
        *_screenings(clinic, at),
        *_check_ins(clinic, at),
        *_outcomes(clinic, at),
    ]
    yield from (each for each in found if each.due_at <= until and each.useless_after > at)


def _at_ten(clinic: Clinic, instant: datetime, days: int) -> datetime:
    """Return ten in the morning so many days away, by the clinic's clock."""
    zone = time_zone(clinic.time_zone)
    return datetime.combine(local_date(instant, zone) + timedelta(days=days), TEN, zone).astimezone(UTC)


def _coming(clinic: Clinic, at: datetime) -> Iterator[Booking]:
    rows = Booking.objects.filter(
        clinic=clinic, cancelled_at=None, no_show_at=None, starts_at__gt=at, starts_at__lt=at + LOOK_AHEAD
    )
    rows = rows.filter(patient__gone_at=None).select_related("patient", "session").order_by("starts_at")
    found = list(with_held(rows))
    marked = marks(asked_about(found), time_zone(clinic.time_zone), at)
    # Nobody is reminded of a visit to which they would come in vain; moved, it is planned for anew.
    yield from (each for each in found if each.pk not in marked or not marked[each.pk].in_vain)


def _appointments(clinic: Clinic, at: datetime) -> Iterator[Wanted]:
    for booking in _coming(clinic, at):
        due_at = _at_ten(clinic, booking.starts_at, -1)
        key = f"appointment {booking.public_id} {booking.starts_at.astimezone(UTC):%Y%m%dT%H%M}"
        yield Wanted(booking.patient, "appointment", key, due_at, booking.starts_at)


def _screenings(clinic: Clinic, at: datetime) -> Iterator[Wanted]:
    for booking in _coming(clinic, at):
        if booking.session is None or booking.session.state != "planned":
            continue
        due_at = _at_ten(clinic, booking.starts_at, -SCREENING_DAYS_BEFORE)
        if not _answered(booking.session, due_at):
            key = f"screening {booking.session.public_id} {due_at:%Y%m%d}"
            yield Wanted(booking.patient, "screening", key, due_at, booking.starts_at)


def _check_ins(clinic: Clinic, at: datetime) -> Iterator[Wanted]:
    rows = Session.objects.filter(
        clinic=clinic, state="done", finished_at__gt=at - timedelta(days=max(CHECK_IN_DAYS) + 2)
    ).filter(patient__gone_at=None)
    for session in rows.select_related("patient"):
        for number in CHECK_IN_DAYS:
            due_at = _at_ten(clinic, session.finished_at, number)
            since = due_at - timedelta(hours=10)
            if not CheckIn.objects.filter(session=session, at__gte=since).exists():
                key = f"check-in {session.public_id} {number}"
                yield Wanted(session.patient, "check_in", key, due_at, due_at + timedelta(hours=34))


def _outcomes(clinic: Clinic, at: datetime) -> Iterator[Wanted]:
    later = Session.objects.filter(course=OuterRef("course"), finished_at__gt=OuterRef("finished_at"))
    rows = Session.objects.filter(~Exists(later), clinic=clinic, state="done", patient__gone_at=None)
    for number in OUTCOME_DAYS:
        # Only those about whom something can fall due now: a clinic has a hundred thousand courses behind it.
        then = at - timedelta(days=number)
        near = rows.filter(finished_at__gt=then - timedelta(days=15), finished_at__lt=then + LOOK_AHEAD + DAY)
        for session in near.select_related("patient", "course"):
            due_at = _at_ten(clinic, session.finished_at, number)
            if not _scored(session, number):
                key = f"outcome {session.public_id} {number}"
                yield Wanted(session.patient, "outcome", key, due_at, due_at + timedelta(days=14))


def visit_of(row: Message) -> Booking | None:
    """Return the visit that a message announces; None where it is about something else."""
    about = row.once_key.split()
    if row.purpose != "appointment" or len(about) != PLANNED_PARTS or about[0] != "appointment":
        return None
    rows = Booking.objects.filter(
        clinic=row.clinic_id, public_id=about[1], cancelled_at=None, no_show_at=None
    )
    return rows.select_related("session", "patient").first()


def still_wanted(row: Message, at: datetime) -> bool:
    """Say whether a reminder still has a reason: the visit stands as it was, and nobody has answered meanwhile."""
    about = row.once_key.split()
    if len(about) != PLANNED_PARTS or about[0] != row.purpose.replace("_", "-"):
        return True
    match row.purpose:
        case "appointment":
            booking = visit_of(row)
            same = booking is not None and f"{booking.starts_at.astimezone(UTC):%Y%m%dT%H%M}" == about[2]
            return booking is not None and same and not _in_vain(booking, row.clinic, at)
        case "screening":
            session = Session.objects.filter(
                clinic=row.clinic_id, public_id=about[1], state="planned"
            ).first()
            return session is not None and not _answered(session, row.due_at) and _awaited(session, row, at)
        case "check_in":
            since = row.due_at - timedelta(hours=10)
            return not CheckIn.objects.filter(session__public_id=about[1], at__gte=since).exists()
        case "look_again":
            return _to_be_seen(row, at)
        case "outcome":
            return not _scored(Session.objects.get(clinic=row.clinic_id, public_id=about[1]), int(about[2]))
    return True


def _to_be_seen(row: Message, at: datetime) -> bool:
    """Say whether a look that somebody was invited to is still due, and neither booked nor done meanwhile."""
    about = row.once_key.split()
    look = about[2].partition(":")[0]
    course = Course.objects.select_related("patient").get(clinic=row.clinic_id, public_id=about[1])
    asking = _asking(course.patient, row.clinic)
    found = next((each for each in looks_at(course, asking, at) if each.day.look.id == look), None)
    return found is not None and found.due and not found.seen and found.booking is None


def _awaited(session: Session, row: Message, at: datetime) -> bool:
    """Say whether a session has a visit to come that may stand."""
    rows = Booking.objects.filter(session=session, cancelled_at=None, no_show_at=None, ends_at__gt=at)
    coming = list(rows.select_related("session", "patient"))
    return any(not _in_vain(each, row.clinic, at) for each in coming)


def _in_vain(booking: Booking, clinic: Clinic, at: datetime) -> bool:
    """Say whether whoever comes to a visit would come in vain, by all that the rulebook says now."""
    mark = mark_in_full(booking, _asking(booking.patient, clinic), at)
    return mark is not None and mark.in_vain


def _asking(patient: Patient, clinic: Clinic) -> Visitor:
    return Visitor(
        patient.pk,
        clinic.pk,
        patient.given_name,
        clinic.name,
        time_zone(clinic.time_zone),
        language=first_language(),
    )


def _answered(session: Session, due_at: datetime) -> bool:
    since = due_at - LOOK_AHEAD
    return Screening.objects.filter(course=session.course_id, asked_at__gt=since).exists()


def _scored(session: Session, number: int) -> bool:
    rows = OutcomeScore.objects.filter(course=session.course_id, moment=f"day_{number}", scored_by=None)
    return rows.filter(scored_at__gt=session.finished_at).exists()
