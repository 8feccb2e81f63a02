"""The portal after a session: today, the check-in, what became of it, and one's own photos."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.care.queries.drafts import draft_of
from needlepoint.clinic.chair.actions.photo.closing import says
from needlepoint.clinic.chair.actions.photo.photo import opened
from needlepoint.clinic.chair.queries.course.forecast import foreseen
from needlepoint.clinic.chair.queries.course.warming import turn
from needlepoint.clinic.chair.queries.photo.closing import open_ones
from needlepoint.clinic.portal.queries import home_screening as before
from needlepoint.clinic.portal.queries import portal as query
from needlepoint.clinic.portal.queries.open_reports import Pause, advised_about, open_reports
from needlepoint.clinic.portal.queries.replies import Answer, answer_of
from needlepoint.clinic.portal.queries.told import promise
from needlepoint.clinic.portal.views.check_in import whose
from needlepoint.clinic.portal.views.door import portal_page, shown, visitor_of
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.queries.signed.words import signed
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import act_of

PATIENT = Permission.PATIENT
# More than these at once nobody reads; all of them stand in the list of reports.
MOST_URGENT = 3


@portal_page(PATIENT)
def today(request: Any) -> HttpResponse:
    """Show the day: what is normal, what is allowed from when, and where the course stands."""
    visitor, at = visitor_of(request), clock.now()
    session = query.last_session(visitor)
    still = open_reports(visitor, session.pk if session else None)
    course = before.open_course(visitor) or (session.course if session else None)
    context = {
        "today": query.today(session, visitor, at) if session else None,
        "strip": query.strip(course, visitor, at) if course else None,
        "begun": before.under_way(course) if course else None,
        "sent": before.sent(course) if course else None,
        "visit": before.next_visit(visitor, at),
        "last": query.has_reported(visitor),
        "urgent": [_replied(request, each, at) for each in still.unseen_red[:MOST_URGENT]],
        "pause": still.pause,
        "why": _why(request, still.pause),
        "draft": draft_of(visitor, at),
        "whose": whose(visitor),
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
        found = foreseen(session.course, visitor.on(session.course), clock.now()) if is_ours else None
    rows = query.by_day(found.curve.band) if found and found.curve else []
    return shown(request, "curve", {"shown": found, "rows": rows})


def _replied(request: Any, row: Any, at: Any) -> query.Replied:
    return query.replied(row, request.clinic, request.spoken, at)


def _why(request: Any, pause: Pause | None) -> Answer | None:
    """Return what the newest report was answered with that holds back what would be allowed."""
    if pause is None or not signed(request.clinic.pk, request.spoken):
        return None
    return answer_of(pause.newest, request.spoken)


@portal_page(PATIENT)
def report(request: Any, report_id: UUID) -> HttpResponse:
    """Show a report with its answer, and whether a person has seen it."""
    visitor, at = visitor_of(request), clock.now()
    row = query.own_report(visitor, report_id)
    last = query.replied(row, request.clinic, request.spoken, at)
    context = {
        "last": last,
        "promise": promise(row, request.clinic, at) if last.seen_at is None else None,
        "older": open_reports(visitor, row.session_id).older_red(row),
        "advised": advised_about(row) if last.seen_at else (),
    }
    return shown(request, "report", context)


@portal_page(PATIENT)
def reports(request: Any) -> HttpResponse:
    """List what was reported."""
    visitor, at = visitor_of(request), clock.now()
    lines = [query.replied(each, request.clinic, request.spoken, at) for each in query.reports(visitor)]
    return shown(request, "reports", {"lines": lines})


@portal_page(PATIENT)
def photos(request: Any) -> HttpResponse:
    """Show two of one's own photos side by side."""
    visitor = visitor_of(request)
    every = query.photos(visitor)
    rows = open_ones(every, visitor.patient)
    closed = says() if len(rows) < len(every) else ""
    pair = query.pair(rows, request.GET.get("before", ""), request.GET.get("after", ""))
    picks = [("before", _("Before"), pair[0]), ("after", _("After"), pair[1])] if pair else []
    return shown(request, "photos", {"photos": rows, "pair": pair, "picks": picks, "closed": closed})


@portal_page(PATIENT)
def photo(request: Any, photo_id: UUID) -> HttpResponse:
    """Give one of one's own photos, after the look was recorded."""
    row = query.own_photo(visitor_of(request), photo_id)
    content = opened(row)
    saw(act_of(request), "own photo", row)
    return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
