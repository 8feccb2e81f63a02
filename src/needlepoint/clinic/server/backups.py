"""Backups: the encrypted database and photos with a list of digests, proved before they are put back."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
from datetime import datetime
from pathlib import Path

from needlepoint.clinic.server import keys, postgres_dump
from needlepoint.clinic.server.place import PLACE
from needlepoint.course.errors import InputError

LIST = "digests.json"
DATABASE = "clinic.db"
DUMP = "clinic.dump.sealed"


def back_up(folder: Path, at: datetime) -> str:
    """Copy the database as of one instant, and the photos; return a line on what was copied."""
    if folder.exists() and any(folder.iterdir()):
        raise InputError("folder", f"{folder} is not empty", "a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if PLACE.database:
        postgres_dump.dump(PLACE, _key(), folder / DUMP)
    else:
        _copy_database(folder / DATABASE)
    photos = PLACE.folder / "photos"
    if photos.is_dir():
        shutil.copytree(photos, folder / "photos")
    digests = {path.relative_to(folder).as_posix(): _digest(path) for path in _files(folder)}
    listed = {"at": at.isoformat(), "files": digests}
    (folder / LIST).write_text(json.dumps(listed | {"seal": _seal(listed)}, indent=1, sort_keys=True))
    return f"{len(digests)} files in {folder}. The key is not among them: keep it elsewhere."


def _key() -> bytes:
    return keys.read(PLACE.key_file).backups


def _seal(listed: object) -> str:
    """Return a digest over the list that nobody makes without the key: the list vouches for every file."""
    return hmac.digest(_key(), json.dumps(listed, sort_keys=True).encode(), "sha256").hex()


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
        listed = json.loads((folder / LIST).read_text())
        seal, digests = listed.pop("seal"), listed["files"]
        if not hmac.compare_digest(str(seal).encode(), _seal(listed).encode()):
            return [f"{LIST} was altered, or is under another key"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
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
    found = _all_faults(folder)
    if found:
        raise InputError(
            "backup", f"cannot be trusted: {'; '.join(found[:5])}", "an unaltered backup and its key"
        )
    if PLACE.folder.exists() and any(PLACE.folder.iterdir()):
        raise InputError("NEEDLEPOINT_FOLDER", f"{PLACE.folder} is not empty", "an empty data folder")
    PLACE.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if PLACE.database:
        postgres_dump.restore(PLACE, _key(), folder / DUMP)
    for path in _files(folder):
        if path.name == DUMP:
            continue
        to = PLACE.folder / path.relative_to(folder)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, to)


def _all_faults(folder: Path) -> list[str]:
    try:
        found = faults(folder)
    except keys.KeyTrouble as error:
        return [str(error)]
    name = DUMP if PLACE.database else DATABASE
    if not found and not (folder / name).is_file():
        return [f"{name} is not in it: it is a backup of the other kind of database"]
    return found or (
        postgres_dump.faults(folder / DUMP, _key()) if PLACE.database else _database_faults(folder / DATABASE)
    )


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
