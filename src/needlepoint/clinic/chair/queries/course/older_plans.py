"""Plans that were agreed on under an older rulebook, and what the rulebook of today says otherwise of the same case."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from needlepoint.advice.door import advise
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.chair.queries.course.advice import knowledge_for
from needlepoint.clinic.models import AdviceGiven, Course, Plan
from needlepoint.course.errors import InputError
from needlepoint.course.states import CourseState
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.case_file import read

SHOWN = 50
OPEN = (CourseState.DRAFTED.value, CourseState.ACTIVE.value, CourseState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class OlderPlan:
    """A plan with what the rulebook says now and did not say then, and the other way round.

    `unreadable` where the case of then cannot be read any more, so that nothing is known of a difference.
    """

    plan: Plan
    says_now: tuple[str, ...]
    said_then: tuple[str, ...]
    unreadable: bool

    @property
    def alike(self) -> bool:
        """Say whether both rulebooks judge that case alike."""
        return not (self.says_now or self.said_then or self.unreadable)


def rows(actor: Actor) -> QuerySet[Plan]:
    """Return the latest plan of each open course that was agreed on under another rulebook than the one in force."""
    later = Plan.objects.filter(course=OuterRef("course"), version__gt=OuterRef("version"))
    found = Plan.objects.filter(~Exists(later), clinic=actor.clinic, course__state__in=OPEN)
    found = found.filter(patient__gone_at=None).exclude(advice__rulebook_sha256=packaged().sha256)
    return found.select_related("patient", "course", "advice", "agreed_by").order_by("agreed_at", "pk")


def older_plans(actor: Actor) -> list[OlderPlan]:
    """Return the oldest of those plans, each judged again on the case of then."""
    return [judged_again(plan) for plan in rows(actor)[:SHOWN]]


def latest_under_older(course: Course) -> Plan | None:
    """Return the latest plan of a course where it was agreed on under another rulebook; one statement."""
    latest = Plan.objects.filter(course=course).select_related("advice").order_by("-version").first()
    return latest if is_older(latest) else None


def is_older(plan: Plan | None) -> bool:
    """Tell whether a plan, read with its advice, was agreed on under another rulebook than the one in force."""
    return plan is not None and plan.advice.rulebook_sha256 != packaged().sha256


def judged_again(plan: Plan) -> OlderPlan:
    """Ask the rulebook of today about the case that was kept beside the plan's advice, at the instant of then."""
    then = {(each["rule"], each["verdict"]) for each in plan.advice.document["verdicts"]}
    now = _now(plan.advice)
    if now is None:
        return OlderPlan(plan, (), (), True)
    return OlderPlan(plan, _worded(now - then), _worded(then - now), False)


def _now(advice: AdviceGiven) -> set[tuple[str, str]] | None:
    try:
        case = read(json.dumps(advice.case_snapshot).encode(), "case.json", packaged())
        found = advise(case, advice.at, knowledge_for(advice.course, case)).verdicts
        return {(each.rule, str(each.verdict)) for each in found}
    except InputError:
        # A word of then that the vocabulary of today does not know: a person has to look.
        return None


def _worded(verdicts: set[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{verdict}: {rule.replace('_', ' ')}" for rule, verdict in sorted(verdicts))


def count(actor: Actor) -> int:
    """Count those plans; one statement."""
    return int(rows(actor).count())
