"""A course from its draft to its end: goal, screening, advice, decisions, plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from needlepoint.advice.document import Advice
from needlepoint.clinic.access.checks import Refused, check_may
from needlepoint.clinic.access.find import find, find_by_key, find_for_patient_here
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.actions.course.waiting import (
    DECISION,
    KINDS,
    PLAN,
    after_screening,
    settle,
    settle_decided,
)
from needlepoint.clinic.chair.queries.course.advice import (
    advice_on,
    against_a_plan,
    decision_asked,
    open_verdicts,
    stored_form,
)
from needlepoint.clinic.chair.queries.course.case import answers_from, course_rows
from needlepoint.clinic.chair.queries.course.course_days import days_of
from needlepoint.clinic.chair.queries.course.linked import said_beside
from needlepoint.clinic.models import (
    AdviceGiven,
    Course,
    Decision,
    OwnedDevice,
    Patient,
    Plan,
    PlanZone,
    Screening,
    Session,
)
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.clinic.practice.actions.version import Version, check_version
from needlepoint.course.case import Case
from needlepoint.course.goals import Concern, Goal
from needlepoint.course.quantities import Depth, bounded
from needlepoint.course.states import COURSE, CourseState, SessionState
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.rules.verdicts import Verdict

OPEN_STATES = (SessionState.PLANNED, SessionState.SCREENED, SessionState.CONSENTED)


@action(Permission.DRAFT_COURSE)
def draft(
    act: Act, *, patient_id: UUID, concern: Concern, zones: Sequence[Zone], device_key: object
) -> Course:
    """Begin a course toward a goal; the goal is checked by the vocabulary itself."""
    goal = Goal(concern, tuple(zones))
    patient = find_for_patient_here(Patient, act.actor, patient_id)
    device = find_by_key(OwnedDevice, act.actor, device_key)
    if device.retired_on is not None:
        raise Refused("%(device)s was retired. Choose one that is in use.", device=device)
    course = Course.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("course"),
        patient=patient,
        concern=goal.concern.value,
        zones=[zone.value for zone in goal.zones],
        device=device,
        state=CourseState.DRAFTED.value,
        drafted_at=act.at,
        drafted_by_id=act.actor.member,
    )
    write(act, "drafted course", course, patient, {"concern": course.concern})
    return course


@action(Permission.SCREEN)
def screen(act: Act, *, course_id: UUID, given: Mapping[str, Any], names: Sequence[str]) -> AdviceGiven:
    """Keep the answers to the questions that were put, and ask the rulebook what follows from all of them."""
    answers_from(given)
    course = find(Course, act.actor, course_id, "patient", "device")
    known = packaged().questions
    screening = Screening.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("screening"),
        patient=course.patient,
        course=course,
        asked_at=act.at,
        asked_by_id=act.actor.member,
        answers={"given": dict(given), "asked": [name for name in names if name in known]},
    )
    advice = keep_advice(act, course, advice_on(course, act.actor, act.at))
    after_screening(act, course)
    write(act, "screened", screening, course.patient, {"verdict": advice.verdict})
    return advice


def keep_advice(act: Act, course: Course, advice: Advice, case: Case | None = None) -> AdviceGiven:
    """Store an advice with its input and the rulebook's digest; the caller writes the record."""
    snapshot, document = stored_form(course, act.actor, act.at, advice, case)
    return AdviceGiven.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for(f"advice {course.public_id}"),
        patient=course.patient,
        course=course,
        at=act.at,
        rulebook_version=advice.rulebook.version,
        rulebook_sha256=advice.rulebook.sha256,
        case_snapshot=snapshot,
        document=document,
        verdict=advice.verdict,
    )


MAY_OVERRIDE = {
    "operator": Permission.DECIDE_AS_OPERATOR,
    "prescriber": Permission.DECIDE_AS_PRESCRIBER,
}


@action(Permission.SEE_CHART)
def decide_otherwise(
    act: Act, *, course_id: UUID, rule: str, reason: str, for_course: bool = False
) -> Decision:
    """Set a verdict aside for the next session on one's own responsibility, with a reason in words.

    Where the rule asks for a decision, such as how herpes is prevented, the words say what was decided; only that may
    be decided for all sessions of the course.
    """
    course = find(Course, act.actor, course_id, "patient", "device")
    if not reason.strip():
        raise Refused("Write the reason, or what was decided: whoever reads the chart later needs it.")
    asked = decision_asked(rule)
    if for_course and not asked:
        raise Refused("A verdict is set aside for the next session only.")
    verdict, advice, case = _verdict_of(act, course, rule)
    if verdict.overridable_by not in MAY_OVERRIDE:
        raise Refused("Nobody may set this verdict aside. The session has to wait or be called off.")
    check_may(act.actor, MAY_OVERRIDE[verdict.overridable_by])
    decision = Decision.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("decision"),
        patient=course.patient,
        course=course,
        advice=keep_advice(act, course, advice, case),
        rule=rule,
        verdict=verdict.verdict,
        reason=reason.strip(),
        for_course=for_course,
        decided_at=act.at,
        decided_by_id=act.actor.member,
    )
    settle_decided(act, course)
    told = {"rule": rule, "verdict": verdict.verdict, "for_course": for_course}
    write(act, "decided" if asked else "decided otherwise", decision, course.patient, told)
    return decision


def _verdict_of(act: Act, course: Course, rule: str) -> tuple[Verdict, Advice, Case | None]:
    """Return what a rule says of the course, else of the same person by a linked chart, with what it rests on."""
    rows = course_rows(course)
    advice = advice_on(course, act.actor, act.at, rows)
    beside = said_beside(course, act.actor, act.at, advice, rows)
    own = [(each, advice, None) for each in advice.verdicts]
    theirs = [(verdict, each.advice, each.case) for each in beside for verdict in each.verdicts]
    found = next((each for each in (*own, *theirs) if each[0].rule == rule), None)
    if found is None:
        raise Refused("This verdict no longer stands. Look at the chart again.")
    return found


@dataclass(frozen=True, slots=True)
class ZoneWish:
    """How deep and how often somebody wants to needle a zone."""

    zone: Zone
    depth_mm: Decimal
    passes: int


@action(Permission.PLAN)
def agree_plan(
    act: Act,
    *,
    course_id: UUID,
    wishes: Sequence[ZoneWish],
    sessions: int,
    interval_days: int,
    seen: Version | None = None,
) -> Plan:
    """Agree on a plan within the limits of the rulebook, start the course and lay out its sessions.

    `seen` is the plan that the page showed: where another was agreed on since, Changed is raised.
    """
    course = find_for_patient_here(Course, act.actor, course_id, "device")
    if seen is not None:
        wished = _wished(wishes, sessions, interval_days)
        check_version(seen, held_plan(course), defaultdict(str, wished))
    rows = course_rows(course)
    advice = advice_on(course, act.actor, act.at, rows)
    if course.state in COURSE.final:
        raise Refused("The course is %(state)s. Draft a new one.", state=course.state)
    held = open_verdicts(course, advice, said_beside(course, act.actor, act.at, advice, rows))
    if still_open := against_a_plan(held):
        raise Refused("First settle: %(each)s.", each=", ".join(each.rule for each in still_open))
    check_sessions(advice, sessions, interval_days)
    plan = Plan.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for("plan"),
        patient=course.patient,
        course=course,
        advice=keep_advice(act, course, advice),
        version=course.plans.count() + 1,
        sessions=sessions,
        interval_days=interval_days,
        agreed_at=act.at,
        agreed_by_id=act.actor.member,
    )
    PlanZone.objects.bulk_create([_plan_zone(act, plan, advice, wish) for wish in wishes])
    if course.state == CourseState.DRAFTED.value:
        _move(course, "start")
    lay_out(act, course, plan)
    settle(act, course, PLAN, DECISION, outcome=f"Plan {plan.version} agreed.")
    write(act, "agreed plan", plan, course.patient, {"version": plan.version})
    return plan


def held_plan(course: Course) -> dict[str, object]:
    """Return the plan that a course has now, field by field, as the form names them; nothing where there is none."""
    plan = course.plans.order_by("-version").first()
    if plan is None:
        return {}
    zones = [ZoneWish(Zone(each.zone), each.depth_mm, each.passes) for each in plan.zones.all()]
    return _wished(zones, plan.sessions, plan.interval_days)


def _wished(wishes: Sequence[ZoneWish], sessions: int, interval_days: int) -> dict[str, object]:
    told: dict[str, object] = {"sessions": sessions, "interval_days": interval_days}
    for each in wishes:
        told |= {f"depth_{each.zone.value}": f"{each.depth_mm:.2f}", f"passes_{each.zone.value}": each.passes}
    return told


def check_sessions(advice: Advice, sessions: int, interval_days: int) -> None:
    """Raise unless number and interval keep to the rulebook."""
    bounded("sessions", sessions, "1", str(advice.plan.sessions_range[1]))
    least = advice.plan.interval_days.minimum
    if interval_days < least:
        raise Refused("At these depths at least %(least)s days lie between two sessions.", least=least)
    bounded("interval_days", interval_days, "1", "400")


def limit_of(advice: Advice, zone: Zone) -> tuple[Decimal, str]:
    """Return the deepest setting for a zone and what limits it; Refused where the zone is not to be needled."""
    planned = advice.plan.sessions[0].zones if advice.plan.sessions else ()
    for each in planned:
        if each.zone is zone:
            return each.depth_mm.max, each.depth_mm.limited_by
    left_out = next((each.reason for each in advice.plan.left_out if each.zone is zone), advice.plan.why)
    raise Refused(
        "%(zone)s: %(left_out)s",
        zone=in_words(zone.value),
        left_out=left_out or "not a zone of this course.",
    )


def check_depth(wish: ZoneWish, limit: Decimal, limited_by: str) -> None:
    """Raise where the wish is deeper than the limit, or no depth at all."""
    if Depth(wish.depth_mm).mm > limit:
        name = wish.zone.value.replace("_", " ")
        raise Refused(
            "%(name)s: %(depth_mm)s mm is deeper than %(limit)s mm (%(limited_by)s).",
            name=name,
            depth_mm=wish.depth_mm,
            limit=limit,
            limited_by=limited_by,
        )
    bounded("depth_mm", wish.depth_mm, "0.05", "3")
    bounded("passes", wish.passes, "1", "20")


def _plan_zone(act: Act, plan: Plan, advice: Advice, wish: ZoneWish) -> PlanZone:
    limit, limited_by = limit_of(advice, wish.zone)
    check_depth(wish, limit, limited_by)
    return PlanZone(
        clinic_id=act.actor.clinic,
        plan=plan,
        zone=wish.zone.value,
        depth_mm=wish.depth_mm,
        limit_mm=limit,
        limited_by=limited_by,
        passes=wish.passes,
    )


def lay_out(act: Act, course: Course, plan: Plan) -> None:
    """Add the sessions that the plan asks for and that are not there yet, and call off those that it asks for no more.

    What was broken off is not one of the plan's sessions. `planned_on` keeps the day that was named then; which day
    counts is computed whenever somebody asks.
    """
    rows = list(course.sessions.order_by("number"))
    there = [each for each in rows if each.state in OPEN_STATES or each.state == SessionState.UNDER_WAY.value]
    wanted = plan.sessions - sum(1 for each in rows if each.complete)
    for session in reversed(there[max(0, wanted) :]):
        if session.state in OPEN_STATES:
            call_off_rest(session, f"The plan was changed to {plan.sessions} sessions.")
    added = [_laid_out(act, course, len(rows) + each) for each in range(1, max(0, wanted - len(there)) + 1)]
    days = days_of(course, act.actor, act.at)
    for session in added:
        day = days.of(session)
        session.planned_on = day.on if day else None
        session.save(update_fields=["planned_on"])


def _laid_out(act: Act, course: Course, number: int) -> Session:
    laid: Session = Session.objects.create(
        clinic_id=act.actor.clinic,
        public_id=act.id_for(f"session {number}"),
        patient=course.patient,
        course=course,
        number=number,
        state=SessionState.PLANNED.value,
        device=course.device,
    )
    return laid


def call_off_rest(session: Session, why: str) -> None:
    """Call off a session that is not to take place any more; its visit stays in the diary and is marked."""
    session.state, session.end_reason = SessionState.CALLED_OFF.value, why
    session.save(update_fields=["state", "end_reason"])


@action(Permission.PLAN)
def end(act: Act, *, course_id: UUID, how: str, reason: str) -> Course:
    """Pause, resume, complete or stop a course; sessions that were not begun are called off with its end."""
    course = (
        find_for_patient_here(Course, act.actor, course_id)
        if how == "resume"
        else find(Course, act.actor, course_id, "patient", for_update=True)
    )
    if how == "complete" and course.sessions.filter(state=SessionState.UNDER_WAY.value).exists():
        raise Refused("A session is still under way. Finish it first.")
    _move(course, how)
    if course.state in COURSE.final:
        course.ended_at, course.end_reason = act.at, reason
        for session in course.sessions.filter(state__in=[state.value for state in OPEN_STATES]):
            call_off_rest(session, f"The course was {course.state}.")
        settle(act, course, *KINDS, outcome=f"The course was {course.state}.")
    course.save(update_fields=["state", "ended_at", "end_reason"])
    write(act, f"{how} course", course, course.patient)
    return course


def _move(course: Course, step: str) -> None:
    course.state = COURSE.after(course.state, step)
    course.save(update_fields=["state"])


def last_answers(course: Course) -> dict[str, Any]:
    """Return what was answered last to each question, however long ago, to be shown beside the question."""
    given: dict[str, Any] = {}
    for screening in Screening.objects.filter(course=course).order_by("asked_at", "id"):
        given.update(screening.answers["given"])
    return given
