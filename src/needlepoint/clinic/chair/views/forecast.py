"""The forecast on the chart, research apart, published courses on the plan page; fragments, or pages without a script.

Neither stands on a page where consent is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.course.forecast import foreseen, published
from needlepoint.clinic.chair.queries.course.research import research
from needlepoint.clinic.chair.queries.course.warming import ready, turn
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.views.door.asking import act_of, page
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.SEE_CHART)
def forecast(request: Any, course_id: UUID) -> HttpResponse:
    """Show redness by day with the patient's own check-ins."""
    return _shown(request, course_id, "forecast", "redness", foreseen)


@page(Permission.PLAN)
def collagen(request: Any, course_id: UUID) -> HttpResponse:
    """Show what the model says of new collagen: research, and on nobody's chart."""
    return _shown(request, course_id, "research view", "research", research)


@page(Permission.PLAN)
def compare(request: Any, course_id: UUID) -> HttpResponse:
    """Show the published courses toward the same goal; nothing is computed, so nobody waits for a turn."""
    course = look_up("course", request.actor, course_id, "patient", "device")
    now = act_of(request)
    saw(now, "published courses", course, course.patient)
    found = published(course, now.actor, now.at)
    context = {"patient": course.patient, "course": course, "published": found}
    return shown(
        request, "forecast/_published.jinja" if request.htmx else "forecast/published.jinja", context
    )


def _shown(request: Any, course_id: UUID, what: str, name: str, ask: Callable[..., Any]) -> HttpResponse:
    course = look_up("course", request.actor, course_id, "patient", "device")
    context: dict[str, Any] = {"patient": course.patient, "course": course, "part": f"forecast/_{name}.jinja"}
    with turn() as is_ours:
        if is_ours:
            now = act_of(request)
            saw(now, what, course, course.patient)
            context["shown"] = ask(course, now.actor, now.at)
        else:
            context |= {"part": "forecast/_waiting.jinja", "busy": ready()}
    return shown(request, context["part"] if request.htmx else "forecast/page.jinja", context)
