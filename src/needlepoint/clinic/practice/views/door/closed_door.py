"""What is answered at a door that stays closed, in one place: a page is led to the way in, a script is told.

Whatever asks for a part of a page never gets another page in its stead: it would be put into the middle of the first.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from needlepoint.clinic.practice.views.door import kept_forms
from needlepoint.clinic.practice.views.door.asked_by import asked_by_script
from needlepoint.clinic.practice.views.door.comings import THEN

ACCOUNT = "/sign-in/"
HOME = "/"


def sign_in_first(request: Any) -> HttpResponse:
    """Lead to the way in, and from there back to where one was, with what was typed."""
    page = _page_of(request)
    after = f"?{urlencode({'next': page})}" if page != HOME else ""
    led = lead(request, f"{settings.LOGIN_URL}{after}")
    if request.method == "POST" and not asked_by_script(request):
        kept_forms.keep_posted(request, led, page)
    return led


def lead(request: HttpRequest, where: str) -> HttpResponse:
    """Lead somewhere else: a person's browser by itself, a script by a header that moves the whole page."""
    if not asked_by_script(request):
        return redirect(where)
    told = HttpResponse(status=401)
    told.headers["HX-Redirect"] = where
    return told


def enrol_first(request: Any, where: str) -> HttpResponse:
    """Lead to where a second factor is added, and remember where somebody wanted to go."""
    if not asked_by_script(request) and (page := _page_of(request)) != HOME:
        request.session[THEN] = page
    return lead(request, where)


def moved_on(request: HttpRequest, answer: Any) -> Any:
    """Return the answer, but to a script that is led to another page: for it, the whole page moves there."""
    where = answer.headers.get("Location")
    if where is None or not 300 <= answer.status_code < 400 or not asked_by_script(request):
        return answer
    told = HttpResponse(status=401 if where.startswith(ACCOUNT) else 204)
    told.headers["HX-Redirect"] = where
    told.cookies = answer.cookies
    return told


def _page_of(request: HttpRequest) -> str:
    """Return the page that a person was on or asked for: an address that can be gone to again."""
    if request.method in ("GET", "HEAD") and not asked_by_script(request):
        return _own(request, request.get_full_path()) or HOME
    # A form belongs to the page it stood on, which the browser names; and a part of a page to the whole.
    stood_on = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    return _own(request, stood_on) or _own(request, request.path) or HOME


def _own(request: HttpRequest, address: str) -> str:
    """Return the path and query of an address of ours that answers to going there; nothing for any other."""
    if not address or not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return ""
    parts = urlsplit(address)
    where = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if where.startswith(ACCOUNT):
        return ""
    try:
        view: Any = resolve(parts.path).func
    except Resolver404:
        return ""
    return where if "GET" in getattr(view, "verbs", ()) else ""
