"""A row of any table, made from what its columns ask for; for tests of the database alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models, transaction

AT = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
# Where a check of the table wants more than any value.
CHOICES = {"better": "higher", "state": "waiting", "signed_as": "patient"}

HELD = (("Patient", "born_on"), ("DutyShift", "weekday"), ("DutyShift", "member"))


def refused(statement: str, values: Sequence[Any] = ()) -> bool:
    """Say whether the database refuses a statement; nothing of it stays if so."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError:
        return True
    return False


def row_of(model: Any, clinic: Any) -> Any:
    """Return the clinic's first row of a table; where there is none, make one, and first what it refers to."""
    found = model.objects.filter(clinic=clinic).order_by("pk").first()
    return found or model.objects.create(**_values(model, clinic))


def another(model: Any, clinic: Any) -> Any:
    """Return the clinic's second row of a table."""
    row_of(model, clinic)
    found = model.objects.filter(clinic=clinic).order_by("pk")[1:].first()
    apart = {"public_id": UUID(int=clinic.pk), "chart_number": 2}
    return found or model.objects.create(**_values(model, clinic) | apart)


def _values(model: Any, clinic: Any) -> dict[str, Any]:
    # A birth date may be unknown, but an older form of the table cannot hold such a person; a shift has somebody.
    asked = [
        each
        for each in model._meta.fields
        if (not each.null or (model.__name__, each.name) in HELD) and not each.primary_key
    ]
    return {each.name: _value(model, each, clinic) for each in asked}


def _value(model: Any, column: Any, clinic: Any) -> Any:
    if column.name == "clinic":
        return clinic
    if isinstance(column, models.ForeignKey) and column.name == "other":
        return another(column.related_model, clinic)
    if isinstance(column, models.ForeignKey):
        return row_of(column.related_model, clinic)
    if column.has_default():
        return column.get_default()
    if column.name in CHOICES:
        return CHOICES[column.name]
    return _plain(column, f"{model.__name__} {column.name} {clinic.pk}")


def _plain(column: Any, seed: str) -> Any:
    digest = hashlib.sha256(seed.encode()).hexdigest()
    if isinstance(column, models.UUIDField):
        return UUID(digest[:32])
    if isinstance(column, models.DateTimeField):
        return AT
    if isinstance(column, models.DateField):
        return AT.date()
    if isinstance(column, models.TimeField):
        return AT.time()
    if isinstance(column, models.BooleanField):
        return True
    if isinstance(column, models.JSONField):
        return {}
    if isinstance(column, models.IntegerField | models.DecimalField):
        return 1
    return digest[: column.max_length or 64]
