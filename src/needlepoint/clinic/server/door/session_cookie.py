"""The cookie of a session, which nothing that asks by itself may take away."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware


class KeptCookie(SessionMiddleware):
    """Django's own, but an answer to a script never deletes the cookie.

    Whoever adds a factor gets a new key. A question that a page asked by itself just before still carries the old one;
    its answer, coming last, would take the new cookie out of the browser and sign the member out at once.
    """

    def process_response(self, request: Any, response: Any) -> Any:
        """Leave the cookie where a script asked with a key that is known no longer: such a key opens nothing anyhow."""
        answer = super().process_response(request, response)
        held = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if held is not None and not held.value and by_itself(request):
            del answer.cookies[settings.SESSION_COOKIE_NAME]
        return answer


def by_itself(request: Any) -> bool:
    """Say whether a page asked by its script, whose answer may come after somebody has signed in anew."""
    asked = request.headers
    return (
        asked.get("Sec-Fetch-Mode", "navigate") != "navigate"
        or "X-By-Itself" in asked
        or "HX-Request" in asked
    )
