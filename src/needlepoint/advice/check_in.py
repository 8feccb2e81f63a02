"""How soon a person must look at what the patient reported last."""

from __future__ import annotations

from datetime import datetime

from needlepoint.advice.document import CheckInAdvice, TriageReason
from needlepoint.advice.moment import Moment
from needlepoint.course.instants import hours_after
from needlepoint.rules.conditions import NOT_APPLICABLE, Facts
from needlepoint.rules.triage import Held, Triage, TriageResult


def triage(moment: Moment, facts: Facts) -> CheckInAdvice | None:
    """Judge the latest check-in since the last session; None where there is none."""
    if not moment.check_ins:
        return None
    told_at = moment.check_ins[-1].at
    # A report is judged by the day it was made on, not by the day somebody reads it.
    result = Triage.of(moment.knowledge).judge(facts, moment.case.day_of(told_at))
    return CheckInAdvice(
        at=told_at,
        level=result.level.id,
        says=result.says,
        rules=tuple(rule.id for rule in result.rules),
        reasons=tuple(_reason(each) for each in result.held),
        answer_by_at=_answer_by(told_at, result),
        sources=result.level.sources,
        basis=result.level.basis,
    )


def _reason(held: Held) -> TriageReason:
    return TriageReason(
        rule=held.rule.id,
        says=held.rule.says,
        sources=held.rule.sources,
        basis=held.rule.basis,
        because=held.because,
        leads=held.leads,
        certain=held.certain,
    )


def level_fact(advice: CheckInAdvice | None) -> object:
    """Return the level as the rules of the screening read it."""
    return NOT_APPLICABLE if advice is None else advice.level


def _answer_by(told_at: datetime, result: TriageResult) -> datetime | None:
    own = [each.rule.answer_within_hours for each in result.held if each.leads]
    hours = [each for each in (result.level.answer_within_hours, *own) if each is not None]
    return hours_after(told_at, min(hours)) if hours else None
