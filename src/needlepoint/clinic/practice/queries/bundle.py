"""Rows of several tables in one statement: every round trip saved is felt on a page that needs a dozen tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial, reduce
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet, Value
from django.db.models.functions import JSONArray

from needlepoint.clinic.models.written import planned_once


def bundle(**asked: QuerySet) -> dict[str, list[Any]]:
    """Return the rows of each query under its name, in the order of their keys; one statement for all of them.

    A query is of plain rows of one table; with `.only(...)` just those columns are read.
    """
    return _laid_out(_readings(asked), _union(asked))


class Prepared:
    """Queries that differ in one key only: written as SQL once for each kind of database, and asked with any key.

    Building a dozen queries costs more time than the database needs to answer them.
    """

    def __init__(self, parts: Callable[[int], Mapping[str, QuerySet]]) -> None:
        self.parts = parts
        self.written: dict[str, tuple[Readings, str, tuple[Any, ...]]] = {}

    def of(self, key: int) -> dict[str, list[Any]]:
        """Return the rows as `bundle` does; one statement."""
        if connection.vendor not in self.written:
            asked = self.parts(STANDS_FOR_THE_KEY)
            sql, values = _union(asked).query.sql_with_params()
            self.written[connection.vendor] = (
                _readings(asked),
                AS_ONE[connection.vendor].format(sql),
                values,
            )
        readings, sql, values = self.written[connection.vendor]
        with planned_once() as cursor:
            cursor.execute(sql, [key if value == STANDS_FOR_THE_KEY else value for value in values])
            told = cursor.fetchone()[0]
        return _laid_out(readings, json.loads(told) if isinstance(told, str) else told or ())


# All rows come as one: where several threads are at work, each row that is fetched from SQLite is a turn lost to them.
AS_ONE = {
    "sqlite": "SELECT json_group_array(json_array(bundle_name, json(bundle_row))) FROM ({})",
    "postgresql": "SELECT json_agg(json_build_array(bundle_name, bundle_row)) FROM ({}) AS bundled",
}
# No key is negative, and no other number in the queries is this one.
STANDS_FOR_THE_KEY = -720_575_940


def _union(asked: Mapping[str, QuerySet]) -> QuerySet:
    parts = [_part(name, rows) for name, rows in asked.items()]
    return reduce(lambda one, other: one.union(other, all=True), parts)


def _laid_out(readings: Readings, told: Iterable[tuple[str, list[Any]]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in readings}
    for name, values in told:
        found[name].append(readings[name].row(values))
    for rows in found.values():
        rows.sort(key=lambda row: row.pk)
    return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the values of a query become rows: worked out once for each of its columns, not for each value."""

    model: Any
    alias: str
    names: list[str]
    columns: list[tuple[int, Callable[[Any], Any]]]

    @classmethod
    def of(cls, rows: QuerySet) -> _Reading:
        columns = _columns(rows)
        readers = [(place, _reader(column)) for place, column in enumerate(columns)]
        return cls(
            rows.model,
            rows.db,
            [column.attname for column in columns],
            [(place, reader) for place, reader in readers if reader is not None],
        )

    def row(self, values: list[Any]) -> Any:
        for place, reader in self.columns:
            if values[place] is not None:
                values[place] = reader(values[place])
        return self.model.from_db(self.alias, self.names, values)


Readings = Mapping[str, _Reading]


def _readings(asked: Mapping[str, QuerySet]) -> Readings:
    return {name: _Reading.of(rows) for name, rows in asked.items()}


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


def _reader(column: Any) -> Callable[[Any], Any] | None:
    """Return how a column reads its own value out of JSON, which knows no decimals, instants or ids."""
    if isinstance(column, models.ForeignKey):
        column = column.target_field
    if isinstance(column, models.JSONField):
        return _document
    if isinstance(column, models.DecimalField):
        return partial(_decimal, column.decimal_places)
    if isinstance(column, models.DateTimeField):
        return _instant
    return None if isinstance(column, PLAIN) else column.to_python


# What these hold is the same in JSON.
PLAIN = (models.CharField, models.TextField, models.IntegerField)


def _document(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _decimal(places: int, value: Any) -> Decimal:
    return round(Decimal(str(value)), places)


def _instant(value: str) -> datetime:
    instant = datetime.fromisoformat(value)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
