"""The four limits, which of them decides, and the marks on a device's dial."""

from decimal import Decimal

import pytest
from tests.unit.advice.rows import bench, cited, device, evaluated, knowledge_with, table

from needlepoint.advice.depth_limits import (
    deciding,
    depth_range,
    evaluated_depth,
    evaluated_on_face,
    exactly,
    floor_on_dial,
    limits,
    on_the_dial,
    shallowest,
    zone_row,
)
from needlepoint.course.goals import Concern, OperatorRole
from needlepoint.evidence.errors import EvidenceError

PEN = device()
FIXED = device("fixed", 1.5, 1.5, None)
STEPLESS = device("stepless", 0.0, 1.5, None)
ODD = device("odd", 0.2, 1.0, 0.3)


def mm(text):
    return None if text is None else Decimal(text)


def asked(name="pen", kind="cheek", concern="acne_scars", operator="nurse_practitioner", knowledge=None):
    return limits(name, Concern(concern), kind, OperatorRole(operator), knowledge or bench())


@pytest.mark.parametrize("value", [0.1, 0.25, 0.3, 0.7, 1.15])
def test_a_cited_value_is_the_decimal_that_was_written(value):
    assert exactly(cited(value)) == Decimal(str(value))


@pytest.mark.parametrize(
    ("which", "depth", "setting"),
    [
        (PEN, "1.5", "1.5"),
        (PEN, "1.49", "1.25"),
        (PEN, "0.1", "0"),
        (PEN, "9", "2.5"),
        (FIXED, "1.49", None),
        (FIXED, "1.5", "1.5"),
        (FIXED, "2", "1.5"),
        (STEPLESS, "0.37", "0.37"),
        (STEPLESS, "2", "1.5"),
        (ODD, "0.1", None),
        (ODD, "0.7", "0.5"),
        (ODD, "0.8", "0.8"),
        (ODD, "1.0", "0.8"),
    ],
)
def test_a_depth_is_rounded_down_to_the_dial(which, depth, setting):
    assert floor_on_dial(mm(depth), which) == mm(setting)
    assert on_the_dial(mm(depth), which) is (mm(depth) == mm(setting))


@pytest.mark.parametrize(
    ("which", "least"),
    [(PEN, "0.25"), (FIXED, "1.5"), (STEPLESS, "0"), (ODD, "0.2"), (device(low=0.5), "0.5")],
)
def test_a_dials_zero_does_not_needle(which, least):
    assert shallowest(which) == mm(least)


def test_the_lesser_of_two_evaluated_depths_counts():
    twice = device(
        evaluated=(evaluated(1.5), evaluated(1.0, zones=("cheek",)), evaluated(0.5, zones=("neck",)))
    )
    knowledge = knowledge_with(devices=table(twice))
    assert evaluated_depth("pen", "acne_scars", "cheek", knowledge).value == 1.0
    assert evaluated_depth("pen", "acne_scars", "nose", knowledge).value == 1.5
    assert evaluated_depth("pen", "wrinkles", "nose", knowledge) is None
    assert evaluated_on_face("pen", knowledge).value == 1.0


def test_what_was_evaluated_on_the_neck_alone_says_nothing_of_the_face():
    neck = device(evaluated=(evaluated(2.5, zones=("neck", "periorbital")),))
    assert evaluated_on_face("pen", knowledge_with(devices=table(neck))) is None


def test_all_four_limits_are_shown_with_their_sources():
    among = asked(operator="nurse")
    assert {each.basis for each in among} == {"assumed"}
    assert [(each.kind, each.depth_mm, each.says, each.sources) for each in among] == [
        ("evaluated", mm("1.5"), "evaluated depth of pen for acne_scars", ("skinpen-label",)),
        ("device", mm("2.5"), "what the device reaches", ("skinpen-pages",)),
        ("zone", mm("1.5"), "depth limit of the zone cheek", ("face-ultrasound",)),
        ("operator", mm("1.5"), "limit for a nurse", ("NP",)),
    ]


def test_an_operator_may_have_no_limit():
    limit = asked()[3]
    assert (limit.kind, limit.depth_mm, limit.sources, limit.basis) == ("operator", None, ("S1",), "assumed")
    assert limit.says == "no limit of its own for a nurse practitioner"


def test_the_face_stands_in_where_nothing_was_evaluated():
    limit = asked(kind="thigh", concern="stretch_marks")[0]
    assert (limit.kind, limit.depth_mm) == ("evaluated", mm("1.5"))
    assert (
        limit.says
        == "evaluated depth of pen on the face; none was evaluated for stretch_marks on the zone thigh"
    )
    assert limit.sources == ("skinpen-label",)


def test_where_nothing_was_evaluated_at_all_the_limit_says_so():
    limit = asked("plain")[0]
    assert (limit.depth_mm, limit.says) == (None, "none was evaluated for acne_scars on the zone cheek")
    assert (limit.kind, limit.sources, limit.basis) == ("evaluated", ("skinpen-den160029",), "assumed")


@pytest.mark.parametrize(
    ("question", "least", "says"),
    [
        ({}, "1.5", "evaluated depth of pen for acne_scars"),
        ({"operator": "nurse"}, "1.5", "evaluated depth of pen for acne_scars"),
        ({"kind": "nose"}, "0.75", "depth limit of the zone nose"),
        ({"operator": "aesthetician"}, "0.5", "limit for an aesthetician"),
        ({"kind": "periorbital", "operator": "aesthetician"}, "0.5", "depth limit of the zone periorbital"),
        ({"name": "plain"}, "1.5", "depth limit of the zone cheek"),
        ({"name": "fixed-roller"}, "1.5", "what the device reaches"),
        ({"name": "open-ended", "kind": "chin"}, "1.25", "what the device reaches"),
        ({"name": "home-roller", "operator": "home_user"}, "0.5", "what the device reaches"),
        ({"kind": "thigh", "concern": "stretch_marks"}, "1.5", None),
    ],
)
def test_the_least_limit_decides_and_of_equals_the_first(question, least, says):
    among = asked(**question)
    depth, limit = deciding(among)
    assert depth == mm(least)
    assert limit.says == (says or among[0].says)


@pytest.mark.parametrize(
    ("which", "question", "usual", "gentler", "start", "deepest"),
    [
        (PEN, {}, 0.75, False, "0.75", "1.5"),
        (PEN, {}, 0.75, True, "0.5", "1.5"),
        (PEN, {}, 0.8, False, "0.75", "1.5"),
        (PEN, {}, 0.25, True, "0.25", "1.5"),
        (PEN, {"kind": "nose"}, 1.0, False, "0.75", "0.75"),
        (PEN, {"kind": "nose"}, 1.25, True, "0.75", "0.75"),
        (PEN, {"kind": "chin", "name": "plain"}, 0.75, False, "0.75", "1.5"),
        (FIXED, {"name": "fixed-roller"}, 0.75, True, "1.5", "1.5"),
        (STEPLESS, {"kind": "nose"}, 0.35, False, "0.35", "0.75"),
        (ODD, {"kind": "nose"}, 0.25, True, "0.2", "0.5"),
        (ODD, {"kind": "nose"}, 0.1, False, "0.2", "0.5"),
    ],
)
def test_a_course_begins_no_deeper_than_it_ends(which, question, usual, gentler, start, deepest):
    found = depth_range(asked(**question), cited(usual), which, gentler)
    assert (found.start, found.max) == (mm(start), mm(deepest))
    assert found.limited_by == deciding(asked(**question))[1].says


def test_without_a_step_gentler_is_the_low_end_of_the_usual_start():
    start = cited(0.35, low=0.2)
    assert depth_range(asked(kind="nose"), start, STEPLESS, True).start == mm("0.2")
    assert depth_range(asked(kind="nose"), start, STEPLESS, False).start == mm("0.35")
    assert depth_range(asked(), start, FIXED, True).start == mm("1.5")


@pytest.mark.parametrize(
    ("which", "question"),
    [
        (FIXED, {"kind": "nose"}),
        (device(low=0.0, step=0.75), {"kind": "periorbital"}),
        (device(low=1.0), {"kind": "nose"}),
    ],
)
def test_a_device_whose_least_setting_is_too_deep_has_no_range(which, question):
    assert depth_range(asked(**question), cited(0.25), which, False) is None


def test_a_limit_of_nought_leaves_no_range_on_any_dial():
    never = knowledge_with(devices=table(device(evaluated=(evaluated(0.0),))), operators=bench().operators)
    assert depth_range(asked(knowledge=never), cited(0.25), STEPLESS, False) is None


def test_a_zone_that_the_knowledge_base_does_not_know_is_named():
    with pytest.raises(EvidenceError, match=r"^zones\.toml: back is missing"):
        zone_row("back", bench())
