"""The version a form was opened with: what was saved since is never overwritten unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from needlepoint.clinic.access.checks import Refused

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Version:
    """What each field of a form held when its page was opened, as a short digest; the page sends it back as text.

    A page that sends none has seen nothing: whatever it would change is asked about first.
    """

    digests: Mapping[str, str]

    @classmethod
    def of(cls, held: Mapping[str, object]) -> Version:
        """Return the version of what a row holds now."""
        return cls({name: _digest(value) for name, value in held.items()})

    @classmethod
    def read(cls, told: str) -> Version:
        """Return what a page sent; what cannot be read has seen nothing."""
        try:
            digests = json.loads(told[:LONGEST])
        except ValueError:
            return cls({})
        return cls(digests) if isinstance(digests, dict) else cls({})

    def __str__(self) -> str:
        return json.dumps(dict(self.digests), separators=(",", ":"), sort_keys=True)

    def saw(self, name: str, value: object) -> bool:
        """Say whether the page showed this value."""
        return self.digests.get(name) == _digest(value)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that was saved since the page was opened, and what the page says; `untouched` where that is as it was."""

    name: str
    saved: str
    typed: str
    untouched: bool


class Changed(Refused):
    """Somebody saved the same row since the page was opened; `clashes` says what, `now` what it holds."""

    def __init__(self, clashes: tuple[Clash, ...], now: Version) -> None:
        """Say that nothing was saved, and ask."""
        self.clashes, self.now = clashes, now
        super().__init__(
            "Nothing was saved: since you opened this page somebody saved other values. Both stand below. Where you "
            "had changed nothing, the saved value now stands in the form; look, then save again."
        )

    def merged(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Return what the form shows now: what was typed, and the saved value where nothing was."""
        return {**dict(typed.items()), **{each.name: each.saved for each in self.clashes if each.untouched}}


def check_version(seen: Version, held: Mapping[str, object], typed: Mapping[str, object]) -> None:
    """Raise Changed where a field holds what the page has not shown, unless the page says the same."""
    clashes = tuple(
        Clash(name, _told(held[name]), _told(typed[name]), seen.saw(name, typed[name]))
        for name in held
        if not seen.saw(name, held[name]) and _told(held[name]) != _told(typed[name])
    )
    if clashes:
        raise Changed(clashes, Version.of(held))


def _told(value: object) -> str:
    return "" if value is None else str(value)


def _digest(value: object) -> str:
    return hashlib.sha256(_told(value).encode()).hexdigest()[:16]
