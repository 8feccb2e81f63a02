"""The door: a case and an instant go in, the whole advice comes out, and nothing else happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from needlepoint.advice.after_course import after_course
from needlepoint.advice.aftercare import aftercare
from needlepoint.advice.check_in import level_fact, triage
from needlepoint.advice.citations import citations
from needlepoint.advice.disagreements import disagreements
from needlepoint.advice.document import Advice, AfterCourse, CheckInAdvice, Plan, RulebookStamp
from needlepoint.advice.facts.answers import answer_facts
from needlepoint.advice.facts.check_ins import check_in_facts
from needlepoint.advice.facts.elsewhere import elsewhere_facts
from needlepoint.advice.facts.sessions import session_facts
from needlepoint.advice.facts.standing import standing_facts
from needlepoint.advice.facts.topicals import topical_facts
from needlepoint.advice.healed import healings
from needlepoint.advice.home_use import home_use
from needlepoint.advice.laws import laws
from needlepoint.advice.milestones import milestones
from needlepoint.advice.moment import Moment
from needlepoint.advice.pairing import pairing
from needlepoint.advice.plan import plan
from needlepoint.advice.preparation import preparation
from needlepoint.advice.screening import Screening, screen
from needlepoint.course.case import Case
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.loader import packaged

if TYPE_CHECKING:
    from needlepoint.dose.session import ZoneDose
    from needlepoint.healing.outlook import Forecast


class Sourced(Protocol):
    """A line that names what it rests on."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of its sources."""


def advise(
    case: Case, at: datetime, knowledge: Knowledge | None = None, *, with_forecast: bool = False
) -> Advice:
    """Return the advice on a case as it stood at an instant.

    `at` must carry its offset from UTC; without `knowledge` the packaged rulebook speaks. `with_forecast` lets the
    advice carry the forecast, which takes seconds where all else takes a millisecond. An InputError says what in the
    case or the instant cannot be, an EvidenceError what is wrong with the knowledge base.
    """
    moment = Moment.of(case, at, packaged() if knowledge is None else knowledge)
    facts = case_facts(moment)
    check_in = triage(moment, facts)
    facts["check_in.level"] = level_fact(check_in)
    screening = screen(moment, facts)
    planned = plan(moment, screening, healings(moment, facts))
    foreseen = _forecast(moment, planned) if with_forecast else None
    return _document(moment, facts, screening, planned, check_in, foreseen)


def judge(case: Case, at: datetime, knowledge: Knowledge | None = None) -> CheckInAdvice | None:
    """Return what the advice says of the latest check-in, and no more: all else of it is for whoever plans a session.

    Thousands report in an hour, and each waits for this.
    """
    moment = Moment.of(case, at, packaged() if knowledge is None else knowledge)
    return triage(moment, case_facts(moment))


def case_facts(moment: Moment) -> dict[str, object]:
    """Return the facts of the whole case but for the level of its check-in, which triage computes from them."""
    return {
        **answer_facts(moment.case.answers, moment.knowledge),
        **standing_facts(moment),
        **session_facts(moment),
        **elsewhere_facts(moment),
        **topical_facts(moment),
        **check_in_facts(moment),
    }


def _document(
    moment: Moment,
    facts: dict[str, object],
    screening: Screening,
    planned: Plan,
    check_in: CheckInAdvice | None,
    foreseen: Forecast | None,
) -> Advice:
    knowledge = moment.knowledge
    doses = _doses(moment)
    before = preparation(moment, facts, planned)
    after = aftercare(moment, facts)
    seen = milestones(moment.case.goal.concern, knowledge)
    later = after_course(moment)
    pairs, at_home, disagreed = pairing(knowledge), home_use(moment), disagreements(moment, facts)
    by_law = laws(moment)
    lines: tuple[Sourced, ...] = (
        *screening.verdicts,
        *doses,
        *before,
        *after,
        *seen,
        *_later(later),
        *pairs,
        *at_home,
        *by_law,
        *disagreed,
    )
    named = [line.sources for line in lines]
    return Advice(
        at=moment.at,
        time_zone=moment.case.clinic.time_zone.key,
        rulebook=RulebookStamp(version=knowledge.version, sha256=knowledge.sha256),
        verdict=screening.verdict,
        earliest_on=screening.earliest_on,
        verdicts=screening.verdicts,
        unanswered=screening.unanswered,
        plan=planned,
        dose=doses,
        preparation=before,
        aftercare=after,
        check_in=check_in,
        milestones=seen,
        after_course=later,
        pairing=pairs,
        home_use=at_home,
        laws=by_law,
        disagreements=disagreed,
        forecast=foreseen,
        citations=citations([*named, *_of_plan(planned), *_of_check_in(check_in)], knowledge),
    )


def _forecast(moment: Moment, planned: Plan) -> Forecast:
    """Return the forecast of the case under this plan; it names its own sources."""
    from needlepoint.advice.intended import intended
    from needlepoint.healing.forecast import forecast

    to_come = intended(moment.case, moment.at, planned, moment.knowledge)
    return forecast(moment.case, moment.at, moment.knowledge, intended=to_come)


def _later(after: AfterCourse | None) -> Iterator[Sourced]:
    if after is not None:
        yield from after.looks
        yield from () if after.maintenance is None else (after.maintenance,)


def _doses(moment: Moment) -> tuple[ZoneDose, ...]:
    """Return the doses of all sessions; arrays are loaded only for a case that has passes."""
    if not any(session.passes for session in moment.sessions):
        return ()
    from needlepoint.dose.session import doses

    return doses(moment.sessions, moment.case.patient.sex, moment.knowledge)


def _of_plan(planned: Plan) -> Iterator[tuple[str, ...]]:
    yield planned.sources
    yield planned.interval_days.sources
    yield from (left_out.sources for left_out in planned.left_out)
    # Every session is planned for the same zones, so the first speaks for all.
    for zone in planned.sessions[0].zones if planned.sessions else ():
        yield zone.sources
        yield zone.proposal.sources
        yield zone.done_so.sources if zone.done_so else ()


def _of_check_in(check_in: CheckInAdvice | None) -> Iterator[tuple[str, ...]]:
    if check_in is not None:
        yield check_in.sources
        yield from (reason.sources for reason in check_in.reasons)
