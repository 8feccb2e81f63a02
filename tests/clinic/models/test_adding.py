"""A row added or changed by SQL that was written once stands as Django would have written it, and its guards hold."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.models import Patient, Session, SessionDose, SessionPass
from needlepoint.clinic.models.adding import add, change

AT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def person(practice, number, **told):
    given = {
        "clinic": practice.clinic,
        "public_id": uuid4(),
        "chart_number": 900 + number,
        "given_name": "Zoë",
        "family_name": "O'Neill & 100% \\ Co",
        "born_on": date(1990, 5, 14),
        "sex": "female",
        "skin_type": "III",
        "registered_at": AT,
    }
    return Patient(**given | told)


def stored(row):
    found = type(row).objects.get(pk=row.pk)
    return {
        field.attname: getattr(found, field.attname)
        for field in row._meta.concrete_fields
        if field.name != "id"
    }


def test_a_row_stands_as_django_would_have_written_it(practice):
    ours, theirs = person(practice, 1), person(practice, 2)
    add(ours)
    theirs.save(force_insert=True)
    own = {"public_id", "chart_number"}
    assert {k: v for k, v in stored(ours).items() if k not in own} == {
        k: v for k, v in stored(theirs).items() if k not in own
    }
    assert ours._state.__dict__.keys() == theirs._state.__dict__.keys()
    assert (ours._state.adding, ours._state.db) == (theirs._state.adding, theirs._state.db)
    ours.family_name = "Known"
    ours.save(update_fields=["family_name"])
    assert Patient.objects.get(pk=ours.pk).family_name == "Known"


def test_several_rows_are_added_by_one_statement_and_each_knows_its_key(practice):
    session = practice.opened()
    rows = [
        SessionPass(
            clinic=practice.clinic,
            session=session,
            place=place,
            zone=zone,
            depth_mm=Decimal("0.505"),
            limit_mm=Decimal("1.50"),
            passes=2,
            rate_hz=None,
        )
        for place, zone in enumerate(("forehead", "chin", "cheek_left"), start=1)
    ]
    with CaptureQueriesContext(connection) as asked:
        add(*rows)
        add()
    assert len(asked) == 1
    assert [SessionPass.objects.get(pk=each.pk).zone for each in rows] == ["forehead", "chin", "cheek_left"]
    assert {each.rate_hz for each in SessionPass.objects.filter(session=session)} == {None}


def test_json_stands_as_django_would_have_written_it(practice):
    session = practice.opened()
    document = {"zone": "chin", "injured": [0.125, None, "é"], "told": {}}
    row = SessionDose(
        clinic=practice.clinic,
        session=session,
        zone="chin",
        channels_per_cm2=1 / 3,
        depth_reached_mm=0.1,
        document=document,
    )
    add(row)
    found = SessionDose.objects.get(pk=row.pk)
    assert (found.document, found.channels_per_cm2) == (document, 1 / 3)
    assert SessionDose.objects.filter(document__zone="chin").exists()


def test_only_the_named_columns_of_a_row_change(practice):
    session = practice.opened()
    session.note, session.pain, session.draft = "typed", 4, {"zones": ["chin"]}
    session.sharps_container = "not named"
    change(session, "note", "pain", "draft")
    found = Session.objects.get(pk=session.pk)
    assert (found.note, found.pain, found.draft) == ("typed", 4, {"zones": ["chin"]})
    assert found.sharps_container == ""


def test_the_guards_of_the_database_hold_for_such_rows_too(practice, other_practice):
    session = practice.opened()
    elsewhere = SessionPass(
        clinic=other_practice.clinic,
        session=session,
        place=1,
        zone="chin",
        depth_mm=Decimal("0.50"),
        limit_mm=Decimal("1.50"),
        passes=2,
    )
    with pytest.raises(Error), transaction.atomic():
        add(elsewhere)
    done = practice.done(session)
    done.note = "later"
    with pytest.raises(Error), transaction.atomic():
        change(done, "note")
    assert Session.objects.get(pk=done.pk).note == ""


def test_the_next_chart_number_follows_the_highest_of_the_clinic(practice, other_practice):
    first = practice.patient()
    add(person(practice, 1))
    assert practice.patient().chart_number == 902
    assert other_practice.patient().chart_number == first.chart_number
    assert practice.actor(Role.NURSE).clinic != other_practice.actor(Role.NURSE).clinic
