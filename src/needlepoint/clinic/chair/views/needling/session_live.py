"""What a session's screen asks for while somebody types: the dose so far, and a place for the draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import told
from needlepoint.clinic.chair.actions.needling import session as actions
from needlepoint.clinic.chair.forms import session as forms
from needlepoint.clinic.chair.queries.needling.capture import differences
from needlepoint.clinic.chair.queries.needling.live import live
from needlepoint.clinic.chair.queries.needling.session import draft_version
from needlepoint.clinic.practice.views.door.asking import act_of, check_patient, page
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.errors import InputError

TOGETHER = (*actions.ALL, "operator", "advice")


@page(Permission.NEEDLE, "POST")
def dose(request: Any, session_id: UUID) -> HttpResponse:
    """Show the dose of each zone and what speaks against the numbing cream, as it stands on the screen."""
    row = look_up("session", request.actor, session_id, *TOGETHER)
    check_patient(request, row.patient.public_id)
    act = act_of(request)
    passes = [each.as_pass() for each in forms.passes_so_far(request.POST)]
    dosed = live(row, act.actor, act.at, passes, forms.topicals_so_far(request.POST))
    return shown(request, "session/_live.jinja", {"live": dosed})


@page(Permission.NEEDLE, "POST")
def save_draft(request: Any, session_id: UUID) -> HttpResponse:
    """Keep what is typed so far; says the time only once it is on disk."""
    row = look_up("session", request.actor, session_id, "patient")
    act = act_of(request)
    try:
        check_patient(request, row.patient.public_id)
        draft, seen = forms.draft(request.POST), forms.seen(request.POST)
        saved = actions.save_draft(act, session_id=session_id, draft=draft, seen=seen)
    except actions.StaleTab as error:
        return _stale(request, error)
    except (InputError, Refused) as error:
        return JsonResponse({"problem": told(error)}, status=409)
    return JsonResponse(
        {"saved": f"{act.at.astimezone(act.actor.zone):%H:%M:%S}", "version": draft_version(saved)}
    )


def _stale(request: Any, error: actions.StaleTab) -> JsonResponse:
    rows = differences(error.session.draft, request.POST)
    told = {
        "problem": str(error),
        "version": draft_version(error.session),
        "differences": [[each.name, each.there, each.here] for each in rows],
    }
    return JsonResponse(told, status=409)
