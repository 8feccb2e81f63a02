"""The close of a visit: all that is left before the patient goes home, on one page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.portal.queries.close_visit import close_of_visit
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page
from needlepoint.clinic.practice.views.door.shown import shown

TOGETHER = ("patient", "course", "course__patient", "course__device", "device")


@page(Permission.SEE_CHART)
def close_visit(request: Any, session_id: UUID) -> HttpResponse:
    """Show what is left to do after a session that is done; one that is not done is shown itself."""
    row = look_up("session", request.actor, session_id, *TOGETHER)
    if row.state != "done":
        return redirect("session", session_id=session_id)
    act = act_of(request)
    saw(act, "close of visit", row, row.patient)
    context = {
        "patient": row.patient,
        "session": row,
        "close": (found := close_of_visit(row, request.actor, act.at)),
        "clinic": found.clinic,
        "key": new_key(),
    }
    return shown(request, "close/page.jinja", context)
