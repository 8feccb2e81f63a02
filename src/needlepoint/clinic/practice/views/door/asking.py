"""How a view declares its permission, and how a form is taken: once, for the patient on the screen, losing nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from needlepoint.clinic.access.checks import NotAllowed, Refused, Stop
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import line_of
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.door import typed
from needlepoint.clinic.practice.actions.record import once
from needlepoint.clinic.practice.actions.version import Changed, Version
from needlepoint.clinic.practice.views.door import clock
from needlepoint.course.errors import InputError

# What is younger was only on its way.
ON_ITS_WAY = timedelta(seconds=30)
# No session at the door lasts longer, so nothing that was kept under its seal can be older.
LONGEST_KEPT = timedelta(hours=12)
NO_KEY = gettext_lazy("The form came without its key. Load the page anew and send it again.")


def page(permission: Permission, *methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare which permission a view asks for, and which verbs it answers; GET where none is named."""

    def declared(view: Callable[..., Any]) -> Callable[..., Any]:
        checked = require_http_methods(list(methods or ("GET", "HEAD")))(view)
        checked.permission = permission
        checked.verbs = methods or ("GET", "HEAD")
        return checked

    return declared


def takes_photo(view: Callable[..., Any]) -> Callable[..., Any]:
    """Declare that a page takes a photo, so that whoever is signed in may send so much."""
    view.takes_photo = True  # type: ignore[attr-defined]
    return view


def act_of(request: Any, key: UUID | None = None) -> Act:
    """Return what a view hands to an action: the actor, the instant, and the form's key or a new one."""
    at = clock.now()
    return Act(request.actor, at, key or uuid4(), doubtful=clock.doubtful(), told_at=_told(request, at))


def _told(request: Any, at: datetime) -> datetime | None:
    """Return when a device did what it hands in now, by how long its own clock says that this is ago.

    Where its clock stands says nothing; how far it went on does. What lies ahead of now was never done.
    """
    if "X-Told-At" not in request.headers:
        return None
    try:
        then, now = (datetime.fromisoformat(request.headers[name]) for name in ("X-Told-At", "X-Told-Now"))
        ago = now - then
    except (KeyError, ValueError, TypeError):
        raise Refused("The device does not say when this was done. Do it again.") from None
    if ago > LONGEST_KEPT:
        raise Refused("This was done more than 12 hours ago by the clock of the device. Write it down anew.")
    return at - ago if ago > ON_ITS_WAY else None


def new_key() -> str:
    """Return a key for a form that is about to be shown."""
    return str(uuid4())


def take(
    request: HttpRequest,
    do: Callable[[Act], str],
    again: Callable[[str, int], HttpResponse],
    patient: UUID | None = None,
    before: Callable[[], object] | None = None,
) -> HttpResponse:
    """Do what a form asks, once for its key, and go where that leads.

    Where it cannot be done, `again` shows the page with what was typed and with the reason. `patient` is whose row
    the address names; a form that was opened for another patient is refused. What takes long and writes nothing is
    called as `before`, while others can still write.
    """
    try:
        check_patient(request, patient)
        _check_clock(request)
        key = check_key(request)
        if before is not None:
            before()
        act = act_of(request, key)
        done = redirect(once(act, _digest(request), lambda: do(act)))
        typed.forget(act, request.path)
        return done
    except (NotAllowed, Stop):
        raise
    except InputError as error:
        return again(line_of(error), 400)
    except Refused as error:
        # The page shows more of some refusals than their words: what was saved since, say.
        request.refused = error
        return again(str(error), 409)


def _check_clock(request: Any) -> None:
    """Raise where nobody has yet said that the clock is right; what patients report is taken under any clock."""
    if request.actor.member is not None:
        clock.check()


def seen_of(request: HttpRequest) -> Version:
    """Return the version of a row that the page of this form showed."""
    return Version.read(request.POST.get("opened_as", ""))


def versioned(request: HttpRequest, held: Mapping[str, object]) -> dict[str, Any]:
    """Return what a page with a form on a row shows of it: its version, and what clashes with what was typed.

    Until somebody saved meanwhile, the version stays that with which the page was first opened.
    """
    error = getattr(request, "refused", None)
    if isinstance(error, Changed):
        return {"opened_as": str(error.now), "clashes": error.clashes, "typed": error.merged(request.POST)}
    if request.method == "POST":
        return {"opened_as": request.POST.get("opened_as", ""), "clashes": (), "typed": request.POST}
    typed = {name: "" if value is None else str(value) for name, value in held.items()}
    return {"opened_as": str(Version.of(held)), "clashes": (), "typed": typed}


def check_patient(request: HttpRequest, patient: UUID | None) -> None:
    """Raise where a form was opened for somebody else than whose row the address names."""
    if patient is not None and request.POST.get("patient") != str(patient):
        raise Refused("This form was opened for another patient. Nothing was saved. Open the chart anew.")


def check_key(request: HttpRequest) -> UUID:
    """Return the key of a form; Refused where it came without one."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refused(NO_KEY) from None


def _digest(request: HttpRequest) -> str:
    typed = sorted(
        (name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken"
    )
    files = [
        (name, hashlib.sha256(file.read()).hexdigest(), file.seek(0)) for name, file in request.FILES.items()
    ]
    return hashlib.sha256(repr([request.path, typed, files]).encode()).hexdigest()
