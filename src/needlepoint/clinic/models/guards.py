"""Triggers that hold for every writer, raw SQL included: no row points into another clinic, nothing signed changes.

What must not overlap is kept apart the same way: by an exclusion on PostgreSQL, by triggers on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction


@dataclass(frozen=True, slots=True)
class Tie:
    """A reference and a column that both rows must share."""

    column: str
    target: str
    target_key: str
    shared: str


@dataclass(frozen=True, slots=True)
class Guard:
    """What holds for one table."""

    table: str
    key: str
    frozen: bool
    fixed: tuple[str, ...]
    closed: str
    ties: tuple[Tie, ...]
    apart: tuple[str, ...]


def guards() -> tuple[Guard, ...]:
    """Return the guard of every table that belongs to a clinic, as its model declares it."""
    return tuple(_guard(model) for model in apps.get_app_config("clinic").get_models() if _of_clinic(model))


def _of_clinic(model: Any) -> bool:
    return any(field.name == "clinic" for field in model._meta.fields)


def _guard(model: Any) -> Guard:
    return Guard(
        table=model._meta.db_table,
        key=model._meta.pk.column,
        frozen=model.frozen,
        fixed=() if model.frozen else tuple(dict.fromkeys(("clinic_id", *model.fixed))),
        closed=model.closed,
        ties=tuple(_ties(model)),
        apart=model.apart,
    )


def _ties(model: Any) -> Iterator[Tie]:
    for field in model._meta.fields:
        if isinstance(field, models.ForeignKey) and _of_clinic(field.related_model):
            target = field.related_model._meta
            for shared in ("clinic_id", *model.tied.get(field.name, ())):
                yield Tie(field.column, target.db_table, target.pk.column, shared)


def install(connection: Any) -> None:
    """Set all triggers, replacing those that are there."""
    build = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    # In one transaction: a database is never seen with half of its guards, and 200 commits take long.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        lift(connection)
        for guard in guards():
            for statement in build(guard):
                cursor.execute(statement)


def lift(connection: Any) -> None:
    """Take all triggers away; only a migration and the emptying of a test database may do so."""
    with connection.cursor() as cursor:
        for name, table in sorted(installed(connection)):
            cursor.execute(_lifting(connection.vendor, name, table))


def _lifting(vendor: str, name: str, table: str) -> str:
    if name.startswith(APART):
        return f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"
    return f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else "")


def installed(connection: Any) -> set[tuple[str, str]]:
    """Return the name and the table of every trigger of ours in the database, and of every exclusion."""
    query = (
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'guard_%%' AND NOT tgisinternal "
        "UNION ALL SELECT conname, conrelid::regclass::text FROM pg_constraint "
        f"WHERE contype = 'x' AND conname LIKE '{APART}%%'"
        if connection.vendor == "postgresql"
        else "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard_%%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return set(cursor.fetchall())


def missing(connection: Any) -> set[str]:
    """Return the names of the triggers that should be in the database and are not."""
    return expected(connection.vendor) - {name for name, _ in installed(connection)}


def expected(vendor: str) -> set[str]:
    """Return the names of the triggers that a database of that kind must have."""
    build = _POSTGRESQL if vendor == "postgresql" else _SQLITE
    statements = [statement for guard in guards() for statement in build(guard)]
    triggers = {words[2] for each in statements if (words := each.split())[:2] == ["CREATE", "TRIGGER"]}
    return triggers | {words[5] for each in statements if (words := each.split())[:2] == ["ALTER", "TABLE"]}


def _refusals(guard: Guard) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, operation, condition and words for every way in which a row may not change."""
    yield "delete", "DELETE", "TRUE", f"rows of {guard.table} are never deleted"
    if guard.frozen:
        yield "frozen", "UPDATE", "TRUE", f"rows of {guard.table} never change"
    for column in guard.fixed:
        changed = f"OLD.{column} IS DISTINCT FROM NEW.{column}"
        yield f"fixed_{column}", "UPDATE", changed, f"{column} of {guard.table} never changes"
    if guard.closed:
        yield "closed", "UPDATE", guard.closed, f"this row of {guard.table} is closed"


def _tie_refusals(guard: Guard) -> Iterator[tuple[str, str, str]]:
    for tie in guard.ties:
        other = f"(SELECT {tie.shared} FROM {tie.target} WHERE {tie.target_key} = NEW.{tie.column})"
        apart = f"NEW.{tie.column} IS NOT NULL AND {other} IS DISTINCT FROM NEW.{tie.shared}"
        yield f"tie_{tie.column}_{tie.shared}", apart, f"{tie.column} of {guard.table}: another {tie.shared}"


# An exclusion of PostgreSQL bears such a name; on SQLite triggers do the same.
APART = "apart_"
# As far back as SQLite has to look for what may still go on; whatever lasts longer is cut into pieces.
LONGEST_HOURS = 12
_TOO_LONG = f"longer than {LONGEST_HOURS} hours"
_LASTS = f"NEW.ends_at > NEW.starts_at + interval '{LONGEST_HOURS} hours'"


def _SQLITE(guard: Guard) -> Iterator[str]:  # noqa: N802 (one of two dialects)
    table = guard.table
    for name, operation, condition, words in _refusals(guard):
        yield _sqlite_trigger(f"guard_{table}_{name}", operation, table, condition, words)
    if guard.frozen:
        # REPLACE INTO would otherwise put a new row in the place of a frozen one.
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {guard.key} = NEW.{guard.key})"
        words = f"rows of {table} never change"
        yield _sqlite_trigger(f"guard_{table}_replace", "INSERT", table, there, words)
    for name, condition, words in _tie_refusals(guard):
        for operation in ("INSERT", "UPDATE"):
            trigger = f"guard_{table}_{name}_{operation.lower()}"
            yield _sqlite_trigger(trigger, operation, table, condition, words)
    for operation in ("INSERT", "UPDATE") if guard.apart else ():
        for name, condition, words in _sqlite_apart(guard):
            trigger = f"guard_{table}_{name}_{operation.lower()}"
            yield _sqlite_trigger(trigger, operation, table, condition, words)


def _sqlite_apart(guard: Guard) -> Iterator[tuple[str, str, str]]:
    lasts = "(julianday(NEW.ends_at) - julianday(NEW.starts_at)) * 24"
    yield "lasts", f"{lasts} > {LONGEST_HOURS}.001", f"{guard.table}: {_TOO_LONG}"
    for column in guard.apart:
        # The bound from below keeps the look to a stretch of the index by this column and `starts_at`.
        overlapping = (
            f"SELECT 1 FROM {guard.table} AS other WHERE other.{column} = NEW.{column} "
            f"AND other.starts_at < NEW.ends_at "
            f"AND other.starts_at > datetime(NEW.starts_at, '-{LONGEST_HOURS} hours') "
            f"AND other.ends_at > NEW.starts_at AND other.released_at IS NULL "
            f"AND other.{guard.key} IS NOT NEW.{guard.key}"
        )
        condition = f"NEW.released_at IS NULL AND NEW.{column} IS NOT NULL AND EXISTS ({overlapping})"
        yield f"apart_{column}", condition, f"{column} of {guard.table}: taken by another row"


def _sqlite_trigger(name: str, operation: str, table: str, condition: str, words: str) -> str:
    return (
        f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    )


def _POSTGRESQL(guard: Guard) -> Iterator[str]:  # noqa: N802 (one of two dialects)
    table = guard.table
    changes = [(operation, condition, words) for _, operation, condition, words in _refusals(guard)]
    ties = [(condition, words) for _, condition, words in _tie_refusals(guard)]
    yield (
        f"CREATE OR REPLACE FUNCTION guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'TRUNCATE' OR TG_OP = 'DELETE' THEN {_raise(f'rows of {table} are never deleted')} END IF; "
        + " ".join(
            f"IF TG_OP = '{operation}' THEN IF {condition} THEN {_raise(words)} END IF; END IF;"
            for operation, condition, words in changes
            if operation != "DELETE"
        )
        + " ".join(f" IF {condition} THEN {_raise(words)} END IF;" for condition, words in ties)
        + (f" IF {_LASTS} THEN {_raise(f'{table}: {_TOO_LONG}')} END IF;" if guard.apart else "")
        + " RETURN NEW; END $$"
    )
    yield (
        f"CREATE TRIGGER guard_{table} BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION guard_{table}()"
    )
    yield (
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION guard_{table}()"
    )
    for column in guard.apart:
        # A range of one point stands in for an equal sign, for which this kind of index needs an extension.
        # A range from NULL to NULL would be everything, so rows without a value are left out.
        yield (
            f"ALTER TABLE {table} ADD CONSTRAINT {APART}{table}_{column} EXCLUDE USING gist ("
            f"int8range({column}, {column}, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) "
            f"WHERE (released_at IS NULL AND {column} IS NOT NULL)"
        )


def _raise(words: str) -> str:
    return f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation';"
