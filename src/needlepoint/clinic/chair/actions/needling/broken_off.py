"""A session that ended before all its zones were needled, and one that was opened for the wrong patient."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.course.course import lay_out
from needlepoint.clinic.chair.queries.needling.session import planned_zones
from needlepoint.clinic.models import CartridgeUse, Session
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.states import SESSION, CourseState, SessionState

STOPPED_EARLY = "stopped early"
UNUSED, SPOILT = PIECES = ("unused", "spoilt")
OPEN = (SessionState.PLANNED.value, SessionState.SCREENED.value, SessionState.CONSENTED.value)


def check_end(session: Session, done: Any) -> list[str]:
    """Return the zones that are left to needle; raise where nobody says why, or what was broken off left none."""
    needled = {each.zone.value: each.endpoint for each in done.passes}
    left = [zone for zone in planned_zones(session) if zone not in needled]
    stopped = [zone for zone, endpoint in needled.items() if endpoint == STOPPED_EARLY]
    names = ", ".join(each.replace("_", " ") for each in (*left, *stopped))
    if done.broken_off.strip():
        if not names:
            raise Refused("Every planned zone was needled to its end. Leave out why it was broken off.")
        return [*left, *stopped]
    if names and not done.as_meant:
        raise Refused(
            "Not needled to the end: %(names)s. Write why the session was broken off, and these zones "
            "are repeated; or say that it was meant so.",
            names=names,
        )
    return []


def lay_out_again(act: Act, session: Session) -> None:
    """After a session that was broken off: another takes its place in the plan, and the next one makes up for it."""
    course = session.course
    plan = course.plans.order_by("-version").first()
    if plan is None or course.state not in (CourseState.ACTIVE.value, CourseState.PAUSED.value):
        return
    lay_out(act, course, plan)
    following = course.sessions.filter(state__in=OPEN).order_by("number").first()
    if following is not None and following.repeats_id is None:
        following.repeats = session
        following.save(update_fields=["repeats"])


@action(Permission.NEEDLE)
def void(act: Act, *, session_id: UUID, reason: str, piece: str, untouched: bool) -> Session:
    """Undo the opening of a session that was opened for the wrong patient, before any needle touched skin.

    The session is planned again. `piece` says what became of the cartridge: one whose pouch is still closed may serve
    another session, one that was taken out is spoilt.
    """
    session = find(Session, act.actor, session_id, "patient", for_update=True)
    if session.state != SessionState.UNDER_WAY.value:
        raise Refused("Only a session that is under way can be voided.")
    if not reason.strip():
        raise Refused("Write what happened: whoever reads the record later needs it.")
    if not untouched:
        raise Refused(
            "Where a needle has touched skin, the session is finished with what was done and not voided."
        )
    if piece not in PIECES:
        raise Refused("Say what became of the cartridge: its pouch is still closed, or it was taken out.")
    opened = {"opened_by": session.operator.name, "opened_at": session.opened_at.isoformat()}
    uses = CartridgeUse.objects.filter(session=session, voided_at=None)
    pieces = [str(each) for each in uses.values_list("cartridge__public_id", flat=True)]
    uses.update(voided_at=act.at, spoilt=piece == SPOILT)
    _undo(session)
    told = opened | {"reason": reason.strip(), "cartridges": pieces, "piece": piece}
    write(act, "voided session", session, session.patient, told)
    return session


def _undo(session: Session) -> None:
    session.state = SESSION.after(session.state, "void")
    session.opened_at = session.operator = session.numbing_on_at = session.advice = None
    session.draft_saved_at, session.draft, session.checklist, session.told = None, {}, [], {}
    session.save()
