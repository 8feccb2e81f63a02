"""Who is due to be looked at again after the end of a course, with one tap to book or to invite."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.queries.look_again import MOST
from needlepoint.clinic.desk.actions import look_again as actions
from needlepoint.clinic.desk.queries.look_again import due_to_be_seen
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.BOOK)
def look_again(request: Any) -> HttpResponse:
    """List who is due to be looked at again."""
    saw(act_of(request), "looks due", "looks")
    return _list(request, 200)


def _list(request: Any, status: int) -> HttpResponse:
    context = {"due": due_to_be_seen(request.actor, act_of(request).at), "most": MOST, "new_key": new_key}
    return shown(request, "look_again/page.jinja", context, status)


@page(Permission.SEND_MESSAGES, "POST")
def invite(request: Any, course_id: UUID) -> HttpResponse:
    """Write to a patient that it is time to be looked at again."""
    course = look_up("course", request.actor, course_id, "patient")

    def do(act: Act) -> str:
        actions.invite(act, course_id=course_id, look=text(request.POST, "look", 12))
        return reverse("look_again")

    def refused(problem: str, status: int) -> HttpResponse:
        messages.error(request, problem)
        return _list(request, status)

    return take(request, do, refused, course.patient.public_id)
