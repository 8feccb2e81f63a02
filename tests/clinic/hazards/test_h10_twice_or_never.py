"""H10: a reminder comes twice, or never."""

from datetime import timedelta

import pytest
from tests.clinic.queueing import Taken, agreed, due, sent, state

from needlepoint.clinic.care.actions.messages import gateways, sending


@pytest.fixture
def of(practice):
    of = practice.patient()
    agreed(practice, of)
    return of


def tried(practice, of, first):
    """Send with a gateway that does something else first; return what was handed over in the end, and the message."""
    gateway, row = Taken(first), due(practice, of)
    for hours in (0, 1, 2, 3):
        sent(practice, gateway, at=practice.at + timedelta(hours=hours))
    return gateway.letters, row


def again(row, at, words):
    sending._become(row, at, "waiting", words, due_at=at)


def test_what_may_have_gone_out_is_not_sent_again_by_itself(bites, practice, of):
    def nobody_knows():
        letters, row = tried(practice, of, gateways.Unknown("timed out"))
        assert (len(letters), state(row)) == (0, "unknown")

    bites(nobody_knows, instead=again)


def test_what_was_surely_not_taken_is_sent_once_in_the_end(bites, practice, of):
    def busy():
        letters, row = tried(practice, of, gateways.NotAccepted("busy"))
        assert (len(letters), state(row)) == (1, "handed_over")

    bites(busy)
