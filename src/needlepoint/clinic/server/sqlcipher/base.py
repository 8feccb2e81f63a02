"""The connection: keyed before its first read, write-ahead log, every commit on disk before it is answered."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.backends.sqlite3 import base as django_sqlite
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2 as sqlcipher

from needlepoint.clinic.server.sqlcipher.turns import turn_of

# No mmap: it took part in a corruption of the write-ahead log that was reported from the field.
# Recursive triggers, because REPLACE would otherwise delete a guarded row without its guard being asked.
SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA legacy_alter_table = OFF",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA mmap_size = 0",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -20000",
    "PRAGMA temp_store = MEMORY",
)


def _teach_types() -> None:
    for name, parse in (
        ("date", parse_date),
        ("time", parse_time),
        ("datetime", parse_datetime),
        ("timestamp", parse_datetime),
    ):
        sqlcipher.register_converter(name, lambda raw, parse=parse: parse(raw.decode()))
    sqlcipher.register_converter("bool", b"1".__eq__)
    sqlcipher.register_adapter(Decimal, str)
    sqlcipher.register_adapter(date, date.isoformat)
    sqlcipher.register_adapter(datetime, lambda instant: instant.isoformat(" "))


_teach_types()


def _keyed(key: str, *params: Any, **more: Any) -> Any:
    """Open a database; the key is 32 bytes in hexadecimal, so that no slow derivation is run."""
    connection = sqlcipher.connect(
        *params, **{name: value for name, value in more.items() if name != "factory"}
    )
    # It would write its own lines to standard error, where a wrong key is said in a sentence.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{bytes.fromhex(key).hex()}'\"")
    return connection


class CipherCursor(sqlcipher.Cursor):
    """A cursor that reads Django's placeholders."""

    convert_query = django_sqlite.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, Mapping) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for many rows of positional values, the only kind that Django sends."""
        return super().executemany(self.convert_query(query), list(param_list))


class DatabaseWrapper(django_sqlite.DatabaseWrapper):
    """Django's SQLite with the key given first; the writers of a file take turns."""

    Database = sqlcipher
    _writing: Any = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Let Django open the database and teach it its functions, but with the key given first."""
        params = dict(conn_params)
        # Python's own module lets its connections be made by whom one names.
        connection = super().get_new_connection(params | {"factory": partial(_keyed, params.pop("key"))})
        for setting in SETTINGS:
            connection.execute(setting)
        return connection

    def create_cursor(self, name: str | None = None) -> CipherCursor:  # noqa: ARG002 (Django passes it)
        """Return a cursor on this connection."""
        return self.connection.cursor(factory=CipherCursor)

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        """Begin or end a transaction; whoever begins one waits for the turn first."""
        forced = force_begin_transaction_with_broken_autocommit
        if autocommit or not forced:
            super().set_autocommit(autocommit, forced)
            return
        self.ensure_connection()
        self._take_turn()
        try:
            super().set_autocommit(autocommit, forced)
        except BaseException:
            self._end_turn()
            raise

    def commit(self) -> None:
        """Write what was done; where that fails, the transaction is still open until it is rolled back."""
        super().commit()
        self._end_turn()

    def rollback(self) -> None:
        """Undo what was done."""
        try:
            super().rollback()
        finally:
            self._end_turn()

    def close(self) -> None:
        """Close the connection, and with it whatever was not written."""
        try:
            super().close()
        finally:
            self._end_turn()

    def _take_turn(self) -> None:
        settings = self.settings_dict
        turn = turn_of(str(settings["NAME"]))
        # Whoever waits for as long as SQLite would is told by SQLite.
        if turn.take(settings["OPTIONS"].get("timeout", 5)):
            # A connection that is dropped in the middle of a transaction holds nobody up.
            self._writing = weakref.finalize(self, turn.end)

    def _end_turn(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing()
