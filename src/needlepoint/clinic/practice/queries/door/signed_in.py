"""Finding Django's session of a request; the statement that every request begins with is written once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.models import Session

from needlepoint.clinic.models.written import Written


def _kept(key: str, at: datetime) -> Any:
    return Session.objects.filter(session_key=key, expire_date__gt=at)


_KEPT = Written(_kept, "stands for a key", datetime(1970, 1, 2, tzinfo=UTC))


def kept_session(key: str, at: datetime) -> Session | None:
    """Return the session with that key unless it has expired."""
    found: Session | None = _KEPT.first(key, at)
    return found
