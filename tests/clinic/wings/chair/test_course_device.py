"""Another device in the middle of a course: its limits count, what was done keeps its own."""

from uuid import uuid4

import pytest
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_turns_of_events import consented_again

from needlepoint.clinic.access.checks import NotAllowed, Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.course import course
from needlepoint.clinic.chair.actions.course import device as course_device
from needlepoint.clinic.chair.queries.course.case import case_of
from needlepoint.clinic.chair.queries.needling.session import next_session, standing
from needlepoint.clinic.models import DeviceChange, RecordLine, Session
from needlepoint.clinic.practice.actions import devices


@pytest.fixture
def practice(db):
    return Practice.found("Harbour Skin")


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


def another_device(practice, model="dermapen-4"):
    from needlepoint.evidence.loader import packaged

    known = [each for each in packaged().devices if each != "skinpen-precision"]
    name = model if model in known else next(each for each in known if packaged().devices[each].kind == "pen")
    return devices.add_device(practice.act(Role.CLINIC_ADMIN), model=name, serial="X-1")


def changed(practice, running, device, reason="The first one is at the maker.", role=Role.PRESCRIBER):
    return course_device.change_device(
        practice.act(role), course_id=running.public_id, device_key=device.pk, reason=reason
    )


def test_a_course_goes_on_with_another_device_and_its_limits_count(practice):
    waits = practice.consented()
    device = another_device(practice)
    changed(practice, waits.course, device)
    waits.refresh_from_db()
    assert waits.state == "planned"
    assert waits.device_id == device.pk
    case = case_of(Session.objects.get(pk=waits.pk).course, practice.actor(Role.NURSE), practice.at)
    assert case.device == device.model
    assert standing(waits, practice.actor(Role.NURSE), practice.at).consent is None
    row = DeviceChange.objects.get()
    assert (row.before.model, row.after_id) == ("skinpen-precision", device.pk)
    told = RecordLine.objects.get(act="changed device").detail
    assert told["reason"] == "The first one is at the maker."


def test_a_session_that_was_done_keeps_the_device_it_was_done_with(practice):
    done = practice.done()
    before = done.device_id
    changed(practice, done.course, another_device(practice))
    assert Session.objects.get(pk=done.pk).device_id == before
    assert next_session(done.course).device_id != before


def test_the_device_is_not_changed_without_a_reason_or_under_the_needle(practice):
    running = practice.planned()
    device = another_device(practice)
    with pytest.raises(Refused, match="why"):
        changed(practice, running, device, reason=" ")
    with pytest.raises(Refused, match="already"):
        changed(practice, running, practice.device)
    with pytest.raises(NotAllowed):
        changed(practice, running, device, role=Role.NURSE)
    practice.opened(consented_again(practice, running))
    with pytest.raises(Refused, match="under way"):
        changed(practice, running, device)


def test_a_course_that_ended_has_no_other_device(practice):
    running = practice.planned()
    course.end(practice.act(), course_id=running.public_id, how="stop", reason="x")
    with pytest.raises(Refused, match="stopped"):
        changed(practice, running, another_device(practice))


def test_by_the_chart_the_device_is_changed_and_the_plan_asked_for_again(live):
    running = live.planned()
    device = another_device(live)
    client = signed_in(live, Role.PRESCRIBER)
    where = reverse("chart", args=[running.patient.public_id])
    assert "Go on with another device" in client.get(where).content.decode()
    typed = {"key": uuid4(), "patient": running.patient.public_id, "device": device.pk, "reason": "Dropped."}
    assert client.post(reverse("change_device", args=[running.public_id]), typed).status_code == 302
    shown = client.get(where).content.decode()
    assert "The device was changed after plan 1" in shown
    assert "Dropped." in shown
