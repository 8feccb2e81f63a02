"""Whatever stands in a row of the outbox and whatever a gateway does with it, no other message waits for it.

A hundred and fifty combinations here; `make poisoned` tries a thousand, on both databases.
"""

import os
import random
import smtplib
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from tests.clinic.queueing import on_duty

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions.messages import gateways, sending
from needlepoint.clinic.chair.actions.outbox import message
from needlepoint.clinic.models import Message

MOST = int(os.environ.get("NEEDLEPOINT_POISONED", "150"))
LONGEST_WAIT = timedelta(seconds=5)


class Never:
    """What was asked of a socket that accepts and never answers."""

    def answer(self, _seconds):
        raise gateways.Late(self)


class Clock:
    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


def hangs(clock):
    clock.at += timedelta(seconds=gateways.WAIT_SECONDS)
    raise gateways.Late(Never())


def raises(error):
    def fault(_clock):
        raise error

    return fault


FAULTS = {
    "hangs": hangs,
    "refuses": raises(gateways.NotAccepted("no")),
    "is not there": raises(gateways.NotAccepted("no", down=True)),
    "says nothing": raises(gateways.Unknown("?")),
    "breaks off": raises(gateways.Unknown("?", down=True)),
    "cannot parse it": raises(ValueError("Invalid address")),
    "cannot spell it": raises(UnicodeError("label too long")),
    "timed out": raises(TimeoutError()),
    "lost the line": raises(ConnectionResetError()),
    "disconnected": raises(smtplib.SMTPServerDisconnected()),
    "is misconfigured": raises(KeyError("token")),
    "recursed": raises(RecursionError()),
    "is out of memory": raises(MemoryError()),
    "takes it": lambda _clock: "id",
    "gives a number": lambda _clock: 7,
    "gives too much": lambda _clock: "x" * 5000,
}
ADDRESSES = (
    "rosa@example.org.",
    "a@@example.org",
    "a@x.example,b@y.example",
    "a@x.org;b@x.org",
    "a b@example.org",
    "jane@" + "x" * 64 + ".example",
    "a@x.example\nBcc: b@y.example",
    "",
    "\x00",
    "+1 202 555 0140",
    "not a number",
    "x" * 254,
)
LINKS = ("https://c.example/p", "sign-in:nonsense", f"sign-in:{uuid4()}", "sign-in:", "{link}", "x" * 5000)
WORDS = ("alarm", "not_seen", "appointment", "sign_in", "no_such_words", "")
PURPOSES = ("alarm", "not_seen", "appointment", "sign_in", "notice", "outcome")
TRIES = (0, 4, 300)


def stored(practice, dice, at):
    """A row as a slip of the pen, an older release or a restore may have left it."""
    purpose = dice.choice(PURPOSES)
    return Message.objects.create(
        clinic=practice.clinic,
        public_id=uuid4(),
        member=practice.members[Role.NURSE] if purpose == "alarm" else None,
        patient=None if purpose == "alarm" else practice.poison,
        purpose=purpose,
        channel=dice.choice(("email", "email", "sms", "fax")),
        address=dice.choice(ADDRESSES).replace("\x00", ""),
        language=dice.choice(("en", "es", "xx", "")),
        words=dice.choice(WORDS),
        filled_with=dice.choice(({"link": dice.choice(LINKS)}, {}, {"link": ""})),
        once_key=str(uuid4()),
        made_at=at - timedelta(minutes=dice.choice((1, 600))),
        due_at=at - timedelta(minutes=1),
        tries=dice.choice(TRIES),
        held_by=dice.choice(("", "a dead worker")),
        held_until=dice.choice((None, at - timedelta(seconds=1))),
    )


def healthy(practice, channel):
    """An alarm and a link that somebody waits for, behind all that is poisoned."""
    of, nurse = practice.well, practice.members[Role.NURSE]
    asked = ((nurse, "alarm"), (of, "sign_in"))
    return [
        message.enqueue(practice.act(), purpose=purpose, channel=channel, to=to, once_key=f"{uuid4()}")
        for to, purpose in asked
    ]


def lanes():
    return [
        sending.Lane(alarms, channel) for alarms, channel in product((True, False), ("email", "sms", "fax"))
    ]


class Faulty:
    """A gateway that fails on what is poisoned, and takes the rest."""

    def __init__(self, clock, poisoned, fault, handed):
        self.clock, self.poisoned, self.fault, self.handed = clock, poisoned, fault, handed

    def of(self, _channel):
        return self

    def hand_over(self, letter):
        if letter.key in self.poisoned:
            return self.fault(self.clock)
        self.handed[letter.key] = self.clock.at
        return "id"


def passed(practice, poisoned, fault, at):
    """One pass of every lane, each with a clock of its own, as in a thread of its own; when each was handed over."""
    handed = {}
    for lane in lanes():
        clock = Clock(at)

        gate = Faulty(clock, poisoned, fault, handed)
        sending.send_due(sending.Sender("w1", clock, gate.of, lane=lane))
    return handed


@pytest.fixture
def house(practice):
    on_duty(practice)
    practice.well = practice.patient(family_name="Well")
    practice.poison = practice.patient(family_name="Poison")
    nurse = practice.members[Role.NURSE]
    nurse.phone = "+12025550140"
    nurse.save()
    return practice


def test_no_row_and_no_fault_of_a_gateway_keeps_another_message_waiting(house):
    dice = random.Random(7)
    faults = list(FAULTS.items())
    for number in range(MOST):
        said, fault = faults[number % len(faults)]
        house.later(seconds=1)
        poison = [stored(house, dice, house.at) for _ in range(dice.choice((1, 1, 2)))]
        wanted = healthy(house, dice.choice(("email", "sms")))
        at = house.at
        handed = passed(house, {str(each.public_id) for each in poison}, fault, at)
        for each in wanted:
            waited = handed.get(str(each.public_id), at + timedelta(days=1)) - at
            row = (said, [(p.purpose, p.channel, p.address, p.words, p.filled_with) for p in poison])
            # Two that hang are two: each holds up another by its own four seconds and no more.
            assert waited <= LONGEST_WAIT * len(poison), (number, waited, row)
        held = Message.objects.filter(state="waiting", held_by="w1")
        assert not held.exists(), "nothing stays held that was not begun"
        Message.objects.exclude(state__in=("delivered", "dropped")).update(state="dropped")
        sending._late.clear()


def test_what_can_never_be_written_is_listed_as_failed_and_an_alarm_is_never_given_up(house):
    rows = {}
    for purpose in ("invitation", "alarm"):
        of = house.well if purpose == "invitation" else house.members[Role.NURSE]
        rows[purpose] = message.enqueue(
            house.act(), purpose=purpose, channel="email", to=of, once_key=purpose, link="sign-in:nonsense"
        )
    for _ in range(8):
        passed(house, set(), FAULTS["takes it"], house.later(minutes=40).at)
    for row in rows.values():
        row.refresh_from_db()
    assert (rows["invitation"].state, rows["alarm"].state) == ("failed", "waiting")
    assert "cannot be written: ValueError" in rows["invitation"].steps.last().words


def test_three_in_a_row_that_find_nobody_end_the_pass_and_let_the_rest_go(house):
    rows = [
        message.enqueue(house.act(), purpose="sign_in", channel="email", to=house.well, once_key=f"{each}")
        for each in range(10)
    ]
    clock, gone = Clock(house.at), []

    class Dead:
        def hand_over(self, letter):
            gone.append(letter.key)
            hangs(clock)

    sending.send_due(sending.Sender("w1", clock, lambda _: Dead()))
    assert len(gone) == sending.DOWN_IN_A_ROW
    assert Message.objects.filter(pk__in=[row.pk for row in rows], state="waiting", held_by="").count() == 7
    sending._late.clear()


@pytest.mark.parametrize(
    "address", ["rosa@example.org.", "a@x.org, b@x.org", "jane@" + "x" * 64 + ".example"]
)
def test_an_address_that_an_older_chart_holds_is_listed_at_once_with_the_reason(house, address):
    house.well.email = address
    house.well.save(update_fields=["email"])
    row = message.enqueue(house.act(), purpose="invitation", channel="email", to=house.well, once_key="x")
    assert row.state == "failed"
    assert row.steps.get().words.startswith("the address is no mailbox")
