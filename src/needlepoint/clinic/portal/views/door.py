"""The patients' own door: which clinic, which language, who it is; apart from the staff's in cookie and table."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from needlepoint.clinic.access.checks import Asking, NotAllowed, NotHere
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.spoken import spoken
from needlepoint.clinic.access.visitor import ANSWERING, IDLE, Visitor, clinic_by, stay_of
from needlepoint.clinic.portal.actions.sign_in import stays_on
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import new_key
from needlepoint.clinic.practice.views.door.shown import rendered
from needlepoint.evidence.languages import language_of
from needlepoint.evidence.word_shapes import Words
from needlepoint.evidence.words import words

STAY, BROWSER, LANGUAGE = "np_portal", "np_portal_browser", "np_portal_language"
TREE = "/portal/"
DAY = 24 * 60 * 60
# The pages of a report are open to whoever began it, for longer than all others.
WAITED_FOR = ("portal_check_in", "portal_draft", "portal_report")


def portal_page(permission: Permission, *methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a page of the portal: for patients who are signed in, or for anyone. GET where no verb is named."""

    def declared(view: Callable[..., Any]) -> Callable[..., Any]:
        answers = require_http_methods(list(methods or ("GET", "HEAD")))(view)

        @wraps(view)
        def entered(request: Any, clinic: str, **named: Any) -> HttpResponse:
            greet(request, clinic)
            with translation.override(request.spoken.language):
                return answers(request, **named)

        entered.permission = permission  # type: ignore[attr-defined]
        return entered

    return declared


def greet(request: Any, slug: str) -> None:
    """Put on the request: the clinic of the address, who is signed in there if anybody, and the words to speak with."""
    if getattr(request, "clinic", None) is not None:
        return
    cookie = request.COOKIES.get(STAY, "")
    request.stay = stay_of(cookie, slug, clock.now(), _idle(request)) if cookie else None
    request.clinic = request.stay.clinic if request.stay else clinic_by(slug)
    request.actor = Visitor.of(request.stay.visitor) if request.stay else None
    request.spoken = _spoken(request)


def _idle(request: Any) -> timedelta:
    """Return how long a visitor may have been away: whoever takes her temperature before she sends is not gone."""
    match = request.resolver_match
    return ANSWERING if match is not None and match.url_name in WAITED_FOR else IDLE


def _spoken(request: Any) -> Words:
    wished = request.actor.language if request.actor else request.COOKIES.get(LANGUAGE, "")
    if wished not in spoken():
        wished = get_language_from_request(request).partition("-")[0]
    return words(wished if wished in spoken() else spoken()[0])


def let_in(request: Any, slug: str) -> HttpResponse | None:
    """Let a patient through who is signed in at this clinic; all others are led to the way in."""
    greet(request, slug)
    if request.actor is None:
        return _not_in(request, slug)
    stays_on(request.stay, clock.now())
    return None


def _not_in(request: Any, slug: str) -> HttpResponse:
    """Lead to the way in; a report that comes too late is never led away in silence: it was not sent."""
    if request.method == "POST" and request.POST.get("key") and request.resolver_match.url_name in WAITED_FOR:
        with translation.override(request.spoken.language):
            return shown(request, "not_sent", {"why": "signed_out"}, 401)
    return redirect("portal_sign_in", clinic=slug)


def visitor_of(request: Any) -> Visitor:
    """Return who is signed in; the doorkeeper has seen to it that somebody is."""
    who: Asking = request.actor
    if not isinstance(who, Visitor):
        raise NotAllowed("This page is for patients.")
    return who


def browser_of(request: HttpRequest) -> str:
    """Return the secret by which this browser is known, or a new one; it says nothing about anybody."""
    # Chance belongs to a sign-in: a browser that could be guessed would be no second lock.
    return request.COOKIES.get(BROWSER) or secrets.token_urlsafe(24)


def keep_cookie(response: HttpResponse, name: str, value: str, seconds: int | None = None) -> HttpResponse:
    """Set a cookie of the portal: no script reads it, and no page outside the portal is sent it."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=TREE,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
    return response


def shown(
    request: Any, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a page of the portal with what all of them need."""
    around = {
        "clinic": request.clinic,
        "visitor": request.actor,
        "spoken": request.spoken,
        "leave_key": new_key() if request.actor else "",
        "spoken_languages": [words(each) for each in spoken()],
        "example_practice": settings.EXAMPLE_PRACTICE,
    }
    known = around | {"request": request, "csrf_token": get_token(request)} | (context or {})
    return HttpResponse(rendered(f"portal/{template}.jinja", known), status=status)


def _nowhere() -> HttpResponse:
    """Say in each language that nothing is here: at no clinic of ours nobody knows which one is spoken."""
    said = []
    for each in spoken():
        with translation.override(each):
            words = _("Nothing here"), _("Look at the address in your message once more.")
            said.append((language_of(each), *words))
    return HttpResponse(rendered("portal/nowhere.jinja", {"said": said}), status=404)


def spoken_in(request: Any) -> AbstractContextManager[Any]:
    """Return what makes words come in the language of the patient who is signed in; in the staff's for anybody else."""
    spoken = getattr(request, "spoken", None)
    return translation.override(spoken.language) if spoken else nullcontext()


def in_portal(request: Any) -> bool:
    """Say whether the address lies in the portal of a clinic that was found."""
    return request.path.startswith(TREE)


def refusal(request: Any, status: int, says: str = "") -> HttpResponse:
    """Say no in the patient's language; a stranger to every clinic is told that nothing is here."""
    if getattr(request, "clinic", None) is None:
        try:
            greet(request, request.path.removeprefix(TREE).partition("/")[0])
        except NotHere:
            return _nowhere()
    with translation.override(request.spoken.language):
        return shown(request, "refusal", {"status": status, "says": says}, status)
