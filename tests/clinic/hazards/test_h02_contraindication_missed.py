"""H02: something speaks against needling, and it is done all the same."""

import random
from decimal import Decimal

import pytest
from tests.clinic.practice import healthy

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.chair.actions import consent
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.needling import session
from needlepoint.clinic.chair.queries.course.advice import HOLDING, advice_on
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged

WORST = {"yes_no": "yes", "medicine": "current", "procedure": "past", "presence": "in_zone"}
ASKED = {name: each.kind for name, each in packaged().questions.items() if each.kind in WORST}


def agree(practice, drafted):
    wish = course.ZoneWish(Zone.CHEEK_LEFT, Decimal("0.50"), 2)
    course.agree_plan(
        practice.act(), course_id=drafted.public_id, wishes=[wish], sessions=3, interval_days=30
    )


def test_no_plan_is_agreed_on_while_a_verdict_stands(bites, practice):
    drafted = practice.course()

    def every_question_answered_badly_not_surely_or_not_at_all():
        held = 0
        for name, kind in ASKED.items():
            for said in (WORST[kind], "unknown", None):
                given = {key: value for key, value in (healthy() | {name: said}).items() if value}
                course.screen(practice.act(), course_id=drafted.public_id, given=given, names=list(healthy()))
                act = practice.act()
                # Nothing was decided on, so whatever holds must hold here, however it is asked for.
                holds = [
                    each.rule
                    for each in advice_on(drafted, act.actor, act.at).verdicts
                    if each.verdict in HOLDING
                ]
                if holds:
                    held += 1
                    assert refused(lambda: agree(practice, drafted)), (name, said, holds)
        assert held > len(ASKED)

    bites(every_question_answered_badly_not_surely_or_not_at_all, instead=lambda *_: ())


def refused(do) -> bool:
    try:
        do()
    except Refused:
        return True
    return False


@pytest.mark.parametrize("name", list(ASKED))
def test_not_sure_is_never_taken_for_no(practice, name):
    drafted = practice.course()
    act = practice.act()

    def holding(said):
        course.screen(
            practice.act(), course_id=drafted.public_id, given=healthy() | {name: said}, names=list(ASKED)
        )
        return {
            (each.rule, each.verdict)
            for each in advice_on(drafted, act.actor, practice.at).verdicts
            if each.verdict in HOLDING
        }

    no = holding(healthy()[name])
    # What “no” leaves standing stands for “not sure” as well; a rule that “yes” wakes is woken or asked for.
    assert no <= holding("unknown")


def test_a_session_is_not_opened_once_something_speaks_against_it(bites, practice):
    waiting = practice.consented()
    piece = practice.stocked()[0]

    def a_pregnancy_is_told_at_the_last_minute():
        practice.screened(waiting.course, pregnant="yes")
        assert refused(lambda: practice.opened(waiting, piece))

    bites(a_pregnancy_is_told_at_the_last_minute)


def test_no_order_of_acts_leads_past_a_verdict(bites, practice):
    drafted = practice.planned()
    waiting = next_session(drafted)

    def any_order():
        dice = random.Random(3)
        for _ in range(6):
            practice.screened(drafted, pregnant="yes")
            for _ in range(8):
                do = dice.choice(acts(practice, waiting))
                try:
                    do()
                except Refused:
                    continue
                except InputError:
                    # The state table knows no such step from here.
                    continue
            waiting.refresh_from_db()
            assert waiting.state != "under_way"

    bites(any_order)


def acts(practice, waiting):
    piece = practice.stocked()[0]
    return [
        lambda: practice.settled(waiting.course),
        lambda: session.pass_screening(practice.act(), session_id=waiting.public_id),
        lambda: consent.consent_to_session(
            practice.act(), session_id=waiting.public_id, signed=practice.signed()
        ),
        lambda: practice.opened(waiting, piece),
        lambda: session.ask_again(practice.act(), session_id=waiting.public_id),
    ]
