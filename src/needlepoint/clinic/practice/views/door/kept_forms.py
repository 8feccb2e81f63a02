"""What was typed into a page comes back after signing in again: who was here, what is kept, and for how long."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions.door import kept_forms as actions
from needlepoint.clinic.practice.actions.door.kept_forms import TypedForm, Whose
from needlepoint.clinic.practice.views.door.asking import page

# Who was last at work in this browser, sealed; and a mark that something is kept, so that no other page looks for it.
WAS_HERE, KEPT = "np_was_here", "np_kept"
SALT = "needlepoint was here"
# The key of a form is used once; the token of a page belongs to the session that is over; a password is typed anew.
NEVER = (
    "csrfmiddlewaretoken",
    "key",
    "password",
    "password1",
    "password2",
    "oldpassword",
    "credential",
)
# The code of an app opens the door, and is no text of anybody. A scanned code is: the pouch is open, and whoever comes
# back would scan another piece in its stead. It is given back to be looked at, and whether the piece may be used is
# asked anew when the form is sent.
NEVER_AT_THE_DOOR = (*NEVER, "code")
AT_THE_DOOR = "/sign-in/"
LONGEST_PAGE = 2000


def remember(request: Any, answer: Any) -> None:
    """Let the browser know who is at work in it, in a form that only we can read."""
    member = request.user.pk
    whose = whose_of(request)
    if whose is None or whose.member != member:
        told = signing.dumps([member, str(uuid4())], salt=SALT)
        _set(answer, WAS_HERE, told)


def forget_who(answer: Any) -> None:
    """Forget it: whoever signs out by hand leaves nothing to come back to."""
    answer.delete_cookie(WAS_HERE, samesite="Lax")
    answer.delete_cookie(KEPT, samesite="Lax")


def whose_of(request: HttpRequest) -> Whose | None:
    """Return who was last at work in this browser."""
    try:
        member, browser = signing.loads(request.COOKIES.get(WAS_HERE, ""), salt=SALT)
        return Whose(int(member), UUID(browser))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def keep_posted(request: HttpRequest, answer: Any, where: str) -> None:
    """Keep a form that was sent to a door that had closed meanwhile."""
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    _keep(request, answer, where, _form(request.path, pairs))


def _form(action: str, pairs: Iterable[Sequence[Any]]) -> TypedForm:
    never = NEVER_AT_THE_DOOR if action.startswith(AT_THE_DOOR) else NEVER
    return TypedForm(action, tuple((str(name), str(value)) for name, value in pairs if name not in never))


def _keep(request: HttpRequest, answer: Any, where: str, form: TypedForm) -> None:
    whose = whose_of(request)
    if whose is not None and form.fields and actions.keep(whose, where, form):
        _set(answer, KEPT, "yes", actions.SECONDS)


def _set(answer: Any, name: str, value: str, seconds: int | None = None) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )


@page(Permission.ANYONE, "POST")
def keep_typed(request: HttpRequest) -> HttpResponse:
    """Keep what stood on a page whose session has just ended; its script sends it before the page goes blank."""
    answer = HttpResponse(status=204)
    where, action = request.POST.get("page", ""), request.POST.get("action", "")
    try:
        form = _form(urlsplit(action).path, json.loads(request.POST.get("fields", "[]")))
    except (ValueError, TypeError):
        return HttpResponse(status=400)
    if where.startswith("/") and action.startswith("/") and len(where) < LONGEST_PAGE:
        _keep(request, answer, where, form)
    return answer


@page(Permission.SIGN_IN, "GET", "POST")
def kept(request: Any) -> HttpResponse:
    """Give back what this member typed into a page before; a form that was sent takes it away."""
    whose, where = whose_of(request), request.GET.get("page", "")
    if whose is None or whose.member != request.user.pk:
        return JsonResponse({"forms": []})
    if request.method == "POST":
        actions.forget(whose, where)
        return HttpResponse(status=204)
    return JsonResponse({"forms": actions.kept(whose, where)})
