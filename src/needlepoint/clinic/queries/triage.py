"""The queue of check-ins: whose each is, until when, and how far it has climbed, computed from rows and an instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import CheckIn, Duty, Member, TriageTask
from needlepoint.clinic.models.written import Written
from needlepoint.clinic.queries.work import stalled
from needlepoint.evidence.follow_up import Ladder
from needlepoint.evidence.loader import packaged


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody in the roster, from when until when."""

    member: int
    place: int
    begun_at: datetime
    ended_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Say whether they were on duty at an instant."""
        return self.begun_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class Step:
    """A rung that was reached: when, and by whom; with nobody left the patient is told."""

    at: datetime
    rung: int
    owner: int | None


@dataclass(frozen=True, slots=True)
class Climb:
    """All rungs reached so far, and when the next one is."""

    steps: tuple[Step, ...]
    next_at: datetime | None

    @property
    def owner(self) -> int | None:
        """Return whose it is now; the last who was asked stays responsible after the patient was told."""
        named = [step.owner for step in self.steps if step.owner is not None]
        return named[-1] if named else None

    @property
    def told_at(self) -> datetime | None:
        """Return when the patient is told to call."""
        last = self.steps[-1] if self.steps else None
        return last.at if last is not None and last.owner is None else None


def ladder_of(level: str) -> Ladder:
    """Return the ladder of a level; a level that no ladder names is as urgent as can be."""
    ladders = packaged().ladders.values()
    return next((each for each in ladders if level in each.levels), packaged().ladders["red"])


def chain(duties: Iterable[OnDuty], at: datetime) -> tuple[int, ...]:
    """Return who is asked one after the other: the first two on duty, and the last, who owns the clinic."""
    standing = [each.member for each in sorted(duties, key=lambda each: each.place) if each.stands(at)]
    return tuple(dict.fromkeys([*standing[:2], *standing[-1:]]))


def climb(ladder: Ladder, duties: Sequence[OnDuty], opened_at: datetime, at: datetime) -> Climb:
    """Return how far a check-in that nobody acknowledged has climbed: a pure function of the rows and the instant."""
    if not ladder.minutes:
        named = chain(duties, opened_at)
        return Climb((Step(opened_at, 0, named[0]),) if named else (), None)
    steps: list[Step] = []
    reached = opened_at
    for rung, minutes in enumerate((*ladder.minutes, 0)):
        if reached > at:
            return Climb(tuple(steps), reached)
        people = chain(duties, reached)
        if rung >= len(people) or rung == len(ladder.minutes):
            return Climb((*steps, Step(reached, rung, None)), None)
        steps.append(Step(reached, rung, people[rung]))
        reached += timedelta(minutes=minutes * settings.TRIAGE_SCALE)
    raise AssertionError("the last rung always returns")


def duties_of(clinic: int) -> list[OnDuty]:
    """Return the roster of a clinic with its past; one statement."""
    return [OnDuty(*row) for row in _DUTIES.rows(clinic)]


_DUTIES = Written(
    lambda clinic: Duty.objects.filter(clinic=clinic, member__is_active=True).values_list(
        "member_id", "place", "begun_at", "ended_at"
    )
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a check-in stands, for the one who sent it."""

    acknowledged_at: datetime | None
    closed_at: datetime | None
    told_at: datetime | None


def standing_of(check_in: CheckIn, at: datetime) -> Standing:
    """Return where a check-in stands, even while no background work runs."""
    (task,) = _TASK.objects(check_in.pk)
    told_at = task.patient_told_at or (None if task.acknowledged_at else climbed(task, at).told_at)
    return Standing(task.acknowledged_at, task.closed_at, told_at)


_TASK = Written(lambda check_in: TriageTask.objects.filter(check_in=check_in))


def climbed(task: TriageTask, at: datetime, duties: Sequence[OnDuty] | None = None) -> Climb:
    """Return how far an open task has climbed."""
    roster = duties_of(task.clinic_id) if duties is None else duties
    return climb(ladder_of(task.level), roster, task.opened_at, at)


def queue_is_watched(at: datetime) -> bool:
    """Say whether the background work runs; where it does not, patients are told to call."""
    return not stalled(at)


@dataclass(frozen=True, slots=True)
class Line:
    """One check-in in the queue."""

    task: TriageTask
    ladder: Ladder
    owner: Member | None
    next_at: datetime | None
    told_at: datetime | None
    late: bool


# More than anybody reads at once; a page of thousands would keep everybody waiting for what is urgent.
PAGE_LINES = 50


def queue(actor: Actor, at: datetime, page: int = 1) -> list[Line]:
    """Return a page of the open check-ins, the most urgent first; three statements whatever their number."""
    duties = duties_of(actor.clinic)
    members = {member.pk: member for member in _ASKED.objects(actor.clinic)}
    shown = _page_of(PAGE_LINES).objects(actor.clinic, PAGE_LINES * (max(page, 1) - 1))
    return [_line(row, duties, members, at) for row in shown]


def _open(clinic: int) -> QuerySet[TriageTask]:
    return TriageTask.objects.filter(clinic=clinic, closed_at=None)


@cache
def _page_of(lines: int) -> Written:
    """Return the query for a page of so many lines; of those that a line stands on, it reads what the line shows."""

    def build(clinic: int, begin: int) -> QuerySet[TriageTask]:
        rows = _open(clinic).select_related("patient", "check_in__session", "owner", "acknowledged_by")
        rows = rows.only(*OWN_OF_LINE, *BESIDE_LINE).order_by("-urgency", "due_at", "pk")
        return rows[begin : begin + lines]

    return Written(build)


OWN_OF_LINE = (
    "public_id",
    "clinic",
    "level",
    "opened_at",
    "due_at",
    "acknowledged_at",
    "patient_told_at",
)
BESIDE_LINE = (
    "patient__family_name",
    "patient__given_name",
    "check_in__document",
    "check_in__session__number",
    "owner__name",
    "acknowledged_by__name",
)
_ASKED = Written(
    lambda clinic: Member.objects.filter(pk__in=Duty.objects.filter(clinic=clinic).values("member")).only(
        "name"
    )
)


def _line(task: TriageTask, duties: Sequence[OnDuty], members: dict[int, Member], at: datetime) -> Line:
    if task.acknowledged_at is not None:
        return Line(task, ladder_of(task.level), task.owner, None, task.patient_told_at, task.due_at <= at)
    reached = climbed(task, at, duties)
    owner = members.get(reached.owner) if reached.owner else task.owner
    told_at = task.patient_told_at or reached.told_at
    return Line(task, ladder_of(task.level), owner, reached.next_at, told_at, task.due_at <= at)


def line_of(task: TriageTask, at: datetime) -> Line:
    """Return one check-in as the queue shows it."""
    duties = duties_of(task.clinic_id)
    return _line(task, duties, Member.objects.in_bulk([each.member for each in duties]), at)


def ladders() -> tuple[Ladder, ...]:
    """Return the ladders, the most urgent first."""
    return tuple(sorted(packaged().ladders.values(), key=lambda each: -each.urgency))


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many check-ins wait, for the badge on every page."""

    red: int
    amber: int
    rest: int
    unseen: int

    @property
    def pages(self) -> int:
        """Return how many pages of the queue there are."""
        return max(1, -(-(self.red + self.amber + self.rest) // PAGE_LINES))


def open_count(actor: Actor) -> OpenCount:
    """Count the open check-ins; one statement."""
    found = {urgency: (all_, not_seen) for urgency, all_, not_seen in _COUNTED.rows(actor.clinic)}
    red, amber, rest = (found.get(urgency, (0, 0)) for urgency in (3, 2, 1))
    return OpenCount(red[0], amber[0], rest[0], red[1] + amber[1] + rest[1])


_COUNTED = Written(
    lambda clinic: (
        _open(clinic)
        .values_list("urgency")
        .annotate(all=Count("pk"), unseen=Count("pk", filter=Q(acknowledged_at=None)))
        .order_by()
    )
)


def roster(actor: Actor) -> list[Duty]:
    """Return who is on duty now, in order."""
    return _ROSTER.objects(actor.clinic)


_ROSTER = Written(
    lambda clinic: (
        Duty.objects.filter(clinic=clinic, ended_at=None).select_related("member").order_by("place")
    )
)


def task_page(task: TriageTask) -> dict[str, Any]:
    """Return what was done about a check-in, and what the rules said of it."""
    document = task.check_in.document
    sources = packaged().sources
    reasons = [
        {**reason, "cited": [sources[each] for each in reason.get("sources", ()) if each in sources]}
        for reason in document.get("reasons", ())
    ]
    return {"steps": list(task.steps.select_related("member").order_by("at", "pk")), "reasons": reasons}
