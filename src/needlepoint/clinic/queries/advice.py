"""What the rulebook says of a course now, and which of its verdicts nobody has settled yet."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from needlepoint.advice.document import Advice
from needlepoint.advice.door import advise
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.models import Course, Decision, Session
from needlepoint.clinic.queries.case import CourseRows, case_of
from needlepoint.exchange.advice_document import document
from needlepoint.exchange.case_writer import tables
from needlepoint.exchange.json_form import json_ready
from needlepoint.rules.verdicts import Verdict

HOLDING = frozenset(("stop", "refer", "wait"))


def advice_on(course: Course, actor: Actor | Visitor, at: datetime, rows: CourseRows | None = None) -> Advice:
    """Ask the core about a course as it stands, with the actor as operator."""
    return advise(case_of(course, actor, at, rows), at)


def stored_form(course: Course, actor: Actor | Visitor, at: datetime, advice: Advice) -> tuple[Any, Any]:
    """Return the case and the advice as plain JSON, to be kept side by side."""
    snapshot = json_ready(tables(case_of(course, actor, at)), actor.zone)
    return json.loads(json.dumps(snapshot)), json.loads(json.dumps(document(advice)))


def decisions_since_last_session(course: Course) -> list[Decision]:
    """Return the decisions that hold for the next session: those made after the last one ended."""
    ends = (
        Session.objects.filter(course=course, state="done")
        .order_by("-finished_at")
        .values_list("finished_at", flat=True)
    )
    last = ends.first()
    rows = Decision.objects.filter(course=course).select_related("decided_by").order_by("decided_at", "id")
    return list(rows.filter(decided_at__gt=last) if last else rows)


def open_verdicts(course: Course, advice: Advice) -> tuple[Verdict, ...]:
    """Return the verdicts that keep a session from taking place and that nobody has set aside."""
    settled = {(each.rule, each.verdict) for each in decisions_since_last_session(course)}
    return tuple(
        each
        for each in advice.verdicts
        if each.verdict in HOLDING and (each.rule, each.verdict) not in settled
    )
