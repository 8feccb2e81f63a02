"""The list of what waits for whoever plans or decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.course import waiting as actions
from needlepoint.clinic.chair.queries.waiting import waiting_for
from needlepoint.clinic.chair.views.chart import show_chart
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown


def _list(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "rows": waiting_for(request.actor),
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
    }
    return shown(request, "waiting/page.jinja", context, status)


@page(Permission.SCREEN)
def waiting(request: Any) -> HttpResponse:
    """Show what waits for whoever looks."""
    saw(act_of(request), "waiting list", "waiting")
    return _list(request)


@page(Permission.SCREEN, "POST")
def done(request: Any, waiting_id: UUID) -> HttpResponse:
    """Take something off the list."""
    row = look_up("waiting", request.actor, waiting_id, "patient")

    def do(act: Act) -> str:
        actions.done(act, waiting_id=waiting_id, outcome=text(request.POST, "outcome", 1000))
        return reverse("waiting")

    def again(problem: str, status: int) -> HttpResponse:
        return _list(request, problem, status)

    return take(request, do, again, row.patient.public_id)


@page(Permission.SCREEN, "POST")
def ask(request: Any, course_id: UUID) -> HttpResponse:
    """Ask a prescriber about a course."""
    course = look_up("course", request.actor, course_id, "patient")

    def do(act: Act) -> str:
        actions.ask(act, course_id=course_id, words=text(request.POST, "words", 1000))
        return reverse("course_chart", args=[course.patient.public_id, course_id])

    def again(problem: str, status: int) -> HttpResponse:
        return show_chart(request, course.patient, course_id, problem, status)

    return take(request, do, again, course.patient.public_id)
