"""Where an installation keeps its things, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

SETTINGS_MODULE = "needlepoint.clinic.server.settings"
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Place:
    """The data folder, the key file outside it, and what else may be set."""

    folder: Path
    key_file: Path
    database: str
    hosts: tuple[str, ...]
    https: bool
    second_factor: bool
    idle_minutes: int
    example: bool
    proxies: int = 0

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Place:
        """Read the settings; the names are listed in docs/how-to/run-a-clinic.md."""
        home = Path(environment.get("HOME", "."))
        folder = Path(environment.get("NEEDLEPOINT_FOLDER", home / ".local/share/needlepoint"))
        return cls(
            folder=folder,
            key_file=Path(environment.get("NEEDLEPOINT_KEY_FILE", home / ".config/needlepoint/key")),
            database=environment.get("NEEDLEPOINT_DATABASE", ""),
            hosts=tuple(environment.get("NEEDLEPOINT_HOSTS", "localhost,127.0.0.1").split(",")),
            https=environment.get("NEEDLEPOINT_HTTPS", "yes") == "yes",
            second_factor=environment.get("NEEDLEPOINT_SECOND_FACTOR", "required") == "required",
            idle_minutes=int(environment.get("NEEDLEPOINT_IDLE_MINUTES", "10")),
            example=environment.get("NEEDLEPOINT_EXAMPLE", "no") == "yes",
            proxies=int(environment.get("NEEDLEPOINT_PROXIES", "0")),
        )


PLACE = Place.of(os.environ)


def database(place: Place, key: str) -> dict[str, object]:
    """Return Django's settings of the database: SQLCipher in the data folder, or the PostgreSQL that was named."""
    if place.database:
        return _postgresql(place.database)
    return {
        "ENGINE": "needlepoint.clinic.server.sqlcipher",
        "NAME": str(place.folder / "clinic.db"),
        "CONN_MAX_AGE": DAY_SECONDS,
        "OPTIONS": {"key": key, "transaction_mode": "IMMEDIATE", "timeout": 20},
        "TEST": {"NAME": str(place.folder / "test.db")},
    }


def _postgresql(address: str) -> dict[str, object]:
    parts = urlsplit(address)
    asked = dict(parse_qsl(parts.query))
    host = asked.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # From the fifth time on PostgreSQL keeps the plan of a statement that is sent as such; see models/written.py.
        "OPTIONS": {"prepare_threshold": 5, **asked},
    }
