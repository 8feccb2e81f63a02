"""A session, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse

from needlepoint.clinic.access.checks import Stop
from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions import consent as consents
from needlepoint.clinic.chair.actions.needling import broken_off
from needlepoint.clinic.chair.actions.needling import session as actions
from needlepoint.clinic.chair.actions.needling.healing import check_healing
from needlepoint.clinic.chair.actions.needling.numbing import start_numbing
from needlepoint.clinic.chair.actions.needling.told import leave_out
from needlepoint.clinic.chair.actions.stock.cartridge import REASONS
from needlepoint.clinic.chair.forms import session as forms
from needlepoint.clinic.chair.forms.scan import scanned
from needlepoint.clinic.chair.queries.course.course_days import days_of
from needlepoint.clinic.chair.queries.needling.added import added_zones
from needlepoint.clinic.chair.queries.needling.agreed import agreed_zones
from needlepoint.clinic.chair.queries.needling.capture import (
    capture_rows,
    differences,
    last_container,
    minutes_on,
    topical_defaults,
)
from needlepoint.clinic.chair.queries.needling.session import (
    current_text,
    draft_version,
    of_age,
    session_page,
    standing,
)
from needlepoint.clinic.chair.views.stock.camera import reads_codes
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import choice, text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.answers import YesNo

TOGETHER = (*actions.ALL, "operator", "advice", "repeats")
# A page that may go on without a network sends its forms by a script, which says so.
KEPT = "X-Kept"


def _session(request: Any, session_id: UUID) -> Any:
    return look_up("session", request.actor, session_id, *TOGETHER)


def _show(request: Any, session: Any, problem: str = "", status: int = 200) -> HttpResponse:
    now = act_of(request)
    context: dict[str, Any] = {
        "patient": session.patient,
        "session": session,
        "problem": problem,
        "key": new_key(),
        "now": now.at,
        "typed": request.POST,
    }
    match session.state:
        case "planned" | "screened" | "consented":
            context |= _before(request, session, now)
        case "under_way":
            context |= _under_way(request, session, now)
        case _:
            context |= {"done": session_page(session), "added": added_zones(session).values()}
    answer = shown(request, f"session/{_template(session.state)}.jinja", context, status=status)
    return reads_codes(request, answer)


def _before(request: Any, session: Any, now: Act) -> dict[str, Any]:
    return {
        "standing": standing(session, now.actor, now.at),
        "due": days_of(session.course, now.actor, now.at).of(session),
        "checklist": actions.CHECKLIST,
        "ticked": forms.checklist(request.POST, len(actions.CHECKLIST)),
        "cream": topical_defaults(session, request.POST or session.draft)[:1],
    }


def _under_way(request: Any, session: Any, now: Act) -> dict[str, Any]:
    typed = request.POST if "version" in request.POST else session.draft
    stale = "version" in request.POST and not forms.seen(request.POST).stands(session)
    return {
        "rows": capture_rows(session, typed),
        "added": added_zones(session).values(),
        "endpoints": forms.ENDPOINTS,
        "topicals": topical_defaults(session, typed),
        "draft": typed,
        "version": draft_version(session),
        "cartridge_reasons": REASONS,
        "differences": differences(session.draft, request.POST) if stale else [],
        "last_container": last_container(now.actor),
        "numbed_minutes": minutes_on(session),
        "uses": session.cartridge_uses.select_related("cartridge").order_by("id"),
    }


def _template(state: str) -> str:
    return {"under_way": "capture", "done": "done", "called_off": "done"}.get(state, "before")


@page(Permission.SEE_CHART)
def session(request: Any, session_id: UUID) -> HttpResponse:
    """Show a session with its next step."""
    row = _session(request, session_id)
    saw(act_of(request), "session", row, row.patient)
    return _show(request, row)


def _step(
    request: Any, session_id: UUID, do: Callable[[Act], object], leads: str = "session"
) -> HttpResponse:
    """Do one step of a session and show it again, or the page that follows."""
    row = look_up("session", request.actor, session_id, "patient")
    back = reverse("session", args=[session_id])

    def done(act: Act) -> str:
        do(act)
        return reverse(leads, args=[session_id])

    def again(problem: str, status: int) -> HttpResponse:
        show = _beside if KEPT in request.headers else _show
        return show(request, _session(request, session_id), problem, status)

    try:
        return take(request, done, again, row.patient.public_id)
    except Stop as error:
        return again(str(error), 409) if KEPT in request.headers else _stop(request, str(error), back)


def _beside(request: Any, session: Any, problem: str, status: int) -> HttpResponse:
    """Say to the script that hands in what was kept why it is not taken, and what else was saved meanwhile."""
    stale = "version" in request.POST and not forms.seen(request.POST).stands(session)
    rows = differences(session.draft, request.POST) if stale else []
    told = {"problem": problem, "differences": [[each.name, each.there, each.here] for each in rows]}
    return JsonResponse(told, status=status)


@page(Permission.SCREEN, "POST")
def pass_screening(request: Any, session_id: UUID) -> HttpResponse:
    """Note that the screening stands."""
    return _step(request, session_id, lambda act: actions.pass_screening(act, session_id=session_id))


@page(Permission.SCREEN, "POST")
def ask_again(request: Any, session_id: UUID) -> HttpResponse:
    """Go back to the screening."""
    return _step(request, session_id, lambda act: actions.ask_again(act, session_id=session_id))


@page(Permission.NEEDLE, "POST")
def numbing(request: Any, session_id: UUID) -> HttpResponse:
    """Start the numbing clock."""
    return _step(
        request,
        session_id,
        lambda act: start_numbing(
            act,
            session_id=session_id,
            cream=forms.cream(request.POST),
            topicals=forms.topicals_so_far(request.POST),
        ),
    )


@page(Permission.CONSENT, "GET", "POST")
def consent(request: Any, session_id: UUID) -> HttpResponse:
    """Let the patient read and sign."""
    row = _session(request, session_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "patient": row.patient,
            "session": row,
            "zones": agreed_zones(row),
            "text": current_text(request.actor.clinic, "session"),
            "minor": not of_age(row.patient, act_of(request).today),
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "consent/page.jinja", context, status=status)

    def do(act: Act) -> str:
        consents.consent_to_session(act, session_id=session_id, signed=forms.signed(request.POST))
        return reverse("session", args=[session_id])

    return take(request, do, again, row.patient.public_id) if request.method == "POST" else again()


@page(Permission.NEEDLE, "POST")
def open_session(request: Any, session_id: UUID) -> HttpResponse:
    """Open a session with a scanned cartridge."""
    return _step(
        request,
        session_id,
        lambda act: actions.open_session(
            act,
            session_id=session_id,
            checklist=forms.checklist(request.POST, len(actions.CHECKLIST)),
            scanned=scanned(text(request.POST, "code", 300)),
        ),
    )


@page(Permission.NEEDLE, "POST")
def add_cartridge(request: Any, session_id: UUID) -> HttpResponse:
    """Take another cartridge into a session under way."""
    return _step(
        request,
        session_id,
        lambda act: actions.add_cartridge(
            act,
            session_id=session_id,
            scanned=scanned(text(request.POST, "code", 300)),
            reason=text(request.POST, "reason", 20),
        ),
    )


@page(Permission.NEEDLE, "POST")
def finish(request: Any, session_id: UUID) -> HttpResponse:
    """Finish and sign a session."""
    return _step(
        request,
        session_id,
        lambda act: actions.finish(
            act,
            session_id=session_id,
            done=forms.done(request.POST),
            seen=forms.seen(request.POST),
        ),
        leads="close_visit",
    )


@page(Permission.AMEND, "POST")
def amend(request: Any, session_id: UUID) -> HttpResponse:
    """Add a correction to what was signed."""
    return _step(
        request,
        session_id,
        lambda act: actions.amend(
            act,
            session_id=session_id,
            says=text(request.POST, "says", 4000),
            reason=text(request.POST, "reason", 1000),
        ),
    )


@page(Permission.SCREEN, "POST")
def healing(request: Any, session_id: UUID) -> HttpResponse:
    """Write down whether a session has healed."""
    return _step(
        request,
        session_id,
        lambda act: check_healing(act, session_id=session_id, healed=choice(request.POST, "healed", YesNo)),
    )


@page(Permission.NEEDLE, "POST")
def void(request: Any, session_id: UUID) -> HttpResponse:
    """Undo the opening of a session that was opened for the wrong patient."""
    return _step(
        request,
        session_id,
        lambda act: broken_off.void(
            act,
            session_id=session_id,
            reason=text(request.POST, "reason", 1000),
            piece=text(request.POST, "piece", 10),
            untouched=request.POST.get("untouched") == "yes",
        ),
    )


@page(Permission.NEEDLE, "POST")
def call_off(request: Any, session_id: UUID) -> HttpResponse:
    """Call a session off."""
    return _step(
        request,
        session_id,
        lambda act: actions.call_off(act, session_id=session_id, reason=text(request.POST, "reason", 1000)),
    )


@page(Permission.NEEDLE, "POST")
def left_out(request: Any, session_id: UUID) -> HttpResponse:
    """Note what a person leaves out of what was done without a network, because it could not be taken."""
    return _step(
        request,
        session_id,
        lambda act: leave_out(
            act,
            session_id=session_id,
            what=text(request.POST, "what", 1000),
            because=text(request.POST, "because", 2000),
        ),
    )


def _stop(request: Any, words: str, back: str) -> HttpResponse:
    """Fill the screen: this cartridge must not be used."""
    return shown(request, "refusal/stop.jinja", {"words": words, "back": back}, status=409)
