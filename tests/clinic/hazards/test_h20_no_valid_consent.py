"""H20: a session takes place without a consent that covers it."""

from datetime import date, timedelta

import pytest

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import consent
from needlepoint.clinic.chair.actions.needling import more_zones
from needlepoint.clinic.chair.actions.needling.session import pass_screening
from needlepoint.clinic.chair.queries.needling import session as queries
from needlepoint.clinic.models import Consent, Course, Patient, Session, guards
from needlepoint.clinic.practice.actions.act import Act
from needlepoint.course.goals import Sex, SkinType
from needlepoint.course.zones import Zone


def withdrawn(practice, waiting):
    consent.withdraw(practice.act(), consent_id=waiting.consents.get().public_id, reason="")


def reworded(practice, _):
    consent.publish_text(practice.act(Role.CLINIC_ADMIN), kind="session", body="A new text.")


def grown_old(practice, waiting):
    practice.later(days=31)
    practice.screened(waiting.course)
    practice.settled(waiting.course)


def one_zone_more(practice, waiting):
    from django.db import connection

    guards.lift(connection)
    Course.objects.filter(pk=waiting.course_id).update(zones=[*waiting.course.zones, "chin"])
    guards.install(connection)


def another_device(practice, waiting):
    from needlepoint.clinic.practice.actions.devices import add_device

    device = add_device(practice.act(Role.CLINIC_ADMIN), model="dermapen-4", serial="D4")
    Session.objects.filter(pk=waiting.pk).update(device=device)


CHANGES = (withdrawn, reworded, grown_old, one_zone_more, another_device)


def test_a_consent_covers_only_what_was_signed(bites, practice):
    waiting = practice.consented()
    anything = lambda session, _: Consent.objects.filter(session=session).last()  # noqa: E731
    from tests.clinic.hazards.log import rolled_back

    def after_each_change():
        for change in CHANGES:
            with rolled_back():
                at = practice.at
                change(practice, waiting)
                now = Session.objects.select_related("course", "device").get(pk=waiting.pk)
                assert queries.standing_consent(now, practice.at) is None, change.__name__
                practice.at = at
        assert queries.standing_consent(waiting, practice.at) is not None

    bites(after_each_change, instead=anything)


def test_a_session_without_a_standing_consent_is_not_opened(bites, practice):
    waiting, piece = practice.consented(), practice.stocked()[0]
    reworded(practice, waiting)

    def it_is_opened():
        try:
            practice.opened(waiting, piece)
        except Refused as error:
            assert "consent" in str(error)  # noqa: PT017 (the refusal is what is looked at)
            return
        raise AssertionError("a session was opened without consent")

    bites(it_is_opened)


BIRTHS = [
    (born, day, of_age)
    for born, eighteenth in (
        (date(2008, 3, 2), date(2026, 3, 2)),
        (date(2008, 2, 29), date(2026, 3, 1)),
        (date(2007, 12, 31), date(2025, 12, 31)),
        (date(2008, 1, 1), date(2026, 1, 1)),
        (date(2004, 2, 29), date(2022, 3, 1)),
        (date(2006, 2, 28), date(2024, 2, 28)),
    )
    for day, of_age in (
        (eighteenth - timedelta(days=1), False),
        (eighteenth, True),
        (eighteenth + timedelta(days=1), True),
    )
]


@pytest.mark.parametrize("zone_name", ["America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"])
def test_whoever_is_not_of_age_by_the_clinics_calendar_cannot_sign(db, zone_name):
    """54 cases: six births, the day before, the birthday and the day after, in three zones."""
    from datetime import UTC, datetime, time
    from zoneinfo import ZoneInfo

    from tests.clinic.practice import Practice

    practice = Practice.found("Harbour Skin", zone_name=zone_name)
    for born, day, of_age in BIRTHS:
        of = Patient(born_on=born, sex=Sex.UNKNOWN.value, skin_type=SkinType.UNKNOWN.value)
        for hour in (time(0, 0, 0), time(23, 59, 59)):
            at = datetime.combine(day, hour, ZoneInfo(zone_name)).astimezone(UTC)
            act = Act(practice.actor(Role.NURSE), at, practice.act().key)
            assert consent._of_age(act, of) is of_age, (born, day, hour)


def test_a_minor_is_told_that_no_consent_can_be_taken(bites, practice):
    young = practice.patient(born_on=date(2008, 3, 3))
    waiting = _waiting_for(practice, young)

    def they_sign():
        try:
            consent.consent_to_session(practice.act(), session_id=waiting.public_id, signed=practice.signed())
        except Refused as error:
            assert "not of age" in str(error)  # noqa: PT017 (the refusal is what is looked at)
            return
        raise AssertionError("a minor signed")

    bites(they_sign, instead=lambda *_: True)


def _waiting_for(practice, young):
    """A screened session of somebody whom the rulebook would not plan for: made by hand."""
    planned = practice.planned()
    session = queries.next_session(planned)
    pass_screening(practice.act(), session_id=session.public_id)
    from django.db import connection

    from needlepoint.clinic.models import Patient

    guards.lift(connection)
    Patient.objects.filter(pk=planned.patient_id).update(born_on=young.born_on)
    guards.install(connection)
    return session


def test_a_zone_is_added_only_under_a_consent_that_names_it(bites, practice):
    opened = practice.opened()
    anything = lambda session, *_: Consent.objects.filter(session=session).last()  # noqa: E731

    def it_is_added():
        try:
            more_zones.add_zone(
                practice.act(), session_id=opened.public_id, zone=Zone.CHIN, reason="Scars there too."
            )
        except Refused as error:
            assert "has not signed for this zone: chin" in str(error)  # noqa: PT017 (the refusal is what is looked at)
        assert not opened.zones_added.exists()

    bites(it_is_added, instead=anything)
