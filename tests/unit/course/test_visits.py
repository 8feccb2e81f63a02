"""A visit in time: what it takes of whom, and what is asked about its day and hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.course.visits import Span, doubts, free, other_of_two, taken

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def asked(local, minutes=45, zone=BERLIN, now=NOW, fold=0, opens=None):
    starts_at = datetime.fromisoformat(local).replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return list(doubts(taken(starts_at, 0, minutes, 10).patient, now, zone, opens))


@pytest.mark.parametrize(
    ("local", "words"),
    [
        ("2020-01-01T10:00", "in the past"),
        ("2026-11-29T10:00", "in the past"),
        ("2126-01-01T10:00", "in 99 years"),
        ("2028-12-01T10:00", "in 2 years"),
        ("2027-02-03T03:00", "at night"),
        ("2027-02-03T05:59", "at night"),
        ("2027-02-03T21:16", "at night"),
        ("2027-02-03T23:50", "at night"),
        ("2027-10-31T02:30", "comes twice"),
    ],
)
def test_what_hardly_anybody_means_is_asked_about(local, words):
    assert any(words in each for each in asked(local))


@pytest.mark.parametrize(
    "local", ["2026-11-30T10:30", "2027-02-03T06:00", "2027-02-03T21:00", "2028-11-29T10:00"]
)
def test_what_is_usual_is_not_asked_about(local):
    assert asked(local) == []


def open_from(local, until):
    return [Span(*(datetime.fromisoformat(each).replace(tzinfo=BERLIN) for each in (local, until)))]


def test_where_hours_are_on_record_they_count_and_the_night_does_not():
    day = open_from("2027-02-03T09:00", "2027-02-03T23:00")
    assert asked("2027-02-03T22:15", opens=day) == []
    assert asked("2027-02-03T09:00", opens=day) == []
    [early] = asked("2027-02-03T08:45", opens=day)
    assert "The practice is open 09:00 to 23:00 on that day." in early
    [late] = asked("2027-02-03T22:30", opens=day)
    assert "open 09:00 to 23:00" in late
    [closed] = asked("2027-02-03T12:00", opens=[])
    assert "The practice is closed on that day." in closed
    split = open_from("2027-02-03T09:00", "2027-02-03T12:00")
    split += open_from("2027-02-03T14:00", "2027-02-03T18:00")
    [over_lunch] = asked("2027-02-03T11:30", opens=split)
    assert "open 09:00 to 12:00 and 14:00 to 18:00" in over_lunch


def test_each_of_two_equal_hours_is_named_and_the_other_is_at_hand():
    first, second = ("2027-10-31T02:30", 0), ("2027-10-31T02:30", 1)
    assert any("first before the clocks go back" in each for each in asked(first[0], fold=first[1]))
    assert any("second after the clocks go back" in each for each in asked(second[0], fold=second[1]))
    instant = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert other_of_two(instant, BERLIN) == instant + timedelta(hours=1)
    assert other_of_two(other_of_two(instant, BERLIN), BERLIN) == instant
    assert other_of_two(NOW, BERLIN) == NOW


def test_numbing_keeps_room_and_patient_and_clean_down_room_and_device():
    takes = taken(NOW, numbing=30, minutes=45, clean_down=10)
    at = [NOW + timedelta(minutes=each) for each in (0, 30, 75, 85)]
    assert takes.room == Span(at[0], at[3])
    assert takes.patient == Span(at[0], at[2])
    assert takes.member == Span(at[1], at[2])
    assert takes.device == Span(at[1], at[3])


@pytest.mark.parametrize("local", ["2026-03-29T01:30", "2026-10-25T01:30", "2026-06-01T10:00"])
def test_a_visit_lasts_its_minutes_whatever_the_clocks_do(local):
    starts_at = datetime.fromisoformat(local).replace(tzinfo=BERLIN)
    room = taken(starts_at, 20, 60, 10).room
    assert room.ends_at - starts_at.astimezone(UTC) == timedelta(minutes=90)


MINUTES = st.integers(0, 600)


@given(st.lists(st.tuples(MINUTES, st.integers(1, 120)), max_size=12), st.integers(5, 120))
def test_what_is_free_touches_no_hold_and_nothing_long_enough_is_left_out(pairs, lasts):
    holds = [Span(NOW + timedelta(minutes=a), NOW + timedelta(minutes=a + b)) for a, b in pairs]
    within = Span(NOW, NOW + timedelta(minutes=720))
    found = free(holds, within, timedelta(minutes=lasts))
    assert not any(each.overlaps(hold) for each in found for hold in holds)
    for minute in range(0, 720 - lasts + 1, 7):
        wish = Span(NOW + timedelta(minutes=minute), NOW + timedelta(minutes=minute + lasts))
        fits = any(each.starts_at <= wish.starts_at and wish.ends_at <= each.ends_at for each in found)
        assert fits is not any(wish.overlaps(hold) for hold in holds)
