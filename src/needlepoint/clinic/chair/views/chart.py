"""The chart of a patient."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.course.older_plans import is_older
from needlepoint.clinic.chair.queries.look_again import after
from needlepoint.clinic.chair.queries.patient import chart as chart_of
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.SEE_CHART)
def chart(request: Any, patient_id: UUID, course_id: UUID | None = None) -> HttpResponse:
    """Show a patient's chart, after the look was recorded."""
    patient = look_up("patient", request.actor, patient_id)
    saw(act_of(request), "chart", patient, patient)
    return show_chart(request, patient, course_id)


def show_chart(
    request: Any, patient: Any, course_id: UUID | None, problem: str = "", status: int = 200
) -> HttpResponse:
    """Render a chart; where a form on it failed, with what was typed into it."""
    act = act_of(request)
    chart_shown = chart_of(patient, act.actor, act.at, course_id)
    course = chart_shown.course
    context = {
        "patient": patient,
        "chart": chart_shown,
        "after": after(course.course, act.actor, act.at) if course else None,
        "older": course.plan if course and is_older(course.plan) else None,
        "today": act.today,
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
    }
    return shown(request, "patient/chart.jinja", context, status)
