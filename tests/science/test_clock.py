"""The aftercare's clock in every zone of the world across every change of clocks from 2024 to 2032.

Hours are elapsed hours to the second; a time that is shown exists on the clocks of the place, and tells which of two
is meant.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from tests.unit import factories

from needlepoint.advice.aftercare import aftercare
from needlepoint.advice.door import case_facts
from needlepoint.advice.moment import Moment
from needlepoint.cli.words import clock
from needlepoint.course.case import Clinic
from needlepoint.course.goals import OperatorRole
from needlepoint.course.instants import at_clock, comes_twice, hours_after, time_zone, when_open
from needlepoint.evidence.loader import packaged
from needlepoint.exchange.json_form import json_ready

# Every branch is taken by the unit tests; counting lines here would only take time.
pytestmark = pytest.mark.no_cover

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)
ZONES = sorted(name for name in available_timezones() if name not in ("localtime", "Factory"))
FAR = os.environ.get("HYPOTHESIS_PROFILE") == "far"
# Forty-one shares no factor with the eighteen changes that most zones have: every year and both directions are seen.
STRIDE = 1 if FAR else 41
# Between two changes lie weeks at the least; the far run looks twice a day all the same.
STEP = timedelta(hours=12) if FAR else timedelta(days=7)
KNOWLEDGE = packaged()
HOURS = sorted(
    {
        hours
        for line in KNOWLEDGE.aftercare.values()
        for hours in (line.from_hours, line.until_hours, line.prefer_from_hours)
        if hours is not None
    }
)
SECOND = timedelta(seconds=1)


def offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    found = instant.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes(zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """Yield each instant at which the offset changes, to the second, with the offsets before and after."""
    at = FIRST
    while at < LAST:
        if offset(at, zone) != offset(at + STEP, zone):
            low, high = at, at + STEP
            while high - low > SECOND:
                middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
                low, high = (middle, high) if offset(middle, zone) == offset(low, zone) else (low, middle)
            yield high, offset(low, zone), offset(high, zone)
        at += STEP


@cache
def all_changes() -> tuple[tuple[str, datetime, timedelta, timedelta], ...]:
    return tuple((name, *change) for name in ZONES for change in changes(ZoneInfo(name)))


def chosen() -> tuple[tuple[str, datetime, timedelta, timedelta], ...]:
    return all_changes()[::STRIDE]


def on_the_clocks(wall: datetime, zone: ZoneInfo, offsets: tuple[timedelta, timedelta]) -> list[datetime]:
    """Return every instant at which the clocks show that time, found by trying, not by asking `fold`."""
    tried = [(wall - each).replace(tzinfo=UTC) for each in dict.fromkeys(offsets)]
    return [at for at in tried if at.astimezone(zone).replace(tzinfo=None) == wall]


def around(change: datetime, before: timedelta, after: timedelta) -> list[datetime]:
    """Return instants at the change and beside it: in the repeated hour, both times."""
    wide = abs(after - before)
    return [change + each for each in (-wide, -wide / 2, -SECOND, timedelta(0), SECOND, wide / 2, wide)]


def moment(zone_name: str, ended_at: datetime, at: datetime) -> Moment:
    visit = factories.session(started_at=ended_at - timedelta(minutes=40), ended_at=ended_at)
    clinic = Clinic.at(zone_name, OperatorRole.NURSE_PRACTITIONER)
    return Moment.of(replace(PLAIN, sessions=(visit,), clinic=clinic), at, KNOWLEDGE)


PLAIN = factories.case()
FACTS = case_facts(Moment.of(PLAIN, factories.AT, KNOWLEDGE))


# -- the world


def test_there_are_zones_with_changes_in_either_direction_and_by_half_an_hour() -> None:
    told = all_changes()
    steps = {after - before for _, _, before, after in told}
    assert len(ZONES) > 400
    assert len(told) > 3000
    assert {timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=30), timedelta(minutes=-30)} <= steps


# -- elapsed hours


def test_elapsed_hours_are_exact_to_the_second_across_every_change() -> None:
    checked = 0
    for name, change, before, after in chosen():
        zone = time_zone(name)
        for hours in HOURS:
            ended_at = change - timedelta(hours=hours)
            for at in (change - SECOND, change, change + SECOND):
                for line in aftercare(moment(name, ended_at, max(at, ended_at)), FACTS):
                    row = KNOWLEDGE.aftercare[line.id]
                    assert line.from_at is not None
                    passed = (max(at, ended_at) - ended_at).total_seconds()
                    assert (line.from_at - ended_at).total_seconds() == row.from_hours * 3600
                    inside = row.from_hours * 3600 <= passed and (
                        row.until_hours is None or passed < row.until_hours * 3600
                    )
                    assert line.allowed_now is (inside is not (row.kind == "avoid"))
                    checked += 1
            assert hours_after(ended_at.astimezone(zone), hours) == change
        assert abs(after - before) > timedelta(0)
    assert checked > 20 * len(chosen())


# -- what is shown


def test_a_shown_time_exists_on_the_clocks_and_names_one_instant() -> None:
    for name, change, before, after in chosen():
        zone = time_zone(name)
        for at in around(change, before, after):
            shown = datetime.fromisoformat(json_ready(at, zone))
            wall = shown.replace(tzinfo=None)
            possible = on_the_clocks(wall, zone, (before, after))
            assert at in possible, "shown in a gap"
            assert shown == at
            assert comes_twice(at, zone) is (len(possible) == 2)
            assert len({clock(each, change, zone) for each in possible}) == len(possible)


# -- times of day


def test_a_time_of_day_comes_once_a_day_and_never_in_a_gap() -> None:
    for name, change, before, after in chosen():
        zone = time_zone(name)
        wide = abs(after - before)
        for wall in {(change + before + each).replace(tzinfo=None) for each in (-wide, -wide / 2, wide / 2)}:
            days = [wall.date() + timedelta(days=each) for each in (-1, 0, 1)]
            told = [at_clock(day, wall.time(), zone) for day in days]
            assert sorted(set(told)) == told
            for day, at in zip(days, told, strict=True):
                shown = at.astimezone(zone).replace(tzinfo=None)
                possible = on_the_clocks(datetime.combine(day, wall.time()), zone, (before, after))
                assert at == min(possible) if possible else shown - datetime.combine(day, wall.time()) == wide


def test_a_message_waits_out_the_quiet_hours_and_no_longer() -> None:
    opens, closes = time(8), time(21)
    for name, change, _, _ in chosen():
        zone = time_zone(name)
        for hours in range(-26, 27):
            due = change + timedelta(hours=hours)
            sent = when_open(due, opens, closes, zone)
            assert opens <= sent.astimezone(zone).time() < closes
            assert due <= sent <= due + timedelta(hours=13)
            assert sent == due or sent.astimezone(zone).time() == opens


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
def test_the_day_of_a_change_is_one_day(day: date) -> None:
    zone = time_zone("America/New_York")
    starts, ends = at_clock(day, time(0), zone), at_clock(day + timedelta(days=1), time(0), zone)
    assert {at.astimezone(zone).date() for at in (starts, ends - SECOND)} == {day}
