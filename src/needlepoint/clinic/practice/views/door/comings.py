"""A member comes in: from where, in which session, and what that session holds of it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied

from needlepoint.clinic.access.callers import Caller
from needlepoint.clinic.practice.actions.door import sign_ins
from needlepoint.clinic.practice.views.door import clock

# In a session: which row of ours it is, who added a factor in it and when, and whose one-time link began it.
SIGN_IN, FACTOR_SHOWN, CAME_BY_LINK = "sign_in", "factor_shown", "came_by_link"
ADDED_AT, LINK_AT = "factor_added_at", "came_by_link_at"
# In a session: where somebody wanted to go who had to add a second factor first.
THEN = "then"


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
