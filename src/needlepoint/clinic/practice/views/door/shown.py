"""The pages that are opened most, written in Jinja as a whole: what is around their parts costs as much again."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import engines

from needlepoint.clinic.practice.views.door.surroundings import surroundings


def shown(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Return a page written in Jinja, with all that every page knows."""
    around = {"csrf_token": get_token(request), "messages": get_messages(request), **surroundings(request)}
    return HttpResponse(rendered(name, around | context), status=status)


def rendered(name: str, context: dict[str, Any]) -> str:
    """Return a page or a part of one, with what it is given and no more."""
    return str(engines["parts"].get_template(name).render(context))
