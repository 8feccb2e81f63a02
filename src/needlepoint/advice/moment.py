"""The case at an instant: what has happened by then, beside the rows of the knowledge base that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from needlepoint.course.case import Case
from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_utc
from needlepoint.course.session import CheckIn, Session
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.jurisdictions import Jurisdiction, rows_for
from needlepoint.evidence.knowledge import Knowledge
from needlepoint.evidence.own import knowing
from needlepoint.evidence.schema import Device, GoalFacts, OperatorFacts

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Moment:
    """A case as it stood: no session or check-in after `at`, and only the check-ins since the last session."""

    case: Case
    at: datetime
    today: date
    knowledge: Knowledge
    device: Device
    goal: GoalFacts
    operator: OperatorFacts
    sessions: tuple[Session, ...]
    check_ins: tuple[CheckIn, ...]
    elsewhere: tuple[Session, ...]

    @classmethod
    def of(cls, case: Case, at: datetime, knowledge: Knowledge) -> Moment:
        """Look at a case at an aware instant; an InputError says what in the case or the instant cannot be."""
        instant = in_utc("at", at)
        knowledge = knowing(knowledge, case.own_devices)
        sessions = case.sessions_by(instant)
        today = case.day_of(instant)
        _check(case, today, knowledge)
        return cls(
            case=case,
            at=instant,
            today=today,
            knowledge=knowledge,
            device=knowledge.devices[case.device],
            goal=_row("goals.toml", knowledge.goals, case.goal.concern.value),
            operator=_row("operators.toml", knowledge.operators, case.clinic.operator.value),
            sessions=sessions,
            check_ins=_since_last(sessions, case.check_ins_by(instant)),
            elsewhere=case.elsewhere_by(instant),
        )

    @property
    def may_use_device(self) -> bool:
        """Say whether the device, or its whole setting, is one that the operator works with."""
        return not {self.device.id, self.device.setting}.isdisjoint(self.operator.devices)

    @property
    def laws(self) -> tuple[Jurisdiction, ...]:
        """Return what is on file on whether this operator may hold this device in this place."""
        place, table = self.case.clinic.place, self.knowledge.jurisdictions
        return rows_for(place, self.operator.id, self.device.setting, table) if place else ()

    @property
    def last_session(self) -> Session | None:
        """Return the latest session, or None where none was done."""
        return self.sessions[-1] if self.sessions else None

    @property
    def last_session_on(self) -> date | None:
        """Return the clinic's day of the latest session."""
        return self.case.day_of(self.sessions[-1].started_at) if self.sessions else None


def _check(case: Case, today: date, knowledge: Knowledge) -> None:
    born = case.patient.born_first
    if born is not None and born > today:
        raise InputError("patient.born_on", f"{born} lies after the advice", f"a date up to {today}")
    for name in case.answers:
        if name not in knowledge.questions:
            raise InputError(
                f"answers.{name}", "is not a question of the screening", "a name from questions.toml"
            )
    for index, session in enumerate(case.sessions):
        _check_device(f"session[{index}].device", session.device, knowledge)
    for session in case.elsewhere:
        if session.device not in knowledge.elsewhere:
            raise InputError(
                "session.device",
                f"{session.device!r} was not used elsewhere",
                f"one of {', '.join(knowledge.elsewhere)}",
            )
    _check_device("device.id", case.device, knowledge)


def _check_device(key: str, device: str, knowledge: Knowledge) -> None:
    if device not in knowledge.devices:
        raise InputError(key, f"{device!r} is not a known device", f"one of {', '.join(knowledge.devices)}")


def _row(name: str, rows: Mapping[str, RowT], key: str) -> RowT:
    if key not in rows:
        raise EvidenceError(f"{name}: {key} is missing")
    return rows[key]


def _since_last(sessions: tuple[Session, ...], check_ins: tuple[CheckIn, ...]) -> tuple[CheckIn, ...]:
    if not sessions:
        return check_ins
    return tuple(each for each in check_ins if each.at >= sessions[-1].started_at)
