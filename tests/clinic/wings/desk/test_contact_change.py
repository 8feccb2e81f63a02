"""A yes to messages is for the address it was given for: after a change they wait until the patient says it again."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse
from tests.clinic.queueing import Taken, agreed, due, sent, state
from tests.clinic.test_access import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import patient
from needlepoint.clinic.chair.actions.outbox import contact
from needlepoint.clinic.practice.actions.version import Version


def changed(practice, of, **known):
    """The front desk writes down another contact."""
    held = {name: getattr(of, name) for name in ("given_name", "family_name", "born_on", "phone", "email")}
    person, seen = patient.Person(**held | known), Version.of(patient.held_of(of))
    patient.correct(practice.act(Role.FRONT_DESK), patient_id=of.public_id, person=person, seen=seen)
    of.refresh_from_db()


def test_after_a_change_of_number_messages_wait_until_the_patient_agrees_to_the_new_one(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of, ("visits", "sms"))
    waits = due(practice, of)
    changed(practice, of, phone="+1 202 555 0199")
    sent(practice, gateway)
    assert state(waits) == "waiting"
    assert "+12025550199" not in {letter.address for letter in gateway.letters}
    assert [row.address for row in contact.to_ask_again(of)] == ["+12025550100"]
    contact.take_contact_consent(
        practice.act(Role.FRONT_DESK), patient_id=of.public_id, agreed=[("visits", "sms")]
    )
    sent(practice.later(hours=2), gateway)
    assert (state(waits), gateway.letters[-1].address) == ("handed_over", "+12025550199")
    assert contact.to_ask_again(of) == []


def test_the_same_number_written_otherwise_is_the_same_number(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of, ("visits", "sms"))
    changed(practice, of, phone="(202) 555 01-00")
    reminder = due(practice, of)
    sent(practice, gateway)
    assert state(reminder) == "handed_over"


def test_that_nobody_read_a_report_is_told_at_the_new_number_at_once(practice):
    of, gateway = practice.patient(), Taken()
    agreed(practice, of, ("follow_up", "sms"))
    changed(practice, of, phone="+1 202 555 0199")
    told = due(practice, of, purpose="not_seen")
    sent(practice, gateway)
    assert state(told) == "handed_over"
    assert "+12025550199" in {letter.address for letter in gateway.letters}


def test_no_box_stands_ticked_for_an_address_that_nobody_agreed_to(practice):
    practice.at = datetime.now(UTC) - timedelta(minutes=1)
    of = practice.patient()
    agreed(practice, of, ("visits", "sms"))
    changed(practice, of, phone="+1 202 555 0199")
    client = signed_in(practice, Role.FRONT_DESK)
    shown = client.get(reverse("contact_consent", args=[of.public_id])).content.decode()
    assert "The patient said yes for +12025550100" in shown
    assert " checked" not in shown
