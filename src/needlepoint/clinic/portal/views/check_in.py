"""The check-in on a patient's phone: asked one tap at a time, kept while it is not sent, and sent once."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.crypto import salted_hmac

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.care.actions import check_in as actions
from needlepoint.clinic.care.actions import draft as drafts
from needlepoint.clinic.care.queries.drafts import draft_of
from needlepoint.clinic.chair.actions.photo.opening import MOST_FROM_HOME, count_photo
from needlepoint.clinic.chair.actions.photo.photo import clean
from needlepoint.clinic.portal.forms import portal as form
from needlepoint.clinic.portal.queries import portal as query
from needlepoint.clinic.portal.queries.replies import DARKER
from needlepoint.clinic.portal.views.door import portal_page, shown, visitor_of
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, take, takes_photo

PATIENT = Permission.PATIENT
# By this the page's own script is known: it is told where to go, and shows on the page what could not be sent.
BY_SCRIPT = "X-Needlepoint-Script"


@takes_photo
@portal_page(PATIENT, "GET", "POST")
def check_in(request: Any) -> HttpResponse:
    """Ask for redness, swelling, pain and signs, one tap each; what was not tapped stays unknown.

    A browser that runs the page's script sends once, at the end; any other sends every tap and is asked the next.
    """
    session_id = query.last_session_id(visitor_of(request))
    if session_id is None:
        return shown(request, "no_session")
    if request.method != "POST":
        return _begun(request)
    step = form.step_of(request.POST)
    return _send(request, session_id) if step == "send" else _asked(request, request.POST, step)


def _begun(request: Any) -> HttpResponse:
    """Show the first question, or what was begun before and never sent, where it stopped."""
    kept = draft_of(visitor_of(request), clock.now())
    if kept is None:
        return _asked(request, request.POST, "redness")
    return _asked(request, _typed(kept.typed), "redness", {"kept_at": kept.saved_at})


def _typed(kept: Any) -> QueryDict:
    typed = QueryDict(mutable=True)
    for name, values in kept.items():
        typed.setlist(name, values)
    return typed


def _asked(
    request: Any, typed: Any, step: str, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Show all questions on one page, at one of them, with whatever was answered so far."""
    given, visitor = form.scores(typed), visitor_of(request)
    skin = query.skin_of(visitor)
    context = {
        "at": step,
        "given": {name: "unknown" if value is None else str(value) for name, value in given.items()},
        "ticked": form.ticked(typed),
        "open": form.unticked_groups(typed, request.spoken),
        "said_none": typed.getlist("none_of"),
        # That there is none of all signs is said at the end, and anew for whoever went back.
        "none_of_all": step == "more" and typed.get("none") == "all",
        "typed": typed,
        "key": typed.get("key") or new_key(),
        "whose": whose(visitor),
        "where": form.places(typed),
        "asks_where": form.asks_where(typed),
        "darker": skin in DARKER,
        "skin_unknown": skin == "unknown",
    }
    return shown(request, "check_in", context | (more or {}), status)


def whose(visitor: Visitor) -> str:
    """Return a mark by which a page of the browser's past is known as this patient's, and that says nothing else."""
    return salted_hmac("check-in", f"{visitor.clinic} {visitor.patient}").hexdigest()[:16]


def _send(request: Any, session_id: UUID) -> HttpResponse:
    @cache
    def photo() -> bytes:
        sent = request.FILES.get("photo")
        if not sent:
            return b""
        count_photo(visitor_of(request).patient, clock.now(), MOST_FROM_HOME)
        return clean(sent.read())

    def do(act: Act) -> str:
        darker = query.skin_of(visitor_of(request)) in DARKER
        given = form.told(request.POST, request.spoken, photo(), darker=darker)
        kept = actions.report(act, session_id=session_id, told=given)
        return reverse("portal_report", args=[request.clinic.slug, kept.public_id])

    def again(problem: str, status: int) -> HttpResponse:
        return _asked(request, request.POST, "more", {"problem": problem}, status)

    return _told_where(request, take(request, do, again, before=photo))


def _told_where(request: Any, answer: HttpResponse) -> HttpResponse:
    """Tell the page's script where the answer stands; a browser without it is led there."""
    if request.headers.get(BY_SCRIPT) and answer.status_code in (301, 302):
        return HttpResponse(status=204, headers={"X-Next": answer.headers["Location"]})
    return answer


@portal_page(PATIENT, "POST")
def draft(request: Any) -> HttpResponse:
    """Keep what was answered so far, so that neither a dead phone nor a restart loses it; it is no report.

    Where the report is here already, that is said: its answer may have been lost on the way.
    """
    kept = drafts.keep_draft(act_of(request), typed=form.kept(request.POST))
    return HttpResponse(status=204, headers={} if kept else {"X-Sent": "yes"})
