"""Answers to text messages that no rule understood: kept for a person, who says what was meant."""

from __future__ import annotations

from uuid import UUID

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.care.actions.messages.stop_words import Meant, meant
from needlepoint.clinic.chair.actions.outbox.contact import Stopped, stop
from needlepoint.clinic.models import TextAnswer
from needlepoint.clinic.models.adding import add
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write

CAME_TO = ("stopped", "read")


def hear(act: Act, *, sender: str, words: str) -> bool:
    """End the messages where an answer clearly says so; keep every other one for a person. Say which it was."""
    said = meant(words)
    if said is not Meant.STOP:
        _keep(act, sender, words, "stop_unclear" if said is Meant.PERHAPS else "not_understood")
        return False
    came = stop(act, sender)
    if not came.patients:
        _keep(act, sender, words, "several_people" if came.unsure else "unknown_number")
    return bool(came.patients)


def _keep(act: Act, sender: str, words: str, why: str) -> None:
    add(
        TextAnswer(
            clinic_id=act.actor.clinic,
            public_id=act.id_for("answer"),
            sender=sender[:40],
            words=words[:480],
            why=why,
            heard_at=act.at,
        )
    )


@action(Permission.SEND_MESSAGES)
def settle(act: Act, *, answer_id: UUID, came_to: str) -> TextAnswer:
    """Say what an answer meant: no more text messages to this number, or nothing that the program has to do."""
    row: TextAnswer = find(TextAnswer, act.actor, answer_id, for_update=True)
    if row.settled_at is not None:
        raise Refused("Somebody has settled this already. Load the page anew.")
    if came_to not in CAME_TO:
        raise Refused("Choose what was meant.")
    if came_to == "stopped":
        _stop(act, row)
    row.settled_at, row.settled_by_id, row.came_to = act.at, act.actor.member, came_to
    row.save(update_fields=["settled_at", "settled_by", "came_to"])
    write(act, "settled an answer", row, detail={"came_to": came_to})
    return row


def _stop(act: Act, row: TextAnswer) -> Stopped:
    came = stop(act, row.sender, sure=False)
    if not came.patients:
        raise Refused(
            "No chart holds the number %(sender)s. Look for the patient, write the number on the chart, "
            "and choose this again.",
            sender=row.sender,
        )
    return came
