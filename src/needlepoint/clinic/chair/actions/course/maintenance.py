"""A session to keep the result of a completed course: a course of its own, under the rulebook like any other."""

from __future__ import annotations

from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find_for_patient_here
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.look_again import root_of
from needlepoint.clinic.models import Course
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.states import COURSE, CourseState


@action(Permission.DRAFT_COURSE)
def keep_result(act: Act, *, course_id: UUID) -> Course:
    """Draft a course of one session that keeps what a completed one reached: same goal, same zones, same device.

    Nothing is taken over from the other's screening, advice, plan or consent.
    """
    ended = find_for_patient_here(Course, act.actor, course_id, "device")
    root = root_of(ended)
    _check_may_follow(root)
    course = Course.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("course"),
        patient=ended.patient,
        concern=root.concern,
        zones=root.zones,
        device=root.device,
        state=CourseState.DRAFTED.value,
        drafted_at=act.at,
        drafted_by_id=act.actor.member,
        follows=root,
    )
    write(act, "drafted maintenance", course, ended.patient, {"follows": str(root.public_id)})
    return course


def _check_may_follow(root: Course) -> None:
    if root.state != CourseState.COMPLETED.value:
        raise Refused(
            "Only the result of a completed course is kept. Complete it first, or draft a new course."
        )
    if root.followed_by.exclude(state__in=COURSE.final).exists():
        raise Refused("A session to keep this result is under way already. Go on with that one.")
    if root.device.retired_on is not None:
        raise Refused("The device of this course is retired. Draft a new course with another one.")
