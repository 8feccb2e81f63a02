"""The queue: a person sees every check-in, rules only order it, and what nobody takes climbs to the second."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.queueing import ON_DUTY, checked_in, on_duty
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import duty, triage
from needlepoint.clinic.care.queries import triage as queries
from needlepoint.clinic.care.queries.rota import OnDuty, Rota, chain
from needlepoint.clinic.care.queries.triage import climb
from needlepoint.clinic.chair.queries.urgency import ladder_of
from needlepoint.clinic.models import Message, RecordLine, TriageStep
from needlepoint.evidence.loader import packaged

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
FIVE = [OnDuty(member, member, NOON - timedelta(days=1)) for member in (1, 2, 3, 4, 5)]
ROTA = Rota(tuple(FIVE))


def minutes(number):
    return timedelta(minutes=number)


# ------------------------------------------------------------------------------------------------ the pure function


def test_every_level_of_the_rulebook_has_one_ladder_and_an_unknown_one_is_red():
    named = [level for ladder in packaged().ladders.values() for level in ladder.levels]
    assert sorted(named) == sorted(packaged().levels)
    assert ladder_of("no such level").id == "red"


def test_two_on_duty_and_the_owner_are_asked_each_once():
    assert chain(FIVE, NOON) == (1, 2, 5)
    assert chain(FIVE[:2], NOON) == (1, 2)
    assert chain(FIVE[:1], NOON) == (1,)
    assert chain([], NOON) == ()


@pytest.mark.parametrize(
    ("after", "owner", "told"),
    [
        (0, 1, None),
        (899, 1, None),
        (900, 2, None),
        (1799, 2, None),
        (1800, 5, None),
        (2699, 5, None),
        (2700, 5, 2700),
    ],
)
def test_a_red_one_climbs_every_fifteen_minutes_to_the_second(after, owner, told):
    reached = climb(ladder_of("emergency"), ROTA, NOON, NOON + timedelta(seconds=after))
    assert reached.owner == owner
    assert reached.call_at == (None if told is None else NOON + timedelta(seconds=told))


def test_with_nobody_on_duty_the_patient_is_told_at_once():
    assert climb(ladder_of("same_day"), Rota(()), NOON, NOON).call_at == NOON


def test_what_is_not_urgent_never_climbs():
    reached = climb(ladder_of("expected"), ROTA, NOON, NOON + timedelta(days=30))
    assert (reached.owner, reached.call_at, reached.next_at) == (1, None, None)


def test_whoever_is_on_duty_at_the_moment_of_the_climb_is_asked():
    changed = [
        OnDuty(1, 1, NOON - minutes(60)),
        OnDuty(2, 2, NOON - minutes(60), ended_at=NOON + minutes(10)),
        OnDuty(9, 2, NOON + minutes(10)),
    ]
    assert climb(ladder_of("emergency"), Rota(tuple(changed)), NOON, NOON + minutes(15)).owner == 9


def test_a_faster_clock_keeps_the_order(settings):
    settings.TRIAGE_SCALE = 0.1
    reached = climb(ladder_of("emergency"), ROTA, NOON, NOON + minutes(5))
    assert [step.owner for step in reached.steps] == [1, 2, 5, None]
    assert reached.call_at == NOON + minutes(4.5)


# ----------------------------------------------------------------------------------------- with rows and a worker


def test_a_thousand_outages_change_no_second_of_the_climb(practice):
    """The worker is down at random; what it writes afterwards bears the instants at which it was due."""
    dice = random.Random(2026)
    on_duty(practice)
    done = practice.done()
    for _ in range(40):
        task = checked_in(practice, done)
        now, due = task.opened_at, [task.opened_at + minutes(15 * rung) for rung in range(4)]
        while now < due[-1]:
            # An outage of up to half an hour; the pages are right in the midst of it.
            now += timedelta(seconds=dice.uniform(1, 1800))
            reached = queries.climbed(task, now)
            assert reached.owner == practice.members[ON_DUTY[min(2, sum(at <= now for at in due) - 1)]].pk
            assert (reached.call_at is not None) is (now >= due[-1])
            if dice.random() < 0.5:
                triage.climb_waiting(now)
        triage.climb_waiting(now)
        task.refresh_from_db()
        assert task.patient_told_at is None, "nothing was handed over"
        assert [step.at for step in task.steps.order_by("at", "pk")] == due
        practice.at = max(practice.at, now)


def test_the_random_outages_of_the_pure_function_are_exact():
    dice = random.Random(7)
    for _ in range(1000):
        people = FIVE[: dice.randrange(6)]
        ladder = packaged().ladders[dice.choice(["red", "amber"])]
        opened_at = NOON + timedelta(seconds=dice.uniform(0, 10**6))
        wait = minutes(sum(ladder.minutes[: len(chain(people, opened_at))]))
        late = timedelta(seconds=dice.uniform(0, 10**6))
        reached = climb(ladder, Rota(tuple(people)), opened_at, opened_at + wait + late)
        assert reached.call_at == opened_at + wait
        before = climb(ladder, Rota(tuple(people)), opened_at, opened_at + wait - timedelta(seconds=1))
        assert before.call_at is None or not people


def test_climbing_twice_changes_nothing(practice):
    on_duty(practice)
    task = checked_in(practice)
    later = task.opened_at + minutes(50)
    assert triage.climb_waiting(later) == 1
    steps, messages = TriageStep.objects.count(), Message.objects.count()
    assert triage.climb_waiting(later + minutes(600)) == 0
    assert (TriageStep.objects.count(), Message.objects.count()) == (steps, messages)


def test_a_red_one_alarms_each_person_in_turn_and_then_tells_the_patient(practice):
    on_duty(practice)
    task = checked_in(practice)
    triage.climb_waiting(task.opened_at + minutes(60))
    alarmed = Message.objects.filter(purpose="alarm").order_by("once_key")
    assert [each.member_id for each in alarmed] == [practice.members[role].pk for role in ON_DUTY]
    assert set(Message.objects.filter(purpose="not_seen").values_list("channel", flat=True)) == {
        "email",
        "sms",
    }


def test_a_check_in_is_in_the_queue_once_its_transaction_is_kept(practice):
    on_duty(practice)
    task = checked_in(practice, level="expected")
    (line,) = queries.queue(practice.actor(Role.NURSE), practice.at)
    assert line.task == task
    assert line.ladder.id == "rest"


def test_the_most_urgent_stands_first_however_late_it_came(practice):
    on_duty(practice)
    done = practice.done()
    levels = ["expected", "call_48h", "routine", "same_day", "this_week", "emergency"]
    for level in levels:
        checked_in(practice, done, level)
    shown = [line.task.level for line in queries.queue(practice.actor(Role.NURSE), practice.at)]
    assert shown == ["same_day", "emergency", "call_48h", "expected", "routine", "this_week"]


def test_acknowledging_stops_the_climb_and_is_in_the_record(practice):
    on_duty(practice)
    task = checked_in(practice)
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    assert triage.climb_waiting(task.opened_at + minutes(600)) == 0
    assert queries.standing_of(task.check_in, task.opened_at + minutes(600)).call_at is None
    assert RecordLine.objects.filter(act="acknowledged check-in").count() == 1


def test_a_climb_that_no_worker_wrote_down_is_written_before_somebody_takes_it(practice):
    on_duty(practice)
    task = checked_in(practice)
    practice.later(minutes=20)
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    assert list(task.steps.order_by("at").values_list("what", flat=True)) == [
        "assigned",
        "climbed",
        "acknowledged",
    ]


def test_one_takes_over_writes_down_and_closes_and_then_nothing_changes_any_more(practice):
    on_duty(practice)
    task = checked_in(practice)
    triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)
    triage.take_over(practice.act(Role.PRESCRIBER), task_id=task.public_id)
    triage.note(practice.act(), task_id=task.public_id, what="called", words="Comes at three.")
    triage.close(practice.act(), task_id=task.public_id, outcome="to_be_seen", words="Seen today.")
    task.refresh_from_db()
    assert task.owner == practice.members[Role.PRESCRIBER]
    assert queries.queue(practice.actor(Role.NURSE), practice.at) == []
    with pytest.raises(Refused, match="closed this already"):
        triage.note(practice.act(), task_id=task.public_id, what="called", words="Again.")


def test_nothing_is_closed_that_nobody_has_seen_and_nothing_urgent_without_words(practice):
    on_duty(practice)
    task = checked_in(practice)
    with pytest.raises(Refused, match="seen it"):
        triage.close(practice.act(), task_id=task.public_id, outcome="advised", words="x")
    triage.acknowledge(practice.act(), task_id=task.public_id)
    with pytest.raises(Refused, match="urgent"):
        triage.close(practice.act(), task_id=task.public_id, outcome="advised")
    with pytest.raises(Refused, match="already"):
        triage.acknowledge(practice.act(Role.NURSE), task_id=task.public_id)


def test_only_those_who_may_look_at_check_ins_can_be_on_duty(practice):
    with pytest.raises(Refused, match="may not look"):
        on_duty(practice, Role.FRONT_DESK)
    with pytest.raises(NotAllowed):
        duty.set_duty(practice.act(Role.NURSE), member_keys=[])
    on_duty(practice)
    on_duty(practice, Role.PRESCRIBER, Role.NURSE)
    now = queries.roster(practice.actor(Role.NURSE), practice.at)
    assert [each.pk for each in now] == [practice.members[role].pk for role in (Role.PRESCRIBER, Role.NURSE)]


def test_the_queue_takes_as_many_statements_for_thirty_as_for_one(practice, django_assert_max_num_queries):
    on_duty(practice)
    done = practice.done()
    for _ in range(30):
        checked_in(practice, done)
    actor = practice.actor(Role.NURSE)
    with django_assert_max_num_queries(5):
        assert len(queries.queue(actor, practice.at)) == 30


def test_a_long_queue_is_shown_a_page_at_a_time_and_nothing_urgent_stands_behind(practice, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_LINES", 3)
    done, actor = practice.done(), practice.actor(Role.NURSE)
    levels = ["routine"] * 4 + ["emergency"] * 2 + ["same_day"]
    tasks = [checked_in(practice, done, level=level) for level in levels]
    shown = [[each.task for each in queries.queue(actor, practice.at, page)] for page in (1, 2, 3, 4)]
    assert [len(each) for each in shown] == [3, 3, 1, 0]
    assert set(shown[0]) == set(tasks[4:])
    assert {each for page in shown for each in page} == set(tasks)
    count = queries.open_count(actor, practice.at)
    assert count.pages == 3
    assert (count.red + count.amber + count.rest, count.unseen) == (7, 7)


def test_the_pages_of_the_queue_lead_to_one_another(db, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_LINES", 1)
    live = Practice.of_today("Harbour Skin")
    done = live.done()
    for _ in range(2):
        checked_in(live, done)
    client, where = signed_in(live, Role.NURSE), reverse("queue")
    first, second = (client.get(where, {"page": page}).content.decode() for page in ("1", "2"))
    assert "?page=2" in first
    assert "Page 2 of 2" in second
    assert client.get(where, {"page": "nonsense"}).content.decode().count("Not seen yet") == 1
    assert "To the most urgent" in client.get(where, {"page": "9"}).content.decode()


def test_where_nobody_answers_the_patient_is_told_within_five_minutes_of_a_faster_clock(practice, settings):
    """The whole way: opened, climbed by the worker's tick, written to, and shown in the portal."""
    settings.TRIAGE_SCALE = 0.1
    on_duty(practice)
    task = checked_in(practice, language="es")
    assert queries.standing_of(task.check_in, task.opened_at + minutes(4.4)).call_at is None
    triage.climb_waiting(task.opened_at + minutes(5))
    assert queries.standing_of(
        task.check_in, task.opened_at + minutes(5)
    ).call_at == task.opened_at + minutes(4.5)
    assert list(task.steps.order_by("at", "pk").values_list("what", flat=True)) == [
        "assigned",
        "climbed",
        "climbed",
        "to_be_told",
    ]
    told = Message.objects.filter(purpose="not_seen")
    assert {(row.language, row.patient) for row in told} == {("es", task.patient)}
