"""What waits for whoever plans or decides: put on their list with the act that asks for it, and off with theirs."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.course.advice import advice_on, decision_asked, open_verdicts
from needlepoint.clinic.chair.queries.course.case import asked_of, course_rows
from needlepoint.clinic.chair.queries.course.linked import said_beside
from needlepoint.clinic.models import Course, Waiting
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.states import CourseState
from needlepoint.rules.verdicts import Verdict

PLAN, DECISION, HOME, ASKED = KINDS = ("plan", "decision", "home", "asked")
PRESCRIBERS = "prescriber"


def put(act: Act, course: Course, kind: str, words: str = "") -> Waiting:
    """Put something on the list, once for its kind as long as it waits; the caller writes the record."""
    waiting, _ = Waiting.objects.get_or_create(
        course=course,
        kind=kind,
        closed_at=None,
        defaults={
            "clinic_id": act.actor.clinic,
            "public_id": act.id_for(f"waiting {kind}"),
            "patient_id": course.patient_id,
            "words": words,
            "asked_at": act.at,
            "asked_by_id": act.actor.member,
        },
    )
    return waiting


def settle(act: Act, course: Course, *kinds: str, outcome: str) -> int:
    """Take what waits of these kinds off the list, since somebody did it."""
    rows = Waiting.objects.filter(course=course, kind__in=kinds, closed_at=None)
    return rows.update(closed_at=act.at, closed_by=act.actor.member, outcome=outcome)


def after_screening(act: Act, course: Course) -> None:
    """After a screening by a member: what a prescriber has to decide or to plan now waits for them."""
    settle(act, course, HOME, outcome="Screened again by a member.")
    rows = course_rows(course)
    if asked_of(course, act.actor, act.at, rows).due:
        return
    if to_decide := _to_decide(act, course):
        put(act, course, DECISION, "; ".join(to_decide))
    else:
        settle(act, course, DECISION, outcome="Nothing is left to decide.")
    if course.state == CourseState.DRAFTED.value:
        put(act, course, PLAN)


def _to_decide(act: Act, course: Course) -> list[str]:
    """Return what only a prescriber can decide of what keeps a session from taking place, by name."""
    theirs = [each for each in _still_open(act, course) if each.overridable_by == PRESCRIBERS]
    return list(dict.fromkeys(decision_asked(each.rule) or each.reason for each in theirs))


def _still_open(act: Act, course: Course) -> tuple[Verdict, ...]:
    rows = course_rows(course)
    advice = advice_on(course, act.actor, act.at, rows)
    return open_verdicts(course, advice, said_beside(course, act.actor, act.at, advice, rows))


def settle_decided(act: Act, course: Course) -> None:
    """After a decision: once nothing is left to decide, it waits no more."""
    if not _to_decide(act, course):
        settle(act, course, DECISION, ASKED, HOME, outcome="Decided.")


def after_home(act: Act, course: Course) -> None:
    """After a screening at home: what speaks against the session, and nobody has set aside, waits for the practice."""
    against = _still_open(replace(act, actor=act.actor.on(course)), course)
    if against:
        put(act, course, HOME, ", ".join(dict.fromkeys(each.verdict for each in against)))


@action(Permission.SCREEN)
def ask(act: Act, *, course_id: UUID, words: str) -> Waiting:
    """Ask whoever prescribes about a course; it is on their list at once."""
    course = find(Course, act.actor, course_id, "patient")
    if not words.strip():
        raise Refused("Write what you ask.")
    if Waiting.objects.filter(course=course, kind=ASKED, closed_at=None).exists():
        raise Refused("A question about this course waits already. It is on the prescribers’ list.")
    waiting = put(act, course, ASKED, words.strip())
    write(act, "asked prescriber", waiting, course.patient)
    return waiting


@action(Permission.SCREEN)
def done(act: Act, *, waiting_id: UUID, outcome: str) -> Waiting:
    """Take something off the list by hand, with what was done or why nothing has to be.

    What a prescriber has to do is taken off by one; what came from home by anybody who screens.
    """
    waiting: Waiting = find(Waiting, act.actor, waiting_id, "patient", for_update=True)
    if waiting.kind != HOME and Permission.PLAN not in act.actor.permissions:
        raise Refused("This waits for a prescriber. Only a prescriber can take it off the list.")
    if waiting.closed_at is not None:
        raise Refused("This was taken off the list already: %(outcome)s", outcome=waiting.outcome)
    if not outcome.strip():
        raise Refused("Write what was done, or why nothing has to be.")
    waiting.closed_at, waiting.closed_by_id, waiting.outcome = act.at, act.actor.member, outcome.strip()
    waiting.save(update_fields=["closed_at", "closed_by", "outcome"])
    write(act, "took off waiting list", waiting, waiting.patient)
    return waiting
