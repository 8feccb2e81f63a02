"""The outbox: what was not sent, what nobody knows, what waits, and letting it go after a restore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from needlepoint.clinic.access.find import look_up
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.care.actions.messages import answers
from needlepoint.clinic.care.queries.message import outbox
from needlepoint.clinic.chair.actions.outbox import contact
from needlepoint.clinic.chair.actions.outbox import message as actions
from needlepoint.clinic.chair.actions.outbox.message_words import GROUPS, agreed
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.practice.views.door.asking import new_key, page, seen_of, take, versioned
from needlepoint.clinic.practice.views.door.shown import shown


def _show(request: Any, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"outbox": outbox(request.actor, clock.now()), "problem": problem, "key": new_key()}
    return shown(request, "message/page.jinja", context, status=status)


@page(Permission.SEE_MESSAGES)
def messages(request: Any) -> HttpResponse:
    """Show the outbox."""
    return _show(request)


def _decide(request: Any, do: Callable[[Act], object]) -> HttpResponse:
    def done(act: Act) -> str:
        do(act)
        return reverse("messages")

    return take(request, done, lambda problem, status: _show(request, problem, status))


@page(Permission.SEND_MESSAGES, "POST")
def send_again(request: Any, message_id: UUID) -> HttpResponse:
    """Put a message back into the outbox."""
    look_up("message", request.actor, message_id)
    return _decide(request, lambda act: actions.send_again(act, message_id=message_id))


@page(Permission.SEND_MESSAGES, "POST")
def drop(request: Any, message_id: UUID) -> HttpResponse:
    """Leave a message unsent for good."""
    look_up("message", request.actor, message_id)
    return _decide(request, lambda act: actions.drop(act, message_id=message_id))


@page(Permission.SEND_MESSAGES, "POST")
def settle_answer(request: Any, answer_id: UUID) -> HttpResponse:
    """Say what an answer to a text message meant."""
    look_up("text_answer", request.actor, answer_id)
    came_to = request.POST.get("came_to", "")
    return _decide(request, lambda act: answers.settle(act, answer_id=answer_id, came_to=came_to))


@page(Permission.LIFT_HOLD, "POST")
def lift_hold(request: Any) -> HttpResponse:
    """Let messages go out again after a restore."""
    send_old = request.POST.get("old") == "send"
    return _decide(request, lambda act: actions.lift_hold(act, send_old=send_old))


@page(Permission.EDIT_PATIENT, "GET", "POST")
def contact_consent(request: Any, patient_id: UUID) -> HttpResponse:
    """Write down what a patient may be written to about, and how."""
    patient = look_up("patient", request.actor, patient_id)

    def form(problem: str = "", status: int = 200) -> HttpResponse:
        told = contact.latest(patient)
        stale = {(row.purpose, row.channel): row.address for row in contact.to_ask_again(patient)}
        now = {key: row.agreed and key not in stale for key, row in told.items()}
        version = versioned(request, contact.held_consents(patient))
        ticked = set(request.POST.getlist("agreed"))
        # Where the patient answered since, that is what stands in the form until somebody asks them again.
        ticked -= {each.name for each in version["clashes"] if each.saved == "no"}
        ticked |= {each.name for each in version["clashes"] if each.saved == "yes" and each.untouched}
        rows = [
            {
                "says": agreed(group, request.actor.language),
                "name": f"{group} {channel}",
                "channel": channel,
                "named": stale.get((group, channel), ""),
                "on": f"{group} {channel}" in ticked or (not ticked and now.get((group, channel), False)),
            }
            for group in GROUPS
            for channel in contact.CHANNELS
        ]
        context = {**version, "patient": patient, "rows": rows, "problem": problem, "key": new_key()}
        return shown(request, "message/consent.jinja", context, status=status)

    def do(act: Act) -> str:
        agreed = [tuple(each.split(" ", 1)) for each in request.POST.getlist("agreed") if " " in each]
        contact.take_contact_consent(act, patient_id=patient_id, agreed=agreed, seen=seen_of(request))
        return reverse("contact_consent", args=[patient_id])

    return take(request, do, form, patient_id) if request.method == "POST" else form()
