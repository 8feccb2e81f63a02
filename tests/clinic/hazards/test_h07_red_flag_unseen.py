"""H07: a red flag that a patient reported is seen by nobody."""

from datetime import timedelta

import pytest
from tests.clinic.queueing import checked_in, on_duty

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.care.actions import check_in, triage
from needlepoint.clinic.models import Message, TriageTask
from needlepoint.clinic.portal.queries.open_reports import open_reports


@pytest.fixture
def staffed(practice):
    on_duty(practice)
    return practice


def red():
    return check_in.Told(redness=3, swelling=3, pain=9, signs=("fever",))


def test_every_report_opens_a_task_in_the_same_transaction(bites, staffed):
    done = staffed.done()

    def reported():
        kept = check_in.report(staffed.as_patient(done.patient), session_id=done.public_id, told=red())
        task = TriageTask.objects.filter(check_in=kept).first()
        assert task is not None
        assert task.owner == staffed.members[Role.NURSE]

    bites(reported)


def test_a_red_one_alarms_whoever_is_on_duty_at_once(bites, staffed):
    done = staffed.done()

    def alarmed():
        checked_in(staffed, done)
        assert [each.member for each in Message.objects.filter(purpose="alarm")] == [
            staffed.members[Role.NURSE]
        ]

    bites(alarmed)


def test_where_nobody_takes_it_the_patient_is_told(bites, staffed):
    done = staffed.done()

    def left_alone():
        task = checked_in(staffed, done)
        triage.climb_waiting(task.opened_at + timedelta(hours=1))
        channels = {each.channel for each in Message.objects.filter(purpose="not_seen", patient=done.patient)}
        assert channels == {"email", "sms"}

    bites(left_alone)


def test_a_later_mild_report_hides_no_urgent_one(bites, staffed):
    done = staffed.done()
    urgent = checked_in(staffed, done)
    staffed.later(minutes=5)
    mild = check_in.Told(redness=0, swelling=0, pain=0, signs=())
    check_in.report(staffed.as_patient(done.patient), session_id=done.public_id, told=mild)

    def still_there():
        shown = open_reports(staffed.visitor(done.patient), done.pk)
        assert [each.pk for each in shown.unseen_red] == [getattr(urgent, "check_in_id", urgent.pk)]

    bites(still_there, instead=lambda _task: True)
