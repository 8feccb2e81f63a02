"""Queries that differ in a few values only, written as SQL once: Django spends more time on writing than on asking.

Nothing here goes behind Django's back: it tells whoever stands between it and the database what it is about to ask
(`execute_wrapper`), takes SQL of one's own (`connection.cursor`) and lets a model make a row out of values (`from_db`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from inspect import signature
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import QuerySet

from needlepoint.clinic.models.columns import Laid, readers

# What stands for a whole number while the SQL is written; no query has these numbers of its own.
STANDS_FOR = 720_575_940

# How a value is told to the database, by its kind; whatever else is asked for is told as it is.
KINDS: dict[type, models.Field] = {
    UUID: models.UUIDField(),
    datetime: models.DateTimeField(),
    date: models.DateField(),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, its values, and which of them are asked for: by their number, and whether as a beginning."""

    text: str
    values: tuple[Any, ...]
    asked: dict[int, tuple[int, bool]]

    @classmethod
    def of(cls, text: str, values: Any, stand_ins: tuple[Any, ...]) -> Statement | None:
        """Return a statement with stand-ins at the places of what will be asked for; None where one is missing."""
        values = tuple(values or ())
        stands = {_plain(each): (place, False) for place, each in enumerate(stand_ins)}
        stands |= {f"{each}%": (place, True) for each, (place, _) in stands.items() if isinstance(each, str)}
        # Django writes the place of the first row of a page into the text.
        for each in stand_ins:
            if text.endswith(f" OFFSET {each}"):
                text, values = text.removesuffix(str(each)) + "%s", (*values, each)
        asked = {place: stands[each] for place, each in enumerate(values) if _known(each, stands)}
        whole = {which for which, _ in asked.values()} == set(range(len(stand_ins)))
        return cls(text, values, asked) if whole else None

    def told(self, given: tuple[Any, ...]) -> list[Any]:
        """Return the values of the statement with these in the places of the stand-ins."""
        values = list(self.values)
        for place, (which, beginning) in self.asked.items():
            plain = _plain(given[which])
            values[place] = f"{_literally(plain)}%" if beginning else plain
        return values

    def rows(self, given: tuple[Any, ...]) -> list[Any]:
        """Ask, and return what the database says."""
        with connection.cursor() as cursor:
            cursor.execute(self.text, self.told(given))
            found: list[Any] = cursor.fetchall()
        return found


def noted(
    query: QuerySet, stand_ins: tuple[Any, ...], given: tuple[Any, ...], around: str = "{}"
) -> tuple[Statement, list[Any]]:
    """Let Django write a query about stand-ins, and ask for what is given in their places; one statement.

    `around` is SQL of our own, in which Django's stands as a table.
    """
    heard: list[tuple[Statement, list[Any]]] = []

    def instead(execute: Any, text: str, values: Any, many: bool, context: dict[str, Any]) -> Any:
        statement = Statement.of(around.replace("{}", text), values, stand_ins)
        if statement is None:
            # What Django asks for itself, such as what this database can do.
            return execute(text, values, many, context)
        execute(statement.text, statement.told(given), many, context)
        # All rows are taken here, so that Django itself finds none left.
        heard.append((statement, context["cursor"].fetchall()))
        return None

    with connection.execute_wrapper(instead):
        list(query)
    if not heard:
        raise ValueError("a value that is asked for does not stand in the SQL as it was given")
    return heard[0]


class Written:
    """A query, e.g. `Written(lambda key: Grant.objects.filter(member=key))`, to be asked with any key.

    Where something else than a whole number is asked for, `stand_ins` are values of that kind, one for each argument;
    a text may be asked for as the beginning of a column. Asked for values, it gives those of `columns`; `flags` are
    those that the query works out as yes or no, `instants` those that it works out as points in time. Asked for rows
    of the model, it gives them with the references `together`; of each row only `columns` where those are named. Of
    the models `locked` the rows are held until the transaction ends, one after the other.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet],
        *stand_ins: Any,
        columns: tuple[str, ...] = (),
        flags: tuple[str, ...] = (),
        instants: tuple[str, ...] = (),
        together: tuple[str, ...] = (),
        locked: tuple[Any, ...] = (),
    ) -> None:
        numbers = range(STANDS_FOR, STANDS_FOR + len(signature(build).parameters))
        self.build = build
        self.stand_ins = stand_ins or tuple(numbers)
        self.columns, self.together, self.locked = columns, together, locked
        self.flags, self.instants = flags, instants
        self.by_vendor: dict[str, tuple[Statement, Any]] = {}

    def rows(self, *given: Any) -> list[Any]:
        """Return the rows for these values as lists of values; one statement."""
        read, found = self._asked(given, self._values)
        return [_read(row, read) for row in found] if read else found

    def objects(self, *given: Any) -> list[Any]:
        """Return the rows for these values as Django would, with those that they were to be read together with."""
        laid, found = self._asked(given, self._models)
        return [laid.made(row) for row in found]

    def first(self, *given: Any) -> Any:
        """Return the first of the rows, or None."""
        return next(iter(self.objects(*given)), None)

    def _asked(self, given: tuple[Any, ...], lay: Callable[[QuerySet], Any]) -> tuple[Any, list[Any]]:
        written = self.by_vendor.get(connection.vendor)
        if written is not None:
            return written[1], written[0].rows(given)
        query, laid = lay(self.build(*self.stand_ins))
        statement, found = noted(query, self.stand_ins, given, self._around())
        self.by_vendor[connection.vendor] = (statement, laid)
        return laid, found

    def _around(self) -> str:
        # Django locks rows that are joined only where it makes them itself. SQLite has one writer at a time anyhow.
        if not self.locked or connection.vendor != "postgresql":
            return "{}"
        return "{} FOR NO KEY UPDATE OF " + ", ".join(f'"{each._meta.db_table}"' for each in self.locked)

    def _values(self, query: QuerySet) -> tuple[QuerySet, Any]:
        if not self.columns:
            return query, ()
        return query.values_list(*self.columns), readers(query.model, self.columns, self.flags, self.instants)

    def _models(self, query: QuerySet) -> tuple[QuerySet, Any]:
        laid = Laid.of(query.model, self.columns, self.together)
        return query.values_list(*laid.columns), laid


def _read(row: Any, read: Any) -> list[Any]:
    values = list(row)
    for place, reader in read:
        if values[place] is not None:
            values[place] = reader(values[place])
    return values


def _known(value: Any, stands: dict[Any, tuple[int, bool]]) -> bool:
    return value.__hash__ is not None and value in stands


def _plain(value: Any) -> Any:
    """Return a value as the database takes it."""
    kind = KINDS.get(type(value))
    return value if kind is None else kind.get_db_prep_value(value, connection)


def _literally(text: str) -> str:
    """Return a text in which nothing stands for anything else, as the beginning of a pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
