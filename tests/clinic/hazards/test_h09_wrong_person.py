"""H09: a reminder, or the way into the portal, goes to the wrong person."""

from dataclasses import replace
from datetime import timedelta

from tests.clinic.queueing import Taken, agreed, due, sent

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import patient
from needlepoint.clinic.models import Message
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.practice.actions.version import Version
from needlepoint.course.goals import Sex, SkinType


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


def as_written(of):
    """A patient as the front desk has written them down."""
    return patient.Person(
        given_name=of.given_name,
        family_name=of.family_name,
        born_on=of.born_on,
        sex=Sex(of.sex),
        skin_type=SkinType(of.skin_type),
        phone=of.phone,
        email=of.email,
        allergies=of.allergies,
    )


def changed(practice, of, **other):
    of.refresh_from_db()
    seen = Version.of(patient.held_of(of))
    person = replace(as_written(of), **other)
    patient.correct(practice.act(Role.FRONT_DESK), patient_id=of.public_id, person=person, seen=seen)
    of.refresh_from_db()


def test_whoever_held_the_old_address_is_told_that_it_was_changed(bites, practice):
    of = practice.patient(phone="+1 202 555 0100", email="ada@patients.example")

    def told():
        gateway = Taken()
        changed(practice, of, phone="+1 202 555 0199", email="other@patients.example")
        sent(practice, gateway)
        assert {each.address for each in gateway.letters} == {"+12025550100", "ada@patients.example"}
        for letter in gateway.letters:
            assert "Ada" not in letter.body
            assert "0199" not in letter.body

    bites(told)


def test_what_is_only_written_otherwise_is_no_change_and_nobody_is_told(practice):
    of = practice.patient(phone="+1 202 555 0100", email="ada@patients.example")
    changed(practice, of, phone="(+1) 202-555-0100", email="Ada@patients.example")
    changed(practice, of, given_name="Augusta")
    assert not Message.objects.exists()


def test_an_address_that_is_taken_out_is_told_too_and_a_first_one_tells_nobody(practice):
    of = practice.patient(phone="", email="ada@patients.example")
    changed(practice, of, phone="+1 202 555 0100", email="")
    assert [(row.purpose, row.address) for row in Message.objects.all()] == [
        ("notice", "ada@patients.example")
    ]
