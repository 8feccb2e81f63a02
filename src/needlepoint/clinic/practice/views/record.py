"""Reading the record: who did or saw what, and what was changed about a patient."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.queries.record import changes_in, changes_of, members, record_page
from needlepoint.clinic.practice.views.door.asking import act_of, page
from needlepoint.clinic.practice.views.door.shown import shown


def _whole(asked: str) -> int | None:
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


@page(Permission.READ_RECORD)
def record(request: Any) -> HttpResponse:
    """Show who did or saw what."""
    member, chart = _whole(request.GET.get("member", "")), _whole(request.GET.get("chart", ""))
    saw(act_of(request), "record", "record")
    found = record_page(request.actor, member, chart, request.GET.get("page"))
    # What a chart says is for those who may see charts; an auditor reads that it was changed, and by whom.
    told = Permission.SEE_PATIENTS in request.actor.permissions
    context = {
        "shown": found,
        "lines": [(row, changes_in(row) if told else []) for row in found.rows],
        "members": members(request.actor),
        "member": member,
        "chart": chart,
    }
    return shown(request, "record/page.jinja", context)


@page(Permission.SEE_PATIENTS)
def changes(request: Any, patient_id: UUID) -> HttpResponse:
    """Show what was changed about a patient: what each field held before, and what it holds since."""
    patient = look_up("patient", request.actor, patient_id)
    saw(act_of(request), "changes", patient, patient)
    return shown(request, "patient/changes.jinja", {"patient": patient, "changes": changes_of(patient)})
