"""What this installation knows of its clinic, kept beside the key: no other database is ever served in its place.

A disk that is not mounted, a file cut to nothing, a copy from last week laid back by hand: each of them opens like a
database. So beside the key stands how far the record had come, and whoever starts anything compares.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from needlepoint.clinic.practice.actions.whole_files import write_whole
from needlepoint.clinic.practice.queries.record import first_founded
from needlepoint.clinic.server.keeping import keys
from needlepoint.clinic.server.logs import cause
from needlepoint.clinic.server.place import PLACE

APP = "clinic"


class Unfit(Exception):
    """The database must not be served; one sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Known:
    """A clinic's database as it was seen last: which steps made it, how much it holds, how far its record had come."""

    first: str
    steps: tuple[str, ...]
    clinics: int
    patients: int
    photos: int
    heads: Mapping[str, tuple[int, str]]
    as_of: str
    restoring: str = ""
    restored: str = ""
    backup: Mapping[str, int] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """Return how many lines all records hold together."""
        return sum(number for number, _ in self.heads.values())

    @property
    def said(self) -> str:
        """Return how much there is, in words."""
        held = (_count(self.clinics, "clinic"), _count(self.patients, "patient"), _count(self.lines, "line"))
        return f"{', '.join(held)} of record"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def beside_key() -> Path:
    """Return where it is kept."""
    return PLACE.known_file


def known() -> Known | None:
    """Return what this installation knows; None where it knows nothing yet."""
    path = beside_key()
    try:
        told = json.loads(path.read_text())
        seal = told.pop("seal")
        if not hmac.compare_digest(str(seal).encode(), _seal(told).encode()):
            raise Unfit(
                f"{path} was altered, or {PLACE.key_file} is not the key that it was made with: put that back"
            )
        heads = {clinic: (int(number), str(digest)) for clinic, (number, digest) in told["heads"].items()}
        return Known(**told | {"heads": heads, "steps": tuple(told["steps"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Unfit(f"{path} cannot be read: it says which clinic this is; put it back from a copy") from None


def keep(what: Known) -> None:
    """Keep what is known, on disk before this returns."""
    told = json.loads(json.dumps(asdict(what)))
    write_whole(beside_key(), json.dumps(told | {"seal": _seal(told)}, indent=1, sort_keys=True).encode())


def _seal(told: Any) -> str:
    words = json.dumps(told, sort_keys=True).encode()
    return hmac.digest(keys.read(PLACE.key_file).backups, b"identity" + words, "sha256").hex()


def seen(at: datetime) -> Known:
    """Return what the database holds, read past the models: it may be of another version."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if not {"clinic_clinic", "clinic_recordhead", "clinic_recordline"} <= tables:
            return Known("", _steps(cursor, tables), 0, 0, 0, {}, at.isoformat())
        heads = _rows(cursor, "SELECT clinic_id, number, digest FROM clinic_recordhead")
        return Known(
            first=first_founded(),
            steps=_steps(cursor, tables),
            clinics=_one(cursor, "SELECT count(*) FROM clinic_clinic", 0),
            patients=_one(cursor, "SELECT count(*) FROM clinic_patient", 0),
            photos=_one(cursor, "SELECT count(*) FROM clinic_photo", 0),
            heads={str(clinic): (number, digest) for clinic, number, digest in heads},
            as_of=at.isoformat(),
        )


def _steps(cursor: Any, tables: set[str]) -> tuple[str, ...]:
    if "django_migrations" not in tables:
        return ()
    rows = _rows(cursor, "SELECT name FROM django_migrations WHERE app = %s ORDER BY name", [APP])
    return tuple(name for (name,) in rows)


def _rows(cursor: Any, sql: str, given: list[Any] | None = None) -> list[tuple[Any, ...]]:
    cursor.execute(sql, given)
    return list(cursor.fetchall())


def _one(cursor: Any, sql: str, otherwise: Any) -> Any:
    found = _rows(cursor, sql)
    return found[0][0] if found else otherwise


def _digest_at(clinic: str, number: int) -> str:
    with connection.cursor() as cursor:
        sql = "SELECT digest FROM clinic_recordline WHERE clinic_id = %s AND number = %s"
        found = _rows(cursor, sql, [int(clinic), number])
    return str(found[0][0]) if found else ""


def _program_steps() -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the steps by which this program makes a database, and the migrations that stand for many of them.

    Where many were made at once Django notes each of them all the same; so nothing is missing without that note.
    """
    from django.db.migrations.loader import MigrationLoader

    disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    ours = {name: bool(each.replaces) for (app, name), each in disk.items() if app == APP}
    at_once = frozenset(name for name, replaces in ours.items() if replaces)
    return tuple(sorted(ours.keys() - at_once)), at_once


@dataclass(frozen=True, slots=True)
class Compared:
    """The database as it is, what was known of it, and whether steps are still to be made."""

    now: Known
    before: Known | None
    pending: tuple[str, ...]


def compare(at: datetime, *, older_program_may: bool = False) -> Compared:
    """Hold the database against what this installation knows; Unfit where it must not be used."""
    before = known()
    if before is not None and before.restoring:
        raise Unfit(
            f"the restore of the backup as of {before.restoring[:16]} did not come to its end: "
            "run `needlepoint restore` with it again"
        )
    _is_there(before)
    now = _opened(at)
    pending = _version(now)
    if now.clinics == 0:
        raise Unfit(f"{_where()} holds no clinic{_but(before)}")
    if before is not None:
        _is_ours(now, before)
    if pending and not older_program_may:
        raise Unfit(
            f"the database was made by an older program, {_count(len(pending), 'step')} behind, from {pending[0]} on: "
            "make a backup, then start `needlepoint serve`, which brings it up to date"
        )
    return Compared(now, before, pending)


def _where() -> str:
    return (
        "the PostgreSQL of NEEDLEPOINT_DATABASE"
        if PLACE.database
        else f"the database {PLACE.folder / 'clinic.db'}"
    )


def _but(before: Known | None) -> str:
    if before is None or not before.clinics:
        return ": `needlepoint create-clinic` founds one"
    return (
        f", but this installation knew of {before.said} {before.as_of[:16]}: is its disk mounted? "
        "Put the database back, or restore a backup"
    )


def _is_there(before: Known | None) -> None:
    path = Path(connection.settings_dict["NAME"])
    if PLACE.database or (path.is_file() and path.stat().st_size > 0):
        return
    what = "is empty" if path.is_file() else "is missing"
    raise Unfit(f"the database {path} {what}{_but(before)}")


def _opened(at: datetime) -> Known:
    try:
        return seen(at)
    except DatabaseError as error:
        code = cause(error)
        if code == "SQLITE_NOTADB":
            said = (
                f"the key {PLACE.key_file} does not open the database: put back the key that it was made with"
            )
        elif code == "SQLITE_CORRUPT":
            said = f"{_where()} is damaged: restore a backup"
        else:
            told = str(error).strip().splitlines()
            said = f"{_where()} cannot be opened ({code or (told[0] if told else type(error).__name__)})"
        raise Unfit(said) from None


def _version(now: Known) -> tuple[str, ...]:
    """Return the steps still to be made; Unfit where the database has some that this program does not know."""
    if PLACE.example:
        return ()
    ours, at_once = _program_steps()
    newer = sorted(set(now.steps) - at_once - set(ours))
    if newer:
        raise Unfit(
            f"the database was made by a newer program ({newer[-1]}; this one knows no step after {ours[-1]}): "
            "install that program again"
        )
    return tuple(step for step in ours if step not in now.steps)


def _is_ours(now: Known, before: Known) -> None:
    if before.first and now.first != before.first:
        raise Unfit(
            f"{_where()} belongs to another installation: its first clinic is not the one that {beside_key()} knows"
        )
    for clinic, (number, digest) in before.heads.items():
        reached = now.heads.get(clinic, (0, ""))[0]
        if reached < number:
            raise Unfit(
                f"{_where()} is older than what this installation knows: its record ends with line {reached}, but line "
                f"{number} was written by {before.as_of[:16]}. {AS_IT_IS}"
            )
        if number and _digest_at(clinic, number) != digest:
            raise Unfit(f"line {number} of the record is not the one that was written here. {AS_IT_IS}")


AS_IT_IS = (
    "Put the newer one back, or restore a backup; where there is none, see `needlepoint accept-database`"
)


def note(at: datetime) -> None:
    """Keep how far the clinic has come by now, where it is still the one that is known."""
    found = compare(at, older_program_may=True)
    if (
        found.before is not None
        and found.before.heads == found.now.heads
        and found.before.steps == found.now.steps
    ):
        return
    keep(carried(found.now, found.before))


def carried(now: Known, before: Known | None) -> Known:
    """Return what is seen now with what was known beside it: the last restore, and the last backup."""
    return now if before is None else replace(now, restored=before.restored, backup=before.backup)


def begin_restore(at: datetime, as_of: str) -> None:
    """Keep that a restore was begun, and of which backup: until it has come to its end, nothing is served."""
    before = known() or Known("", (), 0, 0, 0, {}, at.isoformat())
    keep(replace(before, restoring=as_of))


def was_begun(as_of: str) -> bool:
    """Say whether the restore of this backup was begun here before and cut."""
    before = known()
    return before is not None and bool(as_of) and before.restoring == as_of


def end_restore(at: datetime, as_of: str) -> Known:
    """Keep what was restored as what is known from now on, and as of when it stands."""
    before, now = known(), seen(at)
    kept = replace(now, restored=as_of, backup=before.backup if before else {})
    keep(kept)
    return kept


def accept(at: datetime) -> None:
    """Keep what is there as what is known, although more was known."""
    keep(carried(seen(at), known()))
