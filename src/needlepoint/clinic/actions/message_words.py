"""What messages say: nothing about anybody, and where to read on; a language that lacks a text refuses to start."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("en", "es")
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"visits": ("appointment", "screening"), "follow_up": ("check_in", "outcome", "not_seen")}
)
"""What a patient agrees to, and the purposes that belong to it."""

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
            "not_seen": "Nobody has read your report yet. Please call us now. The number is here: {link}",
            "sign_in": "Your link to sign in. It works once: {link}",
            "invitation": "Your clinic has a page for you. This link works once: {link}",
            "alarm": "A report waits for you and climbs if nobody takes it: {link}",
            "notice": "Your contact details were changed. If that was not you, please call us.",
        },
        "es": {
            "appointment": "Tiene una cita. Lea más: {link}",
            "screening": "Conteste unas preguntas antes de su próxima visita: {link}",
            "check_in": "¿Cómo está hoy? Es un minuto: {link}",
            "outcome": "Díganos cómo está ahora: {link}",
            "not_seen": "Nadie ha leído su informe todavía. Llámenos ahora. El número está aquí: {link}",
            "sign_in": "Su enlace para entrar. Sirve una sola vez: {link}",
            "invitation": "Su clínica tiene una página para usted. Este enlace sirve una sola vez: {link}",
            "alarm": "Un informe le espera y sube si nadie lo toma: {link}",
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
VISIT = MappingProxyType({"en": "Appointment", "es": "Cita"})
"""What a visit is called in the calendar file of an e-mail: nothing about anybody, either."""

STOPS = frozenset(
    "stop stopall unsubscribe cancel end quit alto baja parar cancelar fin terminar basta".split()
)
"""Answers that end all messages to a number."""


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
            if ("{link}" in body) != ("{link}" in first.get(words, ""))
        ]
    return faults


def subject(language: str) -> str:
    """Return the one subject there is."""
    return _SUBJECT[_spoken(language)]


def body(purpose: str, language: str, channel: str, link: str, code: str = "") -> str:
    """Return the text of a message; what can be ended says how."""
    spoken = _spoken(language)
    coded = _CODE[spoken].replace("{code}", code) if code else ""
    ends = _STOP[channel][spoken] if group_of(purpose) else ""
    return _BODIES[spoken][purpose].replace("{link}", link).strip() + coded + ends


def _spoken(language: str) -> str:
    return language if language in _BODIES else LANGUAGES[0]


def group_of(purpose: str) -> str:
    """Return what a patient must have agreed to for a purpose; empty where nothing is asked."""
    return next((group for group, purposes in GROUPS.items() if purpose in purposes), "")
