"""The staff's door in the browser: how long a page stays open, one-time links, and one's own sessions."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import NotHere
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import expected_of, problem_of
from needlepoint.clinic.access.spoken import spoken_languages
from needlepoint.clinic.practice.actions import members
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.door import sign_ins
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.members import own_door_lines, own_language, own_sign_ins
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import new_key, page, take
from needlepoint.clinic.practice.views.door.comings import CAME_BY_LINK, LINK_AT, THEN, begun, caller_of
from needlepoint.clinic.practice.views.door.refusals import not_now
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.errors import InputError


@page(Permission.ENROL)
def still_in(request: Any) -> HttpResponse:
    """Say for how many seconds this session stays open if nobody does anything."""
    answer = HttpResponse(status=204)
    left = (request.idle_from - clock.now()).total_seconds()
    answer.headers["X-Seconds-Left"] = str(max(int(left), 0))
    answer.headers["X-Idle-Seconds"] = str(int(settings.IDLE_AFTER.total_seconds()))
    return answer


@page(Permission.ANYONE, "GET", "POST")
def way_in(request: Any, token: str) -> HttpResponse:
    """Show a one-time link's page, and take the password that is set by it.

    Looking does not use the link up: programs that check mail look at every link.
    """
    problem = ""
    try:
        way = members.way_in_of(token, clock.now())
        if request.method == "POST":
            return _come_in(request, token, _typed_twice(request))
    except NotHere:
        return shown(request, "door/way_in_gone.jinja", {}, 410)
    except InputError as error:
        problem = gettext("%(problem)s Choose %(expected)s.") % {
            "problem": problem_of(error),
            "expected": expected_of(error),
        }
    return shown(request, "door/way_in.jinja", {"way": way, "problem": problem}, 400 if problem else 200)


def _typed_twice(request: Any) -> str:
    first, second = str(request.POST.get("password1", "")), request.POST.get("password2", "")
    if first != second:
        raise InputError("password", "The two do not say the same.", "one and type it twice")
    return first


def _come_in(request: Any, token: str, password: str) -> HttpResponse:
    member = members.use_way_in(token=token, password=password, caller=caller_of(request), at=clock.now())
    get_adapter(request).login(request, member)
    request.session[CAME_BY_LINK], request.session[LINK_AT] = member.pk, time.time()
    begun(request, member, "one-time link")
    return redirect("home")


@page(Permission.SIGN_IN)
def my_sign_ins(request: Any) -> HttpResponse:
    """Show where one is signed in, and what was done at the door in one's name."""
    return _sign_ins(request)


def _sign_ins(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    at = clock.now()
    context = {
        "chosen": own_language(request.actor),
        "spoken_languages": spoken_languages(),
        "lines": own_sign_ins(request.actor, request.session.session_key, at),
        "others": own_door_lines(request.actor, at),
        "problem": problem,
        "key": new_key(),
    }
    return shown(request, "door/sign_ins.jinja", context, status)


@page(Permission.SIGN_IN, "POST")
def choose_language(request: Any) -> HttpResponse:
    """Choose the language of one's own pages."""

    def do(act: Act) -> str:
        members.choose_language(act, language=text(request.POST, "language", 9))
        return reverse("my_sign_ins")

    return take(request, do, lambda problem, status: _sign_ins(request, problem, status))


@page(Permission.SIGN_IN, "POST")
def end_sign_in(request: Any) -> HttpResponse:
    """End one of one's own sessions."""

    def do(act: Act) -> str:
        sign_ins.end_own(act, sign_in_key=text(request.POST, "sign_in", 18))
        return reverse("my_sign_ins")

    return take(request, do, lambda problem, status: _sign_ins(request, problem, status))


@page(Permission.SIGN_IN)
def home(request: Any) -> HttpResponse:
    """Lead everybody to where they wanted to go before they added a second factor, else to their first page."""
    if wished := request.session.pop(THEN, ""):
        return redirect(wished)
    held = request.actor.permissions
    for permission, address in ((Permission.SEE_DAY, "day"), (Permission.READ_RECORD, "record")):
        if permission in held:
            return redirect(address)
    return not_now(request, _("No role was granted to you yet. Ask whoever runs the clinic’s server."), 403)
