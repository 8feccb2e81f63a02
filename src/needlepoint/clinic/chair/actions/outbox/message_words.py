"""What messages say: nothing about anybody, and where to read on; a language that lacks a text refuses to start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LANGUAGES = ("en", "es")
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"visits": ("appointment", "screening"), "follow_up": ("check_in", "outcome")}
)
"""What a patient agrees to, and the purposes that belong to it; that nobody has looked needs no agreement."""

PURPOSES = (
    "appointment",
    "screening",
    "check_in",
    "outcome",
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

_BODIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "appointment": "You have an appointment. Read more: {link}",
            "screening": "Please answer some questions before your next visit: {link}",
            "check_in": "How are you today? It takes one minute: {link}",
            "outcome": "Please tell us how you are now: {link}",
            "not_seen": "Nobody has read your report yet. Call us now: {phone}. If you feel very ill: {emergency}.",
            "sign_in": "Your link to sign in. It works once: {link}",
            "invitation": "Your clinic has a page for you. This link works once: {link}",
            "alarm": "URGENT ({level}): a report waits for you and climbs if nobody takes it. {link}",
            "notice": "Your contact details were changed. If that was not you, please call us.",
        },
        "es": {
            "appointment": "Tiene una cita. Lea más: {link}",
            "screening": "Conteste unas preguntas antes de su próxima visita: {link}",
            "check_in": "¿Cómo está hoy? Es un minuto: {link}",
            "outcome": "Díganos cómo está ahora: {link}",
            "not_seen": "Nadie ha leído su informe. Llámenos ahora: {phone}. Si se siente muy mal: {emergency}.",
            "sign_in": "Su enlace para entrar. Sirve una sola vez: {link}",
            "invitation": "Su clínica tiene una página para usted. Este enlace sirve una sola vez: {link}",
            "alarm": "URGENTE ({level}): un informe le espera y sube si nadie lo toma. {link}",
            "notice": "Se cambiaron sus datos de contacto. Si no fue usted, llámenos.",
        },
    }
)
_CODE = MappingProxyType({"en": " Code: {code}", "es": " Código: {code}"})
_SUBJECT = MappingProxyType({"en": "A message from your clinic", "es": "Un mensaje de su clínica"})
_STOP = MappingProxyType(
    {
        "sms": {"en": " Reply STOP to end.", "es": " Responda ALTO para terminar."},
        "email": {
            "en": "\n\nTo end these messages, choose so behind the link or tell the clinic.",
            "es": "\n\nPara terminar estos mensajes, elíjalo en el enlace o dígalo a la clínica.",
        },
    }
)
_PLACE = re.compile(r"\{\w+\}")
VISIT = MappingProxyType({"en": "Appointment", "es": "Cita"})
"""What a visit is called in the calendar file of an e-mail: nothing about anybody, either."""

_UNKNOWN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "phone": "the number of your clinic",
            "emergency": "the emergency number",
            "link": "Open the queue.",
        },
        "es": {"phone": "el número de su clínica", "emergency": "el de emergencias", "link": "Abra la cola."},
    }
)
_LEVELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"emergency": "emergency", "same_day": "same day", "call_48h": "call within 48 h"},
        "es": {"emergency": "emergencia", "same_day": "hoy mismo", "call_48h": "llamar en 48 h"},
    }
)
_URGENT_SUBJECT = MappingProxyType(
    {"en": "URGENT ({level}): a report waits for you", "es": "URGENTE ({level}): un informe le espera"}
)
_NOT_SEEN_SUBJECT = MappingProxyType({"en": "Please call your clinic now", "es": "Llame ahora a su clínica"})


@dataclass(frozen=True, slots=True)
class Filled:
    """What a message leaves open: a link and a code, whom to call, and how urgent a report is."""

    link: str = ""
    code: str = ""
    phone: str = ""
    emergency: str = ""
    level: str = ""


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
        return _URGENT_SUBJECT[spoken].replace("{level}", _level(spoken, level))
    return _NOT_SEEN_SUBJECT[spoken] if purpose == "not_seen" else _SUBJECT[spoken]


def body(purpose: str, language: str, channel: str, filled: Filled) -> str:
    """Return the text of a message; what can be ended says how."""
    spoken = _spoken(language)
    coded = _CODE[spoken].replace("{code}", filled.code) if filled.code else ""
    ends = _STOP[channel][spoken] if group_of(purpose) else ""
    text = _BODIES[spoken][purpose].replace("{level}", _level(spoken, filled.level))
    missing = _UNKNOWN[spoken]
    for place in ("phone", "emergency"):
        text = text.replace(f"{{{place}}}", getattr(filled, place) or missing[place])
    link = filled.link or (missing["link"] if purpose == "alarm" else "")
    return text.replace("{link}", link).strip() + coded + ends


def _level(language: str, level: str) -> str:
    return _LEVELS[language].get(level) or level.replace("_", " ") or _LEVELS[language]["emergency"]


def _spoken(language: str) -> str:
    return language if language in _BODIES else LANGUAGES[0]


def group_of(purpose: str) -> str:
    """Return what a patient must have agreed to for a purpose; empty where nothing is asked."""
    return next((group for group, purposes in GROUPS.items() if purpose in purposes), "")
