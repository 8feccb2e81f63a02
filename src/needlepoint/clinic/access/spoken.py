"""Which languages this practice's server speaks: those that are on, and those that a setting turns on."""

from __future__ import annotations

from django.conf import settings

from needlepoint.clinic.models import Clinic
from needlepoint.course.errors import InputError
from needlepoint.evidence.languages import Language, first_language, language_of


def spoken() -> tuple[str, ...]:
    """Return the languages that pages can be shown in, the first one first."""
    return tuple(code for code, _name in settings.LANGUAGES)


def spoken_languages() -> tuple[Language, ...]:
    """Return the same with what each says of itself."""
    return tuple(language_of(code) for code in spoken())


def shown_in(*wished: str) -> str:
    """Return the first wish that this server speaks, else the language in which everything is written."""
    return next((each for each in wished if each in spoken()), first_language())


def check_spoken(language: str) -> str:
    """Return a language that this server speaks; InputError for any other."""
    if language not in spoken():
        raise InputError(
            "language",
            "%(language)r is not spoken here",
            "one of %(spoken)s",
            language=language[:9],
            spoken=", ".join(spoken()),
        )
    return language


def house_language() -> str:
    """Return the language of the door, before anybody is known: that of the practice, where only one is here."""
    found = set(Clinic.objects.values_list("language", flat=True)[:20])
    return shown_in(*found) if len(found) == 1 else first_language()
