"""Who may sign in: people whom the clinic has taken on, and nobody by signing up; and what is asked of them again."""

from __future__ import annotations

import logging
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from needlepoint.clinic.access.assurance import lately_by_password
from needlepoint.clinic.access.spoken import shown_in
from needlepoint.clinic.practice.views.door.comings import ADDED_AT, CAME_BY_LINK, FACTOR_SHOWN, LINK_AT
from needlepoint.clinic.server.door import guesses

LOG = logging.getLogger(__name__)
BY_PASSWORD = "reauthenticate"  # noqa: S105 (the library's name of a way)


class Factors(DefaultMFAAdapter):
    """What is wrong with a second factor, in plain words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _(
            "This code does not open: it was used, has run out or was mistyped. Take the one that your app shows now, "
            "and look whether phone and server show the same time."
        ),
        "cannot_delete_authenticator": _("This factor cannot be taken away."),
        "cannot_generate_recovery_codes": _("Recovery codes need a second factor. Add one first."),
    }


class StaffOnly(DefaultAccountAdapter):
    """No sign-up page; members are added by their clinic."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Your clinic has closed this sign-in. Speak with its administrator."),
        "email_password_mismatch": _(
            "E-mail and password do not belong together. Look at both, and try once more."
        ),
        "too_many_login_attempts": _("Too many wrong tries. Wait a while, or sign in with your passkey."),
        "enter_current_password": _("This is not your password of today. Look at it, and try once more."),
        "incorrect_password": _("This is not your password. Look at it, and try once more."),
        "rate_limited": _("Too many tries. Wait some minutes; nothing was changed."),
    }

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002 (the library passes it)
        """Say no."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand a mail over; where that fails the page stays the same, and the log names neither address nor link."""
        self._handed_over(template_prefix, email, context)

    def send_way_in(self, member: Any, link: str, clinic: str) -> bool:
        """Mail a one-time link to whom it is for; say whether the mail server took it."""
        with override(shown_in(member.language, member.clinic.language)):
            return self._handed_over("door/mail/way_in", member.email, {"link": link, "clinic": clinic})

    def _handed_over(self, template_prefix: str, email: str, context: dict[str, Any]) -> bool:
        if not settings.EMAIL_HOST:
            LOG.warning("A mail about signing in was not sent, because no mail server is set.")
            return False
        try:
            super().send_mail(template_prefix, email, context)
        # What SMTP refuses is an OSError too; an address that no mail can bear is a ValueError.
        except (OSError, ValueError) as error:
            LOG.warning("A mail about signing in was not sent: %s.", type(error).__name__)
            return False
        return True

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Ask for the strongest that somebody holds: where there is a second factor, the password is not enough."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        stronger = [way for way in ways if way["id"] != BY_PASSWORD]
        return stronger or ways

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:  # noqa: ARG002 (for every app alike)
        """Ask again before every change of a credential, but not for what was shown within the last minutes.

        That is the password, or the one-time link that set it, where no factor is held yet, and the factor where it was
        added just now.
        """
        request = context.request
        if request is None:
            return True
        if is_mfa_enabled(request.user):
            return not _lately(request, FACTOR_SHOWN, ADDED_AT)
        records = get_authentication_records(request, request.user)
        by_password = lately_by_password(records, time.time(), settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        return not (by_password or _lately(request, CAME_BY_LINK, LINK_AT))

    def pre_authenticate(self, request: Any, **credentials: Any) -> None:
        """Refuse unseen what comes too often: from one network, as the library counts, or at one member."""
        super().pre_authenticate(request, **credentials)
        request.guess = guesses.taken(str(credentials.get("email", "")))
        if request.guess is None:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: Any, **credentials: Any) -> Any:
        """Return whose password it is; the guess that was right counts no longer."""
        member = super().authenticate(request, **credentials)
        if member is not None:
            guesses.given_back(request.guess)
        return member


def _lately(request: Any, whose: str, when: str) -> bool:
    """Say whether the session notes that its member showed something within the last minutes."""
    at = float(request.session.get(when, 0.0))
    mine = request.session.get(whose) == request.user.pk
    return mine and 0 <= time.time() - at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
