"""The days of a course: last session done plus the interval, never below what the rulebook has, never in the past."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.advice.course_days import (
    Needled,
    Rest,
    Standing,
    ToCome,
    course_days,
    not_before,
    rest_after,
)
from needlepoint.course.zones import Zone
from needlepoint.evidence.loader import packaged
from needlepoint.rules.conditions import UNKNOWN

DEEP = Rest(floor_days=14, days=28)
ZONES = (Zone.CHEEK_LEFT, Zone.FOREHEAD)


def days_after(last_done, today, booked=(), **more):
    """The days of three sessions to come; visits by number of session."""
    floor = None if last_done is None else last_done + timedelta(days=14)
    allowed = None if last_done is None else last_done + timedelta(days=28)
    stands = {"interval_days": 30, "rest": DEEP, "last_done_on": last_done, "floor_on": floor}
    standing = Standing(today=today, **{"allowed_on": allowed} | stands | more)
    visits = dict(booked)
    return list(course_days(standing, [ToCome(each, visits.get(each)) for each in (2, 3, 4)]))


def test_the_rest_is_what_the_rulebook_asks_for_by_depth():
    assert rest_after(Decimal("1.0"), packaged()) == Rest(14, 28)
    assert rest_after(Decimal("0.75"), packaged()) == Rest(14, 14)
    assert rest_after(UNKNOWN, packaged()) == Rest(14, 28)


@pytest.mark.parametrize(
    ("done", "today", "expected"),
    [
        (date(2027, 1, 20), date(2027, 1, 20), [date(2027, 2, 19), date(2027, 3, 21), date(2027, 4, 20)]),
        (date(2027, 1, 20), date(2027, 2, 25), [date(2027, 2, 25), date(2027, 3, 27), date(2027, 4, 26)]),
        (date(2027, 1, 20), date(2028, 1, 20), [date(2028, 1, 20), date(2028, 2, 19), date(2028, 3, 20)]),
        (None, date(2027, 1, 31), [date(2027, 1, 31), date(2027, 3, 2), date(2027, 4, 1)]),
        (date(2028, 1, 30), date(2028, 1, 31), [date(2028, 2, 29), date(2028, 3, 30), date(2028, 4, 29)]),
        (date(2026, 7, 21), date(2026, 7, 21), [date(2026, 8, 20), date(2026, 9, 19), date(2026, 10, 19)]),
    ],
    ids=["late", "past its day", "a year on", "never begun", "leap year", "seven weeks late"],
)
def test_each_day_is_counted_from_the_last_session_that_was_done(done, today, expected):
    assert [each.on for each in days_after(done, today)] == expected


def test_a_visit_later_than_planned_moves_what_follows():
    days = days_after(date(2027, 1, 1), date(2027, 1, 2), {2: date(2027, 2, 10)}.items())
    assert [each.on for each in days] == [date(2027, 2, 10), date(2027, 3, 12), date(2027, 4, 11)]


def test_a_visit_below_what_the_rulebook_has_is_too_early_and_counts_for_nothing():
    days = days_after(date(2027, 1, 20), date(2027, 1, 21), {2: date(2027, 1, 29)}.items())
    assert days[0].too_early
    assert (days[0].on, days[0].allowed_on, days[0].floor_on) == (
        date(2027, 2, 19),
        date(2027, 2, 17),
        date(2027, 2, 3),
    )
    assert days[1].on == date(2027, 3, 21)


def test_a_visit_between_what_is_allowed_and_what_is_planned_may_stand():
    [day, *_] = days_after(date(2027, 1, 20), date(2027, 1, 21), {2: date(2027, 2, 17)}.items())
    assert not day.too_early
    assert day.on == date(2027, 2, 17)


@pytest.mark.parametrize(("on", "too_early"), [(date(2027, 2, 3), False), (date(2027, 2, 2), True)])
def test_what_a_prescriber_has_sooner_stands_down_to_the_floor_and_no_further(on, too_early):
    standing = Standing(
        today=date(2027, 1, 21),
        interval_days=30,
        rest=DEEP,
        last_done_on=date(2027, 1, 20),
        floor_on=date(2027, 2, 3),
        allowed_on=date(2027, 2, 17),
    )
    [day] = course_days(standing, [ToCome(2, on, early=True)])
    assert day.too_early is too_early


def test_a_session_under_way_counts_as_done_today():
    standing = Standing(today=date(2027, 1, 21), interval_days=30, rest=DEEP)
    _, after = course_days(standing, [ToCome(1, begun_on=date(2027, 1, 21)), ToCome(2)])
    assert after.on == date(2027, 2, 20)


def test_what_was_broken_off_moves_no_interval_but_the_skin_rests_all_the_same():
    floor, allowed = not_before(
        [Needled(date(2027, 1, 20), {Zone.FOREHEAD: Decimal("1.5")})], ZONES, packaged()
    )
    assert (floor, allowed) == (date(2027, 2, 3), date(2027, 2, 17))
    [day, *_] = days_after(date(2026, 12, 1), date(2027, 1, 20), floor_on=floor, allowed_on=allowed)
    assert day.on == date(2027, 2, 17)


def test_each_zone_rests_from_its_own_last_session():
    told = [
        Needled(date(2027, 1, 1), {Zone.FOREHEAD: Decimal("1.5")}),
        Needled(date(2027, 1, 20), {Zone.CHEEK_LEFT: Decimal("0.5"), Zone.CHIN: Decimal("1.5")}),
    ]
    assert not_before(told, ZONES, packaged()) == (date(2027, 2, 3), date(2027, 2, 3))
    assert not_before([Needled(date(2027, 1, 20), {})], ZONES, packaged())[1] == date(2027, 2, 17)
    assert not_before([], ZONES, packaged()) is None


DAY = st.dates(date(2026, 1, 1), date(2028, 1, 1))
VISITS = st.lists(st.none() | DAY, min_size=1, max_size=8)


@given(
    last=st.none() | DAY,
    today=DAY,
    visits=VISITS,
    interval=st.integers(1, 200),
    depth=st.sampled_from(["0.5", "1.0", "2.5"]),
    early=st.booleans(),
)
def test_no_two_sessions_are_ever_closer_than_the_floor_nor_in_the_past(
    last, today, visits, interval, depth, early
):
    rest = rest_after(Decimal(depth), packaged())
    before = None if last is None else min(last, today)
    standing = Standing(
        today=today,
        interval_days=interval,
        rest=rest,
        last_done_on=before,
        floor_on=None if before is None else before + timedelta(days=rest.floor_days),
        allowed_on=None if before is None else before + timedelta(days=rest.days),
    )
    days = list(course_days(standing, [ToCome(n, visit, early) for n, visit in enumerate(visits, 1)]))
    named = ([] if before is None else [before]) + [each.on for each in days]
    assert all(each >= today for each in named[len(named) - len(days) :])
    gaps = [(later - sooner).days for sooner, later in pairwise(named)]
    assert all(gap >= rest.floor_days for gap in gaps)
    if not early:
        assert all(gap >= rest.days for gap in gaps)
    for each in days:
        assert each.floor_on <= each.allowed_on <= each.planned_on


@given(last=DAY, today=DAY, visits=VISITS, shift=st.integers(-400, 400))
def test_shifting_all_dates_shifts_the_days(last, today, visits, shift):
    by = timedelta(days=shift)

    def days(moved):
        booked = enumerate([each and each + moved for each in visits], 2)
        standing = Standing(
            today=today + moved,
            interval_days=30,
            rest=DEEP,
            last_done_on=last + moved,
            floor_on=last + moved + timedelta(days=14),
            allowed_on=last + moved + timedelta(days=28),
        )
        return [each.on for each in course_days(standing, [ToCome(n, on) for n, on in booked])]

    assert days(by) == [each + by for each in days(timedelta())]
