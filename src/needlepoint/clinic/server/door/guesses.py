"""How many wrong guesses at a member's password pass within an hour, wherever they come from.

Each guess takes one of ten places, which is free again after an hour. The password that was right gives its place back,
so that signing in often locks nobody out. The places lie in the cache that all processes share, where of many who take
one at once one gets it.
"""

from __future__ import annotations

from hashlib import sha256

from django.core.cache import cache

GUESSES = 10
WITHIN_SECONDS = 3600


def taken(email: str) -> str | None:
    """Return the place that this guess takes; None where all are taken."""
    return next((place for place in _places(email) if cache.add(place, "guess", WITHIN_SECONDS)), None)


def given_back(place: str) -> None:
    """Free the place of a guess that was right."""
    cache.delete(place)


def forgotten(email: str) -> None:
    """Free all places: whoever reset the password by a mail has shown who they are."""
    for place in _places(email):
        cache.delete(place)


def _places(email: str) -> list[str]:
    # By the member and not by the name that the server is called by, which a guesser may choose.
    whose = sha256(email.strip().lower().encode()).hexdigest()
    return [f"guess:{whose}:{number}" for number in range(GUESSES)]
