"""The frozen snapshot of a course that the core sees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.queries.course.asking import Asked, Whom, asked
from needlepoint.clinic.chair.queries.elsewhere import as_sessions
from needlepoint.clinic.models import (
    AdverseEvent,
    Cartridge,
    CartridgeUse,
    ChartLink,
    CheckIn,
    Course,
    HealingCheck,
    NeedledElsewhere,
    OwnedDevice,
    Screening,
    Session,
    SessionPass,
    SessionTopical,
)
from needlepoint.clinic.practice.queries.bundle import Prepared
from needlepoint.clinic.practice.queries.devices import own_devices
from needlepoint.course.answers import Answers, YesNo
from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, Patient, Sex, SkinType
from needlepoint.course.instants import local_date
from needlepoint.course.lots import is_gtin
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Cartridge as CoreCartridge
from needlepoint.course.session import CheckIn as CoreCheckIn
from needlepoint.course.session import Pass, Place, Sign, Topical, TopicalKind
from needlepoint.course.session import Session as CoreSession
from needlepoint.course.standing import Standing
from needlepoint.course.states import COURSE, CourseState, SessionState
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_answers import answers_of


@dataclass(frozen=True, slots=True)
class CourseRows:
    """The rows of one course that its case is made of."""

    screenings: list[Screening]
    sessions: list[Session]
    passes: list[SessionPass]
    topicals: list[SessionTopical]
    uses: list[CartridgeUse]
    checks: list[HealingCheck]
    check_ins: list[CheckIn]
    adverse: list[AdverseEvent]
    links: tuple[ChartLink, ...] = ()
    elsewhere: tuple[NeedledElsewhere, ...] = ()
    before: CourseRows | None = None
    """Of a course that keeps a result: what was done in the course that it follows."""


def family(root: int) -> QuerySet:
    """Return the query for a completed course and all that keep its result."""
    return Course.objects.filter(Q(pk=root) | Q(follows=root)).values("pk")


def case_parts(**of: Any) -> dict[str, Any]:
    """Return the queries for all that a case is made of, to be bundled; `of` names a course or a whole patient."""
    within = {f"session__{name}": value for name, value in of.items()}
    sessions = Session.objects.filter(**of)
    return {
        "screenings": _of_patients(Screening, **of),
        "sessions": sessions,
        "passes": SessionPass.objects.filter(**within),
        "topicals": SessionTopical.objects.filter(**within),
        "uses": CartridgeUse.objects.filter(voided_at=None, **within),
        "cartridges": Cartridge.objects.filter(**{f"use__{name}": value for name, value in within.items()}),
        "checks": HealingCheck.objects.filter(**within),
        "check_ins": CheckIn.objects.filter(**of),
        "elsewhere": _of_patients(NeedledElsewhere, **of),
        "adverse": _of_patients(AdverseEvent, **of),
        "devices": OwnedDevice.objects.filter(pk__in=sessions.values("device")),
    }


def family_parts(root: int) -> dict[str, Any]:
    """Return the queries for a completed course together with all that keep its result."""
    of_patient = Course.objects.filter(pk=root).values("patient")
    return {**case_parts(course__in=family(root)), "links": links_with(of_patient)}


def _of_patients(model: Any, **of: Any) -> QuerySet:
    """Return the query for all rows of the patients named, or of the patient of a course."""
    if not {"course", "course__in"} & set(of):
        return model.objects.filter(**of)
    courses = {name.replace("course", "pk"): value for name, value in of.items()}
    return model.objects.filter(patient__in=Course.objects.filter(**courses).values("patient"))


def rows_of(course: Course, found: Mapping[str, list[Any]]) -> CourseRows:
    """Return those of the bundled rows that belong to a course, with device and cartridge laid beside them."""
    rows = _rows(found, "course_id", course.pk)
    screenings, adverse = (
        [each for each in found[name] if each.patient_id == course.patient_id]
        for name in ("screenings", "adverse")
    )
    told, before = _told_of(course.patient_id, found), _before(course, found)
    return replace(rows, screenings=screenings, adverse=adverse, elsewhere=told, before=before)


def done_before(course: Course, found: Mapping[str, list[Any]]) -> list[Session]:
    """Return what was done to the skin in the course that one follows, and in others that kept its result before."""
    root = course.follows_id
    if root is None:
        return []
    family = {each.pk for each in found.get("courses", ()) if root in (each.pk, each.follows_id)} | {root}
    others = {each.course_id for each in found["sessions"]} if "courses" not in found else family
    return [
        each
        for each in found["sessions"]
        if each.course_id in others - {course.pk}
        and each.state == SessionState.DONE.value
        and each.opened_at < course.drafted_at
    ]


def _before(course: Course, found: Mapping[str, list[Any]]) -> CourseRows | None:
    sessions = done_before(course, found)
    if not sessions:
        return None
    keys = {each.pk for each in sessions}
    told = [each for each in found["check_ins"] if each.session_id in keys]
    # What was unwanted then tells of those sessions as much as of these.
    adverse = [each for each in found["adverse"] if each.patient_id == course.patient_id]
    return replace(_around(sessions, told, found), adverse=adverse)


def rows_of_patient(key: int, found: Mapping[str, list[Any]]) -> CourseRows:
    """Return those of the bundled rows that belong to a patient, of all courses together."""
    return replace(_rows(found, "patient_id", key), elsewhere=_told_of(key, found))


def _told_of(patient: int, found: Mapping[str, list[Any]]) -> tuple[NeedledElsewhere, ...]:
    return tuple(each for each in found["elsewhere"] if each.patient_id == patient)


def _rows(found: Mapping[str, list[Any]], column: str, key: int) -> CourseRows:
    sessions, screenings, check_ins = (
        [each for each in found[name] if getattr(each, column) == key]
        for name in ("sessions", "screenings", "check_ins")
    )
    adverse = [each for each in found["adverse"] if column == "patient_id" and each.patient_id == key]
    rows = _around(sessions, check_ins, found)
    return replace(rows, screenings=screenings, adverse=adverse)


def _around(sessions: list[Session], check_ins: list[CheckIn], found: Mapping[str, list[Any]]) -> CourseRows:
    """Return sessions with all that belongs to them laid beside."""
    keys = {each.pk for each in sessions}
    _lay_beside(sessions, "device", found["devices"])
    _lay_beside(found["uses"], "cartridge", found["cartridges"])
    inside: dict[str, Any] = {
        name: [each for each in found[name] if each.session_id in keys]
        for name in ("passes", "topicals", "uses", "checks")
    }
    links = tuple(found.get("links", ()))
    return CourseRows(
        screenings=[],
        sessions=sessions,
        check_ins=check_ins,
        adverse=[],
        links=links,
        elsewhere=(),
        **inside,
    )


def _lay_beside(rows: Iterable[Any], name: str, others: Iterable[Any]) -> None:
    by_key = {each.pk: each for each in others}
    for row in rows:
        setattr(row, name, by_key[getattr(row, f"{name}_id")])


def links_with(of: Any) -> QuerySet[ChartLink]:
    """Return the query for what was ever said of the charts named: that they are of one person with others, or not."""
    return ChartLink.objects.filter(Q(one__in=of) | Q(other__in=of))


def _parts_of_course(key: int) -> dict[str, Any]:
    return {**case_parts(course=key), "links": links_with(Course.objects.filter(pk=key).values("patient"))}


OF_COURSE = Prepared(_parts_of_course)
OF_FAMILY = Prepared(family_parts)


def course_rows(course: Course) -> CourseRows:
    """Return the rows of a course; one statement."""
    root = course.follows_id
    return rows_of(course, OF_COURSE.of(course.pk) if root is None else OF_FAMILY.of(root))


def asked_of(course: Course, actor: Actor | Visitor, at: datetime, rows: CourseRows | None = None) -> Asked:
    """Return what stands of a course's screenings; one statement where the rows are not there yet."""
    screenings = (
        Screening.objects.filter(clinic=actor.clinic, patient=course.patient_id)
        if rows is None
        else rows.screenings
    )
    told = [each for each in screenings if each.asked_at <= at]
    told.sort(key=lambda each: (each.asked_at, each.pk))
    return asked(told, actor, local_date(at, actor.zone), packaged(), Whom.of(course))


def case_of(course: Course, actor: Actor | Visitor, at: datetime, rows: CourseRows | None = None) -> Case:
    """Return the case of a course with the actor as operator; `course` comes with its patient and device."""
    knowledge = packaged()
    rows = course_rows(course) if rows is None else rows
    given = asked_of(course, actor, at, rows).given
    patient = course.patient
    before = rows.before
    earlier = _sessions(before, at, actor.zone) if before else []
    sessions = (*earlier, *_sessions(rows, at, actor.zone))
    told = [*(before.check_ins if before else ()), *rows.check_ins]
    makes = {course.device.model, *(each.device for each in sessions)}
    return Case(
        patient=core_patient(patient),
        goal=Goal(Concern(course.concern), tuple(Zone(name) for name in course.zones)),
        device=course.device.model,
        clinic=Clinic(actor.zone, actor.profession, actor.place),
        answers=answers_of(given, knowledge.questions, ()),
        sessions=sessions,
        check_ins=tuple(_check_ins(told)) if sessions else (),
        elsewhere=tuple(as_sessions(rows.elsewhere, actor.zone)),
        own_devices=own_devices(course.clinic_id, makes),
        course=_standing(course),
    )


def _standing(course: Course) -> Standing:
    """Return where a course stands; one of an older database may have ended without an instant."""
    state = CourseState(course.state)
    ended_at = (course.ended_at or course.drafted_at) if state in COURSE.final else None
    return Standing(state, ended_at, course.drafted_at if course.follows_id else None)


def core_patient(patient: Any) -> Patient:
    """Return what the core knows of a patient."""
    return Patient(patient.born_on, SkinType(patient.skin_type), Sex(patient.sex), patient.born_in)


def answers_from(given: Mapping[str, Any]) -> Answers:
    """Return the answers that a form gave; InputError names the one that cannot be."""
    return answers_of(given, packaged().questions, ())


def _sessions(rows: CourseRows, at: datetime, zone: ZoneInfo) -> list[CoreSession]:
    done = sorted((each for each in rows.sessions if each.state == "done"), key=lambda each: each.opened_at)
    adverse = _adverse((each for each in rows.adverse if each.reported_at <= at), done, zone)
    passes = _by_session(sorted(rows.passes, key=lambda row: row.place))
    topicals, uses = _by_session(rows.topicals), _by_session(rows.uses)
    checks = _by_session(sorted(rows.checks, key=lambda row: (row.checked_at, row.pk)))
    return [
        CoreSession(
            started_at=session.opened_at,
            ended_at=session.finished_at,
            device=session.device.model,
            cartridge=_cartridge(uses.get(session.pk, [])),
            healed=YesNo(checks[session.pk][-1].healed) if session.pk in checks else YesNo.UNKNOWN,
            topicals=tuple(_topical(row) for row in topicals.get(session.pk, [])),
            passes=tuple(_pass(row) for row in passes.get(session.pk, [])),
            adverse=tuple(adverse.get(session.pk, ())),
        )
        for session in done
    ]


def _adverse(events: Iterable[AdverseEvent], done: list[Session], zone: ZoneInfo) -> dict[int, list[str]]:
    """Return the kinds of unwanted effect that came of each session.

    One that names no session counts to the last one of the course by the day on which it began.
    """
    found: dict[int, list[str]] = {}
    days = [(local_date(each.opened_at, zone), each.pk) for each in done]
    for event in sorted(events, key=lambda each: each.pk):
        before = [key for day, key in days if day <= event.began_on]
        session = event.session_id or (before[-1] if before else None)
        if session is not None:
            found.setdefault(session, []).append(event.kind)
    return found


def _check_ins(rows: list[CheckIn]) -> Iterator[CoreCheckIn]:
    last = None
    for row in sorted(rows, key=lambda each: (each.at, each.pk)):
        # Two reports of one instant are one for the core; what was said first stands in the record all the same.
        if last is None or row.at > last:
            yield check_in_from(row.answers, row.at)
            last = row.at


def check_in_from(answers: Mapping[str, Any], at: datetime) -> CoreCheckIn:
    """Return a stored report as the core reads it; what is missing was not answered."""
    signs, where = answers.get("signs"), answers.get("where")
    return CoreCheckIn(
        at=at,
        redness=answers.get("redness"),
        swelling=answers.get("swelling"),
        pain=answers.get("pain"),
        signs=None if signs is None else frozenset(Sign(each) for each in signs),
        unanswered=frozenset(Sign(each) for each in answers.get("unanswered", ())),
        where=None if where is None else frozenset(Place(each) for each in where),
    )


def _by_session(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.session_id, []).append(row)
    return found


def _cartridge(uses: list[CartridgeUse]) -> CoreCartridge | None:
    if not uses:
        return None
    used = uses[-1].cartridge
    # Of another agency's article number the rulebook knows nothing; lot and serial number still tell the piece.
    gtin = used.gtin if is_gtin(used.gtin) else None
    return CoreCartridge(gtin=gtin, lot=used.lot, expires_on=used.expires_on, serial=used.serial)


def _topical(row: SessionTopical) -> Topical:
    return Topical(
        kind=TopicalKind(row.kind),
        name=row.name,
        strength_percent=row.strength_percent,
        grams=row.grams,
        area_cm2=row.area_cm2,
        on_minutes=row.on_minutes,
        occluded=YesNo(row.occluded),
        compounded=YesNo(row.compounded),
        reason=row.reason,
        patient_kg=row.patient_kg,
    )


def _pass(row: SessionPass) -> Pass:
    return Pass(Zone(row.zone), Depth(Decimal(row.depth_mm)), row.passes, rate_hz=row.rate_hz)
