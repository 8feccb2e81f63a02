"""Between the web server and the views: nothing is cached, the idle are signed out, every door is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any

from allauth.account.authentication import get_authentication_records
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation

from needlepoint.clinic.access.assurance import Standing, factor_shown, standing
from needlepoint.clinic.access.checks import Actor, NotAllowed, NotHere, Refused, check_may
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import told
from needlepoint.clinic.access.spoken import house_language, shown_in
from needlepoint.clinic.portal.views import door as portal_door
from needlepoint.clinic.practice.views.door import clock, closed_door, kept_forms
from needlepoint.clinic.practice.views.door.asked_by import asked_by_script
from needlepoint.clinic.practice.views.door.comings import FACTOR_SHOWN
from needlepoint.clinic.server.door import lent, refusals
from needlepoint.clinic.server.door.session_cookie import by_itself
from needlepoint.clinic.server.logs import cause
from needlepoint.course.errors import InputError

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
LAST_ACT = "last_act"
# Writing down every tap would be one more commit on every page; the idle are signed out this much sooner at most.
NOTED_EVERY = timedelta(seconds=15)


def no_store(answer: Answer) -> Answer:
    """Keep pages out of every cache, so that the back button shows nothing after signing out."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store"
            response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
        return response

    return answered


class KeptPolicy(CSPMiddleware):
    """The library's strict policy, written once for the pages that say nothing of their own about it: nearly all."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header."""
        if any(name.startswith("_csp") for name in (*vars(request), *vars(response))):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response


@cache
def _policy() -> str:
    return build_policy()


class IdleSignOut:
    """Signs out whoever has done nothing for a while. A page that refreshes itself is no act of a person."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the clock before anything else is done."""
        # The portal counts its own idle time, and a patient's page is no act of a member.
        in_portal = portal_door.in_portal(request)
        was_in = not in_portal and request.user.is_authenticated
        if was_in:
            self._count(request)
        response = self.answer(request)
        if was_in and not request.user.is_authenticated:
            # The day sheet that was kept for a failing network goes with whoever could see it; see `DeviceSeal`.
            if not by_itself(request):
                response.headers["Clear-Site-Data"] = '"storage"'
            by_hand = request.method == "POST" and request.path == reverse("account_logout")
            # Where something that clashes still waits for them, they come back to it.
            if by_hand and "come_back" not in request.POST:
                kept_forms.forget_who(response)
        elif not in_portal and request.user.is_authenticated:
            kept_forms.remember(request, response)
        return response

    def _count(self, request: Any) -> None:
        now = clock.now()
        noted = request.session.get(LAST_ACT)
        last = now if noted is None else datetime.fromisoformat(noted)
        if abs(now - last) > settings.IDLE_AFTER:
            request.signed_out_how = "nobody used it"
            logout(request)
            return
        if noted is None or not (_by_itself(request) or now - last < NOTED_EVERY):
            request.session[LAST_ACT] = now.isoformat()
            last = now
        request.idle_from = last + settings.IDLE_AFTER


def _by_itself(request: HttpRequest) -> bool:
    return request.headers.get("X-By-Itself") == "yes"


def _by_a_person(request: Any) -> bool:
    # What takes forms without our own key is there for machines, which read no page and are told nothing.
    for_machines = getattr(request.resolver_match.func, "csrf_exempt", False)
    return not for_machines and not asked_by_script(request)


class Doorkeeper:
    """Lets nobody through to a view without the permission that the view declares, and words every refusal."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; whether somebody may come in is decided once the view is known."""
        # What a view or a refusal speaks ends with its request.
        with translation.override(settings.LANGUAGE_CODE):
            return self._answered(request)

    def _answered(self, request: HttpRequest) -> HttpResponse:
        response = lent.lead_back(request) if lent.shuts(request) else self.answer(request)
        if portal_door.in_portal(request):
            return response
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and _by_a_person(request):
            return refusals.only_forms(request, response.headers.get("Allow", ""))
        moved: HttpResponse = closed_door.moved_on(request, response)
        return moved

    def process_view(self, request: Any, view: Any, _args: Any, named: Any) -> HttpResponse | None:
        """Check the declared permission before the view runs."""
        asked = getattr(view, "permission", None)
        if asked is Permission.ANYONE:
            _speak_at_the_door(request)
            return None
        if asked is Permission.PATIENT:
            return portal_door.let_in(request, named["clinic"])
        if not isinstance(asked, Permission):
            return refusals.not_allowed(request, "This page declares no permission, so nobody may see it.")
        if not request.user.is_authenticated:
            return closed_door.sign_in_first(request)
        request.actor = Actor.of(request.user)
        translation.activate(shown_in(request.actor.language))
        return _shown_enough(request, asked) or _may(request, asked)

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        """Word what a view could not do."""
        if isinstance(error, NotHere):
            return refusals.not_here(request)
        if isinstance(error, NotAllowed):
            return refusals.not_allowed(request, str(error))
        if isinstance(error, Refused | InputError):
            return refusals.refused(request, told(error))
        if isinstance(error, RecursionError):
            # Only what was sent can be nested so deeply; a library's form reads it before we do.
            log.warning(
                "What was sent is nested too deeply to be read", exc_info=error, extra={"request": request}
            )
            return refusals.too_much(request, error)
        code = cause(error)
        if code in refusals.NO_ROOM:
            log.error("Nothing can be written: %s", code, exc_info=error, extra={"request": request})
            return refusals.no_room(request, code)
        return None


def _speak_at_the_door(request: HttpRequest) -> None:
    """Speak the practice's language to a person at the door; machines read no page, and the portal asks for itself."""
    if _by_a_person(request) and not portal_door.in_portal(request):
        translation.activate(house_language())


def _shown_enough(request: Any, asked: Permission) -> HttpResponse | None:
    """Let a session on that has shown a second factor; one that cannot yet adds one, any other is over."""
    records = get_authentication_records(request, request.user)
    enrolled = request.session.get(FACTOR_SHOWN) == request.user.pk
    request.standing = standing(
        holds=request.actor.holds_factor,
        shown=factor_shown(records, enrolled),
        required=settings.SECOND_FACTOR_REQUIRED,
    )
    if request.standing is Standing.CLOSED:
        request.signed_out_how = "no second factor was shown"
        logout(request)
        return closed_door.sign_in_first(request)
    if request.standing is Standing.ENROL and asked is not Permission.ENROL:
        return closed_door.enrol_first(request, reverse("mfa_index"))
    return None


def _may(request: Any, asked: Permission) -> HttpResponse | None:
    if asked in (Permission.SIGN_IN, Permission.ENROL):
        return None
    try:
        check_may(request.actor, asked)
    except NotAllowed as error:
        return refusals.not_allowed(request, str(error))
    return None
