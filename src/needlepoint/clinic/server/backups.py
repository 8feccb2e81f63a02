"""Backups: the encrypted database and photos with a list of digests, proved before they are put back."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path

from needlepoint.clinic.server import keys
from needlepoint.clinic.server.place import PLACE
from needlepoint.course.errors import InputError

LIST = "digests.json"
DATABASE = "clinic.db"


def back_up(folder: Path, at: datetime) -> str:
    """Copy the database as of one instant, and the photos; return a line on what was copied."""
    _only_sqlite()
    if folder.exists() and any(folder.iterdir()):
        raise InputError("folder", f"{folder} is not empty", "a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _copy_database(folder / DATABASE)
    photos = PLACE.folder / "photos"
    if photos.is_dir():
        shutil.copytree(photos, folder / "photos")
    digests = {path.relative_to(folder).as_posix(): _digest(path) for path in _files(folder)}
    (folder / LIST).write_text(json.dumps({"at": at.isoformat(), "files": digests}, indent=1, sort_keys=True))
    return f"{len(digests)} files in {folder}. The key is not among them: keep it elsewhere."


def _only_sqlite() -> None:
    if PLACE.database:
        raise InputError("database", "is PostgreSQL", "pg_dump and pg_restore, PostgreSQL's own tools")


def _copy_database(to: Path) -> None:
    from django.db import connection

    connection.ensure_connection()
    # SQLite copies a consistent state while others write, and SQLCipher keeps it under the same key.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(to)])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LIST)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def faults(folder: Path) -> list[str]:
    """Return what is wrong with the files of a backup; an empty list says nothing was altered or lost."""
    try:
        digests = json.loads((folder / LIST).read_text())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return [f"{LIST} is missing or cannot be read"]
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    found = [f"{name} is missing" for name in sorted(set(digests) - set(there))]
    found += [f"{name} does not belong to it" for name in sorted(set(there) - set(digests))]
    return found + [
        f"{name} was altered"
        for name in sorted(set(there) & set(digests))
        if _digest(there[name]) != digests[name]
    ]


def put_back(folder: Path) -> None:
    """Verify a backup and copy it into the data folder, which must be empty."""
    _only_sqlite()
    found = faults(folder) or _database_faults(folder / DATABASE)
    if found:
        raise InputError(
            "backup", f"cannot be trusted: {'; '.join(found[:5])}", "an unaltered backup and its key"
        )
    if PLACE.folder.exists() and any(PLACE.folder.iterdir()):
        raise InputError("NEEDLEPOINT_FOLDER", f"{PLACE.folder} is not empty", "an empty data folder")
    PLACE.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in _files(folder):
        to = PLACE.folder / path.relative_to(folder)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, to)


def _database_faults(path: Path) -> list[str]:
    from sqlcipher3 import dbapi2 as sqlcipher

    connection = sqlcipher.connect(str(path))
    try:
        connection.execute(f"PRAGMA key = \"x'{keys.read(PLACE.key_file).database}'\"")
        found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [str(row) for row in connection.execute("PRAGMA foreign_key_check")]
    except (sqlcipher.DatabaseError, keys.KeyTrouble) as error:
        found = [f"the database does not open ({error})"]
    finally:
        connection.close()
    return found
