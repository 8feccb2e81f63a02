"""Django's sessions in the database, found by a statement that is written once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from needlepoint.clinic.practice.queries.door.signed_in import kept_session
from needlepoint.clinic.practice.views.door import clock


class SessionStore(db.SessionStore):
    """Django's own but for how a session is found."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return Django's table."""
        return Session

    def get_expiry_date(self, **given: Any) -> Any:
        """Count from the clinic's own time: a clock that leaps signs nobody out."""
        return super().get_expiry_date(**({"modification": clock.now()} | given))

    def _get_session_from_db(self) -> Any:
        found = kept_session(self.session_key, clock.now())
        if found is None:
            self._session_key = None
        return found
