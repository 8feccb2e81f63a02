"""What the outbox holds: what went wrong first, then what waits, then what is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.models import Message, SendingHold, TextAnswer

SHOWN = 200
TROUBLED = ("unknown", "failed")


@dataclass(frozen=True, slots=True)
class Outbox:
    """The messages of a clinic, by what has to be done, and the answers that nobody understood."""

    troubled: tuple[Message, ...]
    late: tuple[Message, ...]
    waiting: tuple[Message, ...]
    done: tuple[Message, ...]
    counts: dict[str, int]
    hold: SendingHold | None
    answers: tuple[TextAnswer, ...]


def outbox(actor: Actor, at: datetime) -> Outbox:
    """Return the messages to look at; seven statements whatever their number."""
    rows = _shown(actor).select_related("patient", "member")
    counts = Message.objects.filter(clinic=actor.clinic).values_list("state").annotate(Count("pk"))
    waiting = rows.filter(state__in=("waiting", "sending")).order_by("due_at", "pk")
    late = Q(tries__gt=0, due_at__lte=at)
    return Outbox(
        troubled=tuple(rows.filter(state__in=TROUBLED).order_by("-due_at", "-pk")[:SHOWN]),
        late=tuple(waiting.filter(late)[:SHOWN]),
        waiting=tuple(waiting.exclude(late)[:SHOWN]),
        done=tuple(
            rows.filter(state__in=("handed_over", "delivered", "dropped")).order_by("-due_at", "-pk")[:SHOWN]
        ),
        counts=dict(counts.order_by("state")),
        hold=hold_of(actor),
        answers=tuple(
            TextAnswer.objects.filter(clinic=actor.clinic, settled_at=None).order_by("heard_at", "pk")[:SHOWN]
        ),
    )


def hold_of(actor: Actor) -> SendingHold | None:
    """Return what keeps messages from going out; None where they go."""
    return SendingHold.objects.filter(clinic=actor.clinic, lifted_at=None).order_by("since").first()


def troubled_count(actor: Actor) -> int:
    """Count the messages of which nobody knows or that failed; one statement."""
    return int(_shown(actor).filter(state__in=TROUBLED).count())


def _shown(actor: Actor) -> Any:
    """Return the messages of the clinic, those to people who left or died too."""
    return Message.objects.filter(clinic=actor.clinic)
