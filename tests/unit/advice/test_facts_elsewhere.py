"""What needled a patient elsewhere counts for the days between, and has no dose."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.unit.factories import AT, TODAY, case, passes, session

from needlepoint.advice import advise
from needlepoint.advice.facts.elsewhere import elsewhere_facts
from needlepoint.advice.facts.zones import zone_facts
from needlepoint.advice.moment import Moment
from needlepoint.course.answers import YesNo
from needlepoint.course.errors import InputError
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.healing.unlike import unlike_those_studied
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

ROLLED = {"device": "unknown-roller", "cartridge": None, "topicals": ()}


def elsewhere(days, **changes):
    return session(days, **{**ROLLED, **changes})


def rules(**changes):
    return {each.rule: each for each in advise(case(**changes), AT).verdicts}


def facts(**changes):
    return elsewhere_facts(Moment.of(case(**changes), AT, packaged()))


def cheek(**changes):
    told = zone_facts(Moment.of(case(**changes), AT, packaged()))[Zone.CHEEK_LEFT]
    return told["zone.last_on"], told["zone.last_depth_mm"]


def test_nothing_is_said_where_nothing_was_told():
    assert set(facts().values()) == {NOT_APPLICABLE}


def test_it_is_no_session_of_the_course_and_has_no_dose():
    told = advise(case(elsewhere=(elsewhere(60),)), AT)
    assert (told.dose, told.plan.sessions[0].number) == ((), 1)


@pytest.mark.parametrize(("days", "waits"), [(27, True), (28, False)])
def test_the_days_that_must_lie_between_count_from_it(days, waits):
    assert ("spacing.minimum" in rules(elsewhere=(elsewhere(days),))) is waits


def test_without_a_depth_it_counts_as_a_deep_one_on_every_zone():
    assert cheek(elsewhere=(elsewhere(20, passes=()),)) == (TODAY - timedelta(days=20), UNKNOWN)
    assert "spacing.minimum" in rules(elsewhere=(elsewhere(20, passes=()),))


def test_what_was_done_here_later_counts_alone():
    assert cheek(sessions=(session(15),), elsewhere=(elsewhere(20, passes=passes("0.25")),)) == (
        TODAY - timedelta(days=15),
        Decimal("1.0"),
    )


def test_a_shallow_one_elsewhere_never_ends_the_wait_after_a_deep_one_here():
    deep, shallow = session(27), elsewhere(20, passes=passes("0.25"))
    assert cheek(sessions=(deep,), elsewhere=(shallow,)) == (TODAY - timedelta(days=20), Decimal("1.0"))
    assert "spacing.minimum" in rules(sessions=(deep,), elsewhere=(shallow,))


@pytest.mark.parametrize(("days", "waits"), [(27, True), (28, False)])
def test_radio_frequency_waits_four_weeks_and_names_the_warning(days, waits):
    told = rules(elsewhere=(elsewhere(days, device="rf-device"),))
    assert ("elsewhere.radio_frequency" in told) is waits
    assert not waits or "fda-rf-2025" in told["elsewhere.radio_frequency"].sources


def test_skin_that_has_not_healed_from_it_waits_whatever_the_calendar_says():
    assert "elsewhere.not_healed" in rules(elsewhere=(elsewhere(90, healed=YesNo.NO),))
    assert facts(elsewhere=(elsewhere(90, healed=YesNo.UNKNOWN),))["elsewhere.last_healed"] is UNKNOWN


def test_the_unknown_device_is_said_until_somebody_here_has_needled_since():
    told = (elsewhere(90, healed=YesNo.NO),)
    assert rules(elsewhere=told)["elsewhere.unknown_device"].verdict == "change"
    assert not {"elsewhere.unknown_device", "elsewhere.not_healed"} & set(
        rules(sessions=(session(40),), elsewhere=told)
    )


def test_what_comes_after_the_moment_is_not_known_yet():
    assert not any(name.startswith("elsewhere.") for name in rules(elsewhere=(elsewhere(-1),)))


def test_a_device_that_is_known_here_was_not_used_elsewhere():
    with pytest.raises(InputError, match="was not used elsewhere"):
        advise(case(elsewhere=(elsewhere(60, device="skinpen-precision"),)), AT)


def test_the_forecast_says_that_it_does_not_know_what_was_left():
    assert [each for each in unlike_those_studied(case(elsewhere=(elsewhere(60),))) if "elsewhere" in each]
    assert not [each for each in unlike_those_studied(case()) if "elsewhere" in each]
