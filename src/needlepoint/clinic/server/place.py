"""Where an installation keeps its things, read from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from needlepoint.clinic.server.environment import Environment, hosts, one_of, whole
from needlepoint.course.errors import InputError
from needlepoint.evidence.languages import every_language

SETTINGS_MODULE = "needlepoint.clinic.server.settings"
DAY_SECONDS = 86_400
# Half a day: nobody works longer without a pause, and a session ends by then anyhow.
LONGEST_IDLE = 720


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
    languages: tuple[str, ...] = ()

    @property
    def known_file(self) -> Path:
        """Return where it is kept which clinic this is: beside the key, not in the folder that it vouches for."""
        return self.key_file.with_name(f"{self.key_file.name}.clinic")

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Place:
        """Read the settings; the names are listed in docs/how-to/run-a-clinic.md."""
        home = Path(environment.get("HOME", ""))
        if not home.is_absolute() and not {"NEEDLEPOINT_FOLDER", "NEEDLEPOINT_KEY_FILE"} <= set(environment):
            form = "HOME, or both NEEDLEPOINT_FOLDER and NEEDLEPOINT_KEY_FILE"
            raise InputError("HOME", "is not set, so nobody knows where the clinic lies", form)
        return cls(
            folder=Path(environment.get("NEEDLEPOINT_FOLDER", home / ".local/share/needlepoint")),
            key_file=Path(environment.get("NEEDLEPOINT_KEY_FILE", home / ".config/needlepoint/key")),
            database=_address(environment),
            hosts=hosts(environment, "NEEDLEPOINT_HOSTS", "localhost,127.0.0.1"),
            https=one_of(environment, "NEEDLEPOINT_HTTPS", ("yes", "no")) == "yes",
            second_factor=one_of(environment, "NEEDLEPOINT_SECOND_FACTOR", ("required", "optional"))
            == "required",
            idle_minutes=whole(environment, "NEEDLEPOINT_IDLE_MINUTES", 10, 1, LONGEST_IDLE),
            example=one_of(environment, "NEEDLEPOINT_EXAMPLE", ("no", "yes")) == "yes",
            proxies=whole(environment, "NEEDLEPOINT_PROXIES", 0, 0, 10),
            languages=_turned_on(environment),
        )


def _turned_on(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the languages that are turned on beside those that are on for everybody."""
    given = environment.get("NEEDLEPOINT_LANGUAGES", "")
    wanted = tuple(each.strip() for each in given.split(",")) if given else ()
    known = [each.code for each in every_language()]
    for each in wanted:
        if each not in known:
            raise InputError(
                "NEEDLEPOINT_LANGUAGES", f"{each[:40]!r} is no language", f"one of {', '.join(known)}"
            )
    return wanted


def _address(environment: Mapping[str, str]) -> str:
    address = environment.get("NEEDLEPOINT_DATABASE", "")
    if address and not address.startswith(("postgresql://", "postgres://")):
        # The address may hold a password, so it is not said again.
        raise InputError("NEEDLEPOINT_DATABASE", "names no PostgreSQL", "postgresql://user@host/name")
    return address


ENVIRONMENT = Environment(os.environ)
PLACE = Place.of(ENVIRONMENT)


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
        # Values travel beside the statement, and from the fifth time on PostgreSQL keeps how it goes about it: to plan
        # what a chart asks takes it five times as long as to answer.
        "OPTIONS": {"prepare_threshold": 5, "server_side_binding": True, **asked},
    }
