"""Who asks: a person who goes to a page, or a script for a part of one."""

from __future__ import annotations

from django.http import HttpRequest


def asked_by_script(request: HttpRequest) -> bool:
    """Say whether a part of a page asks, and not a person who goes to a page."""
    # Not every browser says what it wants an answer for, so our own scripts say it too.
    if "HX-Request" in request.headers or "X-By-Itself" in request.headers or "X-Acted" in request.headers:
        return True
    if request.headers.get("Sec-Fetch-Mode") == "navigate":
        # A page that the day's own worker passes on: it names no destination any more, but somebody still goes there.
        return False
    return request.headers.get("Sec-Fetch-Dest") == "empty"
