"""The facts of the latest check-in."""

from datetime import timedelta

import pytest
from tests.unit.advice.rows import moment
from tests.unit.factories import LIDOCAINE, days_before, goal
from tests.unit.factories import check_in as any_check_in
from tests.unit.factories import session as any_session

from needlepoint.advice.facts.check_ins import check_in_facts
from needlepoint.course.session import Place, Sign, Topical, TopicalKind
from needlepoint.rules.conditions import NOT_APPLICABLE, UNKNOWN

OF_COURSE = {"check_in.near_eye", "check_in.on_face", "check_in.on_neck", "check_in.anaesthetic_used"}


def session(days=10, **changes):
    return any_session(days, **{"device": "pen", **changes})


def facts(*check_ins, **changes):
    return check_in_facts(moment(**{"sessions": (session(),), **changes, "check_ins": check_ins}))


def test_without_a_check_in_there_is_nothing_to_tell():
    told = facts()
    assert {value for name, value in told.items() if name not in OF_COURSE} == {NOT_APPLICABLE}
    assert set(told) == set(facts(any_check_in(1)))


def test_the_latest_check_in_leads():
    told = facts(any_check_in(9, "pus", redness=4), any_check_in(7, "milia", redness=1, swelling=2, pain=3))
    scores = [told[f"check_in.{name}"] for name in ("redness", "swelling", "pain", "highest_earlier_redness")]
    assert scores == [1, 2, 3, 4]
    assert (told["check_in.sign.milia"], told["check_in.sign.pus"]) == ("yes", "no")


def test_scores_that_were_not_given_are_unknown():
    told = facts(any_check_in(9, redness=None), any_check_in(8, redness=None, swelling=None, pain=None))
    names = ("redness", "swelling", "pain", "highest_earlier_redness")
    assert [told[f"check_in.{name}"] for name in names] == [UNKNOWN] * 4


def test_the_first_check_in_has_no_earlier_redness():
    assert facts(any_check_in(9))["check_in.highest_earlier_redness"] is NOT_APPLICABLE


def test_the_highest_of_the_earlier_scores_counts():
    told = facts(*(any_check_in(day, redness=red) for day, red in ((9, 1), (8, 3), (7, 2), (6, 4))))
    assert told["check_in.highest_earlier_redness"] == 3


@pytest.mark.parametrize(
    ("scores", "rose"),
    [
        ((2,), NOT_APPLICABLE),
        ((3, 1, 2), "yes"),
        ((3, 2, 2), "no"),
        ((1, 3, 2), "no"),
        ((1, None, 2), UNKNOWN),
        ((None, 1, 2), "yes"),
        ((1, 2, None), UNKNOWN),
    ],
)
def test_redness_rose_where_it_is_above_the_report_before(scores, rose):
    told = facts(*(any_check_in(9 - n, redness=score) for n, score in enumerate(scores)))
    assert told["check_in.redness_rose"] == rose


def test_elapsed_time_counts_from_the_end_of_the_session():
    late = session(ended_at=days_before(10) + timedelta(hours=1))
    told = facts(any_check_in(9), sessions=(late,))
    assert told["check_in.hours"] == 23
    assert told["check_in.days"] == pytest.approx(23 / 24)
    assert facts(any_check_in(7))["check_in.days"] == 3


def test_a_report_from_the_chair_is_at_hour_nought():
    late = session(ended_at=days_before(10) + timedelta(hours=1))
    assert facts(any_check_in(10), sessions=(late,))["check_in.hours"] == 0


def test_without_a_session_nobody_knows_the_hour():
    told = facts(any_check_in(1), sessions=())
    assert (told["check_in.hours"], told["check_in.days"]) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize("signs", [None, ("pus", "fever"), ()])
@pytest.mark.parametrize("left_open", [(), ("milia",)])
def test_each_sign_is_there_or_not_or_open(signs, left_open):
    said = None if signs is None else frozenset(map(Sign, signs))
    report = any_check_in(1, signs=said, unanswered=frozenset(map(Sign, left_open)))
    told = facts(report)
    for sign in Sign:
        asked = report.asked(sign).value
        assert told[f"check_in.sign.{sign.value}"] == (UNKNOWN if asked == "unknown" else asked)


@pytest.mark.parametrize(
    ("topicals", "used"),
    [((LIDOCAINE,), "yes"), ((Topical(TopicalKind.GLIDE, "gel"),), "no"), ((), UNKNOWN)],
)
def test_a_numbing_cream_is_known_where_topicals_were_written_down(topicals, used):
    assert facts(sessions=(session(topicals=topicals),))["check_in.anaesthetic_used"] == used


def test_without_a_session_nobody_knows_of_a_numbing_cream():
    assert facts(sessions=())["check_in.anaesthetic_used"] is UNKNOWN


@pytest.mark.parametrize(
    ("zones", "near"),
    [(("cheek_left",), "no"), (("cheek_left", "periorbital_left"), "yes"), (("eyelid_right",), "yes")],
)
def test_a_zone_beside_the_eye_is_near_it(zones, near):
    assert facts(goal=goal("wrinkles", *zones))["check_in.near_eye"] == near


@pytest.mark.parametrize(
    ("zone", "where", "near_eye", "on_face", "on_neck"),
    [
        ("cheek_left", None, "no", "yes", "no"),
        ("periorbital_left", None, "yes", "yes", "no"),
        ("neck", None, "no", "no", "yes"),
        ("abdomen", None, "no", "no", "no"),
        ("cheek_left", ["near_eye"], "yes", "yes", "no"),
        ("periorbital_left", ["neck"], "no", "no", "yes"),
        ("abdomen", ["mouth", "neck"], "no", "yes", "yes"),
        ("cheek_left", ["not_sure"], UNKNOWN, "yes", UNKNOWN),
        ("periorbital_left", ["not_sure"], "yes", "yes", UNKNOWN),
        ("cheek_left", ["neck", "not_sure"], UNKNOWN, UNKNOWN, "yes"),
        ("cheek_left", [], UNKNOWN, "yes", UNKNOWN),
    ],
)
def test_where_it_is_is_what_the_report_says_and_the_needled_zones_where_it_says_nothing(
    zone, where, near_eye, on_face, on_neck
):
    places = None if where is None else frozenset(Place(each) for each in where)
    told = facts(any_check_in(1, where=places), goal=goal("wrinkles", zone))
    assert [told[f"check_in.{name}"] for name in ("near_eye", "on_face", "on_neck")] == [
        near_eye,
        on_face,
        on_neck,
    ]
