"""Who may sign in: people whom the clinic has taken on, and nobody by signing up."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

LOG = logging.getLogger(__name__)


class StaffOnly(DefaultAccountAdapter):
    """No sign-up page; members are added by their clinic."""

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002 (the library passes it)
        """Say no."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand a mail over; where that fails the page stays the same, and the log names neither address nor link."""
        if not settings.EMAIL_HOST:
            LOG.warning("A mail about signing in was not sent, because no mail server is set.")
            return
        try:
            super().send_mail(template_prefix, email, context)
        # What SMTP refuses is an OSError too.
        except OSError as error:
            LOG.warning("A mail about signing in was not sent: %s.", type(error).__name__)

    def _get_login_attempts_cache_key(self, request: Any, **credentials: Any) -> str:  # noqa: ARG002
        """Count guesses for the member; the library counts them anew under every name that the server is called by."""
        return str(credentials.get("email", "")).lower()
