"""The queue: every check-in is seen by a person; rules only order it, and what nobody takes climbs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find, find_by_key
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.care.queries.rota import able_members, rota_of
from needlepoint.clinic.care.queries.triage import Climb, climbed
from needlepoint.clinic.chair.actions.outbox.message import enqueue
from needlepoint.clinic.chair.queries.urgency import ladder_of
from needlepoint.clinic.models import CheckIn, Member, TriageStep, TriageTask
from needlepoint.clinic.practice.actions.act import Act, action, by_itself
from needlepoint.clinic.practice.actions.passing import Passed
from needlepoint.clinic.practice.actions.record import write

# Rows are climbed in small bites, so that nobody waits long for the database.
BITE = 50
# Steps that say that somebody was asked.
ASKED = ("assigned", "climbed")
OUTCOMES = ("expected", "advised", "to_be_seen", "seen", "referred", "emergency", "not_reached")


def open_task(act: Act, check_in: CheckIn) -> TriageTask:
    """Put a check-in into the queue, in the transaction that keeps it, and alarm whoever is first where it is red."""
    ladder = ladder_of(check_in.level)
    task = TriageTask(
        clinic_id=check_in.clinic_id,
        public_id=uuid5(check_in.public_id, "triage"),
        patient=check_in.patient,
        check_in=check_in,
        level=check_in.level,
        urgency=ladder.urgency,
        opened_at=act.at,
        due_at=check_in.looked_at_by,
    )
    reached = climbed(task, act.at)
    _stand(task, reached)
    task.save()
    _tell(act, task, reached, already=-1)
    return task


def _stand(task: TriageTask, reached: Climb) -> None:
    task.owner_id = reached.owner
    task.rung = reached.steps[-1].rung if reached.steps else 0
    task.climbs_at = reached.next_at


def _tell(act: Act, task: TriageTask, reached: Climb, already: int) -> None:
    """Write down every rung above the one that was known, with the instant it was reached, and tell who must know.

    Where whoever was asked has been shut out since, another stands on a rung that was known, and is told now.
    """
    ladder = ladder_of(task.level)
    members = Member.objects.in_bulk([step.owner for step in reached.steps if step.owner])
    asked = set(task.steps.filter(what__in=ASKED).values_list("member", flat=True))
    for step in reached.steps:
        if step.rung <= already and (step.owner is None or step.owner in asked):
            continue
        member = members.get(step.owner) if step.owner else None
        what = "to_be_told" if member is None else ("climbed" if step.rung else "assigned")
        _step(task, act, what, at=act.at if step.rung <= already else step.at, member=member)
        if member is None:
            _tell_patient(act, task)
        elif ladder.alarm or step.rung:
            _alarm(act, task, member)


def _step(
    task: TriageTask, act: Act, what: str, *, at: datetime | None = None, member: Any = None, words: str = ""
) -> None:
    TriageStep.objects.create(
        clinic_id=task.clinic_id, task=task, at=at or act.at, member=member, what=what, words=words
    )


def _alarm(act: Act, task: TriageTask, member: Member, again: str = "") -> None:
    """Tell a member on every way that is known: a mail alone lies unread at night."""
    for channel in ("sms", "email"):
        enqueue(
            act,
            purpose="alarm",
            channel=channel,
            to=member,
            about=task,
            once_key=f"alarm {task.public_id} {member.pk}{again} {channel}",
            link=f"{settings.STAFF_ADDRESS}/queue/{task.public_id}/" if settings.STAFF_ADDRESS else "",
        )


def _tell_patient(act: Act, task: TriageTask) -> None:
    """Write to the patient on every channel there is; that she was told is kept once a message was handed over."""
    for channel in ("sms", "email"):
        enqueue(
            act,
            purpose="not_seen",
            channel=channel,
            to=task.patient,
            about=task,
            once_key=f"not seen {task.public_id} {channel}",
            language=task.check_in.language,
        )


def climb_waiting(at: datetime) -> int:
    """Write down what has climbed by now in every clinic; return how many tasks did. Called again it does nothing."""
    passed: Passed[int] = Passed()
    climbing = 0
    while keys := _climbing(at, passed.over):
        climbing += sum(passed.each(keys, lambda key: _climb_one(key, at)))
    passed.end()
    return climbing


def _climbing(at: datetime, but: Collection[int]) -> list[int]:
    rows = TriageTask.objects.filter(climbs_at__lte=at, acknowledged_at=None, closed_at=None)
    rows = rows.exclude(pk__in=but).order_by("-urgency", "climbs_at")
    return list(rows.values_list("pk", flat=True)[:BITE])


def ask_another(act: Act, member: Member) -> None:
    """Let nothing wait for somebody who may be asked no more; for the action that says so.

    What they had not looked at climbs at the next look. What they had taken on is whoever's is on duty, who is rung up.
    """
    able = {each.pk: each for each in able_members(act.actor.clinic)}
    if member.pk in able:
        return
    theirs = TriageTask.objects.filter(owner=member, closed_at=None)
    theirs.filter(acknowledged_at=None, climbs_at__gt=act.at).update(climbs_at=act.at)
    named = [*rota_of(act.actor.clinic).chain(act.at), *able]
    for task in _give_on(act, theirs.exclude(acknowledged_at=None), able[named[0]]) if named else ():
        _alarm(act, task, able[named[0]], again=f" given on {act.key}")


def _give_on(act: Act, tasks: QuerySet[TriageTask], to: Member) -> list[TriageTask]:
    rows = list(tasks.select_for_update(no_key=True, of=("self",)).select_related("patient", "check_in"))
    for task in rows:
        task.owner = to
        task.save(update_fields=["owner"])
        _step(task, act, "handed_over", member=to)
        write(act, "handed over check-in", task, task.patient, {"to": to.pk})
    return rows


def _climb_one(key: int, at: datetime) -> int:
    with transaction.atomic():
        task = (
            TriageTask.objects.select_for_update(no_key=True, of=("self",))
            .select_related("clinic")
            .get(pk=key)
        )
        if task.acknowledged_at is not None or task.climbs_at is None or task.climbs_at > at:
            return 0
        act = by_itself(task.clinic, at, uuid5(task.public_id, f"climb {task.rung}"))
        already, reached = task.rung, climbed(task, at)
        _stand(task, reached)
        task.save(update_fields=["owner", "rung", "climbs_at"])
        _tell(act, task, reached, already)
        write(act, "climbed", task, task.patient, {"rung": task.rung})
    return 1


def _open(act: Act, task_id: UUID) -> TriageTask:
    task = find(TriageTask, act.actor, task_id, "patient", "check_in", for_update=True)
    if task.closed_at is not None:
        raise Refused("Somebody has closed this already. Look at the queue anew.")
    return task


def _catch_up(act: Act, task: TriageTask) -> None:
    """Write down what has climbed before somebody takes a task, so that its past is whole."""
    already, reached = task.rung, climbed(task, act.at)
    _stand(task, reached)
    if reached.steps and reached.steps[-1].rung > already:
        _tell(act, task, reached, already)


@action(Permission.TRIAGE)
def acknowledge(act: Act, *, task_id: UUID) -> TriageTask:
    """Say that a person has seen it and takes it on; the clock of the ladder stops."""
    task = _open(act, task_id)
    if task.acknowledged_at is not None:
        raise Refused("Somebody has taken this on already. Take it over if you want to do it.")
    _catch_up(act, task)
    task.acknowledged_at, task.acknowledged_by_id = act.at, act.actor.member
    task.owner_id, task.climbs_at = act.actor.member, None
    task.save()
    return _done(act, task, "acknowledged")


@action(Permission.TRIAGE)
def take_over(act: Act, *, task_id: UUID) -> TriageTask:
    """Take a check-in over from whoever has it."""
    task = _open(act, task_id)
    if task.acknowledged_at is None:
        raise Refused("Nobody has taken this on yet. Say first that you have seen it.")
    if task.owner_id == act.actor.member:
        raise Refused("It is yours already.")
    task.owner_id = act.actor.member
    task.save(update_fields=["owner"])
    return _done(act, task, "taken_over")


@action(Permission.TRIAGE)
def hand_over(act: Act, *, member_key: object) -> int:
    """Give to a colleague all check-ins that the actor has taken on and not closed; return how many."""
    to = find_by_key(Member, act.actor, member_key)
    if to.pk == act.actor.member or to.pk not in {each.pk for each in able_members(act.actor.clinic)}:
        raise Refused("Choose a colleague who may look at check-ins.")
    mine = TriageTask.objects.filter(clinic=act.actor.clinic, owner=act.actor.member, closed_at=None)
    given = _give_on(act, mine.exclude(acknowledged_at=None), to)
    if not given:
        raise Refused("Nothing that is still open is yours.")
    return len(given)


@action(Permission.TRIAGE)
def note(act: Act, *, task_id: UUID, what: str, words: str) -> TriageTask:
    """Write down a call, a try to call, or an advice that was given."""
    task = _open(act, task_id)
    if what not in ("called", "not_reached", "advised"):
        raise Refused("Choose what was done: a call, a call that nobody took, or an advice.")
    if not words.strip():
        raise Refused("Write what was said, or what was tried.")
    if task.acknowledged_at is None:
        raise Refused("Say first that you have seen it; then write down what you did.")
    return _done(act, task, what, words.strip())


@action(Permission.TRIAGE)
def close(act: Act, *, task_id: UUID, outcome: str, words: str = "") -> TriageTask:
    """Close a check-in with what came of it; what is urgent needs words."""
    task = _open(act, task_id)
    if outcome not in OUTCOMES:
        raise Refused("Choose what came of it.")
    if task.acknowledged_at is None:
        raise Refused("Say first that you have seen it; then close it.")
    if task.urgency > 1 and not words.strip():
        raise Refused("Write what was done: this one was urgent.")
    _step(task, act, "closed", member=Member.objects.get(pk=act.actor.member), words=words.strip())
    task.closed_at, task.outcome, task.climbs_at = act.at, outcome, None
    task.save()
    write(act, "closed check-in", task, task.patient, {"outcome": outcome})
    return task


def _done(act: Act, task: TriageTask, what: str, words: str = "") -> TriageTask:
    _step(task, act, what, member=Member.objects.get(pk=act.actor.member), words=words)
    write(act, f"{what.replace('_', ' ')} check-in", task, task.patient)
    return task
