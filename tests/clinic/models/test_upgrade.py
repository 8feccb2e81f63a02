"""Migrations: back and forth on a practice with data nothing is lost, and at the end every guard stands."""

import hashlib
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from tests.clinic.models.test_guards import CLINIC_MODELS, a_full_house
from tests.clinic.practice import Practice
from tests.clinic.steps import migrate_back

from needlepoint.clinic.access.checks import Stop
from needlepoint.clinic.access.roles import Role
from needlepoint.clinic.chair.actions.stock import recall
from needlepoint.clinic.chair.actions.stock.cartridge import usable
from needlepoint.clinic.models import Cartridge, Recall, guards


def tables() -> set[str]:
    return {model._meta.db_table for model in CLINIC_MODELS}


def columns(cursor, table: str) -> list[str]:
    return sorted(each.name for each in connection.introspection.get_table_description(cursor, table))


def digests(of_columns: dict[str, list[str]]) -> dict[str, str]:
    """What stands in every row of every table, in the columns named."""
    found = {}
    with connection.cursor() as cursor:
        for table, names in sorted(of_columns.items()):
            listed = ", ".join(f'"{name}"' for name in names)
            cursor.execute(f'SELECT {listed} FROM "{table}" ORDER BY 1, 2')
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def shape() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        return {table: columns(cursor, table) for table in tables() & there}


@pytest.mark.slow
def test_going_back_to_the_first_tables_and_forth_again_loses_nothing_that_both_know(emptied):
    a_full_house(Practice.found("Harbour Skin"))
    guards.lift(connection)
    newest = shape()
    migrate_back("0001_tables")
    oldest = {table: [name for name in names if name in newest[table]] for table, names in shape().items()}
    try:
        before = digests(oldest)
        assert len(before) > 25
    finally:
        call_command("migrate", "clinic", verbosity=0)
    assert shape() == newest
    assert digests(oldest) == before
    assert guards.missing(connection) == set()


@pytest.mark.django_db
def test_a_database_at_an_older_state_has_no_guards_and_so_is_not_served(emptied):
    migrate_back("0001_tables")
    try:
        assert guards.missing(connection) == guards.expected(connection.vendor)
    finally:
        call_command("migrate", "clinic", verbosity=0)
    assert guards.missing(connection) == set()


def test_the_migrations_say_all_that_the_models_say(db):
    call_command("makemigrations", "clinic", check=True, dry_run=True, verbosity=0)


def test_the_migrations_form_one_line(db):
    assert len(MigrationLoader(connection).graph.leaf_nodes("clinic")) == 1


def test_what_was_stored_before_lots_had_keys_gets_them_and_a_block_without_a_real_article_holds_for_all(
    emptied,
):
    practice = Practice.found("Harbour Skin")
    piece = practice.stocked(lot="00-ab 12")[0]
    for lot, gtin in (("AB12", "hello"), ("Cd", "8600000000004")):
        recall.recall(practice.act(Role.CLINIC_ADMIN), lot=lot, gtin="", reason="letter")
        guards.lift(connection)
        Recall.objects.filter(lot=lot).update(gtin=gtin, lot_key="", article_key="?")
    Cartridge.objects.update(lot_key="", article_key="")
    import_module("needlepoint.clinic.migrations.0017_lots_as_written").say_keys(apps, None)
    guards.install(connection)
    assert Cartridge.objects.get(pk=piece.pk).lot_key == "AB12"
    assert {row.lot: (row.lot_key, row.article_key) for row in Recall.objects.all()} == {
        "AB12": ("AB12", ""),
        "Cd": ("CD", Cartridge.objects.get(pk=piece.pk).article_key),
    }
    # As every action does: the piece is locked while it is looked at, which PostgreSQL does within a transaction alone.
    with pytest.raises(Stop, match="Recalled"), transaction.atomic():
        usable(practice.act(), practice.scan(piece))
