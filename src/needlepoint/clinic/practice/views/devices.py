"""The devices of the practice: the list, a pen entered from its label, a device retired."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions import devices as actions
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms import device as forms
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.devices import all_devices, entered_makes, numbers_without_a_device
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.evidence.loader import packaged


def _list(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "owned": all_devices(request.actor),
        "makes": packaged().devices.values(),
        "entered": entered_makes(request.actor),
        "typed": request.POST,
        "problem": problem,
        "fresh_key": new_key,
    }
    return shown(request, "device/list.jinja", context, status=status)


@page(Permission.KEEP_DEVICES)
def devices(request: Any) -> HttpResponse:
    """Show every device of the practice with its limits and where these come from."""
    saw(act_of(request), "devices", "devices")
    return _list(request)


@page(Permission.KEEP_DEVICES, "POST")
def add_device(request: Any) -> HttpResponse:
    """Add a piece of a make that is known."""

    def do(act: Act) -> str:
        actions.add_device(act, model=forms.model(request.POST), serial=forms.serial(request.POST))
        return reverse("devices")

    return take(request, do, lambda problem, status: _list(request, problem, status))


@page(Permission.KEEP_DEVICES, "GET", "POST")
def enter_device(request: Any) -> HttpResponse:
    """Ask what the label of a pen says, and enter it."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "numbers": numbers_without_a_device(),
            "typed": request.POST,
            "problem": problem,
            "key": new_key(),
        }
        return shown(request, "device/enter.jinja", context, status=status)

    def do(act: Act) -> str:
        actions.enter_device(act, label=forms.label(request.POST), serial=forms.serial(request.POST))
        return reverse("devices")

    return take(request, do, again) if request.method == "POST" else again()


@page(Permission.KEEP_DEVICES, "POST")
def retire_device(request: Any) -> HttpResponse:
    """Take a device out of use."""

    def do(act: Act) -> str:
        key, reason = text(request.POST, "device", 20), text(request.POST, "reason", 300)
        actions.retire_device(act, device_key=key, reason=reason)
        return reverse("devices")

    return take(request, do, lambda problem, status: _list(request, problem, status))
