"""How each session of a course healed: as somebody saw it, as the patient reported it, as an unwanted effect says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum

from needlepoint.advice.facts.check_ins import check_in_facts
from needlepoint.advice.moment import Moment
from needlepoint.course.answers import YesNo
from needlepoint.course.session import CheckIn, Session
from needlepoint.rules.conditions import Facts
from needlepoint.rules.triage import LEVELS, Triage


class Healing(StrEnum):
    """How a session healed; the names are those of the reasons in depths.toml."""

    WELL = "well"
    UNKNOWN = "unknown"
    SLOW = "slow"
    NOT_HEALED = "not_healed"
    REACTION = "reaction"


_SEEN = {YesNo.YES: Healing.WELL, YesNo.UNKNOWN: Healing.UNKNOWN, YesNo.NO: Healing.NOT_HEALED}


def healings(moment: Moment, facts: Facts) -> tuple[Healing, ...]:
    """Return how each session healed, oldest first; `facts` are those of the case at the moment."""
    between = _reports(moment)
    return tuple(_healing(moment, facts, number, reports) for number, reports in enumerate(between, start=1))


def _healing(moment: Moment, facts: Facts, number: int, reports: Sequence[CheckIn]) -> Healing:
    """Return how one session healed: a reaction outweighs what was seen later, and what was seen a slow report."""
    session = moment.sessions[number - 1]
    told = {*_told(moment, facts, number, reports)}
    if "down" in told or _hurt(session, moment):
        return Healing.REACTION
    seen = _SEEN[session.healed]
    return Healing.SLOW if seen is Healing.WELL and "stays" in told else seen


def _hurt(session: Session, moment: Moment) -> bool:
    """Say whether an unwanted effect of the skin was reported; one of a kind that nobody knows counts."""
    kinds = moment.knowledge.adverse_kinds
    return any(name not in kinds or kinds[name].of_skin for name in session.adverse)


def _reports(moment: Moment) -> Iterator[tuple[CheckIn, ...]]:
    """Yield the reports after each session, up to the next one."""
    told = moment.case.check_ins_by(moment.at)
    begins = [each.started_at for each in moment.sessions]
    for start, end in zip(begins, (*begins[1:], datetime.max.replace(tzinfo=UTC)), strict=False):
        yield tuple(each for each in told if start <= each.at < end)


def _told(moment: Moment, facts: Facts, number: int, reports: Sequence[CheckIn]) -> Iterator[str]:
    """Yield what the reports tell, each judged by the table of triage as on its own day.

    Only what certainly holds counts. What was left open is settled by the look at the healing, or it stays unknown.
    """
    for last in range(1, len(reports) + 1):
        if not _says_something(reports[last - 1]):
            continue
        then = replace(moment, sessions=moment.sessions[:number], check_ins=tuple(reports[:last]))
        day = moment.case.day_of(reports[last - 1].at)
        judged = Triage.of(moment.knowledge).judge({**facts, **check_in_facts(then)}, day)
        reactions = moment.knowledge.depth_reactions
        for held in judged.held:
            row = reactions.get(held.rule.id) or reactions.get(LEVELS[held.rank])
            if held.certain and row is not None:
                yield row.move


def _says_something(report: CheckIn) -> bool:
    """Say whether there is anything to judge: no row of triage certainly holds for what was not reported."""
    return bool(report.redness or report.swelling or report.pain or report.signs)
