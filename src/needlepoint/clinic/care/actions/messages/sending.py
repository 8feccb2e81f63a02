"""Sending what is due: a reminder is handed over at most once, an alarm at least once, and what nobody knows is listed.

A worker first holds a bite of waiting messages; then, for each by itself, it writes `sending` to disk, hands over, and
writes what came of it. Killed before `sending`, a message is held no longer after a while and goes out later. Killed
after it, nobody can tell: a reminder becomes `unknown` and waits for a person, an alarm goes back into the outbox.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial

from django.db import connection, transaction
from django.db.models import Case, Exists, OuterRef, Q, When

from needlepoint.clinic.care.actions.messages import gateways, worth_sending
from needlepoint.clinic.care.actions.messages.portal_links import open_words
from needlepoint.clinic.care.actions.messages.reminders import visit_of
from needlepoint.clinic.chair.actions.outbox.message_words import (
    AT_LEAST_ONCE,
    URGENT,
    VISIT,
    Filled,
    body,
    subject,
)
from needlepoint.clinic.models import Message, MessageStep, SendingHold, TriageStep, TriageTask
from needlepoint.clinic.practice.actions.passing import Passed
from needlepoint.evidence.languages import first_language
from needlepoint.exchange.calendar import visit

BITE = 20
SIGN_IN = "sign-in:"
HELD = timedelta(minutes=2)
MOST_TRIES = 5
# Where so many in a row find nobody at the other end, nobody is there; the rest waits for the next pass.
DOWN_IN_A_ROW = 3
LONGEST_PASS = timedelta(seconds=20)
Clock = Callable[[], datetime]
GatewayFor = Callable[[str], gateways.Gateway]


@dataclass(frozen=True, slots=True)
class Lane:
    """What is sent together, behind nothing else: the alarms, or all others, each by one way out."""

    alarms: bool | None = None
    channel: str = ""

    def rows(self) -> Q:
        """Return which messages belong here."""
        wanted = Q(channel=self.channel) if self.channel else Q()
        if self.alarms is None:
            return wanted
        urgent = Q(purpose__in=AT_LEAST_ONCE)
        return wanted & (urgent if self.alarms else ~urgent)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: a name for its holds, the clock, the way out, and what of the outbox is its own."""

    name: str
    clock: Clock
    gateway_for: GatewayFor = gateways.gateway_for
    held: timedelta = HELD
    lane: Lane = Lane()


def send_due(sender: Sender, most: int = 500) -> int:
    """Send what is due; return how many were handed over. Any number of workers may do this at once."""
    until = sender.clock() + LONGEST_PASS
    release(sender.clock())
    passed: Passed[int] = Passed()
    handed = _hear_late(sender, passed)
    tried = down = 0
    while tried < most and down < DOWN_IN_A_ROW and sender.clock() < until:
        keys = _hold(sender)
        if not keys:
            break
        try:
            for came in passed.each(keys, partial(_send, sender)):
                handed += came is Came.TAKEN
                down = down + 1 if came is Came.DOWN else 0
                if down >= DOWN_IN_A_ROW or sender.clock() >= until:
                    break
        finally:
            _let_go(sender, keys)
        tried += len(keys)
    passed.end()
    return handed


class Came(Enum):
    """What came of one message."""

    TAKEN = auto()
    NOT_SENT = auto()
    DOWN = auto()


def _let_go(sender: Sender, keys: list[int]) -> None:
    """Give back what was held and not begun, so that nobody has to wait until the hold runs out."""
    rows = Message.objects.filter(pk__in=keys, state="waiting", held_by=sender.name)
    rows.update(held_by="", held_until=None)


# Gateways that have not answered yet, by the message that they were asked to take; each process has its own.
_late: dict[int, gateways.Asked] = {}
_late_lock = threading.Lock()


def _hear_late(sender: Sender, passed: Passed[int]) -> int:
    """Settle what slow gateways have said meanwhile; return how many of these messages were handed over."""
    with _late_lock:
        asked = list(_late.items())
    mine = set(
        Message.objects.filter(sender.lane.rows(), pk__in=[key for key, _ in asked]).values_list(
            "pk", flat=True
        )
    )
    heard = {key: each for key, each in asked if key in mine}
    came = passed.each(heard, lambda key: _settled(sender, key, partial(heard[key].answer, 0)))
    return sum(each is Came.TAKEN for each in came)


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
    """Hold the next bite of messages for this worker, those of other workers passed over.

    Alarms go first, then what somebody waits for at a screen, then the visits, since they fill the day's one place;
    what was tried before stands behind what was not.
    """
    at = sender.clock()
    standing = SendingHold.objects.filter(clinic=OuterRef("clinic"), lifted_at=None)
    free = Q(held_until=None) | Q(held_until__lt=at)
    rows = Message.objects.filter(
        free, ~Exists(standing), sender.lane.rows(), state="waiting", due_at__lte=at
    )
    # SQLite has one writer at a time, so nobody needs to be passed over there.
    rows = rows.select_for_update(
        no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked
    )
    first = Case(
        When(purpose="alarm", then=0),
        When(purpose__in=URGENT, then=1),
        When(purpose="appointment", then=2),
        default=3,
    )
    tried = Case(When(tries=0, then=0), default=1)
    with transaction.atomic():
        keys = list(rows.order_by(first, tried, "due_at", "pk").values_list("pk", flat=True)[:BITE])
        Message.objects.filter(pk__in=keys).update(held_by=sender.name, held_until=at + sender.held)
    return keys


def _send(sender: Sender, key: int) -> Came:
    """Send one message; whatever goes wrong with it is its own, and the next one goes on."""
    try:
        letter = _begin(sender, key)
    except Exception as error:  # noqa: BLE001 (a row that cannot even be read must not hold up the others)
        _stumbled(sender, key, error)
        return Came.NOT_SENT
    if letter is None:
        return Came.NOT_SENT
    channel, sheet = letter
    return _settled(sender, key, lambda: sender.gateway_for(channel).hand_over(sheet))


def _settled(sender: Sender, key: int, ask: Callable[[], str]) -> Came:
    """Write down what a gateway answers."""
    try:
        gateway_id = ask()
    except gateways.Late as late:
        with _late_lock:
            _late[key] = late.asked
        return Came.DOWN
    except gateways.NotAccepted as why:
        came, words, down = _told(why), str(why), why.down
    except Exception as error:  # noqa: BLE001 (what a gateway does is never the end of the pass)
        came, words, down = "unknown", type(error).__name__, True
    else:
        came, words, down = "handed_over", "", False
        _settle(sender, key, came, words, gateway_id)
    with _late_lock:
        _late.pop(key, None)
    if came != "handed_over":
        _settle(sender, key, came, words)
    return Came.TAKEN if came == "handed_over" else Came.DOWN if down else Came.NOT_SENT


def _told(why: gateways.NotAccepted) -> str:
    return "unknown" if isinstance(why, gateways.Unknown) else "refused"


def _stumbled(sender: Sender, key: int, error: Exception) -> None:
    """Count a try of a message that cannot be made; in the end it stands in the list of what failed."""
    with transaction.atomic():
        row = Message.objects.select_for_update(no_key=True).get(pk=key)
        if row.state == "waiting" and row.held_by == sender.name:
            row.tries += 1
            row.save(update_fields=["tries"])
            _refused(row, sender.clock(), f"cannot be written: {type(error).__name__}")


def _begin(sender: Sender, key: int) -> tuple[str, gateways.Letter] | None:
    """Write to disk that a message is about to leave; None where it must not, now or ever."""
    at = sender.clock()
    with transaction.atomic():
        row = (
            Message.objects.select_for_update(no_key=True, of=("self",))
            .select_related("clinic", "about", "member", "patient")
            .get(pk=key)
        )
        if row.state != "waiting" or row.held_by != sender.name:
            return None
        if row.held_until is None or row.held_until <= at or worth_sending.stopped(row):
            return None
        if why := worth_sending.useless(row, at):
            _become(row, at, "dropped", why)
            return None
        then = worth_sending.later(row, at)
        if then > at:
            row.due_at, row.held_by, row.held_until = then, "", None
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
    level = row.about.level if row.about is not None else ""
    filled = Filled(link, code, row.clinic.phone, row.clinic.emergency_number, level)
    return gateways.Letter(
        key=str(row.public_id),
        address=row.address,
        subject=subject(row.language, row.words, level),
        body=body(row.words, row.language, row.channel, filled),
        calendar=_calendar(row),
        urgent=row.purpose in AT_LEAST_ONCE,
    )


def _calendar(row: Message) -> bytes:
    """Return the visit that an e-mail announces as a file for the patient's own calendar; empty for all else."""
    booking = visit_of(row) if row.channel == "email" else None
    if booking is None:
        return b""
    words = VISIT.get(row.language, VISIT[first_language()])
    return visit(booking.public_id, booking.starts_at, booking.ends_at, words=words, made_at=row.made_at)


def _settle(sender: Sender, key: int, came: str, words: str, gateway_id: str = "") -> None:
    at = sender.clock()
    with transaction.atomic():
        row = Message.objects.select_for_update(no_key=True).get(pk=key)
        heard_late = row.state == "waiting" and came == "handed_over"
        if row.state not in ("sending", "unknown") and not heard_late:
            # Somebody else has settled it while the gateway was slow; what they wrote stands.
            return
        if came == "handed_over":
            row.handed_over_at, row.gateway_id = at, str(gateway_id)[:120]
            row.save(update_fields=["handed_over_at", "gateway_id"])
            _become(row, at, "handed_over", words)
            _keep_that_told(row, at)
        elif came == "refused":
            _refused(row, at, words)
        else:
            _nobody_knows(row, at, words)


def _keep_that_told(row: Message, at: datetime) -> None:
    """Write beside a report that the patient was told, now that it is true."""
    if row.purpose != "not_seen" or row.about_id is None:
        return
    rows = TriageTask.objects.filter(pk=row.about_id, patient_told_at=None, closed_at=None)
    if rows.update(patient_told_at=at):
        TriageStep.objects.create(clinic_id=row.clinic_id, task_id=row.about_id, at=at, what="told_patient")


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
