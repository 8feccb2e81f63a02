"""Triage only ever rises: no sign more, no score higher and no answer less makes a report sound better.

At one hour, that is: signs have windows of time. What was not answered counts as the worst up to a call the same day,
and asks for no ambulance; so an answer less may end an emergency there, and lowers nothing else.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest
from tests.unit import factories

from needlepoint.advice.check_in import triage
from needlepoint.advice.door import case_facts
from needlepoint.advice.moment import Moment
from needlepoint.course.answers import Medicine, Presence, Use
from needlepoint.course.case import Case
from needlepoint.course.goals import Patient, Sex, SkinType
from needlepoint.course.session import CheckIn, Place, Sign
from needlepoint.evidence.loader import packaged
from needlepoint.rules.triage import URGENCY

# Every branch is taken by the unit tests; counting lines here would only take time.
pytestmark = pytest.mark.no_cover

KNOWLEDGE = packaged()
TOPS = {"redness": 4, "swelling": 4, "pain": 10}
SIGNS = tuple(Sign)
PLACES = [each for each in Place if each is not Place.NOT_SURE]
SAME_DAY = URGENCY["same_day"]
VISIT = factories.session(60)
FAR = os.environ.get("HYPOTHESIS_PROFILE") == "far"
BOXES = (Sign.FEVER, Sign.SPREADING_REDNESS, Sign.VISION_CHANGE, Sign.BREATHING_DIFFICULTY)


def level(case: Case) -> str:
    """Return the level of the latest report, from the case alone as `advise` computes it."""
    moment = Moment.of(case, case.check_ins[-1].at, KNOWLEDGE)
    told = triage(moment, case_facts(moment))
    assert told is not None
    return told.level


def after(hours: float):
    return VISIT.clock_starts_at + timedelta(hours=hours)


# -- pairs: a case, and the same case with one thing worse or one thing less


def a_report(random: Random, hours: float) -> CheckIn:
    """Return a report with anything in it, often little."""
    scores = {name: random.choice([None, *range(top + 1)]) for name, top in TOPS.items()}
    named = random.sample(SIGNS, random.choice([0, 0, 1, 2, 4]))
    some = random.randint(0, len(named))
    signs, unanswered = frozenset(named[:some]), frozenset(named[some:])
    where = random.choice([None, frozenset(random.sample(PLACES, random.randint(0, 2)))])
    return CheckIn(
        after(hours),
        signs=None if random.random() < 0.03 else signs,
        unanswered=unanswered,
        where=where,
        **scores,
    )


def a_case(random: Random) -> Case:
    hours = random.choice(
        [random.uniform(0, 80), random.uniform(0, 400), random.uniform(0, 1400), 72, 168, 672]
    )
    earlier = tuple(a_report(random, hours * share) for share in (0.3, 0.6)[: random.randint(0, 2)])
    use = [Medicine(each) for each in (Use.CURRENT, Use.PAST, Use.NEVER, Use.UNKNOWN)]
    born_on = date(random.choice([1940, 1990]), 5, 14)
    return factories.case(
        patient=Patient(born_on, random.choice(list(SkinType)), Sex.FEMALE),
        goal=factories.goal("wrinkles", random.choice(["cheek_left", "periorbital_left", "neck"])),
        sessions=(VISIT,),
        check_ins=(*earlier, a_report(random, hours)),
        answers=factories.answers(
            anticoagulant=random.choice(use),
            immunosuppression=random.choice(use),
            chemotherapy=random.choice(use),
            eczema=random.choice(list(Presence)),
        ),
    )


def with_latest(case: Case, **changes: object) -> Case:
    return replace(case, check_ins=(*case.check_ins[:-1], replace(case.check_ins[-1], **changes)))


def worse(random: Random, case: Case) -> Case:
    """Return the case with one sign more or one score higher; a score that was left out stays so."""
    told = case.check_ins[-1]
    name = random.choice(list(TOPS))
    score = getattr(told, name)
    if random.random() < 0.4 and score is not None and score < TOPS[name]:
        return with_latest(case, **{name: random.randint(score + 1, TOPS[name])})
    if told.signs is None:
        return case
    if told.where and random.random() < 0.2:
        return with_latest(case, where=told.where | {random.choice(PLACES)})
    answered = [sign for sign in SIGNS if sign not in told.unanswered]
    return with_latest(case, signs=told.signs | {*random.sample(answered, random.choice([1, 1, 2]))})


def with_less(random: Random, case: Case) -> Case:
    """Return the case with one answer taken away: of this report, of an earlier one, or of the screening."""
    told = case.check_ins[-1]
    which = random.randrange(6)
    if which == 0:
        return with_latest(case, **{random.choice(list(TOPS)): None})
    if which == 1 and told.signs is not None:
        taken = frozenset(random.sample(SIGNS, 1))
        return with_latest(case, signs=told.signs - taken, unanswered=told.unanswered | taken)
    if which == 2:
        return with_latest(case, signs=None, unanswered=frozenset())
    if which == 3 and len(case.check_ins) > 1:
        first, *rest = case.check_ins
        return replace(case, check_ins=(replace(first, redness=None), *rest))
    if which == 4 and told.where is not None:
        return with_latest(case, where=frozenset({Place.NOT_SURE}))
    name = random.choice(["anticoagulant", "immunosuppression", "chemotherapy", "eczema"])
    return replace(case, answers=type(case.answers)({k: v for k, v in case.answers.items() if k != name}))


def pairs(count: int, seed: int, other: Callable[[Random, Case], Case]) -> Iterator[tuple[Case, Case]]:
    random = Random(seed)  # noqa: S311 - chance for tests, not for secrets
    for _ in range(count):
        case = a_case(random)
        yield case, other(random, case)


@pytest.mark.parametrize("seed", range(10) if FAR else [0])
def test_a_worse_report_is_never_less_urgent(seed: int) -> None:
    seen = 0
    for case, other in pairs(4000, seed, worse):
        before, then = level(case), level(other)
        assert URGENCY[then] >= URGENCY[before], (case.check_ins, other.check_ins)
        seen += before != then
    assert seen > 300


@pytest.mark.parametrize("seed", range(10) if FAR else [0])
def test_a_less_answered_report_is_less_urgent_only_where_it_was_an_emergency_and_then_a_call_today(
    seed: int,
) -> None:
    seen = 0
    for case, other in pairs(4000, seed, with_less):
        before, then = level(case), level(other)
        assert URGENCY[then] >= min(URGENCY[before], SAME_DAY), (case.check_ins, other.check_ins)
        seen += before != then
    assert seen > 250


def test_no_answer_that_is_left_out_asks_for_an_ambulance() -> None:
    random = Random(0)  # noqa: S311 - chance for tests, not for secrets
    for _ in range(1500):
        case = a_case(random)
        silent = with_latest(
            case, redness=None, swelling=None, pain=None, signs=frozenset(), unanswered=frozenset(SIGNS)
        )
        assert level(silent) == "same_day"


NEXT = 12.0
HOURS = [0.2, *(each * NEXT for each in range(1, 84))]


@pytest.mark.parametrize("sign", SIGNS)
def test_twelve_hours_never_turn_an_amber_report_into_an_ambulance(sign: Sign) -> None:
    """Nor back: with other scores, for other people, at whatever hour the same report is made."""
    people = [(skin, immune) for skin in (SkinType.II, SkinType.V) for immune in (Use.NEVER, Use.CURRENT)]
    for (skin, immune), swelling in product(people, (0, 2)):
        case = factories.case(
            patient=Patient(date(1955, 5, 14), skin, Sex.FEMALE),
            sessions=(VISIT,),
            answers=factories.answers(immunosuppression=Medicine(immune)),
        )
        told = [CheckIn(after(hours), 1, swelling, 0, signs=frozenset({sign})) for hours in HOURS]
        ranks = [URGENCY[level(replace(case, check_ins=(each,)))] for each in told]
        for hours, before, then in zip(HOURS, ranks, ranks[1:], strict=False):
            assert max(before, then) < URGENCY["emergency"] or min(before, then) >= SAME_DAY, (sign, hours)


# -- the four boxes that are never read as no


def reports_with_an_open_box(hours: float) -> Iterator[CheckIn]:
    """Yield every way to answer the four boxes with one open at the least, beside any redness and other sign."""
    others = (frozenset[Sign](), *(frozenset({sign}) for sign in SIGNS if sign not in BOXES))
    for states in product(("yes", "no", "open"), repeat=len(BOXES)):
        opened = frozenset(box for box, state in zip(BOXES, states, strict=True) if state == "open")
        said = frozenset(box for box, state in zip(BOXES, states, strict=True) if state == "yes")
        if opened:
            for redness, other in product((None, 0, 1, 4), others):
                yield CheckIn(after(hours), redness, 0, 0, signs=said | other, unanswered=opened)


@pytest.mark.parametrize(
    "hours", [1.0, 100.0] if not FAR else [0.0, 1.0, 25.0, 47.0, 73.0, 100.0, 169.0, 300.0, 700.0]
)
def test_no_way_of_filling_in_the_form_reads_an_open_box_as_expected(hours: float) -> None:
    plain = factories.case(sessions=(VISIT,))
    told = [level(replace(plain, check_ins=(each,))) for each in reports_with_an_open_box(hours)]
    assert len(told) == 65 * 4 * (len(SIGNS) - len(BOXES) + 1)
    # A fever that is left open weeks later is a call, as a fever itself then is.
    assert min(URGENCY[each] for each in told) == (SAME_DAY if hours < 336 else URGENCY["call_48h"])


@pytest.mark.parametrize("name", ["age", "skin", "answers"])
def test_an_open_box_is_no_lower_for_anybody(name: str) -> None:
    people = {
        "age": [Patient(date(year, 5, 14), SkinType.III, Sex.FEMALE) for year in range(1930, 2008, 6)],
        "skin": [Patient(date(1990, 5, 14), skin, Sex.MALE) for skin in SkinType],
        "answers": [Patient(date(1990, 5, 14), SkinType.I, Sex.FEMALE)],
    }
    for person, box in product(people[name], BOXES):
        told = CheckIn(after(30), 1, 0, 0, signs=frozenset(), unanswered=frozenset({box}))
        case = factories.case(patient=person, sessions=(VISIT,), check_ins=(told,))
        nothing = replace(case, answers=type(case.answers)({})) if name == "answers" else case
        assert URGENCY[level(nothing)] >= URGENCY["same_day"]
