"""Scores of a course and their trend."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions import outcome as actions
from needlepoint.clinic.chair.queries import outcome as queries
from needlepoint.clinic.chair.queries.look_again import root_of
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import decimal
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.SCORE, "GET", "POST")
def outcomes(request: Any, course_id: UUID) -> HttpResponse:
    """Show how a course has gone by its scales, and score it."""
    course = root_of(look_up("course", request.actor, course_id, "patient"))
    if request.method == "POST":
        return take(
            request,
            lambda act: _score(request, act, course),
            lambda problem, status: _show(request, course, problem, status),
            course.patient.public_id,
        )
    saw(act_of(request), "outcomes", course, course.patient)
    return _show(request, course)


def _show(request: Any, course: Any, problem: str = "", status: int = 200) -> HttpResponse:
    scales = queries.scales_of(course)
    today = queries.days_after(course, request.actor, clock.now())
    now = queries.moment_now(course, request.actor, clock.now())
    moment = request.POST.get("moment") or now
    context = {
        "patient": course.patient,
        "course": course,
        "scales": [scale for scale in scales if scale.scored_by != "patient"],
        "patients_scales": [scale for scale in scales if scale.scored_by != "clinician"],
        "moments": actions.MOMENTS,
        "moment": moment,
        "moment_now": now,
        "today": today,
        "trends": queries.trends(course, scales),
        "expectation": queries.expectation(course),
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
        "new_key": new_key(),
    }
    return shown(request, "outcome/page.jinja", context, status=status)


def _score(request: Any, act: Act, course: Any) -> str:
    typed, by_patient = request.POST, request.POST.get("by") == "patient"
    given = {scale.id: decimal(typed, scale.id) for scale in queries.scales_of(course)}
    actions.score(
        act,
        course_id=course.public_id,
        moment=typed.get("moment", ""),
        values={name: value for name, value in given.items() if value is not None},
        by_patient=by_patient,
        blind=None if by_patient else {"yes": True, "no": False}.get(typed.get("blind", "")),
    )
    return reverse("outcomes", args=[course.public_id])
