"""What the log says: when, how grave, who speaks, and where in the code; never what anybody typed.

Messages of other packages are written as their template, without what was to be filled in, because that may be an
address, a name or a value of a row. Of an error only its kind and its places in the code are written: its words often
quote the row. What our own rooms say is written whole, since they are written with this in mind.
"""

from __future__ import annotations

import errno
import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

OURS = "needlepoint"
# Of a long way through the code, the steps nearest to the fault.
STEPS = 12


class ToStandardError(logging.Handler):
    """Writes to what standard error is at that moment, also where a worker or a test has put another in its place."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            self.handleError(record)


class WithoutNames(logging.Formatter):
    """One line of JSON for each record, made of allowed fields only."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps({name: value for name, value in _fields(record).items() if value}, default=str)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    request = getattr(record, "request", None)
    match = getattr(request, "resolver_match", None)
    error = record.exc_info[1] if record.exc_info else None
    return {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "from": record.name,
        "says": record.getMessage() if record.name.split(".")[0] == OURS else str(record.msg),
        "status": getattr(record, "status_code", None),
        "verb": getattr(request, "method", None),
        "page": getattr(match, "view_name", None),
        "error": type(error).__name__ if error else None,
        "cause": cause(error) if error else None,
        "where": _steps(error) if error else None,
    }


# What SQLite says of the machine under it, by the name that its manual has for it; none of it quotes a row.
_CAUSES = {
    "database or disk is full": "SQLITE_FULL",
    "disk I/O error": "SQLITE_IOERR",
    "unable to open database file": "SQLITE_CANTOPEN",
    "attempt to write a readonly database": "SQLITE_READONLY",
    "database is locked": "SQLITE_BUSY",
    "database disk image is malformed": "SQLITE_CORRUPT",
    "file is not a database": "SQLITE_NOTADB",
}


def cause(error: BaseException, form: str = "{}") -> str:
    """Return the code of what the machine or the database refused, such as ENOSPC or SQLITE_FULL; empty where none."""
    seen: BaseException | None = error
    while seen is not None:
        code = errno.errorcode.get(seen.errno or 0) if isinstance(seen, OSError) else None
        code = code or getattr(seen, "sqlstate", None)
        code = code or next((code for words, code in _CAUSES.items() if words in str(seen)), None)
        if code:
            return form.format(code)
        seen = seen.__cause__ or seen.__context__
    return ""


def _steps(error: BaseException) -> list[str]:
    steps = traceback.extract_tb(error.__traceback__)[-STEPS:]
    return [f"{'/'.join(step.filename.split('/')[-3:])}:{step.lineno} {step.name}" for step in steps]


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without_names": {"()": "needlepoint.clinic.server.logs.WithoutNames"}},
    "handlers": {
        "stderr": {
            "()": "needlepoint.clinic.server.logs.ToStandardError",
            "formatter": "without_names",
            "level": "WARNING",
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # A page that is not there, or a door that stays shut, is no fault of the server.
        "django.request": {"level": "ERROR"},
        # Every scanner on the network asks for names of its own.
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
