"""One colour and the same words for a check-in wherever staff meet it: the day, the queue, the chart and the rail."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.queueing import checked_in
from tests.clinic.test_access import signed_in
from tests.clinic.wings.desk.test_day import cards

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.queries.triage import line_of, open_count, queue
from needlepoint.clinic.chair.queries.course.linked import red_flags_beside
from needlepoint.clinic.chair.queries.patient import chart
from needlepoint.clinic.chair.queries.urgency import KIND_OF, OpenReport, first_of, ladder_of
from needlepoint.evidence.loader import packaged

HOUR = timedelta(hours=1)
LEVELS = (*packaged().levels, "no_such_level")
# Minutes until somebody must have looked, and whether somebody has.
WHEN = {
    "in time": (60, False),
    "overdue": (-60, False),
    "at the minute": (0, False),
    "overdue, seen": (-60, True),
}
# What the rules of the look say; written out here, so that a change of the ladders is noticed.
IN_TIME = dict.fromkeys(("emergency", "same_day", "no_such_level"), "stop") | {
    "call_48h": "wait",
    "this_week": "note",
    "routine": "note",
    "expected": "note",
}
OVERDUE = IN_TIME | {"call_48h": "stop"}


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def waiting(practice, done, level, minutes, seen):
    task = checked_in(practice, done, level=level)
    task.due_at = practice.at + timedelta(minutes=minutes)
    if seen:
        task.acknowledged_at, task.acknowledged_by = practice.at, practice.members[Role.NURSE]
    task.save()
    return task


def kinds(practice, task):
    """How the day, the queue, the task's own page, the chart and the rail draw the only check-in that waits."""
    actor, at = practice.actor(Role.NURSE), practice.at
    count = open_count(actor, at)
    rail = {"red": count.red, "amber": count.amber, "rest": count.rest}
    (ladder,) = (name for name, number in rail.items() if number)
    (on_chart,) = chart(task.patient, actor, at).flags
    (line,) = queue(actor, at)
    told = {
        "queue": line.kind,
        "task": line_of(task, actor, at).kind,
        "chart": on_chart.kind,
        "rail": KIND_OF[ladder],
    }
    of_day = cards(practice)["Room 1"][0].flags
    return told | ({"day": of_day[0].kind} if of_day else {})


@pytest.mark.parametrize("when", WHEN)
def test_the_day_the_queue_the_chart_and_the_rail_agree_on_the_colour_of_every_level(live, when):
    minutes, seen = WHEN[when]
    late = minutes <= 0 and not seen
    done = live.done(minutes=0)
    live.booked(done.patient)
    for level in LEVELS:
        task = waiting(live, done, level, minutes, seen)
        shown = kinds(live, task)
        right = (OVERDUE if late else IN_TIME)[level]
        assert set(shown.values()) == {right}, (level, shown)
        # What is only to be read is not for the day: it would drown what somebody must see there.
        assert ("day" in shown) is (right != "note"), level
        close(task, live)


def close(task, practice):
    task.acknowledged_at, task.acknowledged_by = practice.at, practice.members[Role.NURSE]
    task.closed_at = practice.at
    task.save()


def test_a_call_stands_on_the_day_with_its_time_limit_and_turns_red_when_it_has_passed_unseen(live):
    done = live.done(minutes=0)
    live.booked(done.patient)
    task = waiting(live, done, "call_48h", 60, seen=False)
    by = f"{task.due_at.astimezone(live.actor(Role.NURSE).zone):%-d %b, %H:%M}"
    (flag,) = cards(live)["Room 1"][0].flags
    assert flag == ("wait", f"check-in: call within 48 h, by {by}")
    live.at += 2 * HOUR
    (flag,) = cards(live)["Room 1"][0].flags
    assert flag == ("stop", f"check-in: call within 48 h, not seen by {by}")


def test_a_chart_says_aloud_only_what_needs_a_person_now(live):
    done = live.done(minutes=0)
    waiting(live, done, "call_48h", 24 * 60, seen=False)
    client, page = signed_in(live, Role.NURSE), reverse("chart", args=[done.patient.public_id])
    assert 'role="alert">⚑' not in client.get(page).content.decode()
    waiting(live, done, "same_day", 60, seen=False)
    shown = client.get(page).content.decode()
    assert shown.count('role="alert">⚑') == 1
    assert "A check-in waits for a person: same day." in shown


def test_the_front_desk_reads_no_check_in_on_the_day(live):
    done = live.done(minutes=0)
    live.booked(done.patient)
    waiting(live, done, "emergency", 60, seen=False)
    assert "check-in: " in signed_in(live, Role.NURSE).get(reverse("day")).content.decode()
    assert "check-in: " not in signed_in(live, Role.FRONT_DESK).get(reverse("day")).content.decode()


@pytest.mark.parametrize("seed", range(12))
def test_of_several_check_ins_the_day_shows_the_most_urgent_as_python_and_the_database_order_them(live, seed):
    chance = random.Random(seed)
    done = live.done(minutes=0)
    live.booked(done.patient)
    tasks = [
        waiting(live, done, chance.choice(LEVELS), chance.choice((-90, -30, 30, 90)), chance.random() < 0.4)
        for _ in range(4)
    ]
    told = [OpenReport.of(each) for each in tasks]
    first = first_of((each for each in told if ladder_of(each.level).id != "rest"), live.at)
    shown = cards(live)["Room 1"][0].booking.report
    assert (first and first.order(live.at)) == (shown and shown.order(live.at))


def test_a_linked_chart_gives_the_day_its_own_most_urgent_check_in(live):
    from tests.clinic.wings.desk.test_chart_links import linked

    one, done = live.patient(), live.done(minutes=0)
    linked(live, one, done.patient)
    waiting(live, done, "call_48h", 60, seen=False)
    urgent = waiting(live, done, "same_day", 60, seen=False)
    assert red_flags_beside([one.public_id], live.at)[one.public_id].report == OpenReport.of(urgent)
