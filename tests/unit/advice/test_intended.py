"""The plan as sessions that a forecast can be made for: none needles deeper than the plan proposes."""

from decimal import Decimal

import pytest
from tests.unit.factories import AT, case, passes, session

from needlepoint.advice import advise
from needlepoint.advice.intended import intended
from needlepoint.course.answers import YesNo
from needlepoint.course.case import Case
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged


def depths(of: Case) -> list[list[str]]:
    planned = intended(of, AT, advise(of, AT).plan, packaged())
    return [[str(each.depth.mm) for each in one.passes] for one in planned.sessions]


def done(*mm: str, healed: YesNo = YesNo.YES) -> Case:
    return case(sessions=(session(35, passes=sum((passes(each) for each in mm), ()), healed=healed),))


def test_a_first_session_needles_as_deep_as_the_plan_begins() -> None:
    assert depths(case()) == [["1.00"]] * 3


@pytest.mark.parametrize(
    ("healed", "expected"),
    [
        (YesNo.YES, ["1.25", "0.5"]),
        (YesNo.UNKNOWN, ["1.00", "0.5"]),
        (YesNo.NO, ["0.75", "0.5"]),
    ],
)
def test_the_deepest_passes_follow_the_proposal_and_others_stay(healed: YesNo, expected: list[str]) -> None:
    assert depths(done("1.0", "0.5", healed=healed)) == [expected, expected]


def test_no_pass_goes_deeper_than_the_proposal() -> None:
    found = depths(done("1.0", "0.9", healed=YesNo.NO))
    assert found == [["0.75", "0.75"]] * 2
    assert max(Decimal(each) for one in found for each in one) == Decimal("0.75")


def test_a_zone_that_was_not_needled_begins_at_the_plans_depth() -> None:
    other = case(sessions=(session(35, passes=passes("0.5", Zone.NOSE)),))
    assert {each for one in depths(other) for each in one} == {"1.00"}
