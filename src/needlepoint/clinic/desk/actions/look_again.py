"""Patients whose course has ended are to be looked at again: for which look a visit is, and an invitation to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from needlepoint.clinic.access.checks import Refused, check_here
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.outbox.contact import language_of, latest, names_address
from needlepoint.clinic.chair.actions.outbox.message import enqueue
from needlepoint.clinic.chair.actions.outbox.message_words import group_of
from needlepoint.clinic.chair.queries.look_again import LookAt, looks_at, root_of
from needlepoint.clinic.desk.queries.look_again import about, waits_first
from needlepoint.clinic.models import Booking, Course, Message, Patient
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.evidence.loader import packaged

INVITED = "look_again"
WORTH_SENDING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class LookFor:
    """Which look a visit is for: the course that is looked at, and the look by its id."""

    course_id: UUID
    look: str


def to_be_looked_at(act: Act, look: LookFor, patient: Patient) -> Course:
    """Return the course that a visit looks at, for whoever books it; what it takes is locked by then."""
    course: Course = root_of(find(Course, act.actor, look.course_id, "patient"))
    if course.patient_id != patient.pk:
        raise Refused("This course belongs to another patient. Open the page anew.")
    if look.look not in packaged().looks:
        raise Refused("Choose which look the visit is for.")
    standing = Booking.objects.filter(looks_at=course, look=look.look, cancelled_at=None, no_show_at=None)
    if standing.filter(ends_at__gt=act.at).exists():
        raise Refused("This look is in the diary already. Move that visit, or cancel it.")
    return course


@action(Permission.SEND_MESSAGES)
def invite(act: Act, *, course_id: UUID, look: str) -> list[Message]:
    """Write to a patient that it is time to be looked at again, once for each look, on the ways they agreed to."""
    course = root_of(find(Course, act.actor, course_id, "patient"))
    patient = find(Patient, act.actor, course.patient.public_id, for_update=True)
    check_here(patient)
    due = _due(act, course, look)
    if waits_first(patient.pk, act.at):
        raise Refused("A report of this patient waits for a person. Read and answer it first.")
    sent = [made for channel in _ways(patient) if (made := _write(act, patient, due, channel)) is not None]
    if not sent:
        raise Refused(
            "The patient has not agreed to be written to about this. Call them, or ask for consent."
        )
    write(act, "invited to look", course, patient, {"look": look, "on": due.day.on.isoformat()})
    return sent


def _due(act: Act, course: Course, look: str) -> LookAt:
    found = next((each for each in looks_at(course, act.actor, act.at) if each.day.look.id == look), None)
    if found is None or not found.due:
        raise Refused("This look is not due now. Load the list anew.")
    if found.seen or found.booking is not None:
        raise Refused("This look is booked or done already. Load the list anew.")
    return found


def _ways(patient: Patient) -> list[str]:
    told = latest(patient).items()
    return [
        channel
        for (group, channel), row in told
        if group == group_of(INVITED) and row.agreed and names_address(row, patient)
    ]


def _write(act: Act, patient: Patient, due: LookAt, channel: str) -> Message | None:
    key = f"{about(due)} {channel}"
    if Message.objects.filter(clinic=act.actor.clinic, once_key=key).exists():
        raise Refused("The patient was invited to this look already.")
    return enqueue(
        act,
        purpose=INVITED,
        channel=channel,
        to=patient,
        once_key=key,
        useless_after=act.at + WORTH_SENDING,
        language=language_of(patient),
    )
