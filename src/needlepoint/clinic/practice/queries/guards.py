"""Whether the database has all its guards, for whoever starts the clinic."""

from __future__ import annotations

from typing import Any

from needlepoint.clinic.models import guards


def missing(connection: Any) -> set[str]:
    """Return the names of the triggers that should be in the database and are not."""
    return guards.missing(connection)


def install(connection: Any) -> None:
    """Set the triggers anew; a migration may have rebuilt a table without them."""
    guards.install(connection)


def lift(connection: Any) -> None:
    """Take the triggers away for a migration; it sets them again at its end."""
    guards.lift(connection)
