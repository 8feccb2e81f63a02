"""Going through many rows: one that cannot be dealt with keeps none of the others waiting, and is not hushed up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError

Row = TypeVar("Row")
Came = TypeVar("Came")


class Passed(Generic[Row]):
    """What a pass had to pass over; at its end the first error is raised, so that the tick counts as failed."""

    def __init__(self) -> None:
        self.over: list[Row] = []
        self._first: Exception | None = None

    def each(self, rows: Iterable[Row], do: Callable[[Row], Came]) -> Iterator[Came]:
        """Yield what came of each row, those left out that failed; where the database itself fails, the pass ends."""
        for row in rows:
            try:
                came = do(row)
            except (OperationalError, InterfaceError):
                raise
            except Exception as error:  # noqa: BLE001 (raised at the end)
                self.over.append(row)
                self._first = self._first or error
            else:
                yield came

    def end(self) -> None:
        """Raise the first error there was."""
        if self._first is not None:
            raise self._first
