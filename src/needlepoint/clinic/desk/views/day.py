"""The day and the diary."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.desk.queries.day import day_columns
from needlepoint.clinic.desk.queries.visits import unnoted
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import new_key, page
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.instants import local_date


@page(Permission.SEE_DAY)
def day(request: Any) -> HttpResponse:
    """Show who comes when into which room."""
    at = clock.now()
    today = local_date(at, request.actor.zone)
    on = asked_day(request.GET.get("on", ""), today)
    by = "operator" if request.GET.get("by") == "operator" else "room"
    context = {
        "on": on,
        "by": by,
        "today": today,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "columns": day_columns(request.actor, on, at, by),
        "unnoted": [] if request.htmx or on != today else unnoted(request.actor, at),
        "key": new_key(),
    }
    return shown(request, "day/_columns.jinja" if request.htmx else "day/page.jinja", context)


def asked_day(asked: str, today: date) -> date:
    """Return the day that an address names; today where it names none that can be."""
    try:
        day_asked = date.fromisoformat(asked)
    except ValueError:
        return today
    return day_asked if date(1990, 1, 1) <= day_asked <= date(2190, 1, 1) else today
