"""Queries that differ in a few values only, written as SQL once: Django spends more time on writing than on asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from inspect import signature
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

# What stands for a whole number while the SQL is written; no query has these numbers of its own.
STANDS_FOR = 720_575_940


@dataclass(frozen=True, slots=True)
class _Sql:
    """A statement, its values, which of them are asked for, and how what comes back is read."""

    text: str
    values: tuple[Any, ...]
    asked: dict[int, tuple[int, bool]]
    converters: tuple[tuple[int, tuple[Any, ...], Any], ...]
    select: Any
    made_of: Any


class Written:
    """A query, e.g. `Written(lambda key: Grant.objects.filter(member=key))`, to be asked with any key.

    Where something else than a whole number is asked for, `stand_ins` are values of that kind, one for each argument;
    a text may be asked for as the beginning of a column.
    """

    def __init__(self, build: Callable[..., QuerySet], *stand_ins: Any) -> None:
        numbers = range(STANDS_FOR, STANDS_FOR + len(signature(build).parameters))
        self.build = build
        self.stand_ins = stand_ins or tuple(numbers)
        self.by_vendor: dict[str, _Sql] = {}

    def rows(self, *given: Any) -> list[Any]:
        """Return the rows for these values as lists of values; one statement."""
        written = self._written()
        found = _asked(written, given)
        return list(_read(found, written.converters)) if written.converters else found

    def objects(self, *given: Any) -> list[Any]:
        """Return the rows for these values as Django would, with those that they were to be read together with."""
        rows, written, alias = self.rows(*given), self._written(), connection.alias
        places = written.made_of["select_fields"]
        own = slice(places[0], places[-1] + 1)
        names = [column.target.attname for column, _sql, _name in written.select[own]]
        found = [(row, written.made_of["model"].from_db(alias, names, row[own])) for row in rows]
        for populator in get_related_populators(written.made_of, written.select, alias):
            for row, made in found:
                populator.populate(row, made)
        return [made for _row, made in found]

    def first(self, *given: Any) -> Any:
        """Return the first of the rows, or None."""
        return next(iter(self.objects(*given)), None)

    def _written(self) -> _Sql:
        return self.by_vendor.get(connection.vendor) or self._write()

    def _write(self) -> _Sql:
        compiler = self.build(*self.stand_ins).query.get_compiler(connection.alias)
        text, values = compiler.as_sql()
        stands = {_plain(each): (place, False) for place, each in enumerate(self.stand_ins)}
        stands |= {f"{each}%": (place, True) for each, (place, _) in stands.items() if isinstance(each, str)}
        # Django writes the place of the first row of a page into the text.
        for each in self.stand_ins:
            if text.endswith(f" OFFSET {each}"):
                text, values = text.removesuffix(str(each)) + "%s", (*values, each)
        asked = {place: stands[each] for place, each in enumerate(values) if _known(each, stands)}
        if {which for which, _ in asked.values()} != set(range(len(self.stand_ins))):
            raise ValueError("a value that is asked for does not stand in the SQL as it was given")
        converters = compiler.get_converters([each for each, _sql, _alias in compiler.select])
        written = _Sql(
            text,
            tuple(values),
            asked,
            tuple((place, tuple(how), what) for place, (how, what) in converters.items()),
            compiler.select,
            compiler.klass_info,
        )
        return self.by_vendor.setdefault(connection.vendor, written)


def _asked(written: _Sql, given: tuple[Any, ...]) -> list[Any]:
    values = list(written.values)
    for place, (which, beginning) in written.asked.items():
        plain = _plain(given[which])
        values[place] = f"{connection.ops.prep_for_like_query(plain)}%" if beginning else plain
    with planned_once() as cursor:
        cursor.execute(written.text, values)
        found: list[Any] = cursor.fetchall()
    return found


def planned_once() -> Any:
    """Return a cursor for a statement that comes again and again: PostgreSQL keeps how it went about it.

    To plan the statement of a chart takes it five times as long as to answer. SQLite keeps statements anyhow.
    """
    # Django cannot tell what such a cursor has asked, where somebody wants to know.
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.validate_thread_sharing()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection.make_cursor(ServerBindingCursor(connection.connection))


def _known(value: Any, stands: dict[Any, tuple[int, bool]]) -> bool:
    return value.__hash__ is not None and value in stands


def _plain(value: Any) -> Any:
    """Return a value as the database takes it."""
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def _read(rows: list[Any], converters: Any) -> Iterator[list[Any]]:
    for row in map(list, rows):
        for place, how, what in converters:
            value = row[place]
            for convert in how:
                value = convert(value, what, connection)
            row[place] = value
        yield row
