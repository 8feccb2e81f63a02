"""The database itself refuses: other clinics' rows, changes to what was signed, depths beyond the limit."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, OperationalError, connection, models, transaction
from tests.clinic.practice import Practice
from tests.clinic.rows import row_of

from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions import consent as consents
from needlepoint.clinic.chair.actions.needling import session as sessions
from needlepoint.clinic.chair.actions.stock.recall import recall
from needlepoint.clinic.models import CartridgeUse, Member, Session, SessionPass, UnknownTry, guards

REFUSED = (IntegrityError, DataError, OperationalError)
CLINIC_MODELS = [
    model
    for model in apps.get_app_config("clinic").get_models()
    if any(each.name == "clinic" for each in model._meta.fields)
]
REFERENCES = [
    (model, reference)
    for model in CLINIC_MODELS
    for reference in model._meta.fields
    if isinstance(reference, models.ForeignKey) and reference.related_model in CLINIC_MODELS
]


def a_full_house(practice: Practice) -> None:
    """At least one row in every table."""
    done = practice.done()
    sessions.amend(practice.act(), session_id=done.public_id, says="x", reason="y")
    practice.healed(done)
    given = practice.photo_consent(done.patient)
    consents.withdraw(practice.act(), consent_id=given.public_id, reason="")
    recall(practice.act(Role.MEDICAL_DIRECTOR), lot="BAD", gtin="", reason="letter")
    practice.booked(done.patient, minutes_from_now=60)
    from tests.clinic.wings.chair.test_photos import picture

    from needlepoint.clinic.practice.actions.record import once

    practice.photographed(done.patient, picture())
    once(practice.act(), "0" * 64, lambda: "/")
    for model in CLINIC_MODELS:
        row_of(model, practice.clinic)


def run(statement: str, values=()) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def one(model, practice):
    return model.objects.filter(clinic=practice.clinic).order_by("pk").first()


def test_every_table_names_its_clinic_but_the_clinics_own_and_that_of_names_nobody_has():
    without = {model.__name__ for model in apps.get_app_config("clinic").get_models()} - {
        model.__name__ for model in CLINIC_MODELS
    }
    # Whoever tries a name that nobody has belongs to no clinic; neither the name nor anything of a patient is kept.
    assert without == {"Clinic", "UnknownTry"}
    kept = {field.name for field in UnknownTry._meta.fields}
    assert kept == {"id", "at", "network", "browser"}


def test_every_guard_is_in_the_database(db):
    assert guards.missing(connection) == set()


@pytest.mark.django_db
def test_no_row_can_point_into_another_clinic():
    ours, theirs = Practice.found("Harbour Skin"), Practice.found("Hill Skin")
    a_full_house(ours)
    a_full_house(theirs)
    assert len(REFERENCES) > 50
    for model, reference in REFERENCES:
        row, strange = one(model, ours), one(reference.related_model, theirs)
        assert row is not None, f"{model.__name__}: the test has no row of it"
        columns = {each.column: getattr(row, each.attname) for each in model._meta.fields}
        columns[reference.column] = strange.pk
        columns.pop(model._meta.pk.column)
        insert(model, columns)
        if not model.frozen:
            update = f"UPDATE {model._meta.db_table} SET {reference.column} = %s WHERE {model._meta.pk.column} = %s"
            with pytest.raises(REFUSED):
                run(update, [strange.pk, row.pk])


def insert(model, columns) -> None:
    """Try to insert a copy with one foreign reference; the guard speaks before any unique key does."""
    prepared = [
        each.get_db_prep_save(columns[each.column], connection)
        for each in model._meta.fields
        if each.column in columns
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join(["%s"] * len(prepared))
    with pytest.raises(REFUSED, match="another"):
        run(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})", prepared)


@pytest.mark.django_db
def test_nothing_is_ever_deleted_and_nothing_frozen_changes():
    practice = Practice.found("Harbour Skin")
    a_full_house(practice)
    for model in CLINIC_MODELS:
        table, key = model._meta.db_table, model._meta.pk.column
        row = one(model, practice)
        for statement in (f"DELETE FROM {table} WHERE {key} = %s",):
            with pytest.raises(REFUSED, match="never deleted"):
                run(statement, [row.pk])
        with pytest.raises(REFUSED):
            run(f"UPDATE {table} SET clinic_id = clinic_id + 1000 WHERE {key} = %s", [row.pk])
        if model.frozen:
            with pytest.raises(REFUSED, match="never change"), transaction.atomic():
                model.objects.filter(pk=row.pk).update(clinic=row.clinic_id)
            with pytest.raises(REFUSED), transaction.atomic():
                row.delete()


@pytest.mark.django_db
def test_replacing_a_row_is_a_change_too(practice):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite knows REPLACE")
    done = practice.done()
    use = CartridgeUse.objects.get(session=done)
    for key in (use.pk, use.pk + 1):
        with pytest.raises(REFUSED):
            run(
                "REPLACE INTO clinic_cartridgeuse (id, clinic_id, cartridge_id, session_id, used_at) "
                "VALUES (%s, %s, %s, %s, %s)",
                [key, use.clinic_id, use.cartridge_id, use.session_id, "2026-01-01 00:00:00"],
            )


@pytest.mark.django_db
def test_a_session_that_is_done_stays_as_it_is(practice):
    done = practice.done()
    for column, value in (("note", "x"), ("state", "planned"), ("pain", 9), ("draft", "{}")):
        with pytest.raises(REFUSED, match="closed"), transaction.atomic():
            Session.objects.filter(pk=done.pk).update(**{column: value})


@pytest.mark.django_db
def test_a_session_cannot_move_to_another_patient(practice):
    waiting = practice.consented()
    stranger = practice.patient(given_name="Bea")
    with pytest.raises(REFUSED), transaction.atomic():
        Session.objects.filter(pk=waiting.pk).update(patient=stranger)


DEPTHS = ["2.6", "3.1", "100", "-1", "0", "NaN", "1e9", "Infinity"]


@pytest.mark.django_db
@pytest.mark.parametrize("depth", DEPTHS)
def test_no_depth_beyond_its_limit_is_ever_stored(practice, depth):
    done = practice.done()
    row = SessionPass.objects.filter(session=done).first()
    statement = (
        "INSERT INTO clinic_sessionpass (clinic_id, session_id, place, zone, depth_mm, limit_mm, passes, endpoint) "
        "VALUES (%s, %s, 99, 'chin', %s, 2.5, 2, '')"
    )
    with pytest.raises((*REFUSED, ValidationError)):
        run(statement, [row.clinic_id, row.session_id, depth])


@pytest.mark.django_db
def test_a_sign_in_belongs_to_one_clinic_for_ever(practice, other_practice):
    with pytest.raises(REFUSED), transaction.atomic():
        Member.objects.filter(pk=practice.members[Role.NURSE].pk).update(clinic=other_practice.clinic)
