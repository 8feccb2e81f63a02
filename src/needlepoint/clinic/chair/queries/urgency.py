"""How urgent a waiting check-in is: one colour and one set of words for the day, the queue, the chart and the rail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _

from needlepoint.clinic.access.said import in_words, short_day
from needlepoint.evidence.follow_up import Ladder
from needlepoint.evidence.loader import packaged

# What each ladder is drawn as; red is for what needs a person now, and nothing else.
KIND_OF = {"red": "stop", "amber": "wait", "rest": "note"}
SAYS = {"call_48h": "call within 48 h"}


def ladder_of(level: str) -> Ladder:
    """Return the ladder of a level; a level that no ladder names is as urgent as can be."""
    ladders = packaged().ladders.values()
    return next((each for each in ladders if level in each.levels), packaged().ladders["red"])


def level_in_words(level: str) -> str:
    """Return the level of a check-in as it is said."""
    return in_words(SAYS.get(level, level))


class OpenReport(NamedTuple):
    """A check-in that nobody has closed: its level, until when somebody must look, and when somebody did."""

    level: str
    due_at: datetime
    seen_at: datetime | None

    @classmethod
    def of(cls, task: Any) -> OpenReport:
        """Read what a task tells of it."""
        return cls(task.level, task.due_at, task.acknowledged_at)

    @classmethod
    def read(cls, level: str | None, due_at: Any, seen_at: Any) -> OpenReport | None:
        """Read the columns that `leading` gives; None where nothing waits."""
        return None if level is None else cls(level, due_at, seen_at)

    def missed(self, at: datetime) -> bool:
        """Say whether a call that was promised has come due, and nobody has even looked."""
        return ladder_of(self.level).id == "amber" and self.seen_at is None and self.due_at <= at

    def colour(self, at: datetime) -> str:
        """Return the ladder in whose colour it stands now: a call that was missed is red."""
        return "red" if self.missed(at) else ladder_of(self.level).id

    def kind(self, at: datetime) -> str:
        """Return how it is drawn now."""
        return KIND_OF[self.colour(at)]

    def order(self, at: datetime) -> tuple[int, datetime]:
        """Return where it stands among others, the most urgent first, as `leading` orders them."""
        calls = ladder_of(self.level).id == "amber"
        return (1 if self.missed(at) else 2) if calls else 0, self.due_at

    def says(self, at: datetime, zone: tzinfo) -> str:
        """Return it in words: the level, and the time limit of a call."""
        words = level_in_words(self.level)
        if ladder_of(self.level).id != "amber":
            return words
        due = self.due_at.astimezone(zone)
        told = {"level": words, "by": f"{short_day(due, with_year=False)}, {due:%H:%M}"}
        return (_("%(level)s, not seen by %(by)s") if self.missed(at) else _("%(level)s, by %(by)s")) % told

    def tagged(self, at: datetime, zone: tzinfo) -> str:
        """Return it in words that begin with the name of its colour."""
        return f"{in_words(packaged().ladders[self.colour(at)].label)}: {self.says(at, zone)}"


def first_of(reports: Iterable[OpenReport | None], at: datetime) -> OpenReport | None:
    """Return the most urgent of some."""
    there = (each for each in reports if each is not None)
    return min(there, key=lambda each: each.order(at), default=None)


class Flag(NamedTuple):
    """What hangs on a patient and is looked at first: how it is drawn, and what it says."""

    kind: str
    says: str

    @property
    def now(self) -> bool:
        """Say whether it needs a person now."""
        return self.kind == "stop"


def leading(waiting: QuerySet, at: datetime) -> dict[str, Subquery]:
    """Return what a visit warns of, as columns: of what is red and of the calls the most urgent one.

    What is only to be read waits in its queue.
    """
    ladders = packaged().ladders
    calls = Q(level__in=ladders["amber"].levels)
    missed = When(calls & Q(acknowledged_at=None, due_at__lte=at), then=Value(1))
    rank = Case(missed, When(calls, then=Value(2)), default=Value(0), output_field=IntegerField())
    first = waiting.exclude(level__in=ladders["rest"].levels).order_by(rank, "due_at", "pk")
    return {f"report_{name}": Subquery(first.values(name)[:1]) for name in OPEN}


OPEN = ("level", "due_at", "acknowledged_at")
REPORT = tuple(f"report_{name}" for name in OPEN)
INSTANTS = REPORT[1:]
