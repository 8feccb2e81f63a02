"""Laws of the depth that is proposed, over generated courses; a substance, an allergy or a year more softens nothing.

`make depths` asks them of a hundred thousand courses; `NEEDLEPOINT_DEPTHS` says of how many.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.science.test_advice_laws import answering, cases, check
from tests.unit.factories import AT, PEN, answers, days_before

from needlepoint.advice import Advice, advise
from needlepoint.course.answers import YesNo
from needlepoint.course.case import Case, Clinic
from needlepoint.course.goals import Concern, Goal, OperatorRole, Patient, Sex, SkinType
from needlepoint.course.quantities import Depth
from needlepoint.course.session import CheckIn, Pass, Session, Sign, Topical, TopicalKind
from needlepoint.course.zones import Zone, ZonePart
from needlepoint.evidence.loader import packaged
from needlepoint.rules.verdicts import RANK

pytestmark = pytest.mark.no_cover

KNOWLEDGE = packaged()
COURSES = int(os.environ.get("NEEDLEPOINT_DEPTHS", "1000"))
PARTS = 10
ZONES = [zone for zone in Zone if zone.part is not ZonePart.EYELID]
PENS = [each.id for each in KNOWLEDGE.devices.values() if each.kind == "pen"]
OPERATORS = [each for each in OperatorRole if each is not OperatorRole.HOME_USER]
ALLERGIES = sorted(each.name for each in KNOWLEDGE.questions.values() if each.group == "allergies")
SUBSTANCES = sorted(KNOWLEDGE.substances)
# Written by hand: what nobody would call healing as expected, on any day and for anybody.
GRAVE = frozenset(
    Sign(name)
    for name in (
        "pus raw_or_wet_skin sheet_peeling blisters grouped_blisters spreading_redness red_streaks swelling_spreading "
        "firm_red_bumps growing_lump track_marks new_dark_patch fever cold_sore face_swelling spreading_bruise"
    ).split()
)
OF_SKIN = ("dark_patch", "tram_track", "granuloma", "infection", "burn", "redness")
NOT_OF_SKIN = ("device_fault", "needle_stick")


# -- courses


def course(random: Random) -> Case:
    """A course under way, mostly with one pen, whose sessions needled the zones of its goal."""
    zones = tuple(random.sample(ZONES, random.randint(1, 3)))
    device = random.choice((PEN, PEN, random.choice(PENS), random.choice(list(KNOWLEDGE.devices))))
    ages = sorted(random.sample(range(1, 300), random.randint(0, 5)), reverse=True)
    return Case(
        patient=Patient(date(1990, 5, 14), random.choice(list(SkinType)), random.choice(list(Sex))),
        goal=Goal(random.choice((Concern.ACNE_SCARS, *Concern)), zones),
        device=device,
        clinic=Clinic.at("America/New_York", random.choice(OPERATORS), random.choice(("", "US-CA", "GB"))),
        answers=answers(),
        sessions=tuple(session(random, age, device, zones) for age in ages),
        check_ins=tuple(reports(random, ages)),
    )


def session(random: Random, age: int, device: str, zones: tuple[Zone, ...]) -> Session:
    used = device if random.random() < 0.85 else random.choice(list(KNOWLEDGE.devices))
    depths = (Depth(Decimal(random.randint(0, 60)) / 20) for _ in zones)
    return Session(
        days_before(age),
        used,
        healed=random.choice((YesNo.YES, YesNo.YES, YesNo.YES, YesNo.NO, YesNo.UNKNOWN)),
        passes=tuple(
            Pass(zone, depth, random.randint(1, 4))
            for zone, depth in zip(zones, depths, strict=True)
            if random.random() < 0.8
        ),
        adverse=(random.choice(OF_SKIN + NOT_OF_SKIN),) if random.random() < 0.1 else (),
    )


def reports(random: Random, ages: list[int]) -> Iterator[CheckIn]:
    hours = {age * 24 - random.randint(1, 23 * 24) for age in ages for _ in range(random.randint(0, 2))}
    for each in sorted((hour for hour in hours if hour > 0), reverse=True):
        calm = random.random() < 0.7
        signs = frozenset(random.sample(list(Sign), random.randint(0, 0 if calm else 2)))
        scores = (random.choice((None, 0, 0, 1 if calm else 4)) for _ in range(3))
        yield CheckIn(days_before(0, each), *scores, random.choice((signs, signs, None)))


def starts(advice: Advice) -> dict[Zone, Decimal]:
    zones = advice.plan.sessions[0].zones if advice.plan.sessions else ()
    return {each.zone: each.depth_mm.start for each in zones}


def last_mm(case: Case, zone: Zone) -> tuple[int, Decimal] | None:
    """Which session needled a zone last, and how deep: worked out without the code under test."""
    for index in reversed(range(len(case.sessions))):
        mm = max((each.depth.mm for each in case.sessions[index].passes if each.zone is zone), default=0)
        if mm:
            return index, mm
    return None


def step(case: Case) -> Decimal:
    held = KNOWLEDGE.devices[case.device].depth_step
    return Decimal(str(held.value)) if held else Decimal("0.25")


def hurt(case: Case) -> bool:
    """Whether anything grave came of any session of the course."""
    told = [each for each in case.check_ins if case.sessions and each.at >= case.sessions[0].started_at]
    grave = (
        (each.signs or frozenset()) & GRAVE
        or (each.redness or 0) > 3
        or (each.swelling or 0) > 2
        or (each.pain or 0) > 6
        for each in told
    )
    return any(grave) or any(set(each.adverse) & set(OF_SKIN) for each in case.sessions)


# -- laws


def keeps_to_its_steps(case: Case, advice: Advice) -> None:
    for zone, mm in starts(advice).items():
        found = last_mm(case, zone)
        if found is None:
            continue
        index, before = found
        assert mm <= before + step(case), "one step at most"
        if hurt(case):
            assert mm <= before, "never deeper after a reaction"
        if case.sessions[index].healed is not YesNo.YES:
            assert mm <= before, "never deeper where nobody saw it healed"
        if case.sessions[index].device != case.device:
            assert mm <= before, "never deeper from another device"


def no_deeper(case: Case, advice: Advice, harder: Case) -> None:
    """What makes a course graver makes no zone's proposal deeper and no verdict softer."""
    then = advise(harder, AT)
    assert RANK[then.verdict] >= RANK[advice.verdict]
    proposed, before = starts(then), starts(advice)
    assert all(mm <= before[zone] for zone, mm in proposed.items() if zone in before)


def with_last(case: Case, **changes: object) -> Case:
    *earlier, last = case.sessions
    return replace(case, sessions=(*earlier, replace(last, **changes)))


def harder(case: Case, random: Random) -> Iterator[Case]:
    """The course with one thing more that asks for care."""
    yield answering(case, random.choice(ALLERGIES), YesNo.YES)
    older = date(1990 - random.randint(1, 40), 5, 14)
    yield replace(case, patient=replace(case.patient, born_on=older))
    if not case.sessions:
        return
    last = case.sessions[-1]
    named = KNOWLEDGE.substances[random.choice(SUBSTANCES)].named[0]
    kinds = [each for each in TopicalKind if each is not TopicalKind.ANAESTHETIC]
    yield with_last(case, topicals=(*last.topicals, Topical(random.choice(kinds), named)))
    yield with_last(case, adverse=(*last.adverse, random.choice(OF_SKIN)))
    if last.healed is YesNo.YES:
        yield with_last(case, healed=random.choice((YesNo.UNKNOWN, YesNo.NO)))


@pytest.mark.parametrize("part", range(PARTS))
def test_in_any_course_the_proposed_depth_keeps_to_its_limits_its_steps_and_its_reactions(part):
    random = Random(part)  # noqa: S311 - chance for tests, not for secrets
    for _ in range(COURSES // PARTS):
        case = course(random)
        advice = advise(case, AT)
        check(case)
        keeps_to_its_steps(case, advice)
        no_deeper(case, advice, random.choice(list(harder(case, random))))


@given(cases())
def test_in_any_case_at_all_the_proposed_depth_keeps_to_its_steps(case):
    keeps_to_its_steps(case, advise(case, AT))


@given(st.integers(0, 10_000), st.sampled_from(sorted(GRAVE)), st.integers(0, 200))
def test_a_grave_sign_more_makes_no_proposal_deeper(seed, sign, hours):
    case = course(Random(seed))  # noqa: S311 - chance for tests, not for secrets
    at = AT - timedelta(hours=hours, minutes=7)
    told = CheckIn(at, 0, 0, 0, frozenset((sign,)))
    graver = replace(case, check_ins=tuple(sorted((*case.check_ins, told), key=lambda each: each.at)))
    before = starts(advise(case, AT))
    after = starts(advise(graver, AT))
    assert all(mm <= before[zone] for zone, mm in after.items() if zone in before)


def test_the_generated_courses_reach_every_reason():
    random = Random(0)  # noqa: S311 - chance for tests, not for secrets
    reasons, left_out = set(), 0
    for _ in range(3000):
        advice = advise(course(random), AT)
        reasons |= {each.proposal.reason for s in advice.plan.sessions[:1] for each in s.zones}
        left_out += any("never rises by so much" in each.reason for each in advice.plan.left_out)
    assert reasons == set(KNOWLEDGE.depth_moves)
    assert left_out > 0
