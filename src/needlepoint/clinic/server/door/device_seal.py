"""The seal of what a browser keeps for a failing network: it opens for one member in one session, and for nobody else.

The browser seals the day sheet and unsent text with a key made of this cookie. It is gone when the session ends, when
the browser is closed, and where somebody else signs in; what was sealed can then be read by nobody, and is wiped.

What a script asked for may be answered only after somebody has signed in anew, and would then wipe what is theirs. So
only the answer to whoever goes to a page wipes; a page whose script meets the closed door wipes by itself and goes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpResponse

from needlepoint.clinic.portal.views import door as portal_door
from needlepoint.clinic.practice.queries.door.lending import is_lent
from needlepoint.clinic.server.door.session_cookie import by_itself

COOKIE = "np_device"
LENT = "lent"
# What is handed in later says under which seal it was kept: nobody hands in what somebody else did.
SEALED_FOR = "X-Sealed-For"


class DeviceSeal:
    """Gives the browser its seal while somebody is signed in, and takes it away with what was sealed otherwise."""

    def __init__(self, answer: Callable[[Any], Any]) -> None:
        self.answer = answer

    def __call__(self, request: Any) -> Any:
        """Look who is signed in once everything else is done; what was kept under another seal is not even read."""
        if _of_somebody_else(request):
            return HttpResponse(status=412)
        response = self.answer(request)
        if portal_door.in_portal(request):
            return response
        if request.user.is_authenticated and is_lent(request.session):
            # In a patient's hands nothing of what is kept here can be read; it stays sealed until the tablet is back.
            # A word in the seal's place tells the scripts so, which would wipe what no seal opens.
            _put(request, response, LENT)
        elif request.user.is_authenticated:
            _put(request, response, seal_of(request))
        elif request.COOKIES.get(COOKIE) and not by_itself(request):
            response.delete_cookie(COOKIE, samesite="Strict")
            response.headers["Clear-Site-Data"] = '"storage"'
        return response


def _put(request: Any, response: Any, seal: str) -> None:
    if request.COOKIES.get(COOKIE) != seal:
        # The page's script reads it also where there is no network; it opens nothing on the server.
        secure = bool(settings.SESSION_COOKIE_SECURE)
        response.set_cookie(COOKIE, seal, secure=secure, httponly=False, samesite="Strict")


def _of_somebody_else(request: Any) -> bool:
    told = request.headers.get(SEALED_FOR)
    return told is not None and request.user.is_authenticated and told != seal_of(request)


def seal_of(request: Any) -> str:
    """Return the seal of a member in one session."""
    words = f"device {request.user.clinic_id} {request.user.pk} {request.session.session_key}"
    return hmac.digest(settings.SECRET_KEY.encode(), words.encode(), "sha256").hex()
