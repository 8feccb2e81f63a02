"""What the rulebook says of a course now, and which of its verdicts nobody has settled yet."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q

from needlepoint.advice.document import Advice
from needlepoint.advice.door import advise
from needlepoint.advice.spacing import against_a_day
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.chair.queries.course.case import CourseRows, case_of
from needlepoint.clinic.models import Course, Decision, Session
from needlepoint.clinic.practice.queries.signed.triage import triage_of
from needlepoint.course.case import Case
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.advice_document import document
from needlepoint.exchange.case_writer import tables
from needlepoint.exchange.json_form import json_ready
from needlepoint.rules.verdicts import Verdict

HOLDING = frozenset(("stop", "refer", "wait"))


def decision_asked(rule: str) -> str:
    """Return what has to be decided, and written into the chart, where a rule speaks; empty where nothing has."""
    known = packaged().rules.get(rule)
    return known.needs_decision if known else ""


def holds(verdict: Verdict) -> bool:
    """Say whether a verdict keeps a session from taking place until somebody entitled to it has decided."""
    return verdict.verdict in HOLDING or bool(decision_asked(verdict.rule))


def advice_on(course: Course, actor: Actor | Visitor, at: datetime, rows: CourseRows | None = None) -> Advice:
    """Ask the core about a course as it stands, with the actor as operator."""
    case = case_of(course, actor, at, rows)
    return advise(case, at, knowledge_for(course, case))


def knowledge_for(course: Course, case: Case) -> Knowledge:
    """Return what a case is judged by: where it has reports, with the table of triage as the clinic has it."""
    return triage_of(course.clinic_id) if case.check_ins else packaged()


def stored_form(
    course: Course, actor: Actor | Visitor, at: datetime, advice: Advice, case: Case | None = None
) -> tuple[Any, Any]:
    """Return the case and the advice as plain JSON, to be kept side by side; the course's own case if none is named."""
    snapshot = json_ready(tables(case or case_of(course, actor, at)), actor.zone)
    return json.loads(json.dumps(snapshot)), json.loads(json.dumps(document(advice)))


def decisions_since_last_session(course: Course) -> list[Decision]:
    """Return the decisions that hold for the next session: those made after the last one ended, or for the course."""
    ends = (
        Session.objects.filter(course=course, state="done")
        .order_by("-finished_at")
        .values_list("finished_at", flat=True)
    )
    last = ends.first()
    rows = Decision.objects.filter(course=course).select_related("decided_by").order_by("decided_at", "id")
    return list(rows.filter(Q(decided_at__gt=last) | Q(for_course=True)) if last else rows)


class Added(Protocol):
    """Verdicts that a linked chart adds to a course."""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What it adds."""

    def settles(self, decided_at: datetime) -> bool:
        """Say whether a decision of that instant was made with both charts in view."""


def open_verdicts(course: Course, advice: Advice, beside: Iterable[Added] = ()) -> tuple[Verdict, ...]:
    """Return the verdicts that keep a session from taking place and that nobody has set aside.

    Those that linked charts add are set aside only by a decision made with both charts in view.
    """
    decided = decisions_since_last_session(course)
    own = _settled(decided)
    theirs = [(each.verdicts, _settled(d for d in decided if each.settles(d.decided_at))) for each in beside]
    return tuple(
        each
        for verdicts, settled in ((advice.verdicts, own), *theirs)
        for each in verdicts
        if holds(each) and (each.rule, each.verdict) not in settled
    )


def against_a_plan(held: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Return those that must be settled before a plan is agreed on.

    What rests on the last session alone speaks against another one now, and must not keep anybody from planning less.
    """
    only_now = against_a_day(packaged())
    return tuple(each for each in held if each.rule not in only_now)


def _settled(decisions: Iterable[Decision]) -> set[tuple[str, str]]:
    return {(each.rule, each.verdict) for each in decisions}
