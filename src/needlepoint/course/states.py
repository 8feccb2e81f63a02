"""State tables of a course and a session; the diagrams in the docs are printed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from needlepoint.course.errors import InputError


class CourseState(StrEnum):
    """Where a course stands."""

    DRAFTED = "drafted"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    STOPPED = "stopped"


class SessionState(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    SCREENED = "screened"
    CONSENTED = "consented"
    UNDER_WAY = "under_way"
    DONE = "done"
    CALLED_OFF = "called_off"


@dataclass(frozen=True, slots=True)
class StateTable:
    """Which act leads from which state to which; what is not listed is refused."""

    name: str
    start: str
    steps: Mapping[tuple[str, str], str]

    def after(self, state: str, act: str) -> str:
        """Return the state that the act leads to, or say which acts are open."""
        if (state, act) in self.steps:
            return self.steps[state, act]
        open_acts = ", ".join(self.acts_from(state)) or "nothing: this state is final"
        raise InputError(
            self.name, "%(act)r is not possible while %(state)r", open_acts, act=act, state=state
        )

    def acts_from(self, state: str) -> tuple[str, ...]:
        """Return the acts that are open in a state."""
        return tuple(act for (held, act) in self.steps if held == state)

    @property
    def final(self) -> frozenset[str]:
        """Return the states that nothing leads out of."""
        return frozenset(self.steps.values()) - {held for held, _ in self.steps}

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {held} --> {reached}: {act}" for (held, act), reached in self.steps.items()]
        lines += [f"    {state} --> [*]" for state in sorted(self.final)]
        return "\n".join(lines)


def _table(name: str, start: StrEnum, *rows: tuple[StrEnum, str, StrEnum]) -> StateTable:
    steps = {(held.value, act): reached.value for held, act, reached in rows}
    return StateTable(name, start.value, MappingProxyType(steps))


COURSE = _table(
    "course",
    CourseState.DRAFTED,
    (CourseState.DRAFTED, "start", CourseState.ACTIVE),
    (CourseState.DRAFTED, "stop", CourseState.STOPPED),
    (CourseState.ACTIVE, "pause", CourseState.PAUSED),
    (CourseState.ACTIVE, "complete", CourseState.COMPLETED),
    (CourseState.ACTIVE, "stop", CourseState.STOPPED),
    (CourseState.PAUSED, "resume", CourseState.ACTIVE),
    (CourseState.PAUSED, "stop", CourseState.STOPPED),
)

# A session that is under way cannot be called off: needles have touched skin, so it ends as done
# and says how far it went. Only one that was opened by mistake is voided, before any needle touched skin.
SESSION = _table(
    "session",
    SessionState.PLANNED,
    (SessionState.PLANNED, "screen", SessionState.SCREENED),
    (SessionState.PLANNED, "call off", SessionState.CALLED_OFF),
    (SessionState.SCREENED, "consent", SessionState.CONSENTED),
    (SessionState.SCREENED, "screening expires", SessionState.PLANNED),
    (SessionState.SCREENED, "call off", SessionState.CALLED_OFF),
    (SessionState.CONSENTED, "open", SessionState.UNDER_WAY),
    (SessionState.CONSENTED, "screening expires", SessionState.PLANNED),
    (SessionState.CONSENTED, "withdraw consent", SessionState.SCREENED),
    (SessionState.CONSENTED, "call off", SessionState.CALLED_OFF),
    (SessionState.UNDER_WAY, "finish", SessionState.DONE),
    (SessionState.UNDER_WAY, "void", SessionState.PLANNED),
)
