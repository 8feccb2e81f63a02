"""A member comes in: from where, in which session, and what that session holds of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from needlepoint.clinic.access.callers import Caller
from needlepoint.clinic.practice.actions.door import sign_ins
from needlepoint.clinic.practice.queries.door.lending import LENT, LENT_AT
from needlepoint.clinic.practice.views.door import clock

# In a session: which row of ours it is, who added a factor in it and when, and whose one-time link began it.
SIGN_IN, FACTOR_SHOWN, CAME_BY_LINK = "sign_in", "factor_shown", "came_by_link"
ADDED_AT, LINK_AT = "factor_added_at", "came_by_link_at"
# In a session: where somebody wanted to go who had to add a second factor first.
THEN = "then"
# In the browser: that the tablet of this session is lent.
LENT_COOKIE = "np_lent"


def caller_of(request: Any) -> Caller:
    """Return from where a request comes, in words."""
    try:
        address = str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        address = ""
    return Caller.of(address, request.META.get("HTTP_USER_AGENT", ""))


def begun(request: Any, member: Any, way: str) -> None:
    """Keep that a session was begun just now."""
    row = sign_ins.begin(member, request.session.session_key, way, caller_of(request), clock.now())
    request.session[SIGN_IN] = row.pk


def remember_lent(request: Any, answer: HttpResponse) -> None:
    """Let the browser say, too, that the tablet is lent.

    A tap on the page before may write the session at the same instant, without knowing it; this it cannot undo. It
    counts in its own session only, and nobody but the server can make it.
    """
    told = [request.session[LENT], request.session[LENT_AT], request.session.session_key]
    secure = bool(settings.SESSION_COOKIE_SECURE)
    answer.set_cookie(
        LENT_COOKIE, signing.dumps(told, salt=LENT), secure=secure, httponly=True, samesite="Lax"
    )


def recall_lent(request: Any) -> bool:
    """Say whether the tablet of this session is lent, by the session or, where it forgot, by what the browser says."""
    if request.session.get(LENT) is not None:
        return True
    try:
        told = signing.loads(request.COOKIES.get(LENT_COOKIE, ""), salt=LENT)
    except signing.BadSignature:
        return False
    if told[2] != request.session.session_key:
        return False
    request.session[LENT], request.session[LENT_AT] = told[:2]
    return True


def forget_lent(request: Any, answer: HttpResponse) -> None:
    """Let session and browser forget that the tablet was lent."""
    for name in (LENT, LENT_AT):
        request.session.pop(name, None)
    answer.delete_cookie(LENT_COOKIE, samesite="Lax")
