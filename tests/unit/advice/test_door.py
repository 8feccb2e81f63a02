"""The whole advice: pure, complete, and light to load."""

import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.unit.advice.rows import moment
from tests.unit.factories import AT, answers, case, check_in, days_before, goal, happened, session

from needlepoint.advice import Advice, advise
from needlepoint.advice.door import case_facts
from needlepoint.advice.facts.zones import zone_facts
from needlepoint.course.answers import Answers, YesNo
from needlepoint.course.case import Clinic
from needlepoint.course.errors import InputError
from needlepoint.course.goals import OperatorRole
from needlepoint.evidence.loader import packaged
from needlepoint.rules.vocabulary import vocabulary

FULL = {
    "goal": goal("acne_scars", "cheek_left", "nose", "eyelid_left"),
    "sessions": (session(70), session(35)),
    "check_ins": (check_in(34, "pus", redness=2),),
    "answers": answers(laser=happened(5), pregnant=YesNo.UNKNOWN),
}


def named_in(value):
    """Every source id that stands anywhere in an advice, by a walk that knows nothing of its shape."""
    if is_dataclass(value):
        for field in fields(value):
            held = getattr(value, field.name)
            if field.name == "sources":
                yield from held
            elif field.name == "source":
                yield held
            elif field.name != "citations":
                yield from named_in(held)
    elif isinstance(value, tuple):
        for each in value:
            yield from named_in(each)


def test_the_facts_computed_are_the_facts_that_rules_may_read():
    seen = moment(knowledge=packaged(), device="skinpen-precision")
    zone = next(iter(zone_facts(seen).values()))
    computed = {**case_facts(seen), **zone, "check_in.level": None}
    assert set(computed) == set(vocabulary(packaged()).names)


def test_an_advice_carries_all_its_parts():
    advice = advise(case(**FULL), AT)
    assert (advice.at, advice.time_zone, advice.forecast) == (AT, "America/New_York", None)
    assert (advice.rulebook.version, advice.rulebook.sha256) == (packaged().version, packaged().sha256)
    assert advice.verdict == advice.verdicts[0].verdict == "stop"
    assert "pregnant" in advice.unanswered
    assert advice.earliest_on is None
    assert advice.plan.sessions[0].number == 3
    assert {each.zone for each in advice.plan.left_out} == {"eyelid_left"}
    assert (advice.check_in.level, advice.check_in.rules[0]) == ("same_day", "pus")
    assert [(each.session, each.zone) for each in advice.dose] == [(1, "cheek_left"), (2, "cheek_left")]
    for part in ("preparation", "aftercare", "milestones", "pairing", "disagreements", "citations"):
        assert getattr(advice, part), part
    assert advice.home_use == ()


def test_the_level_of_a_check_in_reaches_the_rules():
    rules = [each.rule for each in advise(case(**FULL), AT).verdicts]
    assert "reaction.emergency" in rules


def test_a_case_with_nothing_to_tell_has_no_verdict():
    advice = advise(case(), AT)
    assert (advice.verdict, advice.verdicts, advice.earliest_on, advice.unanswered) == ("none", (), None, ())
    assert (advice.dose, advice.check_in) == ((), None)


def test_silence_is_no_answer():
    advice = advise(case(answers=Answers()), AT)
    assert advice.verdict == "stop"
    assert {"pregnant", "isotretinoin"} <= set(advice.unanswered)


def test_home_use_is_answered_at_home():
    home = Clinic.at("America/New_York", OperatorRole.HOME_USER)
    assert advise(case(clinic=home, device="home-roller"), AT).home_use


def test_every_source_named_anywhere_is_cited_once():
    for changes in (FULL, {}, {"device": "home-roller"}):
        advice = advise(case(**changes), AT)
        ids = [each.id for each in advice.citations]
        assert set(ids) == set(named_in(advice))
        assert len(ids) == len(set(ids))


def test_the_same_case_has_the_same_advice():
    assert advise(case(**FULL), AT) == advise(case(**FULL), AT.astimezone(ZoneInfo("Asia/Tokyo")))
    assert advise(case(**FULL), AT, packaged()) == advise(case(**FULL), AT)


def test_what_happens_later_changes_nothing():
    later = {"sessions": (session(-1),), "check_ins": (check_in(-2, "fever"),)}
    assert advise(case(**later), AT) == advise(case(), AT)


def test_another_zone_may_make_it_another_day():
    tokyo = replace(
        case(answers=answers(laser=happened(27))), clinic=Clinic.at("Asia/Tokyo", OperatorRole.PHYSICIAN)
    )
    late = datetime(2026, 3, 2, 14, 59, tzinfo=UTC)
    assert advise(tokyo, late).earliest_on == date(2026, 3, 3)
    assert advise(tokyo, late + timedelta(minutes=1)).earliest_on is None


def test_the_passed_knowledge_speaks():
    other = replace(packaged(), version="2099.1")
    assert advise(case(), AT, other).rulebook.version == "2099.1"


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(InputError, match=r"^at: "):
        advise(case(), AT.replace(tzinfo=None))


def test_an_advice_cannot_be_changed():
    advice = advise(case(), AT)
    assert isinstance(advice, Advice)
    with pytest.raises(AttributeError):
        advice.verdict = "none"  # type: ignore[misc]


WITHOUT_PASSES = """
import sys
from datetime import datetime, timezone, date
from needlepoint.advice import advise
from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient
from needlepoint.course.zones import Zone
clinic = Clinic.at("America/New_York", OperatorRole.PHYSICIAN)
case = Case(Patient(date(1990, 1, 1)), Goal(Concern.ACNE_SCARS, (Zone.NOSE,)), "skinpen-precision", clinic)
advise(case, datetime(2026, 3, 2, tzinfo=timezone.utc))
print("numpy" in sys.modules)
"""


def test_a_case_without_passes_loads_no_arrays():
    done = subprocess.run([sys.executable, "-c", WITHOUT_PASSES], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_start_of_a_session_is_the_first_instant_that_knows_of_it():
    started = case(sessions=(session(35),))
    assert advise(started, days_before(35)).plan.sessions[0].number == 2
    assert advise(started, days_before(35) - timedelta(microseconds=1)).plan.sessions[0].number == 1


def test_an_advice_carries_a_forecast_where_one_is_asked_for():
    with_one = advise(case(sessions=(session(3),)), AT, with_forecast=True)
    assert with_one.forecast is not None
    assert [zone.zone for zone in with_one.forecast.zones] == list(case().goal.zones)
    assert replace(with_one, forecast=None) == advise(case(sessions=(session(3),)), AT)
