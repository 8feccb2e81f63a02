"""H09: a reminder, or the way into the portal, goes to the wrong person."""

from datetime import timedelta

from tests.clinic.queueing import Taken, agreed, due, sent

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.actions import sign_in
from needlepoint.clinic.models import Message


def test_nothing_is_sent_that_the_patient_did_not_agree_to(bites, practice):
    of = practice.patient()

    def taken_back():
        gateway = Taken()
        agreed(practice, of)
        due(practice, of)
        agreed(practice, of, yes=False)
        sent(practice, gateway)
        assert gateway.letters == []

    bites(taken_back, instead=lambda *_: "")


def test_a_link_in_the_wrong_hands_opens_nothing_without_the_date_of_birth(bites, practice):
    of = practice.patient()
    sign_in.invite(practice.act(Role.FRONT_DESK), patient_id=of.public_id, language="en")
    link, _ = sign_in.open_words(Message.objects.get(patient=of).filled_with["link"])
    token = link.rstrip("/").rpartition("/")[2]

    def by_a_stranger():
        assert sign_in.open_link(practice.clinic, token=token, browser="theirs", at=practice.at)
        wrong = of.born_on + timedelta(days=1)
        assert not sign_in.enter(practice.clinic, browser="theirs", born_on=wrong, at=practice.at)

    bites(by_a_stranger, instead=lambda *_: True)
    sign_in.open_link(practice.clinic, token=token, browser="own", at=practice.at)
    assert sign_in.enter(practice.clinic, browser="own", born_on=of.born_on, at=practice.at)
