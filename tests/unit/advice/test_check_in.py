"""How soon a person must look at the latest check-in."""

from datetime import timedelta

import pytest
from tests.unit.advice.rows import bench, moment
from tests.unit.factories import AT, answers, days_before, last_used
from tests.unit.factories import check_in as any_check_in
from tests.unit.factories import session as any_session

from needlepoint.advice.check_in import level_fact, triage
from needlepoint.advice.door import case_facts
from needlepoint.course.answers import Use
from needlepoint.course.session import Place
from needlepoint.rules.conditions import NOT_APPLICABLE


def triaged(*check_ins, **changes):
    plain = {"sessions": (any_session(10, device="pen"),), "check_ins": check_ins}
    seen = moment(**{**plain, **changes})
    return triage(seen, case_facts(seen))


def test_without_a_check_in_nothing_is_judged():
    assert triaged() is None
    assert level_fact(None) is NOT_APPLICABLE


def test_a_quiet_report_is_expected_and_has_no_clock():
    found = triaged(any_check_in(3))
    assert (found.level, found.answer_by_at, found.at) == ("expected", None, days_before(3))
    assert found.says == bench().levels["expected"].says
    assert (found.sources, found.basis) == (bench().levels["expected"].sources, "assumed")
    assert level_fact(found) == "expected"


def test_a_red_flag_leads_and_names_its_rules():
    found = triaged(any_check_in(3, "fine_flaking", "pus", "fever"))
    assert (found.level, found.rules[0]) == ("emergency", "fever")
    assert "pus" in found.rules
    assert [each.rule for each in found.reasons] == list(found.rules)
    fever = bench().triage["fever"]
    first = found.reasons[0]
    assert (first.says, first.sources, first.basis) == (fever.says, fever.sources, fever.basis)


def test_the_answer_is_due_so_many_hours_after_the_report():
    found = triaged(any_check_in(3, "pus"))
    assert found.level == "same_day"
    assert found.answer_by_at == days_before(3) + timedelta(
        hours=bench().levels["same_day"].answer_within_hours
    )


def test_only_the_latest_report_is_judged():
    assert triaged(any_check_in(4, "fever"), any_check_in(3)).level == "expected"
    assert triaged(any_check_in(4), any_check_in(3, "fever"), any_check_in(-1)).level == "emergency"


def test_what_was_not_answered_counts_as_the_worst_answer_up_to_a_call_the_same_day():
    assert triaged(any_check_in(3, signs=None)).level == "same_day"


def test_a_circumstance_of_the_patient_raises_the_level():
    told = answers(immunosuppression=last_used(1, Use.CURRENT))
    assert triaged(any_check_in(3, "pus"), answers=told).level == "emergency"


@pytest.mark.parametrize(("ago", "level"), [(9, "expected"), (2, "this_week")])
def test_a_report_is_judged_by_its_own_day(ago, level):
    report = any_check_in(ago, redness=1)
    assert triaged(report).level == level
    assert triaged(report, at=AT + timedelta(days=300)).level == level


def test_a_reason_names_the_answers_that_led_to_it_and_no_other():
    swollen = triaged(any_check_in(3, swelling=3, where=frozenset({Place.NEAR_EYE}))).reasons[0]
    assert (swollen.rule, swollen.because) == ("swelling.near_eye", ("swelling", "near_eye"))
    pink = {each.rule: each.because for each in triaged(any_check_in(3, redness=1)).reasons}
    assert pink["expected.redness"] == ("redness",)
    hot = triaged(any_check_in(3, "fever", "pustules")).reasons
    assert all("sign.fever" in each.because or "sign.pustules" in each.because for each in hot)
    assert not {"redness", "swelling", "pain"} & {name for each in hot for name in each.because}
