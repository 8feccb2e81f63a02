"""Numbing cream: when it went on, and whose decision a strong or compounded one was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find_for_patient_here
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.needling.told import happened
from needlepoint.clinic.chair.queries.needling.live import unreasoned
from needlepoint.clinic.models import Session
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.session import Topical
from needlepoint.course.states import SessionState

ALL = ("course", "course__patient", "course__device", "device")


@action(Permission.NEEDLE)
def start_numbing(
    act: Act, *, session_id: UUID, cream: Mapping[str, str] | None = None, topicals: Sequence[Topical] = ()
) -> Session:
    """Start the numbing clock that the day view shows; what is said of the cream waits on the session screen."""
    session = find_for_patient_here(Session, act.actor, session_id, *ALL)
    if session.state not in (SessionState.SCREENED.value, SessionState.CONSENTED.value):
        raise Refused("Numbing starts after the screening and before the session is opened.")
    check_reasoned(act, session, topicals)
    session.numbing_on_at, session.draft = happened(act, session, "numbing_on_at"), dict(cream or {})
    session.save(update_fields=["numbing_on_at", "draft", "told"])
    write(act, "started numbing", session, session.patient)
    return session


def check_reasoned(act: Act, session: Session, topicals: Sequence[Topical]) -> None:
    """Raise where the rulebook asks for a prescriber's reason and none is written beside the cream."""
    asked = unreasoned(session, act.actor, act.at, topicals)
    if asked:
        raise Refused("%(asked)s The field stands beside the cream.", asked=asked)
