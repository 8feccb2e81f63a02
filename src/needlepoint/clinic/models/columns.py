"""How the values of a row become those of a model, column by column: worked out once, not for every row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Context, Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models

Reader = Callable[[Any], Any]
# So many digits SQLite keeps of a number.
AS_SQLITE = Context(prec=15)


def readers(
    model: Any, columns: Iterable[str], flags: Iterable[str] = (), instants: Iterable[str] = ()
) -> tuple[tuple[int, Reader], ...]:
    """Return how the values of some columns are read, by their place; those that stand as they are are left out."""
    known: dict[str, Reader | None] = dict.fromkeys(flags, bool)
    known |= dict.fromkeys(instants, reader_of(models.DateTimeField()))
    found = (
        (place, known[name] if name in known else _of_path(model, name)) for place, name in enumerate(columns)
    )
    return tuple((place, reader) for place, reader in found if reader is not None)


def _of_path(model: Any, name: str) -> Reader | None:
    """Return how the column at the end of a path, such as `session__opened_at`, is read."""
    *way, last = name.split("__")
    for step in way:
        model = model._meta.get_field(step).related_model
    try:
        return reader_of(model._meta.get_field(last))
    except FieldDoesNotExist:
        # What the query works out itself, such as a number of rows.
        return None


def reader_of(column: Any) -> Reader | None:
    """Return how a column's value is read as the driver gives it; None where it stands as it is."""
    if isinstance(column, models.ForeignKey):
        column = column.target_field
    # Both keep documents as text; all else PostgreSQL gives as it is.
    if isinstance(column, models.JSONField):
        return json.loads
    if connection.vendor == "postgresql":
        return None
    if isinstance(column, models.UUIDField):
        return UUID
    if isinstance(column, models.DateTimeField):
        return _instant
    return partial(_decimal, column.decimal_places) if isinstance(column, models.DecimalField) else None


def _instant(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC)


def _decimal(places: int, value: float) -> Decimal:
    return AS_SQLITE.create_decimal_from_float(value).quantize(Decimal(1).scaleb(-places))


@dataclass(frozen=True, slots=True)
class Laid:
    """Where the values of a model lie in a row, and those of the rows that it is read together with."""

    model: Any
    names: tuple[str, ...]
    begins: int
    key: int
    read: tuple[tuple[int, Reader], ...]
    beside: tuple[tuple[str, Laid], ...]
    path: str

    @classmethod
    def of(cls, model: Any, columns: tuple[str, ...] = (), together: tuple[str, ...] = ()) -> Laid:
        """Return how rows of a model lie, with all their columns or with some, and all of those named `together`."""
        return cls._from(model, "", columns, together, 0)

    @classmethod
    def _from(
        cls, model: Any, path: str, columns: tuple[str, ...], together: tuple[str, ...], begins: int
    ) -> Laid:
        own = [each for each in model._meta.concrete_fields if not columns or _wanted(each, columns)]
        beside, ends = [], begins + len(own)
        for name in dict.fromkeys(each.partition("__")[0] for each in (*together, *_further(columns))):
            of = model._meta.get_field(name).related_model
            part = cls._from(of, f"{path}{name}__", _under(name, columns), _under(name, together), ends)
            beside.append((name, part))
            ends += len(tuple(part.columns))
        names = tuple(each.attname for each in own)
        place = next(place for place, each in enumerate(own) if each.primary_key)
        return cls(model, names, begins, begins + place, readers(model, names), tuple(beside), path)

    @property
    def columns(self) -> Iterator[str]:
        """Yield the columns in the order in which they lie."""
        yield from (f"{self.path}{name}" for name in self.names)
        for _name, part in self.beside:
            yield from part.columns

    def made(self, row: Any) -> Any:
        """Return a row of the model, with those that belong to it; None where it refers to nothing."""
        if row[self.key] is None:
            return None
        values = list(row[self.begins : self.begins + len(self.names)])
        for place, reader in self.read:
            if values[place] is not None:
                values[place] = reader(values[place])
        made = self.model.from_db(connection.alias, self.names, values)
        for name, part in self.beside:
            setattr(made, name, part.made(row))
        return made


def _wanted(column: Any, columns: tuple[str, ...]) -> bool:
    return column.primary_key or column.name in columns or column.attname in columns


def _further(columns: tuple[str, ...]) -> Iterator[str]:
    return (each for each in columns if "__" in each)


def _under(name: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return what of the paths lies behind a name."""
    return tuple(each.removeprefix(f"{name}__") for each in paths if each.startswith(f"{name}__"))
