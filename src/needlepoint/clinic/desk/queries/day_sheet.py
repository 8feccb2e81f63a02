"""The day on paper: for when the network is down, with what the chair needs and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.chair.queries.course.asking import Whom, asked
from needlepoint.clinic.chair.queries.course.linked import charts_beside
from needlepoint.clinic.chair.queries.marks import Mark, asked_about, marks, with_held
from needlepoint.clinic.desk.queries.day import bookings_of
from needlepoint.clinic.desk.queries.visits import stands
from needlepoint.clinic.models import Booking, Patient, Plan, PlanZone, Screening
from needlepoint.clinic.practice.queries.bundle import bundle
from needlepoint.course.instants import local_date
from needlepoint.evidence.loader import packaged

# More than so many open questions are counted, not listed.
LISTED = 6


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A visit on the sheet."""

    booking: Booking
    zones: list[PlanZone]
    open_questions: list[str]
    linked: list[Patient]
    mark: Mark | None = None


def day_sheet(actor: Actor, on: date, at: datetime) -> list[SheetLine]:
    """Return the visits of a day with zones, depths, open questions and what must not stay; four statements."""
    bookings = list(
        with_held(bookings_of(actor, on)).select_related(
            "patient", "operator", "room", "session", "session__course"
        )
    )
    courses = {each.session.course_id for each in bookings if each.session is not None}
    found = (
        bundle(
            plans=Plan.objects.filter(clinic=actor.clinic, course__in=courses),
            zones=PlanZone.objects.filter(clinic=actor.clinic, plan__course__in=courses),
            screenings=Screening.objects.filter(
                clinic=actor.clinic, patient__in={each.patient_id for each in bookings}
            ),
        )
        if courses
        else {"plans": [], "zones": [], "screenings": []}
    )
    linked = charts_beside({each.patient_id for each in bookings})
    coming = [each for each in bookings if stands(each) and each.ends_at > at]
    marked = marks(asked_about(coming), actor.zone, at)
    latest = {plan.course_id: plan.pk for plan in sorted(found["plans"], key=lambda plan: plan.version)}
    return [
        SheetLine(
            booking,
            [
                zone
                for zone in found["zones"]
                if _course(booking) and zone.plan_id == latest.get(_course(booking))
            ],
            _open(
                booking,
                [each for each in found["screenings"] if each.patient_id == booking.patient_id],
                actor,
                at,
            ),
            linked[booking.patient_id],
            marked.get(booking.pk),
        )
        for booking in bookings
    ]


def _course(booking: Booking) -> int | None:
    return None if booking.session is None else int(booking.session.course_id)


def _open(booking: Booking, screenings: list[Screening], actor: Actor, at: datetime) -> list[str]:
    if booking.session is None:
        return []
    course = booking.session.course
    told = sorted(
        (each for each in screenings if each.asked_at <= at), key=lambda each: (each.asked_at, each.pk)
    )
    course.patient = booking.patient
    due = asked(told, actor, local_date(at, actor.zone), packaged(), Whom.of(course)).due
    if due and not told:
        return [_("all %(due)s questions of the screening") % {"due": len(due)}]
    questions = packaged().questions
    return (
        [questions[name].asks for name in due]
        if len(due) <= LISTED
        else [_("%(due)s questions of the screening") % {"due": len(due)}]
    )
