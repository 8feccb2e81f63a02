"""The queue of check-ins: what waits, and what was done about each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.care.actions import triage as actions
from needlepoint.clinic.care.queries import triage as queries
from needlepoint.clinic.care.queries.watch import waits
from needlepoint.clinic.chair.queries.outcome import due_outcomes
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.actions.record import saw
from needlepoint.clinic.practice.forms.typed import text
from needlepoint.clinic.practice.queries.door.unsent import unsent_lately
from needlepoint.clinic.practice.queries.door.work import stalled_lately
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import act_of, new_key, page, take
from needlepoint.clinic.practice.views.door.shown import rendered, shown

TOGETHER = ("patient", "check_in", "check_in__session", "check_in__course", "owner", "acknowledged_by")


@page(Permission.SEE_DAY)
def watch(request: Any) -> HttpResponse:
    """Show in the head of every page what waits for somebody; it refreshes itself every few seconds."""
    at = clock.now()
    now = waits(request.actor, at)
    context = {
        "can": {each.value: True for each in request.actor.permissions},
        "stalled": stalled_lately(at),
        "hold": now.hold,
        "open": now.open,
        "troubled": now.troubled,
        "mine": now.waiting.of(request.actor.permissions),
        "answers": now.answers,
        "unsent": unsent_lately(request.actor.clinic, at),
    }
    return quick(request, "triage/_watch.jinja", context)


def quick(request: Any, name: str, context: dict[str, Any]) -> HttpResponse:
    """Return a part of a page that asks for it every few seconds, with no more around it than it shows."""
    return HttpResponse(rendered(name, context | {"actor": request.actor}))


def _page_number(request: Any) -> int:
    typed = request.GET.get("page", "")
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 7 else 1


@page(Permission.TRIAGE)
def queue(request: Any) -> HttpResponse:
    """Show the open check-ins, the most urgent first, a page at a time."""
    at, number = clock.now(), _page_number(request)
    context = {
        "lines": queries.queue(request.actor, at, number),
        "number": number,
        "open": queries.open_count(request.actor, at),
        "now": at,
        "roster": queries.roster(request.actor, at),
    }
    if request.htmx:
        return quick(request, "triage/_lines.jinja", context)
    return shown(request, "triage/queue.jinja", context | {"due_outcomes": due_outcomes(request.actor, at)})


def _show(request: Any, task_id: UUID, problem: str = "", status: int = 200) -> HttpResponse:
    task, at = look_up("triage_task", request.actor, task_id, *TOGETHER), clock.now()
    context = {
        "patient": task.patient,
        "task": task,
        "line": queries.line_of(task, request.actor, at),
        "page": queries.task_page(task),
        "outcomes": actions.OUTCOMES,
        "now": at,
        "typed": request.POST,
        "problem": problem,
        "key": new_key(),
    }
    return shown(request, "triage/task.jinja", context, status=status)


@page(Permission.TRIAGE)
def task(request: Any, task_id: UUID) -> HttpResponse:
    """Show one check-in: what the patient said, which rules fired, what was done."""
    row = look_up("triage_task", request.actor, task_id, "patient")
    saw(act_of(request), "check-in", row, row.patient)
    return _show(request, task_id)


def _step(request: Any, task_id: UUID, do: Callable[[Act], object]) -> HttpResponse:
    row = look_up("triage_task", request.actor, task_id, "patient")

    def done(act: Act) -> str:
        do(act)
        return reverse("triage_task", args=[task_id])

    return take(
        request, done, lambda problem, status: _show(request, task_id, problem, status), row.patient.public_id
    )


@page(Permission.TRIAGE, "POST")
def acknowledge(request: Any, task_id: UUID) -> HttpResponse:
    """Take a check-in on."""
    return _step(request, task_id, lambda act: actions.acknowledge(act, task_id=task_id))


@page(Permission.TRIAGE, "POST")
def take_over(request: Any, task_id: UUID) -> HttpResponse:
    """Take a check-in over."""
    return _step(request, task_id, lambda act: actions.take_over(act, task_id=task_id))


@page(Permission.TRIAGE, "POST")
def note(request: Any, task_id: UUID) -> HttpResponse:
    """Write down a call or an advice."""

    def do(act: Act) -> object:
        words = text(request.POST, "words", 2000, needed=True)
        return actions.note(act, task_id=task_id, what=request.POST.get("what", ""), words=words)

    return _step(request, task_id, do)


@page(Permission.TRIAGE, "POST")
def close(request: Any, task_id: UUID) -> HttpResponse:
    """Close a check-in with what came of it."""

    def do(act: Act) -> object:
        words = text(request.POST, "closing", 2000)
        return actions.close(act, task_id=task_id, outcome=request.POST.get("outcome", ""), words=words)

    return _step(request, task_id, do)
