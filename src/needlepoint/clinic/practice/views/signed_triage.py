"""The table of triage: read row by row, corrected within its floors, and signed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.signed.triage import sign_triage
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.signed.triage import table_of
from needlepoint.clinic.practice.views.door.asking import new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown

_ROW = "row."


@page(Permission.COUNTERSIGN, "GET", "POST")
def triage_table(request: Any) -> HttpResponse:
    """Show how soon a person looks at what, and take the signature under it."""

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        context = {"table": table_of(request.actor.clinic), "problem": problem, "key": new_key()}
        return shown(request, "enquiry/triage.jinja", context, status=status)

    def do(act: Act) -> str:
        chosen = {
            name.removeprefix(_ROW): value for name, value in request.POST.items() if name.startswith(_ROW)
        }
        sign_triage(act, sha256=text(request.POST, "sha256", 64), chosen=chosen)
        return reverse("triage_table")

    return take(request, do, again) if request.method == "POST" else again()
