"""A tablet in a patient's hands opens one page: whatever else is asked for leads back to it, until a member takes it.

What this rests on lies in the session on the server, and once more in a cookie that no script reads: another tab,
the Back key, a reload and a restart change nothing.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.urls import Resolver404, resolve, reverse

from needlepoint.clinic.portal.views import door as portal_door
from needlepoint.clinic.practice.views.door import closed_door
from needlepoint.clinic.practice.views.door.comings import recall_lent

# The page itself and the way back; signing out, which closes everything; the passkey of whoever takes the tablet back.
OPEN = frozenset({"lent", "lent_back", "account_logout", "mfa_reauthenticate_webauthn"})
# How long the page stays open is told to that page only: any other that is still shown somewhere is led to it.
STILL_IN = "still_in"


def shuts(request: Any) -> bool:
    """Say whether this address stays closed because the tablet is lent; the portal is the patients' own door."""
    if portal_door.in_portal(request) or not request.user.is_authenticated or not recall_lent(request):
        return False
    name = _name_at(request.path_info)
    return name not in OPEN and not (name == STILL_IN and _asked_from_an_open_page(request))


def lead_back(request: Any) -> HttpResponse:
    """Lead to the page that the tablet was lent for; nothing else is done."""
    return closed_door.lead(request, reverse("lent"))


def _asked_from_an_open_page(request: Any) -> bool:
    asked_from = urlsplit(request.headers.get("Referer", "")).path
    return "lent" in request.GET or _name_at(asked_from) == "mfa_reauthenticate_webauthn"


def _name_at(path: str) -> str:
    try:
        return str(resolve(path).view_name)
    except Resolver404:
        return ""
