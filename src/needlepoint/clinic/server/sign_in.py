"""Who may sign in: people whom the clinic has taken on, and nobody by signing up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class StaffOnly(DefaultAccountAdapter):
    """No sign-up page; members are added by their clinic."""

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002 (the library passes it)
        """Say no."""
        return False
