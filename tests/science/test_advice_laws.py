"""Laws that every advice keeps, whatever the case."""

import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.science.answers import ago, answer_to, optional
from tests.unit import factories
from tests.unit.factories import AT, CHOICES, TODAY, days_before, harmless

from needlepoint.advice import Advice, advise
from needlepoint.course.answers import Answers, Chosen, Happened, Medicine, Procedure, Use, YesNo
from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient, Sex, SkinType
from needlepoint.course.quantities import Depth
from needlepoint.course.session import Cartridge, CheckIn, Pass, Session, Sign, Topical, TopicalKind
from needlepoint.course.zones import Zone, ZonePart
from needlepoint.evidence.loader import packaged
from needlepoint.evidence.schema import Cited
from needlepoint.rules.rulebook import Rulebook
from needlepoint.rules.triage import LEVELS, Triage
from needlepoint.rules.verdicts import RANK, strictest

# Every branch is taken by the unit tests; counting lines here would only take time.
pytestmark = pytest.mark.no_cover

KNOWLEDGE = packaged()
PLAIN = harmless(KNOWLEDGE)
# Always five hours behind: where the clocks change, a day more is not always 24 hours more.
FIXED = "Etc/GMT+5"
FACE = {each.kind for each in Zone if each.part is ZonePart.FACE}


# -- whole cases


@st.composite
def changed_answers(draw):
    """Harmless answers of which a few are something else, or missing."""
    names = draw(st.lists(st.sampled_from(sorted(KNOWLEDGE.questions)), unique=True, max_size=5))
    given_ = dict(PLAIN)
    for name in names:
        answer = draw(optional(answer_to(KNOWLEDGE.questions[name])))
        given_ = {each: held for each, held in given_.items() if each != name}
        given_ |= {} if answer is None else {name: answer}
    return Answers(given_)


def topicals():
    numbers = {name: optional(st.integers(0, 100).map(Decimal)) for name in ("strength_percent", "area_cm2")}
    one = st.builds(
        Topical,
        st.sampled_from(TopicalKind),
        st.sampled_from(("lidocaine", "gel", "vitamin C")),
        occluded=st.sampled_from(YesNo),
        compounded=st.sampled_from(YesNo),
        **numbers,
    )
    return st.lists(one, max_size=3).map(tuple)


@st.composite
def sessions(draw, age):
    device = KNOWLEDGE.devices[draw(st.sampled_from(sorted(KNOWLEDGE.devices)))]
    low, high = (round(100 * each.value) for each in (device.depth_min, device.depth_max))
    depths = st.integers(low, high).map(lambda each: Depth(Decimal(each) / 100))
    started_at = days_before(age)
    ended_at = draw(
        optional(st.integers(0, 120).map(lambda minutes: started_at + timedelta(minutes=minutes)))
    )
    texts = {name: optional(st.sampled_from(("1", "2"))) for name in ("lot", "serial")}
    cartridge = st.builds(Cartridge, st.none(), expires_on=optional(ago()), **texts)
    passes = st.lists(st.builds(Pass, st.sampled_from(Zone), depths, st.integers(1, 9)), max_size=4)
    return Session(
        started_at,
        device.id,
        ended_at,
        draw(optional(cartridge)),
        draw(st.sampled_from(YesNo)),
        draw(topicals()),
        tuple(draw(passes)),
    )


@st.composite
def check_ins(draw, hours):
    signs = draw(st.frozensets(st.sampled_from(Sign), max_size=4))
    left_open = draw(st.frozensets(st.sampled_from(Sign), max_size=3)) - signs
    scores = [draw(optional(st.integers(0, most))) for most in (4, 4, 10)]
    return CheckIn(days_before(0, hours), *scores, draw(st.sampled_from((signs, None))), left_open)


def falling(most, size):
    ages = st.lists(st.integers(0, most), unique=True, max_size=size)
    return ages.map(lambda each: sorted(each, reverse=True))


def days_between(first, last):
    return st.integers(0, (last - first).days).map(lambda days: first + timedelta(days=days))


ANYBODY = days_between(date(1930, 1, 1), date(2024, 1, 1))
# Between the ages at which a birthday changes anything.
ADULTS = days_between(date(1970, 1, 1), date(1995, 1, 1))


@st.composite
def cases(draw, zone_name="America/New_York", born=ANYBODY):
    zones = st.lists(st.sampled_from(Zone), min_size=1, max_size=5, unique=True).map(tuple)
    skin = st.builds(Patient, born, st.sampled_from(SkinType), st.sampled_from(Sex))
    return Case(
        patient=draw(skin),
        goal=Goal(draw(st.sampled_from(Concern)), draw(zones)),
        device=draw(st.sampled_from(sorted(KNOWLEDGE.devices))),
        clinic=Clinic.at(zone_name, draw(st.sampled_from(OperatorRole))),
        answers=draw(changed_answers()),
        sessions=tuple(draw(sessions(age)) for age in draw(falling(300, 3))),
        check_ins=tuple(draw(check_ins(hours)) for hours in draw(falling(2000, 3))),
    )


def answering(case: Case, name: str, answer: object) -> Case:
    """The case with one answer; without it where the answer is None."""
    others = {each: held for each, held in case.answers.items() if each != name}
    return replace(case, answers=Answers(others | ({} if answer is None else {name: answer})))


def rank(case: Case) -> int:
    return RANK[advise(case, AT).verdict]


@st.composite
def harmful(draw):
    """A question with a harmless answer, and an answer that says yes to it."""
    name = draw(st.sampled_from(sorted(PLAIN)))
    kind = KNOWLEDGE.questions[name].kind
    said = answer_to(KNOWLEDGE.questions[name]).filter(
        lambda answer: answer != PLAIN[name] and "unknown" not in repr(answer).lower()
    )
    assume(kind != "months")
    return name, draw(said)


# -- the screening


@given(cases(), harmful())
def test_a_contraindication_more_never_softens_the_verdict(case, told):
    name, answer = told
    assert rank(answering(case, name, answer)) >= rank(answering(case, name, PLAIN[name]))


@given(cases(), st.sampled_from(sorted(PLAIN)), st.booleans())
def test_not_knowing_is_never_softer_than_no(case, name, missing):
    kind = KNOWLEDGE.questions[name].kind
    unknown = {
        "medicine": Medicine(Use.UNKNOWN),
        "procedure": Procedure(Happened.UNKNOWN),
        "choice": Chosen("unknown"),
        "months": None,
    }
    said = None if missing else unknown.get(kind, CHOICES.get(kind, (None,))[-1])
    assert rank(answering(case, name, said)) >= rank(answering(case, name, PLAIN[name]))


@given(cases())
def test_the_strictest_verdict_leads_and_a_stop_names_no_day(case):
    advice = advise(case, AT)
    assert advice.verdict == strictest(advice.verdicts)
    ranks = [RANK[each.verdict] for each in advice.verdicts]
    assert ranks == sorted(ranks, reverse=True)
    if advice.verdict == "stop":
        assert advice.earliest_on is None
        assert {each.earliest_on for each in advice.plan.sessions} <= {None}


@given(cases(), st.integers(0, 300))
def test_sessions_and_check_ins_to_come_change_nothing(case, hours):
    at = AT - timedelta(hours=hours, minutes=30)
    known = replace(case, sessions=case.sessions_by(at), check_ins=case.check_ins_by(at))
    assert advise(case, at) == advise(known, at)


# -- the check-in


@st.composite
def reported(draw):
    """A case whose latest event is a check-in."""
    case = draw(cases())
    last = draw(check_ins(0))
    return replace(case, check_ins=(*(each for each in case.check_ins if each.at < last.at), last))


def level(case: Case, last: CheckIn) -> int:
    return LEVELS.index(advise(replace(case, check_ins=(*case.check_ins[:-1], last)), AT).check_in.level)


@given(reported(), st.sampled_from(Sign))
def test_a_sign_more_never_lowers_the_level(case, sign):
    last = case.check_ins[-1]
    assume(last.signs is not None)
    more = replace(last, signs=last.signs | {sign}, unanswered=last.unanswered - {sign})
    less = replace(more, signs=more.signs - {sign})
    assert level(case, more) >= level(case, less)


@given(reported(), st.sampled_from(("redness", "swelling", "pain", "signs")))
def test_an_answer_less_never_lowers_the_level_below_a_call_the_same_day(case, name):
    """Nobody is sent an ambulance for what was not said, so that alone an answer less may take back."""
    last = case.check_ins[-1]
    same_day = LEVELS.index("same_day")
    assert level(case, replace(last, **{name: None})) >= min(level(case, last), same_day)


@given(reported(), st.sampled_from(Sign))
def test_a_sign_left_open_never_lowers_the_level(case, sign):
    last = case.check_ins[-1]
    assume(last.signs is not None)
    left_open = replace(last, signs=last.signs - {sign}, unanswered=last.unanswered | {sign})
    assert level(case, left_open) >= level(case, last)


# -- the calendar


def moved(value, days: int):
    """The same value with every date and instant in it so many days later."""
    if isinstance(value, date):
        return value + timedelta(days=days)
    if isinstance(value, Answers):
        return Answers({name: moved(answer, days) for name, answer in value.items()})
    if isinstance(value, Clinic | Cited):
        return value
    if isinstance(value, tuple):
        return tuple(moved(each, days) for each in value)
    if is_dataclass(value):
        return replace(value, **{each.name: moved(getattr(value, each.name), days) for each in fields(value)})
    return value


def counted_in_months() -> set[str]:
    """The dated facts that a rule, a raiser or a line counts in calendar months or years."""
    book, triage = Rulebook.of(KNOWLEDGE), Triage.of(KNOWLEDGE)
    compiled = [each.condition for each in (*book.of_case, *book.of_zone)]
    compiled += [each.condition for each in triage.rules]
    compiled += [condition for each in triage.rules for condition, _up_to in each.raised_by]
    windows = [window for condition in compiled for window in condition.windows]
    return {window.fact for window in windows if window.unit in ("months", "years")}


@given(cases(FIXED), st.sampled_from((-10_227, 10_227)))
def test_the_same_case_28_years_away_has_the_same_advice_28_years_away(case, days):
    """Between 1901 and 2099 the calendar repeats every 28 years, its leap days and its months with it."""
    assert advise(moved(case, days), AT + timedelta(days=days)) == moved(advise(case, AT), days)


@given(cases(FIXED, born=ADULTS), st.integers(-400, 400))
def test_days_count_alike_wherever_they_lie_in_the_calendar(case, days):
    """By any number of days where no month or year is counted: months differ in length, birthdays come by the year."""
    monthly = counted_in_months() - {"patient.born_on"}
    assume(not monthly & {name for name, _ in case.answers.dates()})
    assert advise(moved(case, days), AT + timedelta(days=days)) == moved(advise(case, AT), days)


def test_some_facts_are_counted_in_months_and_most_are_not():
    monthly = counted_in_months()
    assert "isotretinoin_last_used_on" in monthly
    assert not {"laser_on", "zone.last_on", "sunburn_on"} & monthly


# -- limits and sources


def most_mm(case: Case, zone: Zone) -> Decimal:
    """The deepest setting that any limit allows, computed from the rows without the code under test."""
    device, concern = KNOWLEDGE.devices[case.device], case.goal.concern.value
    here = [row.depth for row in device.evaluated if concern in row.concerns and zone.kind in row.zones]
    on_face = [row.depth for row in device.evaluated if not FACE.isdisjoint(row.zones)]
    operator = KNOWLEDGE.operators[case.clinic.operator.value].depth_max
    bounds = [device.depth_max, KNOWLEDGE.zones[zone.kind].depth_max, *(here or on_face)]
    bounds += [operator] if operator else []
    bounds += [
        row.ceiling
        for row in KNOWLEDGE.depths.values()
        if row.ceiling and concern in row.concerns and zone.kind in row.zones
    ]
    return min(Decimal(str(each.value)) for each in bounds)


def is_a_setting(case: Case, depth: Decimal) -> bool:
    device = KNOWLEDGE.devices[case.device]
    low, high = (Decimal(str(each.value)) for each in (device.depth_min, device.depth_max))
    step = device.depth_step and Decimal(str(device.depth_step.value))
    return low <= depth <= high and depth > 0 and (not step or (depth - low) % step == 0)


def sourceless(advice: Advice) -> list[object]:
    plan = advice.plan
    zones = [zone for each in plan.sessions for zone in each.zones]
    lines = [*advice.verdicts, *advice.dose, *advice.preparation, *advice.aftercare, *advice.milestones]
    lines += [*advice.pairing, *advice.home_use, *advice.disagreements, *zones, *plan.left_out]
    lines += [limit for zone in zones for limit in zone.limits] + [plan, plan.interval_days]
    lines += [advice.check_in, *advice.check_in.reasons] if advice.check_in else []
    return [each for each in lines if not each.sources]


def check(case: Case) -> None:
    advice = advise(case, AT)
    assert sourceless(advice) == []
    for session in advice.plan.sessions:
        assert session.zones
        assert session.zones == advice.plan.sessions[0].zones
        assert session.earliest_on is None or session.earliest_on >= TODAY
    for zone in advice.plan.sessions[0].zones if advice.plan.sessions else ():
        depth = zone.depth_mm
        assert depth.start <= depth.max <= most_mm(case, zone.zone)
        assert is_a_setting(case, depth.start)
        assert is_a_setting(case, depth.max)
        assert zone.zone.part is not ZonePart.EYELID
    if case.clinic.operator is OperatorRole.HOME_USER and case.device != "home-roller":
        assert advice.plan.sessions == ()


@given(cases())
def test_no_plan_passes_a_limit_and_no_line_lacks_a_source(case):
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_no_plan_passes_a_limit_and_no_line_lacks_a_source_in_a_hundred_thousand_cases(seed):
    random = Random(seed)  # noqa: S311 - chance for tests, not for secrets
    for _ in range(1_000):
        case, *others = (factories.random_case(random, KNOWLEDGE) for _ in range(2))
        check(case)
        # The same past under other plans: cases are cheap to vary and dear to draw.
        for each in others:
            plans = {"goal": each.goal, "device": each.device, "clinic": each.clinic}
            check(each)
            check(replace(case, **plans))
            check(replace(case, patient=replace(case.patient, skin_type=each.patient.skin_type), **plans))
            check(replace(case, goal=each.goal))


# -- the cost


def calls(act: Callable[[], object]) -> int:
    """How many functions a call calls: a measure of work that no other program on the machine disturbs."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    act()
    held = sys.getprofile()
    sys.setprofile(counted)
    try:
        act()
    finally:
        sys.setprofile(held)
    return count


def with_sessions(count: int) -> Case:
    done = tuple(factories.session(10 * (count - index)) for index in range(count))
    return factories.case(sessions=done)


def with_zones(count: int) -> Case:
    zones = tuple(zone for zone in Zone if zone.part is not ZonePart.EYELID)[:count]
    return factories.case(
        goal=Goal(Concern.ACNE_SCARS, zones),
        sessions=(factories.session(passes=factories.passes("0.5", *zones)),),
    )


@pytest.mark.parametrize(("build", "most"), [(with_sessions, 48), (with_zones, 28)])
def test_the_cost_grows_no_faster_than_the_case(build, most):
    at = datetime(2026, 3, 2, 15, tzinfo=AT.tzinfo)
    quarter, half, whole = (calls(partial(advise, build(most // part), at, KNOWLEDGE)) for part in (4, 2, 1))
    first, second = (half - quarter) / (most // 4), (whole - half) / (most // 2)
    assert second <= 1.2 * first
    assert whole < 12 * quarter
