"""Which reports of a patient are still open: what nobody has seen, and what holds back what would be allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.care.queries.free_words import at_least
from needlepoint.clinic.models import CheckIn, TriageStep, TriageTask
from needlepoint.clinic.models.written import Written
from needlepoint.evidence.loader import packaged

# From this level on a report holds back what the day would allow.
HOLDS_FROM = "call_48h"
# What a member closed a report with that settles it; with any other outcome somebody still has to see the skin.
SETTLED = ("expected", "advised", "seen")
ADVISED = "advised"


@dataclass(frozen=True, slots=True)
class Pause:
    """Why nothing is allowed for now: the reports that are not settled, and what the patient was advised since."""

    reports: tuple[CheckIn, ...]
    advised: tuple[tuple[datetime, str], ...]

    @property
    def newest(self) -> CheckIn:
        """Return the report of them that was sent last."""
        return self.reports[0]


@dataclass(frozen=True, slots=True)
class OpenReports:
    """What of the reports still counts today."""

    unseen_red: tuple[CheckIn, ...]
    pause: Pause | None

    def older_red(self, than: CheckIn) -> CheckIn | None:
        """Return an urgent report that was sent before another and that nobody has seen."""
        return next((each for each in self.unseen_red if each.at < than.at), None)


def open_reports(visitor: Visitor, session: int | None) -> OpenReports:
    """Return what still counts: every open report, and those on the last session that nobody has settled since."""
    tasks = _TASKS.objects(visitor.clinic, visitor.patient, session or 0)
    red = tuple(each.check_in for each in tasks if each.urgency == _red() and not _seen(each))
    holding = [each for each in tasks if _holds(each, tasks)]
    return OpenReports(red, _pause(holding) if holding else None)


def _tasks(clinic: int, patient: int, session: int) -> QuerySet[TriageTask]:
    rows = TriageTask.objects.filter(clinic=clinic, patient=patient)
    rows = rows.filter(Q(closed_at=None) | Q(check_in__session=session))
    return rows.order_by("-opened_at", "-pk")


_TASKS = Written(_tasks, together=("check_in",))


def _red() -> int:
    return packaged().ladders["red"].urgency


def _seen(task: TriageTask) -> bool:
    return task.acknowledged_at is not None or task.closed_at is not None


def _holds(task: TriageTask, tasks: list[TriageTask]) -> bool:
    """Say whether a report still holds back what is allowed."""
    if not at_least(task.level, HOLDS_FROM):
        return False
    closed_at = task.closed_at
    if closed_at is None:
        return True
    if task.outcome in SETTLED:
        return False
    # A referral leaves the skin unsettled until a later report is closed with an outcome that settles it.
    settled = (each.closed_at for each in tasks if each.closed_at and each.outcome in SETTLED)
    return not any(each > closed_at for each in settled)


def _pause(tasks: list[TriageTask]) -> Pause:
    return Pause(tuple(each.check_in for each in tasks), _advised(task__in=[each.pk for each in tasks]))


def advised_about(check_in: CheckIn) -> tuple[tuple[datetime, str], ...]:
    """Return what the patient was advised about a report, the newest first."""
    return _advised(task__check_in=check_in)


def _advised(**of: Any) -> tuple[tuple[datetime, str], ...]:
    rows = TriageStep.objects.filter(what=ADVISED, **of).exclude(words="").order_by("-at", "-pk")
    return tuple(rows.values_list("at", "words"))
