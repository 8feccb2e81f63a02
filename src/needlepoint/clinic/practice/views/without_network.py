"""What stands in for a page where the server cannot be reached: a small worker, and one page that holds no patient."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.views.door.asking import page
from needlepoint.clinic.practice.views.door.shown import rendered, shown

# Where the door of the staff is not kept: patients have a door of their own, and nobody is in yet on the way in.
ELSEWHERE = ("/portal/", "/sign-in/", "/way-in/", "/hooks/")
PAGE = "door/without_network.jinja"
OWN = ("sheet.css", "kept_page.js", "vault.js", "worded.js")
ENDINGS = (".js", ".css", ".svg", ".woff2", ".wasm")


@page(Permission.ENROL)
def kept_page(request: Any) -> HttpResponse:
    """Give the page that stands in for another; it shows what this device keeps for whoever is signed in.

    Whoever has yet to add a factor gets it too, as every page of theirs asks for the worker; it holds nothing.
    """
    return shown(request, PAGE, {"sent": request.GET.get("sent") == "yes"})


@page(Permission.ENROL)
def worker(request: Any) -> HttpResponse:
    """Give the worker of all pages of the staff.

    It names its store by what lies in it. So it changes with any script or style, and a browser, which compares it byte
    for byte with the one it has, then fetches all of them anew.
    """
    own = [
        reverse("kept_page"),
        f"{reverse('kept_page')}?sent=yes",
        *(static(f"clinic/{each}") for each in OWN),
    ]
    told = {"digest": f"{_digest()}-{get_language()}", "own": own, "parts": _parts(), "elsewhere": ELSEWHERE}
    answer = render(request, "door/worker.js", told, content_type="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


@cache
def _parts() -> tuple[str, ...]:
    return tuple(static(name) for name, _ in _files())


@cache
def _digest() -> str:
    read = hashlib.sha256(rendered(PAGE, {}).encode())
    for name, path in _files():
        read.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return read.hexdigest()[:16]


def _files() -> Iterator[tuple[str, Path]]:
    """Yield every script, style, drawing and letter of the staff's pages, by name and place."""
    folder = Path(str(finders.find("clinic")))
    for path in sorted(folder.rglob("*")):
        if path.suffix in ENDINGS:
            yield f"clinic/{path.relative_to(folder).as_posix()}", path
