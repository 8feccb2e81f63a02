"""Adverse events: the form, the event with what followed, and the draft for the authority."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import override

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions import adverse as actions
from needlepoint.clinic.chair.forms.adverse import happened
from needlepoint.clinic.chair.queries import adverse as queries
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import shown
from needlepoint.evidence.languages import first_language
from needlepoint.evidence.loader import packaged

TOGETHER = ("patient", "session", "session__course", "device", "cartridge", "reported_by", "clinic")


@page(Permission.REPORT_ADVERSE)
def adverse_events(request: Any) -> HttpResponse:
    """List the clinic's adverse events, those that go on first."""
    saw(act_of(request), "adverse events", "adverse events")
    return shown(request, "adverse/list.jinja", {"rows": queries.events(request.actor)})


@page(Permission.REPORT_ADVERSE, "GET", "POST")
def report_adverse(request: Any, patient_id: UUID) -> HttpResponse:
    """Write down an adverse event."""
    patient = look_up("patient", request.actor, patient_id)

    def again(problem: str = "", status: int = 200) -> HttpResponse:
        return _form(request, patient, problem, status)

    def do(act: Act) -> str:
        event = actions.report(act, patient_id=patient_id, happened=happened(request.POST))
        return reverse("adverse_event", args=[event.public_id])

    return take(request, do, again, patient_id) if request.method == "POST" else again()


def _form(request: Any, patient: Any, problem: str, status: int) -> HttpResponse:
    sessions = queries.sessions_before(request.actor, patient)
    context = {
        "patient": patient,
        "cartridges": queries.cartridges_of(sessions),
        "kinds": packaged().adverse_kinds.values(),
        "severities": actions.SEVERITIES,
        "serious": packaged().serious_outcomes.values(),
        "chosen": request.POST.getlist("serious"),
        "sessions": sessions,
        "asked": request.POST.get("session", request.GET.get("session", "")),
        "today": act_of(request).today,
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
    }
    return shown(request, "adverse/form.jinja", context, status=status)


def _show(request: Any, event_id: UUID, problem: str = "", status: int = 200) -> HttpResponse:
    event = look_up("adverse_event", request.actor, event_id, *TOGETHER)
    context = {
        "patient": event.patient,
        "page": queries.event_page(event),
        "event": event,
        "outcomes": actions.OUTCOMES,
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
    }
    return shown(request, "adverse/event.jinja", context, status=status)


@page(Permission.SEE_CHART)
def adverse_event(request: Any, event_id: UUID) -> HttpResponse:
    """Show an event with what followed."""
    event = look_up("adverse_event", request.actor, event_id, "patient")
    saw(act_of(request), "adverse event", event, event.patient)
    return _show(request, event_id)


@page(Permission.REPORT_ADVERSE, "POST")
def follow_adverse(request: Any, event_id: UUID) -> HttpResponse:
    """Add what was seen, done or told afterwards."""
    event = look_up("adverse_event", request.actor, event_id, "patient")

    def do(act: Act) -> str:
        words, told = text(request.POST, "words", 4000), text(request.POST, "told", 120)
        actions.follow_up(
            act, event_id=event_id, words=words, outcome=text(request.POST, "outcome", 40), told=told
        )
        return reverse("adverse_event", args=[event_id])

    return take(
        request,
        do,
        lambda problem, status: _show(request, event_id, problem, status),
        event.patient.public_id,
    )


def _draft(request: Any, event_id: UUID) -> tuple[Any, queries.Draft]:
    event = look_up("adverse_event", request.actor, event_id, *TOGETHER)
    saw(act_of(request), "draft for the authority", event, event.patient)
    return event, queries.draft(event, request.actor)


@page(Permission.REPORT_ADVERSE)
def medwatch(request: Any, event_id: UUID) -> HttpResponse:
    """Show the draft for the authority."""
    with override(first_language()):
        event, made = _draft(request, event_id)
    return shown(request, "adverse/draft.jinja", {"patient": event.patient, "event": event, "draft": made})


@page(Permission.REPORT_ADVERSE)
def medwatch_text(request: Any, event_id: UUID) -> HttpResponse:
    """Give the draft as text, in the language of the form."""
    with override(first_language()):
        _, made = _draft(request, event_id)
        text = queries.draft_text(made)
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{made.name}.txt"'},
    )


@page(Permission.REPORT_ADVERSE)
def medwatch_json(request: Any, event_id: UUID) -> HttpResponse:
    """Give the draft for programs, in the language of the form."""
    with override(first_language()):
        _, made = _draft(request, event_id)
        document = queries.draft_document(made)
    attached = {"Content-Disposition": f'attachment; filename="{made.name}.json"'}
    return JsonResponse(document, headers=attached, json_dumps_params={"indent": 1})
