"""A report from home: kept as it was given, judged by the rulebook at once, and put before a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from needlepoint.advice.document import CheckInAdvice
from needlepoint.advice.door import judge
from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.visitor import own
from needlepoint.clinic.care.actions import triage
from needlepoint.clinic.care.actions.draft import empty_draft
from needlepoint.clinic.care.queries.free_words import Reading, most_urgent, reading_of
from needlepoint.clinic.chair.actions.photo.photo import keep_photo
from needlepoint.clinic.chair.queries.course.case import case_of, check_in_from
from needlepoint.clinic.models import CheckIn, Photo, Session
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.queries.signed.triage import triage_of
from needlepoint.course.instants import hours_after
from needlepoint.course.states import SessionState
from needlepoint.evidence.loader import packaged

# What the rulebook gives no hour for is still read by a person, as late as what is not urgent.
READ_WITHIN = timedelta(hours=168)
MOST_WORDS = 2000
OF_THE_PATIENT = "sent by the patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the patient tapped, typed and sent; None or a sign among the unanswered was not answered."""

    redness: int | None = None
    swelling: int | None = None
    pain: int | None = None
    signs: tuple[str, ...] | None = None
    unanswered: tuple[str, ...] = ()
    where: tuple[str, ...] | None = None
    darker: bool = False
    words: str = ""
    photo: bytes = b""

    @property
    def answers(self) -> dict[str, Any]:
        """Return the answers as they are stored."""
        signs = None if self.signs is None else sorted(self.signs)
        scores = {"redness": self.redness, "swelling": self.swelling, "pain": self.pain}
        where = None if self.where is None else sorted(self.where)
        return {
            **scores,
            "signs": signs,
            "unanswered": sorted(self.unanswered),
            "where": where,
            "darker": self.darker,
        }


@action(Permission.PATIENT)
def report(act: Act, *, session_id: UUID, told: Told) -> CheckIn:
    """Keep a report on the visitor's own session, with its level, and open the task for whoever looks at it."""
    session = own(
        Session, act.actor, session_id, "patient", "course__patient", "course__device", "course__drafted_by"
    )
    if session.state != SessionState.DONE.value:
        raise Refused(_("There is no session yet to report on. Call us if you are worried."))
    judged = _judged(act, session, told)
    reading = reading_of(told.words)
    level = _at_least(judged.level, reading)
    kept = CheckIn.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("check-in"),
        patient=session.patient,
        course=session.course,
        session=session,
        photo=_photo(act, session, told),
        at=act.at,
        language=act.actor.language,
        answers=told.answers,
        level=level,
        document=_document(judged, level, told.words, reading),
        rulebook_sha256=packaged().sha256,
        looked_at_by=_looked_at_by(act, judged, reading),
    )
    triage.open_task(act, kept)
    empty_draft(act)
    write(act, "reported", kept, session.patient, {"level": level})
    return kept


def _judged(act: Act, session: Session, told: Told) -> CheckInAdvice:
    case = case_of(session.course, act.actor.on(session.course), act.at)
    told_now = check_in_from(told.answers, act.at)
    if case.check_ins and case.check_ins[-1].at >= told_now.at:
        raise Refused(_("A report was sent this very moment. Wait a minute, then send this one."))
    knowledge = triage_of(act.actor.clinic)
    judged = judge(replace(case, check_ins=(*case.check_ins, told_now)), act.at, knowledge)
    if judged is None:
        raise Refused(_("There is no session yet to report on. Call us if you are worried."))
    return judged


def _at_least(level: str, reading: Reading | None) -> str:
    """Return the level, raised where something was written in free words, which nothing here understands."""
    return level if reading is None else most_urgent(level, reading.level)


def _looked_at_by(act: Act, judged: CheckInAdvice, reading: Reading | None) -> datetime:
    """Return until when a person looks: what was written is read the same day, whatever was ticked beside it."""
    by = judged.answer_by_at or act.at + READ_WITHIN
    if reading is None or reading.within_hours is None:
        return by
    return min(by, hours_after(act.at, reading.within_hours))


def _document(judged: CheckInAdvice, level: str, words: str, reading: Reading | None) -> Mapping[str, Any]:
    return {
        "level": level,
        "judged": judged.level,
        "alarms": list(reading.alarms) if reading else [],
        "rules": list(judged.rules),
        "reasons": [
            {
                "rule": each.rule,
                "says": each.says,
                "sources": list(each.sources),
                "basis": each.basis,
                "because": list(each.because),
                "leads": each.leads,
                "certain": each.certain,
            }
            for each in judged.reasons
        ],
        "words": words,
        "answer_by_at": judged.answer_by_at.isoformat() if judged.answer_by_at else None,
    }


def _photo(act: Act, session: Session, told: Told) -> Photo | None:
    return keep_photo(act, session.patient, told.photo, OF_THE_PATIENT) if told.photo else None
