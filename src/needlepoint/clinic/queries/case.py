"""The frozen snapshot of a course that the core sees, and what of the screening has grown old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.models import (
    CartridgeUse,
    CheckIn,
    Course,
    HealingCheck,
    Screening,
    Session,
    SessionPass,
    SessionTopical,
)
from needlepoint.course.answers import Answers, YesNo
from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, Patient, Sex, SkinType
from needlepoint.course.instants import local_date
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Cartridge, Pass, Sign, Topical, TopicalKind
from needlepoint.course.session import CheckIn as CoreCheckIn
from needlepoint.course.session import Session as CoreSession
from needlepoint.course.zones import Zone
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_answers import answers_of, keys_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What was answered and still stands, and which questions must be asked (again)."""

    given: Mapping[str, Any]
    due: tuple[str, ...]


def asked(screenings: Iterable[Screening], actor: Actor | Visitor, today: date, knowledge: Knowledge) -> Asked:
    """Lay the screenings over one another, oldest first; an answer older than its question allows does not stand."""
    given: dict[str, Any] = {}
    fresh: set[str] = set()
    for screening in screenings:
        age = (today - local_date(screening.asked_at, actor.zone)).days
        for name in screening.answers["asked"]:
            question = knowledge.questions.get(name)
            if question is not None and age < question.valid_days:
                fresh.add(name)
                for key in keys_of(question):
                    given.pop(key, None)
                    if key in screening.answers["given"]:
                        given[key] = screening.answers["given"][key]
    return Asked(given, tuple(name for name in knowledge.questions if name not in fresh))


def asked_of(course: Course, actor: Actor | Visitor, at: datetime) -> Asked:
    """Return what stands of a course's screenings; one statement."""
    screenings = Screening.objects.filter(clinic=actor.clinic, course=course, asked_at__lte=at).order_by(
        "asked_at", "id"
    )
    return asked(screenings, actor, local_date(at, actor.zone), packaged())


def case_of(course: Course, actor: Actor | Visitor, at: datetime) -> Case:
    """Return the case of a course with the actor as operator; `course` comes with its patient and device."""
    knowledge = packaged()
    given = asked_of(course, actor, at).given
    patient = course.patient
    sessions = tuple(_sessions(course))
    return Case(
        patient=Patient(patient.born_on, SkinType(patient.skin_type), Sex(patient.sex)),
        goal=Goal(Concern(course.concern), tuple(Zone(name) for name in course.zones)),
        device=course.device.model,
        clinic=Clinic(actor.zone, actor.profession),
        answers=answers_of(given, knowledge.questions, ()),
        sessions=sessions,
        check_ins=tuple(_check_ins(course)) if sessions else (),
    )


def answers_from(given: Mapping[str, Any]) -> Answers:
    """Return the answers that a form gave; InputError names the one that cannot be."""
    return answers_of(given, packaged().questions, ())


def _sessions(course: Course) -> list[CoreSession]:
    done = list(
        Session.objects.filter(course=course, state="done").select_related("device").order_by("opened_at")
    )
    if not done:
        return []
    passes = _by_session(SessionPass.objects.filter(session__in=done).order_by("place"))
    topicals = _by_session(SessionTopical.objects.filter(session__in=done).order_by("id"))
    uses = _by_session(CartridgeUse.objects.filter(session__in=done).select_related("cartridge"))
    checks = _by_session(HealingCheck.objects.filter(session__in=done).order_by("checked_at", "id"))
    return [
        CoreSession(
            started_at=session.opened_at,
            ended_at=session.finished_at,
            device=session.device.model,
            cartridge=_cartridge(uses.get(session.pk, [])),
            healed=YesNo(checks[session.pk][-1].healed) if session.pk in checks else YesNo.UNKNOWN,
            topicals=tuple(_topical(row) for row in topicals.get(session.pk, [])),
            passes=tuple(_pass(row) for row in passes.get(session.pk, [])),
        )
        for session in done
    ]


def _check_ins(course: Course) -> Iterator[CoreCheckIn]:
    last = None
    for row in CheckIn.objects.filter(course=course).order_by("at", "id"):
        # Two reports of one instant are one for the core; what was said first stands in the record all the same.
        if last is None or row.at > last:
            yield check_in_from(row.answers, row.at)
            last = row.at


def check_in_from(answers: Mapping[str, Any], at: datetime) -> CoreCheckIn:
    """Return a stored report as the core reads it; what is missing was not answered."""
    signs = answers.get("signs")
    return CoreCheckIn(
        at=at,
        redness=answers.get("redness"),
        swelling=answers.get("swelling"),
        pain=answers.get("pain"),
        signs=None if signs is None else frozenset(Sign(each) for each in signs),
        unanswered=frozenset(Sign(each) for each in answers.get("unanswered", ())),
    )


def _by_session(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.session_id, []).append(row)
    return found


def _cartridge(uses: list[CartridgeUse]) -> Cartridge | None:
    if not uses:
        return None
    used = uses[-1].cartridge
    return Cartridge(gtin=used.gtin, lot=used.lot, expires_on=used.expires_on, serial=used.serial)


def _topical(row: SessionTopical) -> Topical:
    return Topical(
        kind=TopicalKind(row.kind),
        name=row.name,
        strength_percent=row.strength_percent,
        grams=row.grams,
        area_cm2=row.area_cm2,
        on_minutes=row.on_minutes,
    )


def _pass(row: SessionPass) -> Pass:
    return Pass(Zone(row.zone), Depth(Decimal(row.depth_mm)), row.passes, rate_hz=row.rate_hz)
