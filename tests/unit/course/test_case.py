"""A case: everything in order, nothing before the birth, days by the clinic's calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.unit.course.factory import START, case, check_ins, sessions

from needlepoint.course.answers import Answers, Medicine, Use
from needlepoint.course.errors import InputError
from needlepoint.course.goals import Patient


def test_a_case_needs_no_sessions_no_check_ins_and_no_answers():
    bare = case()
    assert bare.sessions == bare.check_ins == ()
    assert len(bare.answers) == 0


@pytest.mark.parametrize("days", [(30, 0), (0, 0), (0, 30, 29)])
def test_sessions_stand_oldest_first_and_no_two_at_once(days):
    place = len(days) - 1
    with pytest.raises(InputError, match=rf"session\[{place}\].started_at: is not after the one before it"):
        case(sessions=sessions(*days))


def test_check_ins_stand_oldest_first_and_no_two_at_once():
    with pytest.raises(InputError, match=r"check_in\[1\].at: is not after the one before it"):
        case(check_ins=check_ins(3, 1))


def test_nothing_happens_before_the_birth():
    patient = Patient(date(2026, 2, 3))
    with pytest.raises(InputError, match=r"session\[0\].started_at: 2026-02-02 lies before the birth"):
        case(patient=patient, sessions=sessions(0))
    with pytest.raises(InputError, match=r"check_in\[0\].at: 2026-02-02 lies before the birth"):
        case(patient=patient, check_ins=check_ins(0))
    with pytest.raises(InputError, match=r"answers.retinoid_last_used_on: 2026-02-02 lies before the birth"):
        case(patient=patient, answers=Answers({"retinoid": Medicine(Use.PAST, date(2026, 2, 2))}))


def test_the_day_of_the_birth_is_not_before_the_birth():
    assert case(patient=Patient(date(2026, 2, 2)), sessions=sessions(0)).sessions


def test_a_day_is_the_day_on_the_clinics_wall():
    late_evening_in_new_york = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
    assert case().day_of(late_evening_in_new_york) == date(2026, 3, 2)


def test_only_what_was_done_by_then_counts():
    grown = case(sessions=sessions(0, 30, 60), check_ins=check_ins(1, 31))
    then = START + timedelta(days=30)
    assert grown.sessions_by(then) == grown.sessions[:2]
    assert grown.check_ins_by(then) == grown.check_ins[:1]
    assert grown.sessions_by(START - timedelta(seconds=1)) == ()
