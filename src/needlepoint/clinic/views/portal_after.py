"""The portal after a session: today, the check-in, what became of it, and one's own photos."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.visitor import Visitor
from needlepoint.clinic.actions import check_in as actions
from needlepoint.clinic.actions.act import Act
from needlepoint.clinic.actions.opening import MOST_FROM_HOME, count_photo
from needlepoint.clinic.actions.photo import clean, opened
from needlepoint.clinic.actions.record import saw
from needlepoint.clinic.forms.portal import scores, step_of, ticked, told, unticked_groups
from needlepoint.clinic.queries import home_screening as before
from needlepoint.clinic.queries import portal as query
from needlepoint.clinic.queries.forecast import foreseen
from needlepoint.clinic.queries.told import promise
from needlepoint.clinic.queries.warming import turn
from needlepoint.clinic.views.door import act_of, new_key, take, takes_photo
from needlepoint.clinic.views.portal_door import portal_page, shown, visitor_of

PATIENT = Permission.PATIENT


@portal_page(PATIENT)
def today(request: Any) -> HttpResponse:
    """Show the day: what is normal, what is allowed from when, and where the course stands."""
    visitor, at = visitor_of(request), timezone.now()
    session = query.last_session(visitor)
    course = before.open_course(visitor) or (session.course if session else None)
    context = {
        "today": query.today(session, visitor, at) if session else None,
        "strip": query.strip(course, visitor, at) if course else None,
        "begun": before.under_way(course) if course else None,
        "sent": before.sent(course) if course else None,
        "visit": before.next_visit(visitor, at),
        "last": _last(request, at),
    }
    return shown(request, "today", context)


@portal_page(PATIENT)
def curve(request: Any) -> HttpResponse:
    """Show redness by day as it mostly goes, with the patient's own reports; never on a page where consent is given."""
    visitor = visitor_of(request)
    session = query.last_session(visitor)
    if session is None:
        return shown(request, "no_session")
    with turn() as is_ours:
        found = foreseen(session.course, visitor.on(session.course), timezone.now()) if is_ours else None
    rows = query.by_day(found.curve.band) if found and found.curve else []
    return shown(request, "curve", {"shown": found, "rows": rows})


def _last(request: Any, at: Any) -> Any:
    rows = query.reports(visitor_of(request))
    return query.replied(rows[0], request.clinic, request.spoken, at) if rows else None


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
        return _asked(request, "redness")
    step = step_of(request.POST)
    return _send(request, session_id) if step == "send" else _asked(request, step)


def _asked(request: Any, step: str, problem: str = "", status: int = 200) -> HttpResponse:
    """Show all questions on one page, at one of them, with whatever was answered so far."""
    given = scores(request.POST)
    context = {
        "at": step,
        "given": {name: "unknown" if value is None else str(value) for name, value in given.items()},
        "ticked": ticked(request.POST),
        "open": unticked_groups(request.POST, request.spoken),
        "said_none": request.POST.getlist("none_of"),
        # That there is none of all signs is said at the end, and anew for whoever went back.
        "none_of_all": step == "more" and request.POST.get("none") == "all",
        "typed": request.POST,
        "problem": problem,
        "key": request.POST.get("key") or new_key(),
        "whose": _whose(visitor_of(request)),
    }
    return shown(request, "check_in", context, status)


def _whose(visitor: Visitor) -> str:
    """Return a mark by which a page of the browser's past is known as this patient's, and that says nothing else."""
    return salted_hmac("check-in", f"{visitor.clinic} {visitor.patient}").hexdigest()[:16]


def _send(request: Any, session_id: UUID) -> HttpResponse:
    @cache
    def photo() -> bytes:
        sent = request.FILES.get("photo")
        if not sent:
            return b""
        count_photo(visitor_of(request).patient, timezone.now(), MOST_FROM_HOME)
        return clean(sent.read())

    def do(act: Act) -> str:
        given = told(request.POST, request.spoken, photo())
        kept = actions.report(act, session_id=session_id, told=given)
        return reverse("portal_report", args=[request.clinic.slug, kept.public_id])

    return take(request, do, lambda problem, status: _asked(request, "more", problem, status), before=photo)


@portal_page(PATIENT)
def report(request: Any, report_id: UUID) -> HttpResponse:
    """Show a report with its answer, and whether a person has seen it."""
    row, at = query.own_report(visitor_of(request), report_id), timezone.now()
    last = query.replied(row, request.clinic, request.spoken, at)
    said = promise(row, request.clinic, at) if last.seen_at is None else None
    return shown(request, "report", {"last": last, "promise": said})


@portal_page(PATIENT)
def reports(request: Any) -> HttpResponse:
    """List what was reported."""
    visitor, at = visitor_of(request), timezone.now()
    lines = [query.replied(each, request.clinic, request.spoken, at) for each in query.reports(visitor)]
    return shown(request, "reports", {"lines": lines})


@portal_page(PATIENT)
def photos(request: Any) -> HttpResponse:
    """Show two of one's own photos side by side."""
    rows = query.photos(visitor_of(request))
    pair = query.pair(rows, request.GET.get("before", ""), request.GET.get("after", ""))
    picks = [("before", _("Before"), pair[0]), ("after", _("After"), pair[1])] if pair else []
    return shown(request, "photos", {"photos": rows, "pair": pair, "picks": picks})


@portal_page(PATIENT)
def photo(request: Any, photo_id: UUID) -> HttpResponse:
    """Give one of one's own photos, after the look was recorded."""
    row = query.own_photo(visitor_of(request), photo_id)
    content = opened(row)
    saw(act_of(request), "own photo", row)
    return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
