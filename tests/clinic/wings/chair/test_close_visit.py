"""The close of a visit: next visit with free times, home care, photo, portal, and what stays open, on one page."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.clinic.practice import Practice
from tests.clinic.test_access import signed_in
from tests.clinic.wings.chair.test_photos import picture

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.photo import photo
from needlepoint.clinic.models import RecordLine
from needlepoint.clinic.portal.actions import sign_in
from needlepoint.clinic.portal.queries.close_visit import close_of_visit


@pytest.fixture
def live(db):
    return Practice.of_today("Harbour Skin")


@pytest.fixture
def done(live):
    waiting = live.consented()
    live.booked(waiting.patient, waiting, minutes_from_now=1)
    return live.done(live.opened(waiting))


def found(live, done):
    return close_of_visit(done, live.actor(Role.PRESCRIBER), live.at)


def page_of(live, done, role=Role.PRESCRIBER):
    return signed_in(live, role).get(reverse("close_visit", args=[done.public_id])).content.decode()


def test_signing_leads_to_the_close_of_the_visit(live):
    from tests.clinic.wings.chair.test_capture import Tab

    opened = live.opened()
    answer = Tab(signed_in(live, Role.PRESCRIBER), opened).sends("finish_session")
    assert answer.url == reverse("close_visit", args=[opened.public_id])


def test_the_next_visit_has_times_at_which_the_same_person_and_room_are_free(live, done):
    coming = found(live, done).next_visit
    assert coming.session.number == 2
    assert len(coming.times) == 3
    assert len({each.at.date() for each in coming.times}) == 3
    assert all(each.at.date() >= coming.due.on for each in coming.times)
    zone = live.actor(Role.NURSE).zone
    assert {f"{each.at.astimezone(zone):%H:%M}" for each in coming.times} == {
        f"{done.opened_at.astimezone(zone).replace(second=0):%H:%M}"
    } or all(each.typed for each in coming.times)


def test_a_time_that_is_taken_is_not_offered(live, done):
    first = found(live, done).next_visit.times[0]
    minutes = round((first.at - live.at).total_seconds() / 60)
    live.booked(live.patient(given_name="Bea"), minutes_from_now=minutes)
    assert first.at not in [each.at for each in found(live, done).next_visit.times]


def test_a_time_leads_to_the_form_of_booking_with_session_and_time(live, done):
    page = page_of(live, done)
    coming = found(live, done).next_visit
    (address,) = re.findall(rf'href="([^"]*at={coming.times[0].typed})"', page)
    form = signed_in(live, Role.PRESCRIBER).get(address.replace("&amp;", "&")).content.decode()
    assert f'value="{coming.times[0].typed}"' in form
    assert f"session:{coming.session.public_id}" in form


def test_a_booked_visit_is_told_and_no_time_is_offered(live, done):
    coming = found(live, done).next_visit.session
    live.booked(done.patient, coming, minutes_from_now=60 * 24 * 30)
    assert found(live, done).next_visit.times == ()
    assert "Booked: " in page_of(live, done)


def test_what_to_do_at_home_is_in_the_patients_language_and_has_its_hours(live, done):
    assert any(line.when for line in found(live, done).home)
    assert all(line.says for line in found(live, done).home)
    sign_in.invite(live.act(), patient_id=done.patient.public_id, language="es")
    told = found(live, done)
    assert told.language == "es"
    assert [line.words.label for line in told.home] != []
    assert told.home[0].words.label in page_of(live, done)


def test_what_is_left_open_shrinks_as_it_is_done(live, done):
    before = found(live, done)
    assert "No photo was taken after this session." in before.left_open
    assert "The patient is not invited to the portal." in before.left_open
    assert "Session 2 is not booked." in before.left_open
    live.photo_consent(done.patient)
    photo.add_photo(live.act(), patient_id=done.patient.public_id, content=picture(), shows="front")
    sign_in.invite(live.act(), patient_id=done.patient.public_id, language="en")
    after = found(live, done)
    assert after.photo_taken
    assert len(after.left_open) == len(before.left_open) - 2


def test_the_portal_has_a_code_that_reads_as_its_address(live, done):
    import zxingcpp
    from PIL import Image, ImageDraw

    from needlepoint.clinic.chair.queries.stock.codes import qr

    told = found(live, done)
    code = qr(told.portal_address)
    scale = 8
    image = Image.new("L", (code.side * scale, code.side * scale), 255)
    draw = ImageDraw.Draw(image)
    for x, y in re.findall(r"M(\d+) (\d+)", code.path):
        left, top = int(x) * scale, int(y) * scale
        draw.rectangle((left, top, left + scale - 1, top + scale - 1), fill=0)
    assert zxingcpp.read_barcode(image).text == told.portal_address
    assert code.path in page_of(live, done)


def test_a_session_that_is_not_done_has_no_close(live):
    opened = live.opened()
    answer = signed_in(live, Role.NURSE).get(reverse("close_visit", args=[opened.public_id]))
    assert answer.url == reverse("session", args=[opened.public_id])


def test_the_look_is_in_the_record_and_the_page_takes_few_statements(live, done):
    client = signed_in(live, Role.PRESCRIBER)
    where = reverse("close_visit", args=[done.public_id])
    client.get(where)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(where)
    assert RecordLine.objects.filter(act="saw close of visit").count() == 2
    assert len(asked) <= 45, len(asked)
