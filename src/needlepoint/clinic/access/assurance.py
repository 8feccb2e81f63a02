"""What a session has shown of its member: a password alone, or a second factor too. It belongs to the session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any


class Standing(StrEnum):
    """How a session stands before a page."""

    OPEN = "open"
    # Nobody has a factor to show yet: only the pages open on which one is added.
    ENROL = "enrol"
    # The member holds a factor, and this session never showed it.
    CLOSED = "closed"


def standing(*, holds: bool, shown: bool, required: bool) -> Standing:
    """Say what opens to a session whose member holds a factor or not, and which has shown one or not.

    A factor that is held is always asked for, also where a clinic does not require one.
    """
    if holds:
        return Standing.OPEN if shown else Standing.CLOSED
    return Standing.ENROL if required else Standing.OPEN


def factor_shown(records: Iterable[Mapping[str, Any]], enrolled: bool) -> bool:
    """Say whether a session has shown a second factor, from what the library noted of its way in.

    Whoever adds a factor shows it by that: a code of the app, or a touch of the key.
    """
    return enrolled or any(record.get("method") == "mfa" for record in records)


def way_in(records: Iterable[Mapping[str, Any]]) -> str:
    """Return in words how a session was begun."""
    factors = [record for record in records if record.get("method") == "mfa"]
    if not factors:
        return "password"
    last = factors[-1]
    if last.get("passwordless"):
        return "passkey"
    kinds = {"totp": "code", "webauthn": "security key", "recovery_codes": "recovery code"}
    return f"password and {kinds.get(str(last.get('type')), 'second factor')}"


def lately_by_password(records: Iterable[Mapping[str, Any]], now: float, seconds: float) -> bool:
    """Say whether the password was typed within so many seconds."""
    typed = [float(record["at"]) for record in records if record.get("method") == "password"]
    return bool(typed) and 0 <= now - max(typed) < seconds
