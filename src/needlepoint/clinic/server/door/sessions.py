"""Django's sessions in the database, found by a statement that is written once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from needlepoint.clinic.practice.queries.door.signed_in import kept_session
from needlepoint.clinic.practice.views.door import clock


class SessionStore(db.SessionStore):
    """Django's own but for how a session is found: as soon as its key is read, which every page does anyhow."""

    def __init__(self, session_key: str | None = None) -> None:
        """Look the key up; one that opens nothing is forgotten, so that nobody goes on under it."""
        self.kept = kept_session(session_key, clock.now()) if session_key else None
        super().__init__(session_key if self.kept else None)

    def load(self) -> dict[str, Any]:
        """Return what was kept."""
        return self.decode(self.kept.session_data) if self.kept else {}

    @classmethod
    def get_model_class(cls) -> Any:
        """Return Django's table."""
        return Session

    def get_expiry_date(self, **given: Any) -> Any:
        """Count from the clinic's own time: a clock that leaps signs nobody out."""
        return super().get_expiry_date(**({"modification": clock.now()} | given))
