"""Another device in the middle of a course: with a reason, and from then on with its own limits."""

from __future__ import annotations

from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find_by_key, find_for_patient_here
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.holds import follow_device
from needlepoint.clinic.models import Course, DeviceChange, OwnedDevice
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.states import COURSE, SESSION, SessionState

PLANNED = SessionState.PLANNED.value
EXPIRES = (SessionState.SCREENED.value, SessionState.CONSENTED.value)


@action(Permission.PLAN)
def change_device(act: Act, *, course_id: UUID, device_key: object, reason: str) -> DeviceChange:
    """Go on with another device. What was screened or consented to for the old one has to be asked again."""
    course = find_for_patient_here(Course, act.actor, course_id, "device")
    device = find_by_key(OwnedDevice, act.actor, device_key)
    _check(course, device, reason)
    change: DeviceChange = DeviceChange.objects.create(
        clinic_id=act.actor.clinic,
        patient=course.patient,
        course=course,
        before=course.device,
        after=device,
        reason=reason.strip(),
        at=act.at,
        member_id=act.actor.member,
    )
    course.device = device
    course.save(update_fields=["device"])
    _hand_over(act, course, device)
    told = {"before": str(change.before), "after": str(device), "reason": change.reason}
    write(act, "changed device", course, course.patient, told)
    return change


def _check(course: Course, device: OwnedDevice, reason: str) -> None:
    if not reason.strip():
        raise Refused("Write why the device is changed: whoever reads the chart later needs it.")
    if course.state in COURSE.final:
        raise Refused("The course is %(state)s. Draft a new one with the other device.", state=course.state)
    if device.retired_on is not None:
        raise Refused("%(device)s was retired. Choose one that is in use.", device=device)
    if device.pk == course.device_id:
        raise Refused("The course goes on with %(device)s already. Choose another device.", device=device)
    if course.sessions.filter(state=SessionState.UNDER_WAY.value).exists():
        raise Refused("A session is under way. Finish it first; the next one has the other device.")


def _hand_over(act: Act, course: Course, device: OwnedDevice) -> None:
    for session in course.sessions.filter(state__in=(PLANNED, *EXPIRES)):
        session.device = device
        if session.state in EXPIRES:
            session.state = SESSION.after(session.state, "screening expires")
        session.save(update_fields=["device", "state"])
        follow_device(act, session)
