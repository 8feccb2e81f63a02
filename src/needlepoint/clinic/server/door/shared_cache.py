"""A cache in the clinic's own database, so that several processes count the tries to sign in together."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import connections, router

LONGEST_KEY = 255


class SharedCache(BaseDatabaseCache):
    """Django's cache table with JSON in it; Django's own backend stores pickles, which can run as code when read."""

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        """Remember the table's name beside what Django does with it."""
        super().__init__(table, params)
        self.table = table

    def validate_key(self, key: str) -> None:
        """Take any key that the column holds; Django warns of blanks for the sake of another kind of cache."""
        if len(key) > LONGEST_KEY:
            raise ValueError(f"the key {key[:40]!r}... is longer than {LONGEST_KEY}")

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return a value that has not expired."""
        asked = [self.make_and_validate_key(key, version=version), self._instant(_now())]
        sql = f"SELECT value FROM {self.table} WHERE cache_key = %s AND expires > %s"  # noqa: S608 (our own table)
        with self._connection.cursor() as cursor:
            cursor.execute(sql, asked)
            row = cursor.fetchone()
        return default if row is None else json.loads(row[0])

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Store a value, and forget what has expired."""
        sql = f"DELETE FROM {self.table} WHERE expires <= %s"  # noqa: S608 (our own table)
        with self._connection.cursor() as cursor:
            cursor.execute(sql, [self._instant(_now())])
        self._put(key, value, timeout, version, "TRUE")

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store a value unless one stands there; of many at once, one succeeds."""
        return self._put(key, value, timeout, version, f"{self.table}.expires <= %s")

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count up and return what it is now, in one statement; Django's own reads first and lets two count as one."""
        sql = (
            f"UPDATE {self._table} SET value = CAST(CAST(value AS bigint) + %s AS text) "  # noqa: S608 (our own table)
            "WHERE cache_key = %s AND expires > %s RETURNING value"
        )
        asked = [delta, self.make_and_validate_key(key, version=version), self._instant(_now())]
        with self._connection.cursor() as cursor:
            cursor.execute(sql, asked)
            row = cursor.fetchone()
        if row is None:
            raise ValueError(f"nothing is counted under {key!r}")
        return int(row[0])

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; say whether there was one."""
        sql = f"DELETE FROM {self.table} WHERE cache_key = %s"  # noqa: S608 (our own table)
        with self._connection.cursor() as cursor:
            cursor.execute(sql, [self.make_and_validate_key(key, version=version)])
            return bool(cursor.rowcount)

    def clear(self) -> None:
        """Forget everything."""
        with self._connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.table}")  # noqa: S608 (our own table)

    def _put(self, key: str, value: Any, timeout: Any, version: int | None, replaces: str) -> bool:
        seconds = self.get_backend_timeout(timeout)
        ends_at = (
            datetime.max.replace(tzinfo=UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
        )
        sql = (
            f"INSERT INTO {self.table} (cache_key, value, expires) VALUES (%s, %s, %s) "  # noqa: S608 (our own table)
            f"ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires WHERE {replaces}"
        )
        given = [self.make_and_validate_key(key, version=version), json.dumps(value), self._instant(ends_at)]
        given += [self._instant(_now())] if "%s" in replaces else []
        with self._connection.cursor() as cursor:
            cursor.execute(sql, given)
            return bool(cursor.rowcount == 1)

    @property
    def _connection(self) -> Any:
        return connections[router.db_for_write(self.cache_model_class)]

    def _instant(self, at: datetime) -> Any:
        return self._connection.ops.adapt_datetimefield_value(at)


def _now() -> datetime:
    return datetime.now(UTC)
