"""The day sheet; its last copy is shown where the server cannot be reached."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.desk.queries.day_sheet import day_sheet
from needlepoint.clinic.desk.views.day import asked_day
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.views.door.asking import act_of, page
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.SEE_CHART)
def sheet(request: Any) -> HttpResponse:
    """Show the day to be printed, and to be kept on this device; each copy is in the record."""
    act = act_of(request)
    on = asked_day(request.GET.get("on", ""), act.today)
    saw(act, "day sheet", f"day:{on.isoformat()}")
    context = {"on": on, "at": act.at, "lines": day_sheet(act.actor, on, act.at)}
    answer = shown(request, "day/sheet.jinja", context)
    answer.headers["X-As-Of"] = act.at.isoformat()
    return answer
