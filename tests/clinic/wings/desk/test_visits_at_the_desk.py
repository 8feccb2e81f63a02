"""The pages of the diary: what is asked before it is taken, what is shown before it is booked, what must not stay."""

import json
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from tests.clinic.portal import Home, reachable
from tests.clinic.practice import Practice
from tests.clinic.wings.desk.test_day import signed_in

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.needling.session import next_session
from needlepoint.clinic.desk.queries.visits import visits_of
from needlepoint.clinic.models import Booking

CASES = Path(__file__).parent / "cases" / "bookings_nobody_meant.json"


@pytest.fixture
def desk(db):
    """A practice of today with its front desk signed in, and one patient."""
    practice = Practice.of_today("Harbour Skin")
    return practice, signed_in(practice, Role.FRONT_DESK), practice.patient()


def form(practice, of, starts_at, **more):
    return {
        "key": str(uuid4()),
        "patient": str(of.public_id),
        "starts_at": starts_at,
        "room": str(practice.rooms[0].pk),
        "operator": str(practice.members[Role.NURSE].pk),
        "minutes": "30",
        "numbing_minutes": "0",
        "clean_down_minutes": "0",
        "purpose": "Talk",
    } | more


@pytest.mark.parametrize("case", json.loads(CASES.read_text("utf-8")), ids=lambda case: case["name"])
def test_a_booking_that_nobody_meant_is_asked_about_and_taken_once_it_is_meant(desk, case):
    practice, client, of = desk
    address = reverse("book", args=[of.public_id])
    today = datetime.now(UTC).astimezone(practice.actor(Role.NURSE).zone)
    starts_at = case["starts_at"] or f"{today + timedelta(days=case['days']):%Y-%m-%d}T{case['clock']}"
    answer = client.post(address, form(practice, of, starts_at))
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert case["asks"] in shown
    assert "Book anyway" in shown
    assert f'value="{starts_at}"' in shown
    assert not Booking.objects.exists()
    agreed = [part.split('"')[0] for part in shown.split('name="agreed" value="')[1:]]
    sent = form(practice, of, starts_at, agreed=[unescape(each) for each in agreed])
    assert client.post(address, sent).status_code == 302
    assert Booking.objects.count() == 1


def test_of_an_hour_that_comes_twice_one_is_chosen(db):
    practice = Practice.found(
        "Hill Skin", zone_name="Europe/Berlin", at=datetime.now(UTC) - timedelta(hours=2)
    )
    client, of = signed_in(practice, Role.FRONT_DESK), practice.patient()
    year = datetime.now(UTC).year + 1
    day = next(each for each in range(31, 24, -1) if datetime(year, 10, each, tzinfo=UTC).weekday() == 6)
    typed, address = f"{year}-10-{day}T02:30", reverse("book", args=[of.public_id])
    page = client.post(address, form(practice, of, typed)).content.decode()
    assert "the first before the clocks go back" in page
    assert 'name="second"' in page
    agreed = [unescape(part.split('"')[0]) for part in page.split('name="agreed" value="')[1:]]
    second = form(practice, of, typed, agreed=agreed, second="1")
    again = client.post(address, second).content.decode()
    assert "the second after the clocks go back" in again
    agreed += [unescape(part.split('"')[0]) for part in again.split('name="agreed" value="')[1:]]
    assert client.post(address, form(practice, of, typed, agreed=agreed, second="1")).status_code == 302
    assert Booking.objects.get().starts_at == datetime(year, 10, day, 1, 30, tzinfo=UTC)


def test_a_patient_in_two_rooms_is_refused_with_what_was_typed_kept(desk):
    practice, client, of = desk
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    address = reverse("book", args=[of.public_id])
    assert client.post(address, form(practice, of, f"{day}T10:00")).status_code == 302
    where = {"room": str(practice.rooms[1].pk), "operator": str(practice.members[Role.PRESCRIBER].pk)}
    answer = client.post(address, form(practice, of, f"{day}T10:00", **where))
    assert answer.status_code == 409
    assert "has another visit" in answer.content.decode()
    assert Booking.objects.count() == 1


def test_a_course_is_shown_its_days_before_any_is_booked(desk):
    practice, client, _ = desk
    running = practice.planned()
    practice.catch_up()
    of, address = running.patient, reverse("book", args=[running.patient.public_id])
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    what = {"what": f"course:{running.public_id}"}
    shown = client.post(address, form(practice, of, f"{day}T10:00", **what))
    assert shown.status_code == 200
    assert not Booking.objects.exists()
    page = shown.content.decode()
    assert page.count("datetime-local") == 3
    assert f'value="{day}T10:00"' in page
    names = [part.split('"')[0] for part in page.split('name="start_')[1:]]
    days = [part.split('"')[0] for part in page.split('value="')[1:] if "T10:00" in part[:16]][-3:]
    sent = form(practice, of, f"{day}T10:00", **what) | {
        f"start_{name}": each for name, each in zip(names, days, strict=True)
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("visits", args=[of.public_id])
    page = client.get(answer["Location"]).content.decode()
    assert page.count("<article") == Booking.objects.count() == 3


def test_the_form_of_one_patient_neither_shows_nor_books_the_course_of_another(desk):
    practice, client, of = desk
    other = next_session(practice.planned(practice.course(practice.patient(family_name="Other"))))
    address = reverse("book", args=[of.public_id])
    starts_at = f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%d}T10:00"
    what = {"what": f"course:{other.course.public_id}"}
    for more in ({}, {f"start_{other.public_id}": starts_at}):
        answer = client.post(address, form(practice, of, starts_at, **what, **more))
        assert (answer.status_code, "opened for another patient" in answer.content.decode()) == (409, True)
    assert not Booking.objects.exists()


def test_the_page_of_moving_shows_what_is_free_around_it(desk):
    practice, client, of = desk
    other = practice.patient(given_name="Bea")
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    client.post(reverse("book", args=[of.public_id]), form(practice, of, f"{day}T10:00"))
    client.post(reverse("book", args=[other.public_id]), form(practice, other, f"{day}T12:00"))
    visit = Booking.objects.get(patient=of)
    address = reverse("move_booking", args=[visit.public_id])
    page = " ".join(client.get(address).content.decode().split())
    assert f'at={day}T06:00">06:00</a> to 12:00' in page
    assert f'at={day}T12:30">12:30</a> to 22:00' in page
    seen = unescape(page.split('name="opened_as" value="')[1].split('"')[0])
    answer = client.post(address, form(practice, of, f"{day}T12:15", opened_as=seen))
    assert answer.status_code == 409
    assert "is taken at" in answer.content.decode()
    sent = form(practice, of, f"{day}T13:00", why="Train.", opened_as=seen)
    assert client.post(address, sent).status_code == 302
    page = client.get(reverse("visits", args=[of.public_id])).content.decode()
    assert "Train." in page


def test_the_desk_notes_who_did_not_come_on_days_gone_by(desk):
    practice, client, of = desk
    visit = practice.booked(of, minutes_from_now=-60 * 24)
    page = client.get(reverse("day")).content.decode()
    assert "Did they come?" in page
    day = visit.starts_at.astimezone(practice.actor(Role.NURSE).zone).date().isoformat()
    page = client.get(f"{reverse('day')}?on={day}").content.decode()
    assert "Nobody noted whether they came." in page
    sent = {"key": str(uuid4()), "reason": "No word.", "to": "visits"}
    answer = client.post(reverse("missed_booking", args=[visit.public_id]), sent)
    assert answer["Location"] == reverse("visits", args=[of.public_id])
    page = client.get(answer["Location"]).content.decode()
    assert "Did not come: No word." in page
    assert "Book again" in page
    assert "Did they come?" not in client.get(reverse("day")).content.decode()
    page = client.get(f"{reverse('day')}?on={day}").content.decode()
    assert "did not come" in page


def test_the_day_marks_what_must_not_stay_and_offers_to_move_it(desk):
    from needlepoint.clinic.chair.actions.course import course

    practice, client, _ = desk
    running = practice.planned()
    practice.booked(running.patient, next_session(running), minutes_from_now=240)
    practice.catch_up()
    course.end(practice.act(), course_id=running.public_id, how="pause", reason="Abroad.")
    page = client.get(reverse("day")).content.decode()
    assert "The course is paused." in page
    assert "/move/" in page
    nurse = signed_in(practice, Role.NURSE).get(reverse("day")).content.decode()
    assert ">Screen</a>" not in nurse


def test_a_statement_less_or_more_of_visits_costs_no_statement(desk):
    from django.test.utils import CaptureQueriesContext

    practice, _, of = desk
    told = []
    for number in (1, 12):
        for each in range(number):
            practice.booked(of, minutes_from_now=60 * 24 * number + 40 * each)
        with CaptureQueriesContext(connection) as asked:
            visits_of(of, practice.actor(Role.FRONT_DESK), practice.at)
        told.append(len(asked))
    assert told[0] == told[1]


def test_the_sheet_of_the_day_says_what_must_not_stay(desk):
    from needlepoint.clinic.chair.actions.course import course

    practice, _, _ = desk
    running = practice.planned()
    practice.booked(running.patient, next_session(running), minutes_from_now=240)
    course.end(practice.act(), course_id=running.public_id, how="pause", reason="Abroad.")
    page = signed_in(practice, Role.NURSE).get(reverse("day_sheet")).content.decode()
    assert "The course is paused." in page


def test_the_plan_page_begins_with_the_plan_that_stands_and_names_its_days(desk):
    practice, _, _ = desk
    running = practice.planned(sessions=2)
    page = (
        signed_in(practice, Role.PRESCRIBER).get(reverse("plan", args=[running.public_id])).content.decode()
    )
    assert 'name="sessions" type="number" inputmode="numeric" min="1" max="6" value="2"' in page
    assert page.count("<li value=") == 2


@pytest.mark.parametrize(
    ("language", "words", "due"),
    [("en", "cannot be on that day", "planned for"), ("es", "no puede ser ese día", "prevista para el")],
)
def test_a_patient_is_never_named_a_day_on_which_the_visit_cannot_be(db, language, words, due):
    practice = Practice.of_today("Harbour Skin")
    done = practice.done(minutes=5)
    waiting = next_session(done.course)
    practice.catch_up()
    at = practice.at + timedelta(days=5)
    visit = Booking.objects.create(
        clinic=practice.clinic,
        public_id=uuid4(),
        patient=done.patient,
        session=waiting,
        room=practice.rooms[0],
        operator=practice.members[Role.NURSE],
        purpose="Session 2",
        starts_at=at,
        ends_at=at + timedelta(minutes=30),
    )
    reachable(practice)
    home = Home(practice, language).enter(done.patient, language)
    for where in ("next-visit/", "today/"):
        page = home.get(where).content.decode()
        assert words in page, where
    assert page.count(due) == 2
    assert home.get("next-visit/").content.decode().count("date-big") == 0
    prepared = home.get("preparation/").content.decode()
    day = (practice.at.astimezone(practice.actor(Role.NURSE).zone) + timedelta(days=30)).date()
    assert str(day.day) in prepared
    assert f"{visit.starts_at.astimezone(practice.actor(Role.NURSE).zone):%H:%M}" not in prepared
