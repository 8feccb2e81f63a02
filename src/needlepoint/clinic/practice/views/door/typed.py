"""Where a page keeps what is typed into it, and asks for it again."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions.door import typed as actions
from needlepoint.clinic.practice.queries.door.typed import typed_into
from needlepoint.clinic.practice.views.door.asking import act_of, page


@page(Permission.SEE_DAY, "GET", "POST")
def typed(request: Any) -> HttpResponse:
    """Give what this member typed into a form, or keep what is typed now; says the time only once it is on disk."""
    act = act_of(request)
    if request.method == "GET":
        found = typed_into(act.actor, request.GET.get("page", ""), act.at, actions.KEPT_FOR)
        return JsonResponse(
            {"fields": found.fields, "saved": _clock(act, found.saved_at)} if found else {"fields": None}
        )
    where, fields = request.POST.get("page", ""), request.POST.get("fields", "")
    try:
        if fields:
            actions.keep(act, page=where, fields=_pairs(fields), form=_key(request.POST.get("key", "")))
        else:
            actions.begin_anew(act, page=where)
    except Refused as error:
        return JsonResponse({"problem": str(error)}, status=409)
    return JsonResponse({"saved": _clock(act, act.at)})


def _pairs(fields: str) -> list[tuple[str, str]]:
    try:
        return [(str(name), str(value)) for name, value in json.loads(fields)]
    except (ValueError, TypeError):
        raise Refused("What was typed cannot be read. Load the page anew.") from None


def _key(told: str) -> UUID | None:
    try:
        return UUID(told)
    except ValueError:
        return None


def _clock(act: Any, at: Any) -> str:
    return f"{at.astimezone(act.actor.zone):%H:%M}"
