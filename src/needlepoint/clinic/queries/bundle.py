"""Rows of several tables in one statement: every round trip saved is felt on a page that needs a dozen tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet, Value
from django.db.models.functions import JSONArray


def bundle(**asked: QuerySet) -> dict[str, list[Any]]:
    """Return the rows of each query under its name, in the order of their keys; one statement for all of them.

    A query is of plain rows of one table; with `.only(...)` just those columns are read.
    """
    return _laid_out(asked, _union(asked))


class Prepared:
    """Queries that differ in one key only: written as SQL once for each kind of database, and asked with any key.

    Building a dozen queries costs more time than the database needs to answer them.
    """

    def __init__(self, parts: Callable[[int], Mapping[str, QuerySet]]) -> None:
        self.parts = parts
        self.written: dict[str, tuple[Mapping[str, QuerySet], str, tuple[Any, ...]]] = {}

    def of(self, key: int) -> dict[str, list[Any]]:
        """Return the rows as `bundle` does; one statement."""
        if connection.vendor not in self.written:
            asked = self.parts(STANDS_FOR_THE_KEY)
            self.written[connection.vendor] = (asked, *_union(asked).query.sql_with_params())
        asked, sql, values = self.written[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(sql, [key if value == STANDS_FOR_THE_KEY else value for value in values])
            rows = cursor.fetchall()
        return _laid_out(
            asked, ((name, json.loads(row) if isinstance(row, str) else row) for name, row in rows)
        )


# No key is negative, and no other number in the queries is this one.
STANDS_FOR_THE_KEY = -720_575_940


def _union(asked: Mapping[str, QuerySet]) -> QuerySet:
    parts = [_part(name, rows) for name, rows in asked.items()]
    return reduce(lambda one, other: one.union(other, all=True), parts)


def _laid_out(asked: Mapping[str, QuerySet], told: Iterable[tuple[str, list[Any]]]) -> dict[str, list[Any]]:
    columns = {name: _columns(rows) for name, rows in asked.items()}
    found: dict[str, list[Any]] = {name: [] for name in asked}
    for name, values in told:
        found[name].append(_row(asked[name], columns[name], values))
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


def _part(name: str, rows: QuerySet) -> QuerySet:
    columns = JSONArray(*(column.attname for column in _columns(rows)))
    named = rows.order_by().annotate(bundle_name=Value(name), bundle_row=columns)
    # Without this Django would refuse a deferred column beside a list of values.
    named.query.clear_deferred_loading()
    return named.values_list("bundle_name", "bundle_row")


def _columns(rows: QuerySet) -> list[Any]:
    wanted, deferred = rows.query.deferred_loading
    fields = rows.model._meta.concrete_fields  # noqa: SLF001 (Django documents it for such use)
    if deferred or not wanted:
        return list(fields)
    return [field for field in fields if field.primary_key or {field.name, field.attname} & set(wanted)]


def _row(rows: QuerySet, columns: list[Any], values: list[Any]) -> Any:
    plain = [_value(column, value) for column, value in zip(columns, values, strict=True)]
    return rows.model.from_db(rows.db, [column.attname for column in columns], plain)


def _value(column: Any, value: Any) -> Any:
    """Return a value as the column's own reading would give it; JSON knows no decimals, instants or ids."""
    if isinstance(column, models.ForeignKey):
        column = column.target_field
    if value is None:
        return None
    if isinstance(column, models.JSONField):
        return json.loads(value) if isinstance(value, str) else value
    if isinstance(column, models.DecimalField):
        return round(Decimal(str(value)), column.decimal_places)
    if isinstance(column, models.DateTimeField):
        instant = datetime.fromisoformat(value)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    return column.to_python(value)
