"""The links that open the portal: a message holds a seed, and address and code come of it as it goes out."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from django.conf import settings

from needlepoint.clinic.models import Clinic, SignInLink


def keyed(words: str) -> bytes:
    """Return the digest of some words under the clinic's own key."""
    return hmac.digest(settings.SECRET_KEY.encode(), words.encode(), "sha256")


def token_of(seed: UUID) -> str:
    """Return the last part of the address that a link opens."""
    return urlsafe_b64encode(keyed(f"portal link {seed}")).decode().rstrip("=")


def code_of(seed: UUID) -> str:
    """Return the six digits that go with a link."""
    return f"{int.from_bytes(keyed(f'portal code {seed}')[:8], 'big') % 1_000_000:06d}"


def open_words(link: str) -> tuple[str, str]:
    """Return the address and the code that `sign-in:<seed>` stands for; the code is empty in an invitation."""
    made = SignInLink.objects.select_related("clinic").get(seed=UUID(link.removeprefix("sign-in:")))
    code = code_of(made.seed) if made.code_sha256 else ""
    return f"{portal_address(made.clinic)}in/{token_of(made.seed)}/", code


def portal_address(clinic: Clinic) -> str:
    """Return where the clinic's patients find its portal, with a slash at the end."""
    if clinic.portal_address:
        return f"{clinic.portal_address.rstrip('/')}/"
    scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
    return f"{scheme}://{settings.ALLOWED_HOSTS[0]}/portal/{clinic.slug}/"
