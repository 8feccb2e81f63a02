"""Which ways out of the house are set: by the settings alone, since nothing that is not set can carry a promise."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def way_of(channel: str) -> str:
    """Return how a channel leaves: `file`, `smtp` or `http`; empty where it does not."""
    if settings.EXAMPLE_PRACTICE:
        return "file"
    if channel == "email" and settings.EMAIL_HOST:
        return "smtp"
    return "http" if channel == "sms" and sealed(settings.SMS_URL) else ""


def sealed(address: str) -> bool:
    """Say whether what is sent to a web address is read by nobody on its way: encrypted, or on this very machine."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in HERE))
