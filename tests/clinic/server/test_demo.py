"""The invented practice: full at any hour, drawn through the real actions, the same again from the same seed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from needlepoint.cli import example_practice as example
from needlepoint.cli import example_year
from needlepoint.cli.example_people import NAMES, busy_zone
from needlepoint.clinic.access.checks import Actor
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.queries.stock import stock
from needlepoint.clinic.desk.queries.day import day_columns
from needlepoint.clinic.models import (
    AdverseEvent,
    AdviceGiven,
    Clinic,
    Course,
    Decision,
    Member,
    OutcomeScore,
    Patient,
    Photo,
    RecordLine,
    Session,
    TriageTask,
    guards,
)
from needlepoint.clinic.practice.queries.record import record_faults
from needlepoint.clinic.practice.queries.review import to_review
from needlepoint.course.instants import local_date

# Half past four in the morning in London, on a Sunday.
NOW = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
PATIENTS = 22


@pytest.fixture(scope="module")
def drawn(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            example_year.draw(PATIENTS, 2026, NOW)
            yield Actor.of(Member.objects.get(email=example.email_of(Role.MEDICAL_DIRECTOR)))
            transaction.set_rollback(True)


def visits(actor):
    return [
        card.booking
        for column in day_columns(actor, local_date(NOW, actor.zone), NOW)
        for card in column.cards
    ]


@pytest.mark.parametrize("hour", range(24))
def test_somewhere_it_is_the_middle_of_the_day(hour):
    from zoneinfo import ZoneInfo

    now = datetime(2026, 7, 5, hour, 10, tzinfo=UTC)
    assert 11 <= now.astimezone(ZoneInfo(busy_zone(now))).hour < 15


def test_the_diary_of_today_holds_a_visit_in_every_state_and_room(drawn):
    shown = visits(drawn)
    states = {booking.state for booking in shown if booking.state}
    assert states == {"planned", "screened", "consented", "under_way", "done", "called_off"}
    assert len({booking.room_id for booking in shown}) == 3
    assert len({booking.operator_id for booking in shown}) == 3
    assert any(b.numbing_on_at and not b.opened_at for b in shown)


def test_the_year_behind_it_has_finished_waiting_and_overridden_courses(drawn):
    states = set(Course.objects.values_list("state", flat=True))
    assert {"completed", "active", "drafted"} <= states
    assert AdviceGiven.objects.filter(verdict="wait").exists()
    assert Decision.objects.exists()
    assert Session.objects.filter(state="done").count() > PATIENTS


def test_there_is_something_to_look_at_for_everybody(drawn):
    assert to_review(drawn)
    assert TriageTask.objects.filter(closed_at=None).exists()
    assert AdverseEvent.objects.exists()
    assert OutcomeScore.objects.exists()
    assert Photo.objects.exists()


def test_the_shelf_holds_a_recalled_lot_and_one_that_nears_its_end(drawn):
    lots = {lot.lot: lot for lot in stock.lots(drawn, local_date(NOW, drawn.zone))}
    assert lots["L0417"].recalled
    assert lots["L0498"].expires_soon
    assert lots["K2208"].expired
    assert stock.exposed(drawn, "L0417")


# The mark asks for the database where this file is run alone.
@pytest.mark.django_db
def test_its_record_is_whole_and_its_guards_stand(drawn):
    assert RecordLine.objects.count() > 10 * PATIENTS
    assert record_faults(Clinic.objects.get()) == []
    assert guards.missing(connection) == set()


def test_nobody_in_it_is_anybody(drawn):
    assert len({name.split()[-1] for name in NAMES}) == len(NAMES)
    for patient in Patient.objects.all():
        assert patient.email.endswith("@patients.example")
        assert patient.phone.startswith("+1 202 555 01")


def test_nothing_in_it_lies_in_the_future_but_bookings(drawn):
    assert RecordLine.objects.latest("at").at <= NOW
    assert RecordLine.objects.earliest("at").at > NOW - timedelta(days=368)
