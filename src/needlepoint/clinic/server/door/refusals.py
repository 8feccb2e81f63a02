"""Every way to say no, in the words of whoever is asking: the portal speaks to patients, all other pages to members."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from needlepoint.clinic.chair.actions.photo.opening import too_large
from needlepoint.clinic.portal.views import door as portal_door
from needlepoint.clinic.practice.views.door.refusals import refusal


def _page(request: HttpRequest, status: int, heading: str, words: str, *, said: bool = False) -> HttpResponse:
    if portal_door.in_portal(request):
        return portal_door.refusal(request, status, words if said else "")
    return refusal(request, status, heading, words)


def not_allowed(request: HttpRequest, words: str) -> HttpResponse:
    """Say which roles would be allowed."""
    return _page(request, 403, _("Not with your roles"), words)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say no where a library page refuses by itself."""
    words = _(
        "This page cannot be opened with the way you have signed in. Go back to the day and go on from there."
    )
    return _page(request, 403, _("Not like this"), words)


def not_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that there is nothing here, and no more."""
    return _page(
        request, 404, _("Nothing here"), _("There is no such page. Go back to the day and look from there.")
    )


def only_forms(request: HttpRequest, verbs: str) -> HttpResponse:
    """Say that an address takes forms and shows nothing."""
    words = _(
        "This address takes forms and shows no page. Nothing was saved. Go back to the day and on from there."
    )
    answer = _page(request, 405, _("Nothing to see here"), words)
    answer.headers["Allow"] = verbs
    return answer


def refused(request: HttpRequest, words: str) -> HttpResponse:
    """Say why it cannot be done now."""
    return _page(request, 409, _("Not now"), words, said=True)


def stale_page(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say that the form is too old or came from elsewhere."""
    words = _(
        "This page is too old to be sent, or cookies are off. Load it anew; the browser keeps what you typed."
    )
    return _page(request, 403, _("Load the page anew"), words)


def too_much(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that what was sent cannot be read."""
    return _page(
        request, 400, _("Cannot be read"), _("What was sent is too large or broken. Load the page anew.")
    )


def too_long(request: HttpRequest, *, photo: bool = False) -> HttpResponse:
    """Say that what was sent is longer than this page takes; nothing of it was kept."""
    if photo:
        with portal_door.spoken_in(request):
            return _page(request, 413, _("Too large"), too_large(), said=True)
    words = _("What was sent is longer than this page takes, and was not read. Send less, or sign in first.")
    return _page(request, 413, _("Too large"), words)


def too_often(request: HttpRequest) -> HttpResponse:
    """Say that somebody tries too often to sign in."""
    words = _("Too many tries. Wait some minutes, or sign in with your passkey; nothing was changed.")
    return _page(request, 429, _("Wait a little"), words)


NO_ROOM = {
    "SQLITE_FULL": gettext_lazy("The server’s disk is full."),
    "ENOSPC": gettext_lazy("The server’s disk is full."),
    "EDQUOT": gettext_lazy("The server’s disk is full."),
    "EROFS": gettext_lazy("The server’s disk can only be read."),
    "SQLITE_READONLY": gettext_lazy("The server’s database can only be read."),
    "SQLITE_IOERR": gettext_lazy("The server’s disk does not answer."),
}


def no_room(request: HttpRequest, code: str) -> HttpResponse:
    """Say that the machine under us cannot write, and what to do."""
    words = _(
        "%(no_room)s Nothing was saved. Leave this page as it is, so that what you typed stays on "
        "it, and tell whoever looks after the server now (%(code)s). Use the day sheet on paper "
        "meanwhile."
    ) % {"no_room": NO_ROOM[code], "code": code}
    return _page(request, 507, _("Nothing can be written"), words)


def defect(request: Any) -> HttpResponse:
    """Say that it is our fault and that nothing was saved."""
    words = _(
        "This is a fault of the program, and nothing was saved. Try once more; then tell whoever "
        "looks after it."
    )
    return _page(request, 500, _("A fault of ours"), words)
