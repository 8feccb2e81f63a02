"""The hazards as docs/explanation/hazards.yaml lists them, and how a control is switched off."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from django.apps import apps
from django.db import connection, models, transaction

from needlepoint.clinic.models import guards

ROOT = Path(__file__).parents[3]
FILE = ROOT / "docs" / "explanation" / "hazards.yaml"


@dataclass(frozen=True)
class Control:
    """What keeps a hazard away: a function (`module:name`), or what the database refuses (`guard:table`, ...)."""

    named: str
    test: str

    @property
    def exists(self) -> bool:
        """Is there such a function, such a guard in the database, such a check of a table?"""
        kind, _, what = self.named.partition(":")
        if kind in ("guard", "unique", "check"):
            return any(_holds(kind, model) for model in _models() if model._meta.db_table == what)
        if kind == "template":
            return (ROOT / "src/needlepoint/clinic/templates" / what).is_file()
        return hasattr(importlib.import_module(kind), what)

    def off(self, instead: Any = None) -> AbstractContextManager[Any]:
        """Switch it off, or put something in its place; what the database refused is restored by a rollback."""
        kind, _, what = self.named.partition(":")
        off: dict[str, Callable[[str], Any]] = {
            "guard": _without_guards,
            "unique": _without_unique,
            "check": _without_checks,
            "template": _without_template,
        }
        if kind in off:
            return off[kind](what)
        return mock.patch.object(importlib.import_module(kind), what, instead or (lambda *_, **__: None))


def _models() -> list[Any]:
    return list(apps.get_app_config("clinic").get_models())


def _holds(kind: str, model: Any) -> bool:
    if kind == "guard":
        return any(table == model._meta.db_table for _, table in guards.installed(connection))
    if kind == "unique":
        of_fields = any(each.unique for each in model._meta.fields if not each.primary_key)
        return of_fields or any(isinstance(each, models.UniqueConstraint) for each in model._meta.constraints)
    return any(isinstance(each, models.CheckConstraint) for each in model._meta.constraints)


@contextmanager
def _without_guards(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        for name, on in sorted(guards.installed(connection)):
            if on == table:
                suffix = f" ON {on}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {name}{suffix}")
    yield


@contextmanager
def _without_unique(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _drop_constraints(cursor, table, "u")
            _drop_unique_indexes(cursor, table)
        else:
            # What is unique on a condition is an index beside the table, and stays with the one that is put aside.
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            (made,) = cursor.fetchone()
            cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_kept")
            cursor.execute(made.replace(" UNIQUE", ""))
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {table}_kept")
    yield


@contextmanager
def _without_checks(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _drop_constraints(cursor, table, "c")
            yield
            return
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _drop_constraints(cursor: Any, table: str, kind: str) -> None:
    # What references wait to be looked at until the end is looked at now; before that no table may be altered.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = %s", [table, kind]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def _drop_unique_indexes(cursor: Any, table: str) -> None:
    # What is unique on a condition is an index, and no constraint.
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index"
        " WHERE indrelid = %s::regclass AND indisunique AND NOT indisprimary",
        [table],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")


@contextmanager
def _without_template(name: str) -> Iterator[None]:
    from django.template import Template, engines

    from needlepoint.clinic.templatetags.parts import PARTS

    if name.endswith(".jinja"):
        plain = PARTS.get_template
        empty = PARTS.from_string("")
        with mock.patch.object(
            PARTS, "get_template", lambda asked, *more: empty if asked == name else plain(asked, *more)
        ):
            yield
        return
    (loader,) = engines["django"].engine.template_loaders
    with mock.patch.dict(loader.get_template_cache, {name: Template("")}):
        yield


def entries() -> list[dict[str, Any]]:
    """Every hazard of the log."""
    return list(yaml.safe_load(FILE.read_text()))


def controls() -> list[tuple[str, Control]]:
    """Every control with the id of its hazard."""
    return [
        (entry["id"], Control(each["control"], each["test"]))
        for entry in entries()
        for each in entry.get("controls", [])
    ]


def control_of(node: Any) -> Control:
    """Return the control that a test is there for, as the log says."""
    named = f"{Path(node.path).relative_to(ROOT).as_posix()}::{node.originalname}"
    return next(control for _, control in controls() if control.test == named)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards, the lifted guards are back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
