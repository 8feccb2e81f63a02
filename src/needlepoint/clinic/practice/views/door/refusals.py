"""A member is told no: on a page that says why and what to do next, or in the words alone where a script asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from needlepoint.clinic.practice.views.door.asked_by import asked_by_script
from needlepoint.clinic.practice.views.door.shown import shown


def refusal(request: HttpRequest, status: int, heading: str, words: str) -> HttpResponse:
    """Say no to whoever asks."""
    if asked_by_script(request):
        # Whatever asks for a part of a page is not given another page: the words alone, which nothing swaps in.
        return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    return _page(request, status, heading, words)


def not_now(request: HttpRequest, words: str, status: int = 409) -> HttpResponse:
    """Say why a form that stands on many pages was not taken."""
    return _page(request, status, _("Not now"), words)


def _page(request: HttpRequest, status: int, heading: str, words: str) -> HttpResponse:
    return shown(request, "refusal/page.jinja", {"heading": heading, "words": words}, status=status)
