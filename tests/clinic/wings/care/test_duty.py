"""The rota and the opening hours: nights, closed days, midnight, the change of clocks, and the pages to set them."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.queueing import checked_in, on_duty
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import duty, triage
from needlepoint.clinic.care.queries.rota import Clock, OnDuty, Rota, rota_of
from needlepoint.clinic.care.queries.triage import climb
from needlepoint.clinic.chair.queries.urgency import ladder_of
from needlepoint.clinic.models import Clinic, Member
from needlepoint.clinic.practice.queries.opening import Hours, Opening, hours_of, sentence

BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DAY, NIGHT = (time(8), time(20)), (time(20), time(8))


def shift(member, weekday=None, span=DAY, on=None, place=1):
    return OnDuty(member, place, LONG_AGO, None, Clock(weekday, on, *span, BERLIN))


def local(*parts):
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)


EVERY_DAY = tuple(shift(member, day, span) for day in range(7) for member, span in ((1, DAY), (2, NIGHT)))


def test_a_night_shift_goes_on_past_midnight_and_ends_where_the_day_begins():
    rota = Rota(EVERY_DAY)
    at = [local(2026, 3, 2, 19, 59), local(2026, 3, 2, 20), local(2026, 3, 3, 3), local(2026, 3, 3, 7, 59)]
    assert [rota.chain(each) for each in [*at, local(2026, 3, 3, 8)]] == [(1,), (2,), (2,), (2,), (1,)]


@pytest.mark.parametrize("on", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)])
def test_over_a_change_of_clocks_somebody_is_on_duty_at_every_minute_and_never_two(on):
    rota, begins = Rota(EVERY_DAY), local(on.year, on.month, on.day)
    chains = {rota.chain(begins + timedelta(minutes=10 * each)) for each in range(24 * 6 * 2)}
    assert chains == {(1,), (2,)}


def test_a_single_day_takes_the_place_of_the_week_and_may_have_nobody():
    changed = (*EVERY_DAY, shift(9, None, (time(8), time(12)), on=date(2026, 3, 3)))
    rota = Rota(changed)
    assert rota.chain(local(2026, 3, 3, 9)) == (9,)
    assert rota.chain(local(2026, 3, 3, 13)) == ()
    assert rota.chain(local(2026, 3, 4, 9)) == (1,)
    assert Rota((*EVERY_DAY, shift(None, on=date(2026, 3, 3)))).chain(local(2026, 3, 3, 9)) == ()


def test_on_a_closed_day_its_own_shifts_count_and_without_any_those_of_the_weekday():
    closed = frozenset({date(2026, 3, 3)})
    assert Rota(EVERY_DAY, closed).chain(local(2026, 3, 3, 9)) == (1,)
    own = Rota((*EVERY_DAY, shift(7, 7, (time(), time()))), closed)
    assert own.chain(local(2026, 3, 3, 23)) == (7,)
    assert own.chain(local(2026, 3, 4, 9)) == (1,)


def test_whoever_comes_on_duty_while_a_report_waits_is_asked_at_the_next_rung():
    begins = local(2026, 3, 2, 19, 50)
    reached = climb(ladder_of("emergency"), Rota(EVERY_DAY), begins, begins + timedelta(minutes=40))
    assert [step.owner for step in reached.steps] == [1, 2, None]
    assert reached.call_at == begins + timedelta(minutes=30)


def test_what_can_wait_waits_for_the_first_on_duty_and_what_is_red_does_not():
    rota, night = Rota(tuple(shift(1, day) for day in range(7))), local(2026, 3, 2, 3)
    amber = climb(ladder_of("call_48h"), rota, night, night)
    assert (amber.steps, amber.next_at) == ((), local(2026, 3, 2, 8))
    assert climb(ladder_of("call_48h"), rota, night, local(2026, 3, 2, 8)).owner == 1
    assert climb(ladder_of("same_day"), rota, night, night).call_at == night


def test_the_practice_opens_next_by_its_own_clock_and_never_on_a_closed_day():
    openings = tuple(Opening(day, time(9), time(17)) for day in range(5))
    hours = Hours(openings, frozenset({date(2026, 3, 30)}), BERLIN)
    assert hours.open_at(local(2026, 3, 2, 9))
    assert not hours.open_at(local(2026, 3, 2, 17))
    # Friday evening before the clocks go forward: Monday is a holiday.
    assert hours.opens_at(local(2026, 3, 27, 18)) == local(2026, 3, 31, 9)
    assert Hours((), frozenset(), BERLIN).opens_at(local(2026, 3, 2, 9)) is None


@pytest.mark.parametrize(
    ("days", "language", "said"),
    [
        (range(7), "en", "every day 9:00 to 17:00"),
        (range(5), "en", "Monday to Friday 9:00 to 17:00"),
        ((0, 1, 3), "en", "Monday and Tuesday 9:00 to 17:00, Thursday 9:00 to 17:00"),
        (range(5), "es", "lunes a viernes de 9:00 a 17:00"),
        ((), "es", ""),
    ],
)
def test_the_hours_are_said_in_one_sentence_in_each_language(days, language, said):
    assert sentence(tuple(Opening(day, time(9), time(17)) for day in days), language) == said


# ------------------------------------------------------------------------------------------------------ rows and pages


def test_setting_the_rota_ends_the_old_one_and_keeps_its_past(practice):
    on_duty(practice)
    before = practice.at
    shifts = [duty.Shift(str(practice.members[Role.PRESCRIBER].pk), 1, day) for day in range(7)]
    duty.set_rota(practice.later(hours=1).act(Role.CLINIC_ADMIN), shifts=shifts)
    rota = rota_of(practice.clinic.pk)
    assert rota.chain(before)[0] == practice.members[Role.NURSE].pk
    assert rota.chain(practice.at) == (practice.members[Role.PRESCRIBER].pk,)


def test_two_shifts_in_one_place_that_overlap_are_refused(practice):
    key = str(practice.members[Role.NURSE].pk)
    shifts = [duty.Shift(key, 1, 0, time(8), time(14)), duty.Shift(key, 1, 0, time(13), time(20))]
    with pytest.raises(Refused, match="overlap"):
        duty.set_rota(practice.act(Role.CLINIC_ADMIN), shifts=shifts)


def test_open_check_ins_are_handed_over_to_a_colleague(practice):
    on_duty(practice)
    task = checked_in(practice)
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    to = practice.members[Role.PRESCRIBER]
    assert triage.hand_over(practice.act(Role.NURSE), member_key=to.pk) == 1
    task.refresh_from_db()
    assert (task.owner, task.steps.last().what) == (to, "handed_over")
    with pytest.raises(Refused, match="Nothing"):
        triage.hand_over(practice.act(Role.NURSE), member_key=to.pk)
    with pytest.raises(Refused, match="colleague"):
        triage.hand_over(practice.act(), member_key=practice.members[Role.FRONT_DESK].pk)


def sent(client, page, query="", **typed):
    return client.post(reverse(page) + query, {"key": str(uuid4()), **typed}).status_code


def test_the_pages_set_the_week_a_day_the_hours_and_ones_own_number(db):
    practice = Practice.of_today("Harbour Skin")
    nurse, director = (str(practice.members[role].pk) for role in (Role.NURSE, Role.MEDICAL_DIRECTOR))
    client = signed_in(practice, Role.MEDICAL_DIRECTOR)
    assert "has nobody" in client.get(reverse("duty")).content.decode()
    week = {"days_0": [str(day) for day in range(8)], "first_0": nurse, "last_0": director}
    assert sent(client, "duty_every_week", **week) == 302
    assert "Somebody is on duty all week" in client.get(reverse("duty")).content.decode()
    assert sent(client, "duty_every_week", first_0=nurse) == 409
    on = (practice.act().today + timedelta(days=2)).isoformat()
    changed = {
        "as_1": "changed",
        "member_1_0": "nobody",
        "as_2": "week",
        "as_3": "changed",
        "member_3_0": "nobody",
    }
    assert sent(client, "duty_day", f"?on={on}", **changed) == 302
    assert "has nobody" in client.get(reverse("duty"), {"week": on}).content.decode()
    said = {"opens_0_0": "09:00", "closes_0_0": "17:00", "out_of_hours_en": "Ring the hospital."}
    assert sent(client, "duty_hours", **said) == 302
    made = Clinic.objects.get(pk=practice.clinic.pk)
    assert (made.hours_made["en"], made.out_of_hours["en"]) == ("Monday 9:00 to 17:00", "Ring the hospital.")
    assert sent(client, "duty_hours", opens_0_0="09:00") == 409
    assert sent(client, "duty_closed", on=on, name="Feast") == 302
    assert date.fromisoformat(on) in hours_of(made).closed
    assert sent(client, "duty_closed", on=on, open="yes") == 302
    assert sent(client, "my_number", phone="+44 7700 900124") == 302
    assert Member.objects.get(pk=int(director)).phone == "+447700900124"
    assert sent(client, "my_number", phone="ask my wife") == 400
