"""Django's sessions in the database, found by a statement that is written once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from needlepoint.clinic.queries.signed_in import kept_session


class SessionStore(db.SessionStore):
    """Django's own but for how a session is found."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return Django's table."""
        return Session

    def _get_session_from_db(self) -> Any:
        found = kept_session(self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found
