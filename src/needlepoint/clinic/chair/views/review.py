"""Reviewing finished sessions: the list with its six ticks, and the signature of the medical director."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.needling.session import countersign
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.queries.review import to_review
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.errors import InputError


@page(Permission.COUNTERSIGN, "GET", "POST")
def review(request: Any) -> HttpResponse:
    """Show finished sessions with their six ticks, and sign several at once."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {"rows": to_review(request.actor), "problem": problem, "key": new_key()}
        return shown(request, "review/page.jinja", context, status=status)

    def do(act: Act) -> str:
        countersign(act, session_ids=_chosen(request.POST.getlist("sessions")))
        return reverse("review")

    if request.method == "POST":
        return take(request, do, again)
    saw(act_of(request), "review", "review")
    return again()


def _chosen(asked: list[str]) -> list[UUID]:
    if not asked:
        raise InputError("sessions", "none is ticked", "at least one session")
    try:
        return [UUID(each) for each in asked[:200]]
    except ValueError:
        raise InputError("sessions", "names no session", "sessions from the list") from None
