"""What must hold before the clinic starts; Django refuses to run where one of these fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags
from django.core.checks import register as register_check
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver

from needlepoint.clinic.access.roles import Permission
from needlepoint.clinic.chair.actions.outbox.message_words import check_words
from needlepoint.clinic.server.keeping.keys import inside
from needlepoint.clinic.server.place import PLACE
from needlepoint.evidence.errors import EvidenceError
from needlepoint.evidence.words import languages

# Older ones can lose committed rows when the write-ahead log is reset.
OLDEST_SQLITE = (3, 51, 3)


def register() -> None:
    """Hand the checks to Django."""
    register_check(key_is_outside, Tags.security)
    register_check(every_view_declares, Tags.urls)
    register_check(database_is_sound, Tags.database)
    register_check(patients_have_words, Tags.translation)
    register_check(messages_are_worded, Tags.translation)


def key_is_outside(**_: Any) -> list[Error]:
    """The key must not lie in the folder that it protects."""
    if inside(PLACE.key_file, PLACE.folder):
        hint = "Move it, and name its place in NEEDLEPOINT_KEY_FILE."
        return [Error(f"The key file lies in the data folder {PLACE.folder}.", hint=hint, id="clinic.E001")]
    return []


def every_view_declares(**_: Any) -> list[Error]:
    """Every address must lead to a view that says which permission it asks for."""
    return [
        Error(f"The view behind {address} declares no permission.", id="clinic.E002")
        for address, view in views()
        if not isinstance(getattr(view, "permission", None), Permission)
    ]


def patients_have_words(**_: Any) -> list[Error]:
    """Every text that keeps a patient safe must be there in every language, or the clinic does not start."""
    try:
        languages()
    except EvidenceError as error:
        return [Error(f"Patients would miss a text. {error}", id="clinic.E005")]
    missing = sorted(set(languages()) - {code for code, _name in settings.LANGUAGES})
    return [
        Error(f"The portal’s buttons are not translated to {each!r}.", id="clinic.E006") for each in missing
    ]


def views() -> Iterator[tuple[str, Any]]:
    """Yield every address pattern and its view."""
    yield from _walk("/", get_resolver(settings.ROOT_URLCONF).url_patterns)


def _walk(prefix: str, patterns: list[Any]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(f"{prefix}{pattern.pattern}", pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.pattern}", pattern.callback


def messages_are_worded(**_: Any) -> list[Error]:
    """Every message must be there in every language, an alarm above all, or the clinic does not start."""
    return [Error(f"A message lacks its words. {fault}", id="clinic.E007") for fault in check_words()]


def sqlite_is_new_enough(version: tuple[int, ...]) -> bool:
    """Say whether a version of SQLite is free of the fault."""
    return version >= OLDEST_SQLITE


def database_is_sound(databases: Any = None, **_: Any) -> list[Error]:
    """SQLite must be new enough, with every commit on disk and references enforced."""
    found = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        if not sqlite_is_new_enough(connection.Database.sqlite_version_info):
            version = connection.Database.sqlite_version
            found.append(
                Error(f"SQLite {version} can lose rows; 3.51.3 or newer is needed.", id="clinic.E003")
            )
        for pragma, wanted in (
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("mmap_size", 0),
        ):
            with connection.cursor() as cursor:
                value = cursor.execute(f"PRAGMA {pragma}").fetchone()
            if value is not None and value[0] != wanted:
                found.append(Error(f"SQLite runs with {pragma}={value[0]}, not {wanted}.", id="clinic.E004"))
    return found
