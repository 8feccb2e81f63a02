"""The page on which somebody says which clock is right."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions import clock as actions
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.record import is_behind, stands_at
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import act_of, check_key, new_key, page
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.DECIDE_CLOCK, "GET", "POST")
def the_clock(request: Any) -> HttpResponse:
    """Show both clocks and where the record stands; take the word of whoever says that the server's is right."""
    if request.method == "GET":
        return _show(request)
    try:
        # What is decided is that the server's clock is right, so it is written under that one.
        act = Act(request.actor, timezone.now(), check_key(request))
        actions.decide(act, why=text(request.POST, "why", 300), doubtful=clock.doubtful())
    except Refused as error:
        return _show(request, str(error), 409)
    clock.trust()
    return redirect("clock")


def _show(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    act, kept = act_of(request), clock.steady()
    context = {
        "server": timezone.now(),
        "clinic_time": act.at,
        "leap": kept.leap() if kept else None,
        "asks": kept is not None and kept.asks(),
        "stands_at": stands_at(act.actor.clinic),
        "behind": is_behind(act.actor.clinic, timezone.now()),
        "why": text(request.POST, "why", 300),
        "problem": problem,
        "key": new_key(),
    }
    return shown(request, "record/clock.jinja", context, status)
