"""A pass over many rows: one that cannot be dealt with keeps nobody else waiting, and the tick says that it failed."""

from datetime import timedelta

import pytest
from tests.clinic.portal import now
from tests.clinic.practice import Practice
from tests.clinic.queueing import agreed, checked_in, on_duty

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import triage
from needlepoint.clinic.care.actions.messages import reminders
from needlepoint.clinic.models import Clinic, Message
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.course.errors import InputError


def broken(practice):
    """A clinic of which nothing can be computed any more: its zone is in no database of zones."""
    Clinic.objects.filter(pk=practice.clinic.pk).update(time_zone="US/Pacific-New")


def test_a_check_in_that_cannot_climb_lets_the_others_climb(practice, other_practice):
    tasks = []
    for each in (practice, other_practice):
        on_duty(each)
        tasks.append(checked_in(each))
    broken(practice)
    with pytest.raises(InputError, match="US/Pacific-New"):
        triage.climb_waiting(other_practice.at + timedelta(minutes=16))
    for each in tasks:
        each.refresh_from_db()
    assert [each.rung for each in tasks] == [0, 1]


def test_a_clinic_whose_reminders_cannot_be_planned_takes_none_from_the_next(practice, other_practice):
    of = other_practice.patient()
    agreed(other_practice, of)
    other_practice.booked(of, minutes_from_now=2 * 24 * 60)
    broken(practice)
    with pytest.raises(InputError, match="US/Pacific-New"):
        reminders.plan(other_practice.at)
    assert {each.patient for each in Message.objects.all()} == {of}


def test_a_knock_that_cannot_be_answered_lets_the_next_one_in(db):
    first, second = (Practice.of_today(name) for name in ("Harbour Skin", "Hill Skin"))
    for each in (first, second):
        of = each.patient()
        sign_in.invite(each.act(Role.FRONT_DESK), patient_id=of.public_id, language="en")
        sign_in.knock(each.clinic, address=of.email, browser="b", language="en", at=now())
    broken(first)
    with pytest.raises(InputError, match="US/Pacific-New"):
        sign_in.answer_knocks(now())
    assert [each.clinic for each in Message.objects.filter(purpose="sign_in")] == [second.clinic]
