"""What messages say: nothing about anybody, and where to read on; a language that lacks a text refuses to start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from needlepoint.evidence.languages import every_language
from needlepoint.evidence.loader import DATA, parse

FILE = "messages.toml"
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "visits": ("appointment", "screening"),
        "follow_up": ("check_in", "outcome"),
        "look_again": ("look_again",),
    }
)
"""What a patient agrees to, and the purposes that belong to it; that nobody has looked needs no agreement."""

PURPOSES = (
    "appointment",
    "screening",
    "check_in",
    "outcome",
    "look_again",
    "not_seen",
    "sign_in",
    "invitation",
    "alarm",
    "notice",
)
URGENT = frozenset({"not_seen", "sign_in", "alarm", "notice"})
"""These wait for no morning and count toward no limit."""

AT_LEAST_ONCE = frozenset({"alarm", "not_seen"})
"""Rather twice than never: after a crash these are sent again by themselves; all others wait for a person."""


def _read(code: str) -> Mapping[str, Any]:
    path = DATA / "words" / code / FILE
    return parse(f"words/{code}/{FILE}", path.read_bytes()) if path.is_file() else {}


_SAID = {each.code: said for each in every_language() if (said := _read(each.code))}
LANGUAGES = tuple(_SAID)
"""The languages in which messages are worded, the first one first; a language that has none is written to in that."""

_BODIES: Mapping[str, Mapping[str, str]] = {code: said["bodies"] for code, said in _SAID.items()}
VISIT = {code: said["visit"] for code, said in _SAID.items()}
"""What a visit is called in the calendar file of an e-mail: nothing about anybody, either."""

_PLACE = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """What a message leaves open: a link and a code, whom to call, and how urgent a report is."""

    link: str = ""
    code: str = ""
    phone: str = ""
    emergency: str = ""
    level: str = ""


def agreed(group: str, language: str = "") -> str:
    """Return what a patient agrees to, word for word; in the first language where this one has no such words."""
    return str(_SAID[_spoken(language)]["agreed"][group])


def check_words() -> list[str]:
    """Return which texts are missing in which language, or leave other places open than in the first."""
    first = _BODIES[LANGUAGES[0]]
    faults = [f"no language {language}" for language in LANGUAGES if language not in _BODIES]
    for language, bodies in _BODIES.items():
        faults += [f"{language}: no text for {words}" for words in PURPOSES if not bodies.get(words)]
        faults += [f"{language}: no word for a visit"] if not VISIT.get(language) else []
        faults += [
            f"{language}: {words} leaves other places open"
            for words, body in bodies.items()
            if set(_PLACE.findall(body)) != set(_PLACE.findall(first.get(words, "")))
        ]
    return faults


def subject(language: str, purpose: str = "", level: str = "") -> str:
    """Return what stands over a mail: one sentence for all, but for what must not wait until the evening."""
    spoken = _spoken(language)
    if purpose == "alarm":
        return _SAID[spoken]["urgent_subject"].replace("{level}", _level(spoken, level))
    return _SAID[spoken]["not_seen_subject"] if purpose == "not_seen" else _SAID[spoken]["subject"]


def body(purpose: str, language: str, channel: str, filled: Filled) -> str:
    """Return the text of a message; what can be ended says how."""
    spoken = _spoken(language)
    coded = _SAID[spoken]["code"].replace("{code}", filled.code) if filled.code else ""
    ends = _SAID[spoken]["stop"][channel] if group_of(purpose) else ""
    text = _BODIES[spoken][purpose].replace("{level}", _level(spoken, filled.level))
    missing = _SAID[spoken]["unknown"]
    for place in ("phone", "emergency"):
        text = text.replace(f"{{{place}}}", getattr(filled, place) or missing[place])
    link = filled.link or (missing["link"] if purpose == "alarm" else "")
    return text.replace("{link}", link).strip() + coded + ends


def _level(language: str, level: str) -> str:
    return (
        _SAID[language]["levels"].get(level)
        or level.replace("_", " ")
        or _SAID[language]["levels"]["emergency"]
    )


def _spoken(language: str) -> str:
    return language if language in _BODIES else LANGUAGES[0]


def group_of(purpose: str) -> str:
    """Return what a patient must have agreed to for a purpose; empty where nothing is asked."""
    return next((group for group, purposes in GROUPS.items() if purpose in purposes), "")
