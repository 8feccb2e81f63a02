"""Rows added and changed by SQL that is written once for each model: Django writes it anew for every row."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import connection


def add(*rows: Any) -> None:
    """Add new rows of one model in one statement, as Django's `bulk_create` would; each has its key then.

    Nothing in the clinic listens for rows being saved, so no signal is sent.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    columns = _added(model)
    key = model._meta.pk.attname
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, len(rows)), [_told(each, row) for row in rows for each in columns])
        keys = cursor.fetchall()
    for row, (number,) in zip(rows, keys, strict=True):
        setattr(row, key, number)
        row._state.adding, row._state.db = False, connection.alias


def change(row: Any, *names: str) -> None:
    """Write these columns of a row that is there."""
    model: Any = type(row)
    columns = [model._meta.get_field(each) for each in names]
    with connection.cursor() as cursor:
        cursor.execute(_update(model, names), [*(_told(each, row) for each in columns), row.pk])


def _told(column: Any, row: Any) -> Any:
    return column.get_db_prep_save(getattr(row, column.attname), connection)


@cache
def _added(model: Any) -> tuple[Any, ...]:
    return tuple(each for each in model._meta.concrete_fields if not each.primary_key)


@cache
def _insert(model: Any, number: int) -> str:
    names = ", ".join(_quoted(each.column for each in _added(model)))
    places = ", ".join(["%s"] * len(_added(model)))
    rows = ", ".join([f"({places})"] * number)
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES {rows} RETURNING {model._meta.pk.column}"


@cache
def _update(model: Any, names: tuple[str, ...]) -> str:
    columns = _quoted(model._meta.get_field(each).column for each in names)
    told = ", ".join(f"{each} = %s" for each in columns)
    return f"UPDATE {model._meta.db_table} SET {told} WHERE {model._meta.pk.column} = %s"


def _quoted(columns: Iterable[str]) -> list[str]:
    return [f'"{each}"' for each in columns]
