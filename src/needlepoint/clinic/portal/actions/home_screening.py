"""The questionnaire at home: saved answer by answer, and a screening of the course once it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.visitor import own
from needlepoint.clinic.chair.actions.course.course import keep_advice
from needlepoint.clinic.chair.actions.course.waiting import after_home
from needlepoint.clinic.chair.queries.course.advice import advice_on
from needlepoint.clinic.chair.queries.course.asking import NAYS
from needlepoint.clinic.chair.queries.course.case import answers_from
from needlepoint.clinic.models import AdviceGiven, Course, HomeScreening, Screening
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.states import CourseState
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_answers import keys_of

OPEN = (CourseState.DRAFTED.value, CourseState.ACTIVE.value, CourseState.PAUSED.value)
TOGETHER = ("patient", "device", "drafted_by")


@action(Permission.PATIENT)
def begin(act: Act, *, course_id: UUID) -> HomeScreening:
    """Begin the questionnaire of an open course, or go on with the one that was begun."""
    course = own(Course, act.actor, course_id)
    if course.state not in OPEN:
        raise Refused(_("This course is over. Call us if you would like another one."))
    begun = HomeScreening.objects.filter(course=course, sent_at=None).first()
    if begun is not None:
        return begun
    made: HomeScreening = HomeScreening.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("home screening"),
        patient_id=act.actor.patient,
        course=course,
        language=act.actor.language,
        answers={"given": {}, "asked": []},
        begun_at=act.at,
        saved_at=act.at,
    )
    write(act, "began home screening", made)
    return made


@action(Permission.PATIENT)
def answer(act: Act, *, screening_id: UUID, name: str, given: Mapping[str, Any]) -> None:
    """Keep one answer; `given` holds it by its keys in a case file, and nothing says that it is not known.

    The record tells when the questionnaire was begun and when it was sent, and not of each tap between.
    """
    row = _open(act, screening_id)
    answers_from(given)
    question = packaged().questions[name]
    kept = {key: value for key, value in row.answers["given"].items() if key not in keys_of(question)}
    asked = [each for each in row.answers["asked"] if each != name]
    row.answers = {"given": kept | dict(given), "asked": [*asked, name]}
    row.saved_at = act.at
    row.save(update_fields=["answers", "saved_at"])


@action(Permission.PATIENT)
def none_of(act: Act, *, screening_id: UUID, names: Sequence[str]) -> None:
    """Keep a no to each of the questions named: those that stood together on a page, and none that was answered."""
    row = _open(act, screening_id)
    known = packaged().questions
    asked = row.answers["asked"]
    said = {name: NAYS[known[name].kind] for name in names if name not in asked}
    row.answers = {"given": row.answers["given"] | said, "asked": [*asked, *said]}
    row.saved_at = act.at
    row.save(update_fields=["answers", "saved_at"])


@action(Permission.PATIENT)
def send(act: Act, *, screening_id: UUID) -> AdviceGiven:
    """Make the answers a screening of the course, and ask the rulebook what follows."""
    row = _open(act, screening_id)
    if not row.answers["asked"]:
        raise Refused(_("Nothing is answered yet. Answer the questions first."))
    course = own(Course, act.actor, row.course.public_id, *TOGETHER)
    screening = Screening.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("screening"),
        patient=course.patient,
        course=course,
        asked_at=act.at,
        answers=row.answers,
    )
    row.screening, row.sent_at = screening, act.at
    row.save(update_fields=["screening", "sent_at"])
    advice = keep_advice(act, course, advice_on(course, act.actor.on(course), act.at))
    after_home(act, course)
    write(act, "screened", screening, course.patient, {"verdict": advice.verdict})
    return advice


def _open(act: Act, screening_id: UUID) -> HomeScreening:
    rows = HomeScreening.objects.filter(
        clinic=act.actor.clinic, patient=act.actor.patient, public_id=screening_id, sent_at=None
    )
    row: HomeScreening | None = (
        rows.select_for_update(no_key=True, of=("self",)).select_related("course").first()
    )
    if row is None:
        raise Refused(_("These answers were sent already. Begin anew if something has changed."))
    return row
