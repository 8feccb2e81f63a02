"""The outbox: a message is written in the transaction of what it tells, and sent afterwards by the background work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.find import find
from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.access.said import in_words
from needlepoint.clinic.chair.actions.outbox.contact import address_of, as_sent, unfit
from needlepoint.clinic.chair.actions.outbox.message_words import AT_LEAST_ONCE, PURPOSES
from needlepoint.clinic.models import Clinic, Member, Message, MessageStep, Patient, SendingHold, TriageTask
from needlepoint.clinic.practice.actions.act import Act, action
from needlepoint.clinic.practice.actions.record import write
from needlepoint.evidence.languages import first_language

# Ids of messages come from what they are about, so that two who write the same one at once write one.
_OUTBOX = UUID("5d3e35a1-5b6f-4f1f-9a94-7a52d0b2a7c1")


def enqueue(
    act: Act,
    *,
    purpose: str,
    channel: str,
    to: Patient | Member,
    once_key: str,
    due_at: datetime | None = None,
    useless_after: datetime | None = None,
    link: str = "",
    language: str = "",
    address: str = "",
    about: TriageTask | None = None,
) -> Message | None:
    """Write a message to the outbox, once for its key; None where the person has no address on that channel.

    It goes to where the person is written to now, or to the `address` that is named.
    """
    if purpose not in PURPOSES:
        raise Refused("There is no message for %(purpose)r.", purpose=purpose)
    country = Clinic.objects.values_list("country", flat=True).get(pk=act.actor.clinic)
    address = as_sent(channel, address or address_of(to, channel), country)
    if not address:
        return None
    fault = unfit(channel, address, country)
    message, made = Message.objects.get_or_create(
        clinic_id=act.actor.clinic,
        once_key=once_key,
        defaults={
            "public_id": uuid5(_OUTBOX, f"{act.actor.clinic} {once_key}"),
            "patient": to if isinstance(to, Patient) else None,
            "member": to if isinstance(to, Member) else None,
            "about": about,
            "purpose": purpose,
            "channel": channel,
            "address": address,
            "language": language or first_language(),
            "words": purpose,
            "filled_with": {
                "link": link or ("" if purpose in AT_LEAST_ONCE else _front_door(act.actor.clinic))
            },
            "made_at": act.at,
            "due_at": due_at or act.at,
            "useless_after": useless_after,
            "state": "failed" if fault else "waiting",
        },
    )
    if made and fault:
        # Listed among what failed, with the reason, and in nobody's way.
        MessageStep.objects.create(
            clinic_id=message.clinic_id, message=message, at=act.at, state="failed", words=fault
        )
    return message


def _front_door(clinic: int) -> str:
    return str(Clinic.objects.values_list("portal_address", flat=True).get(pk=clinic))


@action(Permission.SEND_MESSAGES)
def send_again(act: Act, *, message_id: UUID) -> Message:
    """Put a message back into the outbox, because somebody looked and wants it sent; only a person decides this."""
    message = find(Message, act.actor, message_id, for_update=True)
    if message.state not in ("unknown", "failed"):
        raise Refused("This message is %(message)s; it is not sent again.", message=in_words(message.state))
    return _decided(act, message, "waiting", "sent again by a member")


@action(Permission.SEND_MESSAGES)
def drop(act: Act, *, message_id: UUID) -> Message:
    """Leave a message unsent for good."""
    message = find(Message, act.actor, message_id, for_update=True)
    if message.state not in ("waiting", "unknown", "failed"):
        raise Refused(
            "This message is %(message)s; it cannot be dropped any more.",
            message=in_words(message.state),
        )
    return _decided(act, message, "dropped", "dropped by a member")


def _decided(act: Act, message: Message, state: str, words: str) -> Message:
    message.state, message.held_by, message.held_until = state, "", None
    message.due_at = act.at if state == "waiting" else message.due_at
    message.save(update_fields=["state", "held_by", "held_until", "due_at"])
    MessageStep.objects.create(
        clinic_id=message.clinic_id, message=message, at=act.at, state=state, words=words
    )
    write(act, words, message, message.patient)
    return message


def hold_all(reason: str, at: datetime) -> int:
    """Stop all sending of every clinic until a person lifts it; a restore calls this. Return how many clinics."""
    clinics = Clinic.objects.exclude(pk__in=SendingHold.objects.filter(lifted_at=None).values("clinic"))
    holds = [SendingHold(clinic=clinic, reason=reason, since=at) for clinic in clinics]
    return len(SendingHold.objects.bulk_create(holds))


@action(Permission.LIFT_HOLD)
def lift_hold(act: Act, *, send_old: bool = False) -> int:
    """Let messages go out again; those that were due before now are dropped, unless they are wanted after all."""
    holds = SendingHold.objects.filter(clinic=act.actor.clinic, lifted_at=None).select_for_update(no_key=True)
    lifted = holds.update(lifted_at=act.at, lifted_by=act.actor.member)
    if not lifted:
        raise Refused("Nothing is held back.")
    dropped = 0 if send_old else _drop_due(act)
    write(act, "lifted sending hold", f"clinic:{act.actor.clinic}", detail={"dropped": dropped})
    return dropped


def _drop_due(act: Act) -> int:
    """Drop what fell due while nothing was sent: it may have gone out before the backup was restored."""
    due = Message.objects.filter(clinic=act.actor.clinic, state="waiting", due_at__lte=act.at)
    # An alarm that comes twice does less harm than one that never comes.
    due = due.exclude(purpose__in=AT_LEAST_ONCE)
    rows = list(due.select_for_update(no_key=True))
    MessageStep.objects.bulk_create(
        MessageStep(
            clinic_id=row.clinic_id,
            message=row,
            at=act.at,
            state="dropped",
            words="fell due before the hold was lifted",
        )
        for row in rows
    )
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(state="dropped")
    return len(rows)
