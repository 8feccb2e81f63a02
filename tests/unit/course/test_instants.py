"""Time: no instant without an offset, hours by the clock of the world, days by the clinic's."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.course.errors import InputError
from needlepoint.course.instants import (
    at_clock,
    comes_twice,
    hours_after,
    in_calendar,
    in_utc,
    local_date,
    months_after,
    time_zone,
    when_open,
)

NEW_YORK = ZoneInfo("America/New_York")


def test_an_instant_is_kept_in_utc():
    instant = in_utc("at", datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=-5))))
    assert instant == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert instant.tzinfo is UTC


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(InputError, match="at: 2026-03-02T10:00:00 has no offset from UTC"):
        in_utc("at", datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001 - that is what is wrong with it


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_an_instant_far_from_our_time_is_refused(year):
    with pytest.raises(InputError, match=r"at: .* is out of bounds"):
        in_utc("at", datetime(year, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-12))))


def test_the_bounds_of_the_calendar_belong_to_it():
    assert in_calendar("on", date(1900, 1, 1)) == date(1900, 1, 1)
    assert in_calendar("on", date(2200, 1, 1)) == date(2200, 1, 1)


@pytest.mark.parametrize("name", ["America/New_York", "Europe/Berlin", "Asia/Kathmandu", "UTC"])
def test_a_time_zone_goes_by_its_iana_name(name):
    assert time_zone(name).key == name


@pytest.mark.parametrize(
    "name", ["", " UTC", "Mars/Olympus", "../../etc/passwd", "America", "a\0b", "x" * 5000, "É"]
)
def test_a_name_that_is_no_time_zone_is_refused(name):
    with pytest.raises(InputError, match=r"clinic.time_zone: .* is not a time zone"):
        time_zone(name)


def test_the_same_instant_falls_on_different_days_in_different_places():
    instant = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
    assert local_date(instant, NEW_YORK) == date(2026, 3, 2)
    assert local_date(instant, ZoneInfo("Asia/Tokyo")) == date(2026, 3, 3)


def test_twenty_four_hours_are_twenty_four_hours_when_the_clocks_change():
    evening_before = datetime(2026, 3, 7, 14, 0, tzinfo=NEW_YORK)
    after = hours_after(evening_before, 24)
    assert after - evening_before.astimezone(UTC) == timedelta(hours=24)
    assert after.astimezone(NEW_YORK).hour == 15


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "clock", "then"),
    [
        (date(2026, 3, 2), time(9), "2026-03-02T09:00:00-05:00"),
        (date(2026, 3, 8), time(2, 30), "2026-03-08T03:30:00-04:00"),
        (date(2026, 11, 1), time(1, 30), "2026-11-01T01:30:00-04:00"),
        (date(2026, 11, 1), time(1, 30, fold=1), "2026-11-01T01:30:00-04:00"),
    ],
)
def test_a_time_of_day_is_one_instant_also_where_clocks_skip_it_or_show_it_twice(day, clock, then):
    assert at_clock(day, clock, NEW_YORK) == utc(then)


@pytest.mark.parametrize(
    ("at", "twice"),
    [
        ("2026-11-01T00:59:59-04:00", False),
        ("2026-11-01T01:00:00-04:00", True),
        ("2026-11-01T01:30:00-05:00", True),
        ("2026-11-01T02:00:00-05:00", False),
        ("2026-03-08T03:00:00-04:00", False),
    ],
)
def test_the_hour_that_comes_twice_is_known_as_such(at, twice):
    assert comes_twice(utc(at), NEW_YORK) is twice


@pytest.mark.parametrize(
    ("at", "opens", "then"),
    [
        ("2026-03-02T07:59:59-05:00", time(8), "2026-03-02T08:00:00-05:00"),
        ("2026-03-02T08:00:00-05:00", time(8), "2026-03-02T08:00:00-05:00"),
        ("2026-03-02T20:59:59-05:00", time(8), "2026-03-02T20:59:59-05:00"),
        ("2026-03-02T21:00:00-05:00", time(8), "2026-03-03T08:00:00-05:00"),
        ("2026-03-07T22:00:00-05:00", time(8), "2026-03-08T08:00:00-04:00"),
        ("2026-03-08T01:10:00-05:00", time(2, 30), "2026-03-08T03:30:00-04:00"),
        ("2026-11-01T01:10:00-05:00", time(1, 30), "2026-11-01T01:30:00-05:00"),
    ],
)
def test_what_comes_in_quiet_hours_waits_for_the_clocks_to_show_the_opening(at, opens, then):
    assert when_open(utc(at), opens, time(21), NEW_YORK) == utc(then)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 10), 6, date(2026, 7, 10)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 1), 0, date(2026, 1, 1)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day, months, then):
    assert months_after(day, months) == then


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 600), st.integers(0, 600))
def test_more_months_are_never_an_earlier_day(day, fewer, more):
    assert months_after(day, min(fewer, more)) <= months_after(day, max(fewer, more))
