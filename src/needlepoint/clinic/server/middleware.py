"""Between the web server and the views: nothing is cached, the idle are signed out, every door is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from needlepoint.clinic.access.checks import Actor, NotAllowed, NotHere, Refused, check_may
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.views import clock, portal_door, refusals
from needlepoint.course.errors import InputError

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
        was_in = not portal_door.in_portal(request) and request.user.is_authenticated
        if was_in:
            now = clock.now()
            last = request.session.get(LAST_ACT)
            if last is not None and abs(now - datetime.fromisoformat(last)) > settings.IDLE_AFTER:
                logout(request)
            elif last is None or not (
                _by_itself(request) or now - datetime.fromisoformat(last) < NOTED_EVERY
            ):
                request.session[LAST_ACT] = now.isoformat()
        response = self.answer(request)
        if was_in and not request.user.is_authenticated:
            # The day sheet that was kept for a failing network goes with whoever could see it.
            response.headers["Clear-Site-Data"] = '"storage"'
        return response


def _by_itself(request: HttpRequest) -> bool:
    return request.headers.get("X-By-Itself") == "yes"


class Doorkeeper:
    """Lets nobody through to a view without the permission that the view declares, and words every refusal."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the work is done once the view is known."""
        return self.answer(request)

    def process_view(self, request: Any, view: Any, _args: Any, named: Any) -> HttpResponse | None:
        """Check the declared permission before the view runs."""
        asked = getattr(view, "permission", None)
        if asked is Permission.ANYONE:
            return None
        if asked is Permission.PATIENT:
            return portal_door.let_in(request, named["clinic"])
        if not isinstance(asked, Permission):
            return refusals.not_allowed(request, "This page declares no permission, so nobody may see it.")
        if not request.user.is_authenticated:
            return redirect(f"{settings.LOGIN_URL}?next={request.path}")
        request.actor = Actor.of(request.user)
        if asked is Permission.SIGN_IN:
            return None
        if settings.SECOND_FACTOR_REQUIRED and not is_mfa_enabled(request.user):
            return redirect("mfa_index")
        try:
            check_may(request.actor, asked)
        except NotAllowed as error:
            return refusals.not_allowed(request, str(error))
        return None

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        """Word what a view could not do."""
        if isinstance(error, NotHere):
            return refusals.not_here(request)
        if isinstance(error, NotAllowed):
            return refusals.not_allowed(request, str(error))
        if isinstance(error, Refused | InputError):
            return refusals.refused(request, str(error))
        return None
