"""The fixed words that patients are shown, and the signature under them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.signed.words import sign_words
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.signed.words import signings
from needlepoint.clinic.practice.views.door.asking import new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown


@page(Permission.COUNTERSIGN, "GET", "POST")
def patient_words(request: Any) -> HttpResponse:
    """Show the fixed words that answer a report, and take the signature under them."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {"signings": signings(request.actor.clinic), "problem": problem, "key": new_key()}
        return shown(request, "enquiry/words.jinja", context, status=status)

    def do(act: Act) -> str:
        language, sha256 = text(request.POST, "language", 5), text(request.POST, "sha256", 64)
        sign_words(act, language=language, sha256=sha256)
        return reverse("patient_words")

    return take(request, do, again) if request.method == "POST" else again()
