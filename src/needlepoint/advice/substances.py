"""What a name in free text means: which known substance, and whether a device's label lists it to glide on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from needlepoint.course.letters import unaccented
from needlepoint.evidence.knowledge import Knowledge


@lru_cache(maxsize=4096)
def recognised(name: str, knowledge: Knowledge) -> frozenset[str]:
    """Return the substances that a name speaks of, whatever else stands beside them."""
    said = _said(name)
    return frozenset(substance for words, substance in _names(knowledge).items() if f" {words} " in said)


@lru_cache(maxsize=1024)
def glide(name: str, device: str, knowledge: Knowledge) -> str:
    """Return whether a gel is `listed` by the label of a device, `not_listed`, or there is `no_list` on file."""
    lists = [row for row in knowledge.glides.values() if row.device == device]
    if not lists:
        return "no_list"
    said = _said(name)
    fits = any(f" {_plain(words)} " in said for row in lists for words in row.named)
    return "listed" if fits else "not_listed"


@lru_cache(maxsize=8)
def _names(knowledge: Knowledge) -> Mapping[str, str]:
    return {_plain(words): row.id for row in knowledge.substances.values() for words in row.named}


def _said(name: str) -> str:
    return f" {_plain(name)} "


def _plain(name: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", unaccented(name.casefold())))
