"""The look at the skin before the next session."""

from __future__ import annotations

from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.needling.session import finished
from needlepoint.clinic.chair.queries.needling.session import healed_from
from needlepoint.clinic.models import HealingCheck
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.course.answers import YesNo


@action(Permission.SCREEN)
def check_healing(act: Act, *, session_id: UUID, healed: YesNo) -> HealingCheck:
    """Write down whether the last session has healed; the rulebook asks for it before the next."""
    session = finished(act, session_id)
    earliest = healed_from(session, act.actor.zone)
    if healed is YesNo.YES and act.today < earliest:
        raise Refused(
            "The skin of a session is still healing for so long: look at it again from %(earliest)s on. "
            "“Not yet” can be written down at any time.",
            earliest=earliest,
        )
    check = HealingCheck.objects.create(
        clinic_id=act.actor.clinic,
        session=session,
        healed=healed.value,
        checked_at=act.at,
        checked_by_id=act.actor.member,
    )
    write(act, "checked healing", session, session.patient, {"healed": healed.value})
    return check
