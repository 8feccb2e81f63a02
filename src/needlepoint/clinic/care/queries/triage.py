"""The queue of check-ins: whose each is, until when, and how far it has climbed, computed from rows and an instant."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.care.queries.rota import Rota, rota_of
from needlepoint.clinic.chair.queries.urgency import OpenReport, ladder_of
from needlepoint.clinic.models import CheckIn, DutyShift, Member, Message, TriageTask
from needlepoint.clinic.models.written import STANDS_FOR, Written
from needlepoint.clinic.practice.queries.door.work import stalled
from needlepoint.evidence.follow_up import Ladder
from needlepoint.evidence.loader import packaged


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
    def call_at(self) -> datetime | None:
        """Return since when nobody is left to ask, so that the patient has to call."""
        last = self.steps[-1] if self.steps else None
        return last.at if last is not None and last.owner is None else None


def climb(ladder: Ladder, rota: Rota, opened_at: datetime, at: datetime) -> Climb:
    """Return how far a check-in that nobody acknowledged has climbed: a pure function of the rows and the instant.

    On each rung somebody is asked who was not asked before: whoever came on duty meanwhile stands in the chain.
    """
    if not ladder.minutes:
        named = rota.chain(opened_at)
        return Climb((Step(opened_at, 0, named[0]),) if named else (), None)
    steps: list[Step] = []
    reached = opened_at if ladder.alarm else _with_somebody(rota, opened_at)
    for rung, minutes in enumerate((*ladder.minutes, 0)):
        if reached > at:
            return Climb(tuple(steps), reached)
        asked = {step.owner for step in steps}
        people = [each for each in rota.chain(reached) if each not in asked]
        if not people or rung == len(ladder.minutes):
            return Climb((*steps, Step(reached, rung, None)), None)
        steps.append(Step(reached, rung, people[0]))
        reached += timedelta(minutes=minutes * settings.TRIAGE_SCALE)
    raise AssertionError("the last rung always returns")


def _with_somebody(rota: Rota, at: datetime) -> datetime:
    """Return the instant, or the next one within a day at which somebody is on duty: what can wait waits for them."""
    if rota.chain(at):
        return at
    return rota.changes_at(at, timedelta(days=1)) or at


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a check-in stands, for the one who sent it; from `call_at` on her page tells her to call."""

    acknowledged_at: datetime | None
    closed_at: datetime | None
    call_at: datetime | None


def standing_of(check_in: CheckIn, at: datetime) -> Standing:
    """Return where a check-in stands, even while no background work runs."""
    (task,) = _TASK.objects(check_in.pk)
    call_at = None if task.acknowledged_at else climbed(task, at).call_at
    return Standing(task.acknowledged_at, task.closed_at, call_at)


_TASK = Written(lambda check_in: TriageTask.objects.filter(check_in=check_in))


def climbed(task: TriageTask, at: datetime, rota: Rota | None = None) -> Climb:
    """Return how far an open task has climbed."""
    known = rota_of(task.clinic_id) if rota is None else rota
    return climb(ladder_of(task.level), known, task.opened_at, at)


def queue_is_watched(at: datetime) -> bool:
    """Say whether the background work runs; where it does not, patients are told to call."""
    return not stalled(at)


@dataclass(frozen=True, slots=True)
class Line:
    """One check-in in the queue; `told_at` is when a message that nobody has looked was handed over.

    `untold` where she should have been told and was not: somebody has to call her.
    """

    task: TriageTask
    ladder: Ladder
    owner: Member | None
    next_at: datetime | None
    told_at: datetime | None
    late: bool
    untold: bool = False
    kind: str = "note"
    says: str = ""


# More than anybody reads at once; a page of thousands would keep everybody waiting for what is urgent.
PAGE_LINES = 50


def queue(actor: Actor, at: datetime, page: int = 1) -> list[Line]:
    """Return a page of the open check-ins, the most urgent first; five statements whatever their number."""
    rota = rota_of(actor.clinic)
    members = {member.pk: member for member in _ASKED.objects(actor.clinic)}
    shown = _page_of(PAGE_LINES).objects(actor.clinic, PAGE_LINES * (max(page, 1) - 1))
    on_the_way = _on_the_way([row.pk for row in shown])
    return [_flagged(_line(row, rota, members, at, row.pk in on_the_way), actor.zone, at) for row in shown]


def _on_the_way(tasks: list[int]) -> frozenset[int]:
    """Return for which of these a message to the patient may still go out; one statement."""
    rows = Message.objects.filter(purpose="not_seen", state__in=("waiting", "sending"), about__in=tasks)
    return frozenset(rows.values_list("about", flat=True))


def _open(clinic: int) -> QuerySet[TriageTask]:
    return TriageTask.objects.filter(clinic=clinic, closed_at=None)


@cache
def _page_of(lines: int) -> Written:
    """Return the query for a page of so many lines; of those that a line stands on, it reads what the line shows."""

    def build(clinic: int, begin: int) -> QuerySet[TriageTask]:
        return _open(clinic).order_by("-urgency", "due_at", "pk")[begin : begin + lines]

    return Written(build, columns=(*OWN_OF_LINE, *BESIDE_LINE))


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
    "patient__phone",
    "check_in__document",
    "check_in__session__number",
    "owner__name",
    "acknowledged_by__name",
)
_ASKED = Written(
    lambda clinic: Member.objects.filter(pk__in=DutyShift.objects.filter(clinic=clinic).values("member")),
    columns=("name",),
)
# So long a message may take before it counts as one that reaches nobody.
SOON = timedelta(minutes=2)


def _line(task: TriageTask, rota: Rota, members: dict[int, Member], at: datetime, on_the_way: bool) -> Line:
    told_at, late = task.patient_told_at, task.due_at <= at
    if task.acknowledged_at is not None:
        return Line(task, ladder_of(task.level), task.owner, None, told_at, late)
    reached = climbed(task, at, rota)
    owner = members.get(reached.owner) if reached.owner else task.owner
    waits = reached.call_at is None or (on_the_way and at - reached.call_at < SOON)
    untold = told_at is None and not waits
    return Line(task, ladder_of(task.level), owner, reached.next_at, told_at, late, untold)


def _flagged(line: Line, zone: tzinfo, at: datetime) -> Line:
    report = OpenReport.of(line.task)
    return replace(line, kind=report.kind(at), says=report.tagged(at, zone))


def line_of(task: TriageTask, actor: Actor, at: datetime) -> Line:
    """Return one check-in as the queue shows it."""
    rota = rota_of(task.clinic_id)
    members = Member.objects.in_bulk([each.member for each in rota.shifts if each.member])
    return _flagged(_line(task, rota, members, at, task.pk in _on_the_way([task.pk])), actor.zone, at)


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


def open_count(actor: Actor, at: datetime) -> OpenCount:
    """Count the open check-ins by the colour in which they stand now; one statement."""
    count: Counter[str] = Counter()
    for level, all_, unseen, missed in _COUNTED.rows(actor.clinic, at):
        late = missed if ladder_of(level).id == "amber" else 0
        count[ladder_of(level).id] += all_ - late
        count["red"] += late
        count["unseen"] += unseen
    return OpenCount(count["red"], count["amber"], count["rest"], count["unseen"])


def _counted(clinic: int, at: datetime) -> QuerySet:
    unseen = Q(acknowledged_at=None)
    return (
        _open(clinic)
        .values_list("level")
        .annotate(
            all=Count("pk"),
            unseen=Count("pk", filter=unseen),
            missed=Count("pk", filter=unseen & Q(due_at__lte=at)),
        )
        .order_by()
    )


_COUNTED = Written(_counted, STANDS_FOR, datetime(1970, 1, 2, tzinfo=UTC))


def roster(actor: Actor, at: datetime) -> list[Member]:
    """Return who is on duty now, in the order in which they are asked; three statements."""
    chain = rota_of(actor.clinic).chain(at)
    named = Member.objects.in_bulk(chain)
    return [named[each] for each in chain]


def task_page(task: TriageTask) -> dict[str, Any]:
    """Return what was done about a check-in, and what the rules said of it."""
    document = task.check_in.document
    sources = packaged().sources
    reasons = [
        {**reason, "cited": [sources[each] for each in reason.get("sources", ()) if each in sources]}
        for reason in document.get("reasons", ())
    ]
    return {"steps": list(task.steps.select_related("member").order_by("at", "pk")), "reasons": reasons}
