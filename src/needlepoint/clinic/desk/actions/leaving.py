"""Noting that a patient left the practice or died, and taking them back; what is open keeps its place in every list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from needlepoint.clinic.access.checks import WENT, Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.course.waiting import KINDS, settle
from needlepoint.clinic.desk.actions.booking import cancel_coming
from needlepoint.clinic.desk.queries.leaving import StillOpen, still_open
from needlepoint.clinic.models import Course, Message, MessageStep, Patient, Stay, Visitor
from needlepoint.clinic.models.people.patient import GONE
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.instants import in_calendar
from needlepoint.course.states import COURSE, CourseState

DIED = GONE[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """How a patient went: left or died, why, and for a death its day where it is known."""

    how: str
    reason: str
    died_on: date | None = None

    def check(self, today: date) -> None:
        """Raise where it is not said how or why, or the day cannot be."""
        if self.how not in GONE:
            raise Refused("Choose whether the patient left the practice or died.")
        if not self.reason.strip():
            raise Refused("Write how you know it and why: whoever reads the chart later needs it.")
        if self.died_on is not None and (self.how != DIED or in_calendar("died_on", self.died_on) > today):
            raise Refused(
                "The day of death cannot be: it lies in the future, or nobody died. Look at the date."
            )


class WorkOpen(Refused):
    """Something about the patient must be ended before they can leave; `open` says what, and where."""

    def __init__(self, still: list[StillOpen]) -> None:
        """Name it all."""
        self.open = still
        super().__init__(
            "Nothing was changed. First end what is open: %(each)s",
            each=" ".join(each.says for each in still),
        )


@action(Permission.END_CARE)
def leave(act: Act, *, patient_id: UUID, leaving: Leaving) -> Patient:
    """Note that a patient left or died: visits are cancelled, courses pause, the portal shuts, nothing is sent.

    Nobody leaves while something is open, WorkOpen says what. A death is noted at once; what is open stays in its list.
    """
    leaving.check(act.today)
    patient = find(Patient, act.actor, patient_id, for_update=True)
    if patient.gone_as:
        raise Refused(
            "This stands on the chart already: %(gone_as)s. Take the patient back first.",
            gone_as=patient.gone_as,
        )
    still = still_open(patient)
    if still and leaving.how != DIED:
        raise WorkOpen(still)
    patient.gone_as, patient.gone_at, patient.gone_by_id = leaving.how, act.at, act.actor.member
    patient.gone_why, patient.died_on = leaving.reason.strip(), leaving.died_on
    patient.save(update_fields=["gone_as", "gone_at", "gone_by", "gone_why", "died_on"])
    visits = cancel_coming(act, patient, f"The patient {WENT[patient.gone_as]}.")
    told = {"reason": patient.gone_why, "visits": visits, "open": len(still)}
    _pause_courses(act, patient)
    _shut_portal(act, patient)
    _drop_messages(act, patient)
    write(act, f"patient {leaving.how}", patient, patient, told)
    return patient


def _pause_courses(act: Act, patient: Patient) -> None:
    for course in Course.objects.filter(patient=patient, state=CourseState.ACTIVE.value):
        course.state = COURSE.after(course.state, "pause")
        course.save(update_fields=["state"])
        settle(act, course, *KINDS, outcome=f"The patient {WENT[patient.gone_as]}.")
        write(act, "pause course", course, patient, {"because": f"patient {patient.gone_as}"})


def _shut_portal(act: Act, patient: Patient) -> None:
    Visitor.objects.filter(patient=patient, closed_at=None).update(closed_at=act.at)
    Stay.objects.filter(visitor__patient=patient, ended_at=None).update(ended_at=act.at)


def _drop_messages(act: Act, patient: Patient) -> None:
    rows = list(
        Message.objects.filter(patient=patient, state__in=["waiting", "failed", "unknown"])
        .select_for_update(no_key=True)
        .order_by("pk")
    )
    words = f"the patient {WENT[patient.gone_as]}"
    for row in rows:
        row.state = "dropped"
        row.save(update_fields=["state"])
        MessageStep.objects.create(
            clinic_id=row.clinic_id, message=row, at=act.at, state="dropped", words=words
        )


@action(Permission.END_CARE)
def take_back(act: Act, *, patient_id: UUID, reason: str) -> Patient:
    """Take a patient back who left, or of whom it was wrongly said that they died; courses stay paused."""
    patient = find(Patient, act.actor, patient_id, for_update=True)
    if not patient.gone_as:
        raise Refused("%(patient)s is a patient of this practice already.", patient=patient)
    if not reason.strip():
        raise Refused("Write why the patient is taken back.")
    was = {"was": patient.gone_as, "was_because": patient.gone_why, "reason": reason.strip()}
    patient.gone_as, patient.gone_at, patient.gone_by, patient.gone_why = "", None, None, ""
    patient.died_on = None
    patient.save(update_fields=["gone_as", "gone_at", "gone_by", "gone_why", "died_on"])
    write(act, "took patient back", patient, patient, was)
    return patient
