"""Rows of several tables in one statement: every round trip saved is felt on a page that needs a dozen tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db import models
from django.db.models import QuerySet, Value
from django.db.models.functions import JSONArray


def bundle(**asked: QuerySet) -> dict[str, list[Any]]:
    """Return the rows of each query under its name, in the order of their keys; one statement for all of them.

    A query is of plain rows of one table; with `.only(...)` just those columns are read.
    """
    parts = [_part(name, rows) for name, rows in asked.items()]
    found: dict[str, list[Any]] = {name: [] for name in asked}
    for name, values in reduce(lambda one, other: one.union(other, all=True), parts):
        found[name].append(_row(asked[name], values))
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


def _row(rows: QuerySet, values: list[Any]) -> Any:
    columns = _columns(rows)
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
