"""Sending what is due: a reminder is handed over at most once, an alarm at least once, and what nobody knows is listed.

A worker first holds a bite of waiting messages; then, for each by itself, it writes `sending` to disk, hands over, and
writes what came of it. Killed before `sending`, a message is held no longer after a while and goes out later. Killed
after it, nobody can tell: a reminder becomes `unknown` and waits for a person, an alarm goes back into the outbox.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from needlepoint.clinic.access.checks import WENT
from needlepoint.clinic.actions import gateways, quiet_hours
from needlepoint.clinic.actions.contact import address_of, names_address
from needlepoint.clinic.actions.message_words import AT_LEAST_ONCE, URGENT, VISIT, body, group_of, subject
from needlepoint.clinic.actions.reminders import still_wanted, visit_of
from needlepoint.clinic.actions.sign_in import open_words
from needlepoint.clinic.models import ContactConsent, Message, MessageStep, Patient, SendingHold
from needlepoint.course.instants import time_zone
from needlepoint.exchange.calendar import visit

BITE = 20
SIGN_IN = "sign-in:"
HELD = timedelta(minutes=2)
# So soon is looked again whether a consent names the new address.
ASKED_AGAIN = timedelta(hours=1)
MOST_TRIES = 5
Clock = Callable[[], datetime]
GatewayFor = Callable[[str], gateways.Gateway]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: a name for its holds, the clock, and the way out."""

    name: str
    clock: Clock
    gateway_for: GatewayFor = gateways.gateway_for
    held: timedelta = HELD


def send_due(sender: Sender, most: int = 500) -> int:
    """Send what is due; return how many were handed over. Any number of workers may do this at once."""
    release(sender.clock())
    handed = tried = 0
    while tried < most:
        keys = _hold(sender)
        if not keys:
            break
        tried += len(keys)
        handed += sum(_send(sender, key) for key in keys)
    return handed


def release(at: datetime) -> int:
    """Settle what a dead worker left in its hands; return how many became unknown."""
    rows = Message.objects.filter(state="sending", held_until__lt=at)
    unknown = 0
    for key in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            row = Message.objects.select_for_update(no_key=True).get(pk=key)
            if row.state == "sending" and row.held_until is not None and row.held_until < at:
                again = row.purpose in AT_LEAST_ONCE
                words = "the worker did not come back"
                _become(row, at, "waiting" if again else "unknown", words, due_at=at if again else row.due_at)
                unknown += not again
    return unknown


def _hold(sender: Sender) -> list[int]:
    """Hold the next bite of messages for this worker, those of other workers passed over."""
    at = sender.clock()
    standing = SendingHold.objects.filter(clinic=OuterRef("clinic"), lifted_at=None)
    free = Q(held_until=None) | Q(held_until__lt=at)
    rows = Message.objects.filter(free, ~Exists(standing), state="waiting", due_at__lte=at)
    # SQLite has one writer at a time, so nobody needs to be passed over there.
    rows = rows.select_for_update(
        no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked
    )
    with transaction.atomic():
        keys = list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:BITE])
        Message.objects.filter(pk__in=keys).update(held_by=sender.name, held_until=at + sender.held)
    return keys


def _send(sender: Sender, key: int) -> bool:
    letter = _begin(sender, key)
    if letter is None:
        return False
    channel, sheet = letter
    try:
        gateway_id = sender.gateway_for(channel).hand_over(sheet)
    except gateways.NotAccepted as why:
        _settle(sender, key, "refused", str(why))
        return False
    except gateways.Unknown as why:
        _settle(sender, key, "unknown", str(why))
        return False
    _settle(sender, key, "handed_over", "", gateway_id)
    return True


def _begin(sender: Sender, key: int) -> tuple[str, gateways.Letter] | None:
    """Write to disk that a message is about to leave; None where it must not, now or ever."""
    at = sender.clock()
    with transaction.atomic():
        row = (
            Message.objects.select_for_update(no_key=True, of=("self",)).select_related("clinic").get(pk=key)
        )
        if row.state != "waiting" or row.held_by != sender.name:
            return None
        if row.held_until is None or row.held_until <= at or _stopped(row):
            return None
        if why := _useless(row, at):
            _become(row, at, "dropped", why)
            return None
        later = _later(row, at)
        if later > at:
            row.due_at, row.held_by, row.held_until = later, "", None
            row.save(update_fields=["due_at", "held_by", "held_until"])
            return None
        row.tries += 1
        row.held_until = at + sender.held
        row.save(update_fields=["tries", "held_until", "address"])
        _become(row, at, "sending", "", holding=True)
        return row.channel, _letter(row)


def _letter(row: Message) -> gateways.Letter:
    link, code = row.filled_with.get("link", ""), ""
    if link.startswith(SIGN_IN):
        link, code = open_words(link)
    text = body(row.words, row.language, row.channel, link, code)
    return gateways.Letter(str(row.public_id), row.address, subject(row.language), text, _calendar(row))


def _calendar(row: Message) -> bytes:
    """Return the visit that an e-mail announces as a file for the patient's own calendar; empty for all else."""
    booking = visit_of(row) if row.channel == "email" else None
    if booking is None:
        return b""
    words = VISIT.get(row.language, VISIT["en"])
    return visit(booking.public_id, booking.starts_at, booking.ends_at, words=words, made_at=row.made_at)


def _stopped(row: Message) -> bool:
    return SendingHold.objects.filter(clinic=row.clinic_id, lifted_at=None).exists()


def _useless(row: Message, at: datetime) -> str:
    """Return why a message must not be sent at all any more; empty where it may."""
    if row.useless_after is not None and at > row.useless_after:
        return "too late to be of use"
    if not still_wanted(row, at):
        return "there is no reason for it any more"
    gone = row.patient.gone_as if row.patient is not None else ""
    # What safety needs reaches those who left; the dead are written to about nothing.
    if gone == "died" or (gone and row.purpose not in URGENT):
        return f"the patient {WENT[gone]}"
    if row.patient_id is None or not group_of(row.purpose):
        return ""
    consents = ContactConsent.objects.filter(
        patient=row.patient_id, purpose=group_of(row.purpose), channel=row.channel
    )
    latest = consents.order_by("-at", "-pk").first()
    if latest is None or not latest.agreed:
        return "the patient has not agreed to it"
    if row.patient is not None:
        row.address = address_of(row.patient, row.channel) or row.address
    return ""


def _later(row: Message, at: datetime) -> datetime:
    """Return when a message may go: now, or in the morning, or when the patient has had few enough."""
    if row.purpose in URGENT or row.patient_id is None:
        return at
    if _waits_for_consent(row):
        return at + ASKED_AGAIN
    # The patient's row is held, so that two workers do not both send the one message of the day.
    Patient.objects.select_for_update(no_key=True).get(pk=row.patient_id)
    zone = time_zone(row.clinic.time_zone)
    morning = quiet_hours.next_by_day(at, zone)
    if morning > at:
        return morning
    sent = MessageStep.objects.filter(state="sending", message__patient=row.patient_id)
    sent = sent.exclude(message__purpose__in=URGENT).exclude(message=row)
    today = sent.filter(at__gte=quiet_hours.start_of_day(at, zone)).values("message").distinct()
    week = sent.filter(at__gt=at - timedelta(days=7)).values("message").distinct()
    if today.count() >= quiet_hours.A_DAY or week.count() >= quiet_hours.A_WEEK:
        tomorrow = at.astimezone(zone).date() + timedelta(days=1)
        return quiet_hours.morning(tomorrow, zone)
    return at


def _waits_for_consent(row: Message) -> bool:
    """Say whether the consent names another address than the chart: the old one is no longer the patient's to read.

    The new one is nobody's yes so far; the message waits, until somebody asks or it is of no use any more.
    """
    asked = ContactConsent.objects.filter(
        patient=row.patient_id, purpose=group_of(row.purpose), channel=row.channel
    )
    latest = asked.order_by("-at", "-pk").first()
    return latest is not None and row.patient is not None and not names_address(latest, row.patient)


def _settle(sender: Sender, key: int, came: str, words: str, gateway_id: str = "") -> None:
    at = sender.clock()
    with transaction.atomic():
        row = Message.objects.select_for_update(no_key=True).get(pk=key)
        if row.state not in ("sending", "unknown"):
            # Somebody else has settled it while the gateway was slow; what they wrote stands.
            return
        if came == "handed_over":
            row.handed_over_at, row.gateway_id = at, gateway_id[:120]
            row.save(update_fields=["handed_over_at", "gateway_id"])
            _become(row, at, "handed_over", words)
        elif came == "refused":
            _refused(row, at, words)
        else:
            _nobody_knows(row, at, words)


def _refused(row: Message, at: datetime, words: str) -> None:
    """Try again later, a few times: it surely did not go out."""
    if row.tries >= MOST_TRIES and row.purpose not in AT_LEAST_ONCE:
        _become(row, at, "failed", words)
    else:
        wait = timedelta(minutes=min(2 ** min(row.tries, 6), 30))
        _become(row, at, "waiting", words, due_at=at + wait)


def _nobody_knows(row: Message, at: datetime, words: str) -> None:
    if row.purpose in AT_LEAST_ONCE:
        _become(row, at, "waiting", words, due_at=at + timedelta(minutes=1))
    else:
        _become(row, at, "unknown", words)


def _become(
    row: Message,
    at: datetime,
    state: str,
    words: str,
    *,
    due_at: datetime | None = None,
    holding: bool = False,
) -> None:
    row.state, row.due_at = state, due_at or row.due_at
    if not holding:
        row.held_by, row.held_until = "", None
    row.save(update_fields=["state", "due_at", "held_by", "held_until"])
    MessageStep.objects.create(clinic_id=row.clinic_id, message=row, at=at, state=state, words=words[:200])


def delivered(clinic: int, gateway_id: str, arrived: bool, at: datetime) -> bool:
    """Keep what the gateway tells about a message it took; say whether there is such a message."""
    with transaction.atomic():
        rows = Message.objects.filter(clinic=clinic, gateway_id=gateway_id, state="handed_over")
        row = rows.select_for_update(no_key=True).first() if gateway_id else None
        if row is None:
            return False
        _become(row, at, "delivered" if arrived else "failed", "" if arrived else "the gateway gave up")
    return True
