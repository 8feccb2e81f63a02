"""Who works here: taken on, shut out, let in again, given a role or relieved of it, given a new way in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission, Role
from needlepoint.clinic.access.said import line_of
from needlepoint.clinic.practice.actions import members as actions
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.members import PROFESSIONS, newcomer, role
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.members import member_lines, unknown_tries
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.course.errors import InputError


def asked_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let only those do this who have just shown again who they are; a form is not kept meanwhile, but asked anew."""
    guarded = reauthentication_required(app="needlepoint.clinic")(view)

    def answered(request: Any, *args: Any, **named: Any) -> Any:
        try:
            return guarded(request, *args, **named)
        except ReauthenticationRequired:
            if request.method in ("GET", "HEAD"):
                raise
            return redirect(request.get_full_path())

    return answered


def _page(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    at = clock.now()
    context = {
        "lines": member_lines(request.actor, at),
        "unknown": unknown_tries(at),
        "professions": PROFESSIONS,
        "roles": tuple(Role),
        "typed": request.POST,
        "chosen": request.POST.getlist("roles"),
        "problem": problem,
        "fresh_key": new_key,
    }
    return shown(request, "members/page.jinja", context, status)


@page(Permission.ADD_MEMBER)
def members(request: Any) -> HttpResponse:
    """Show everybody who works here."""
    saw(act_of(request), "members", "members")
    return _page(request)


@page(Permission.ADD_MEMBER, "GET", "POST")
@asked_again
def take_on(request: Any) -> HttpResponse:
    """Take somebody on, and show the link with which they come in."""
    if request.method != "POST":
        return _form(request)
    try:
        clock.check()
        member, token = actions.add_member(act_of(request), **newcomer(request.POST))
    except InputError as error:
        return _form(request, line_of(error), 400)
    except Refused as error:
        return _form(request, str(error), 409)
    return _link(request, member, token)


def _form(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "professions": PROFESSIONS,
        "roles": tuple(Role),
        "typed": request.POST,
        "chosen": request.POST.getlist("roles"),
        "problem": problem,
    }
    return shown(request, "members/new.jinja", context, status)


@page(Permission.ADD_MEMBER, "GET", "POST")
@asked_again
def new_way_in(request: Any) -> HttpResponse:
    """Ask whether a member really needs a new way in, and show the link once it was made."""
    key = request.POST.get("member") or request.GET.get("member", "")
    act = act_of(request)
    if request.method != "POST":
        return shown(request, "members/way_in.jinja", {"member": actions.member_shown(act, member_key=key)})
    try:
        clock.check()
        member, token = actions.new_way_in(act, member_key=key)
    except Refused as error:
        return _page(request, str(error), 409)
    return _link(request, member, token)


def _link(request: Any, member: Any, token: str) -> HttpResponse:
    """Show a one-time link, this once; it is mailed too where a mail server is set."""
    where = request.build_absolute_uri(reverse("way_in", args=[token]))
    mailed = get_adapter(request).send_way_in(member, where, request.actor.clinic_name)
    return shown(request, "members/link.jinja", {"member": member, "link": where, "mailed": mailed})


ACTS: dict[str, Callable[[Act, Any], object]] = {
    "shut_out": lambda act, typed: actions.shut_out(
        act, member_key=typed.get("member"), reason=text(typed, "reason", 200, needed=True)
    ),
    "let_in": lambda act, typed: actions.let_in(act, member_key=typed.get("member")),
    "give_role": lambda act, typed: actions.give_role(
        act, member_key=typed.get("member"), role=role(typed.get("role", ""))
    ),
    "end_role": lambda act, typed: actions.end_role(
        act, member_key=typed.get("member"), role=role(typed.get("role", ""))
    ),
    "sign_out": lambda act, typed: actions.sign_out_everywhere(act, member_key=typed.get("member")),
}


@page(Permission.ADD_MEMBER, "POST")
def change_member(request: Any) -> HttpResponse:
    """Do one thing with a member."""
    wanted = ACTS.get(request.POST.get("act", ""))

    def do(act: Act) -> str:
        if wanted is None:
            raise InputError("act", "is not known", "one of those on the page")
        wanted(act, request.POST)
        return reverse("members")

    return take(request, do, lambda problem, status: _page(request, problem, status))
