"""What somebody typed before they were signed out is kept for a while, sealed, for them alone and in that browser."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.core.cache import cache

from needlepoint.clinic.practice.actions.sealed_files import opened, seal

SECONDS = 2 * 60 * 60
# Longer than the longest questionnaire with all its notes; more is no typing.
MOST = 64 * 1024
MOST_FORMS = 4


@dataclass(frozen=True, slots=True)
class Whose:
    """Which member was at work in which browser; the browser is known by a number that says nothing else."""

    member: int
    browser: UUID

    def name(self, page: str) -> str:
        """Return under which name the forms of a page are kept."""
        return "kept-form:" + sha256(f"{self.member} {self.browser} {page}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A form as it was typed: where it was to be sent, and its fields."""

    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def plain(self) -> dict[str, Any]:
        """Return it as it is written down."""
        return {"action": self.action, "fields": [list(each) for each in self.fields]}


def keep(whose: Whose, page: str, form: TypedForm) -> bool:
    """Keep a form of a page, in place of an earlier one of the same address; say whether it was kept."""
    others = [each for each in kept(whose, page) if each["action"] != form.action]
    plain = json.dumps([*others[1 - MOST_FORMS :], form.plain]).encode()
    if len(plain) > MOST:
        return False
    sealed = seal(plain, whose.browser, whose.name(page).encode())
    cache.set(whose.name(page), base64.b64encode(sealed).decode(), SECONDS)
    return True


def kept(whose: Whose, page: str) -> list[dict[str, Any]]:
    """Return the forms that are kept of a page, for whoever typed them."""
    sealed = cache.get(whose.name(page))
    if sealed is None:
        return []
    try:
        plain = opened(base64.b64decode(sealed), whose.browser, whose.name(page).encode())
    except (InvalidTag, ValueError):
        return []
    found: list[dict[str, Any]] = json.loads(plain)
    return found


def forget(whose: Whose, page: str) -> None:
    """Forget the forms of a page."""
    cache.delete(whose.name(page))
