"""What every page shows: who is signed in, where, and which doors are open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.queries.door.unsent import unsent_lately
from needlepoint.clinic.practice.queries.door.work import stalled_lately
from needlepoint.clinic.practice.queries.record import behind_lately
from needlepoint.clinic.practice.views.door import clock, room_left
from needlepoint.clinic.practice.views.door.kept_forms import KEPT
from needlepoint.evidence.languages import language_of

# Around the pages of signing in there is no menu and nothing that asks by itself: one has one thing to do there.
QUIET = "/sign-in/"


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Return the actor and the permissions by name; templates ask `can.needle`."""
    actor = getattr(request, "actor", None)
    at, language = clock.now(), language_of(get_language() or "")
    held = actor.permissions if actor else frozenset()
    return {
        "actor": actor,
        "can": {permission.value: permission in held for permission in Permission},
        "example_practice": settings.EXAMPLE_PRACTICE,
        "language": language,
        "unreviewed": not language.first and not language.reviewed,
        "path": request.path,
        "quiet": request.path.startswith(QUIET),
        "standing": getattr(request, "standing", ""),
        "is_kept": KEPT in request.COOKIES,
        "idle_seconds": int(settings.IDLE_AFTER.total_seconds()),
        "mail_goes": bool(settings.EMAIL_HOST),
        "stalled": actor is not None and stalled_lately(at),
        "megabytes_short": room_left.megabytes_short() if actor is not None else None,
        "which_clock": actor is not None and (clock.doubtful() or behind_lately(actor.clinic, at)),
        "unsent": unsent_lately(actor.clinic, at) if actor is not None else None,
    }
