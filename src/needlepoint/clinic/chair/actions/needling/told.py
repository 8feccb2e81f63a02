"""What was done without a network and is handed in later: when it happened as the device told it, and what clashes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.models import Session
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write

# What was said aloud to a patient holds for the minutes that follow, and for no later start.
CHECKLIST_HOLDS = timedelta(minutes=30)


def happened(act: Act, session: Session, what: str, earliest: datetime | None = None) -> datetime:
    """Return when something happened, and mark on the session what only the device saw; never before `earliest`."""
    if act.told_at is None:
        return act.at
    session.told = {**session.told, what: act.at.isoformat()}
    return max(act.told_at, earliest or act.told_at)


def check_fresh(act: Act) -> None:
    """Raise where the checklist was gone through too long ago to open a session by it."""
    if act.told_at is not None and act.at - act.told_at > CHECKLIST_HOLDS:
        minutes = int((act.at - act.told_at).total_seconds() // 60)
        raise Refused(
            "The checklist was gone through %(minutes)s minutes ago. Go through it again, line by line.",
            minutes=minutes,
        )


@action(Permission.NEEDLE)
def leave_out(act: Act, *, session_id: UUID, what: str, because: str) -> Session:
    """Note that a person leaves out what was done without a network and could not be taken: it never just vanishes."""
    session = find(Session, act.actor, session_id, "patient")
    if not what.strip():
        raise Refused("Say what is left out.")
    told = {"what": what.strip(), "because": because.strip()}
    write(act, "left out what was kept", session, session.patient, told)
    return session
