"""A whole course in the diary: the same time of day at every visit, whatever the clocks do in between."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from tests.clinic.practice import Practice, agreeing

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.desk.actions import booking, slots
from needlepoint.clinic.desk.queries.booking import proposed
from needlepoint.clinic.models import Booking

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def agreed_before_the_clocks_change(db):
    """A course in New York whose second session falls on the day when the clocks are put forward or back."""

    def agreed(day, days_before=31):
        first = datetime(day.year, day.month, day.day, 17, tzinfo=UTC) - timedelta(days=days_before)
        practice = Practice.found("Harbour Skin", at=first)
        return practice, practice.planned(practice.course())

    return agreed


def slot_at(practice, clock, minutes=30):
    local = datetime.combine(practice.at.astimezone(NEW_YORK).date(), clock, NEW_YORK)
    return slots.Slot(
        room_key=practice.rooms[0].pk,
        operator_key=practice.members[Role.NURSE].pk,
        starts_at=(local + timedelta(days=1)).astimezone(UTC),
        minutes=minutes,
    )


def local(typed):
    return datetime.fromisoformat(typed).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
def test_a_visit_lasts_its_minutes_when_the_clocks_change_meanwhile(agreed_before_the_clocks_change, day):
    practice, of_course = agreed_before_the_clocks_change(day)
    slot = slot_at(practice, time(1, 30), minutes=90)
    act = practice.act(Role.FRONT_DESK)
    shown = proposed(of_course, act.actor, act.at, slot)
    starts = {each.session: local(each.starts_at) for each in shown}
    visits = agreeing(
        partial(booking.book_course, act, course_id=of_course.public_id, slot=slot, starts=starts)
    )
    starts = [each.starts_at.astimezone(NEW_YORK) for each in visits]
    assert day in [each.date() for each in starts]
    assert {each.time() for each in starts} == {time(1, 30)}
    assert {each.ends_at - each.starts_at.astimezone(UTC) for each in visits} == {timedelta(minutes=90)}


def test_a_visit_at_an_hour_that_the_clocks_skip_is_shown_with_another_and_says_so(
    agreed_before_the_clocks_change,
):
    practice, of_course = agreed_before_the_clocks_change(date(2026, 3, 8))
    act = practice.act(Role.FRONT_DESK)
    days = proposed(of_course, act.actor, act.at, slot_at(practice, time(2, 30)))
    [skipped] = [each for each in days if each.starts_at.startswith("2026-03-08")]
    assert skipped.starts_at == "2026-03-08T03:30"
    assert "There is no 02:30 on that day: the clocks are put forward." in skipped.says
    assert not Booking.objects.exists()


def test_a_visit_whose_session_has_begun_stays_in_the_diary(practice):
    waiting = practice.consented()
    booked = practice.booked(waiting.patient, waiting)
    practice.opened(waiting)
    with pytest.raises(Refused, match="stays in the diary"):
        booking.cancel(practice.act(Role.FRONT_DESK), booking_id=booked.public_id)
    booked.refresh_from_db()
    assert booked.cancelled_at is None


def test_why_one_session_is_sooner_stands_beside_no_other(practice):
    running = practice.planned()
    first, second, third = (each.public_id for each in running.sessions.order_by("number"))
    tomorrow = practice.at + timedelta(days=1)
    far = tomorrow + timedelta(days=80)
    starts = {first: tomorrow, second: tomorrow + timedelta(days=20), third: far}
    booked = agreeing(
        lambda sure: booking.book_course(
            practice.act(),
            course_id=running.public_id,
            slot=slot_at(practice, time(12)),
            starts=starts,
            sure=slots.Sure(sure.agreed, "She leaves the country."),
        )
    )
    assert [each.early_reason for each in booked] == ["", "She leaves the country.", ""]


def test_one_session_that_is_sooner_takes_no_question_from_the_next(practice):
    running = practice.planned()
    first, second, third = (each.public_id for each in running.sessions.order_by("number"))
    tomorrow = practice.at + timedelta(days=1)
    # The rulebook lets the third be on 30 April, by the plan it is due on 2 May.
    starts = {first: tomorrow, second: tomorrow + timedelta(days=20), third: tomorrow + timedelta(days=59)}
    with pytest.raises(slots.Unsure, match="for session 3"):
        booking.book_course(
            practice.act(),
            course_id=running.public_id,
            slot=slot_at(practice, time(12)),
            starts=starts,
            sure=slots.Sure(early_reason="She leaves the country."),
        )
