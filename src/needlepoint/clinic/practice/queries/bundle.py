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

from needlepoint.clinic.models.written import STANDS_FOR, Statement, noted


@dataclass(frozen=True, slots=True)
class Some:
    """A query of whose rows only some columns are read."""

    rows: QuerySet
    names: frozenset[str]

    @classmethod
    def of(cls, rows: QuerySet, *names: str) -> Some:
        """Return the query with the names of what is read beside the key."""
        return cls(rows, frozenset(names))

    @property
    def columns(self) -> list[Any]:
        """Return the columns that are read, all where none is named."""
        fields = self.rows.model._meta.concrete_fields  # noqa: SLF001 (Django documents it for such use)
        return [
            each
            for each in fields
            if not self.names or each.primary_key or {each.name, each.attname} & self.names
        ]


Asked = Mapping[str, QuerySet | Some]


def bundle(**asked: QuerySet | Some) -> dict[str, list[Any]]:
    """Return the rows of each query under its name, in the order of their keys; one statement for all of them.

    A query is of plain rows of one table.
    """
    return _laid_out(_readings(asked), _union(asked))


class Prepared:
    """Queries that differ in one key only: written as SQL once for each kind of database, and asked with any key.

    Building a dozen queries costs more time than the database needs to answer them.
    """

    def __init__(self, parts: Callable[[int], Asked]) -> None:
        self.parts = parts
        self.written: dict[str, tuple[Readings, Statement]] = {}

    def of(self, key: int) -> dict[str, list[Any]]:
        """Return the rows as `bundle` does; one statement."""
        written = self.written.get(connection.vendor)
        if written is None:
            readings, ((told,),) = self._write(key)
        else:
            readings, ((told,),) = written[0], written[1].rows((key,))
        return _laid_out(readings, json.loads(told) if isinstance(told, str) else told or ())

    def _write(self, key: int) -> tuple[Readings, list[Any]]:
        asked = self.parts(STANDS_FOR)
        statement, found = noted(_union(asked), (STANDS_FOR,), (key,), AS_ONE[connection.vendor])
        readings = _readings(asked)
        self.written[connection.vendor] = (readings, statement)
        return readings, found


# All rows come as one: where several threads are at work, each row that is fetched from SQLite is a turn lost to them.
AS_ONE = {
    "sqlite": "SELECT json_group_array(json_array(bundle_name, json(bundle_row))) FROM ({})",
    "postgresql": "SELECT json_agg(json_build_array(bundle_name, bundle_row)) FROM ({}) AS bundled",
}


def _union(asked: Asked) -> QuerySet:
    parts = [_part(name, _some(rows)) for name, rows in asked.items()]
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
    def of(cls, some: Some) -> _Reading:
        columns = some.columns
        readers = [(place, _reader(column)) for place, column in enumerate(columns)]
        return cls(
            some.rows.model,
            some.rows.db,
            [column.attname for column in columns],
            [(place, reader) for place, reader in readers if reader is not None],
        )

    def row(self, values: list[Any]) -> Any:
        for place, reader in self.columns:
            if values[place] is not None:
                values[place] = reader(values[place])
        return self.model.from_db(self.alias, self.names, values)


Readings = Mapping[str, _Reading]


def _readings(asked: Asked) -> Readings:
    return {name: _Reading.of(_some(rows)) for name, rows in asked.items()}


def _some(rows: QuerySet | Some) -> Some:
    return rows if isinstance(rows, Some) else Some.of(rows)


def _part(name: str, some: Some) -> QuerySet:
    columns = JSONArray(*(column.attname for column in some.columns))
    named = some.rows.order_by().annotate(bundle_name=Value(name), bundle_row=columns)
    return named.values_list("bundle_name", "bundle_row")


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
