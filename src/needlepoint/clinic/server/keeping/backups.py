"""Backups: the encrypted database and photos with a list of digests, proved before they are put back.

A restore is whole or not there: everything is laid beside the data folder first, made ready there, and moved into its
place as one. As long as that has not come to its end, what is kept beside the key says so, and nothing is served.
"""

from __future__ import annotations

import hmac
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError

from needlepoint.clinic.practice.actions.whole_files import settle, write_whole
from needlepoint.clinic.server.keeping import identity, keys, photo_proof, postgres_dump
from needlepoint.clinic.server.keeping.kept_files import copy, digest_of
from needlepoint.clinic.server.logs import cause
from needlepoint.clinic.server.place import PLACE
from needlepoint.course.errors import InputError

LIST = "digests.json"
DATABASE = "clinic.db"
DUMP = "clinic.dump.sealed"
PHOTOS = "photos"
OURS = {DATABASE, f"{DATABASE}-journal", DUMP, PHOTOS, "database.part"}
# Where the data folder is a disk of its own, nothing beside it is on that disk.
WITHIN = "restore.coming"
PASSED_OVER = {WITHIN, "lost+found", "clock.json"}


def back_up(folder: Path, at: datetime) -> list[str]:
    """Copy the database as of one instant, and the photos; return lines on what was copied and what is wrong."""
    _check_target(folder)
    try:
        return _back_up(folder, at)
    except (OSError, DatabaseError) as error:
        why = cause(error) or type(error).__name__
        form = "a folder on a disk with room that can be written; what is there by half is replaced the next time"
        raise InputError("folder", f"{folder} could not be written ({why})", form) from None


def _back_up(folder: Path, at: datetime) -> list[str]:
    from needlepoint.clinic.chair.queries.photo.files import photo_files

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    expected, now = photo_files(), identity.seen(at)
    if PLACE.database:
        postgres_dump.dump(PLACE, _key(), folder / DUMP)
    else:
        _copy_database(folder / DATABASE)
    copied = _copy_photos(folder / PHOTOS)
    digests = {f"{PHOTOS}/{name}": digest for name, digest in copied.items()}
    name = DUMP if PLACE.database else DATABASE
    settle(folder / name)
    digests[name] = digest_of(folder / name)
    told = {"clinics": now.clinics, "patients": now.patients, "photos": len(expected), "lines": now.lines}
    listed = {"at": at.isoformat(), "files": digests, "holds": told}
    write_whole(
        folder / LIST, json.dumps(listed | {"seal": _seal(listed)}, indent=1, sort_keys=True).encode()
    )
    found = _database_faults(folder / DATABASE) if not PLACE.database else []
    proved = photo_proof.proof(folder / PHOTOS, expected, copied)
    copied_all = f"{len(digests)} files in {folder}: {now.said}, {len(expected)} photos."
    return [
        f"{copied_all} The key is not among them: keep it elsewhere.",
        *(f"the copy is not sound: {fault}" for fault in found[:3]),
        *_shrunk(told),
        *([] if proved.whole else proved.lines),
    ]


def _check_target(folder: Path) -> None:
    if keys.inside(folder, PLACE.folder):
        raise InputError("folder", f"{folder} lies in the data folder that is to be copied", "another disk")
    if folder.exists() and not folder.is_dir():
        raise InputError("folder", f"{folder} is a file", "a new or an empty folder")
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if not there:
        return
    if LIST in there or not there <= OURS:
        raise InputError("folder", f"{folder} is not empty", "a new or an empty folder")
    # A copy that was cut has everything but its list.
    _take_away(list(folder.iterdir()))


def _take_away(paths: list[Path]) -> None:
    for path in paths:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _shrunk(told: dict[str, int]) -> list[str]:
    """Say where there is less than in the backup before, and keep how much there is now."""
    before = identity.known()
    if before is None:
        return []
    fewer = [name for name in told if told[name] < before.backup.get(name, 0)]
    less = [f"{before.backup[name]} {name} then, {told[name]} now" for name in fewer]
    identity.keep(replace(before, backup=told))
    return (
        [f"there is less than in the last backup ({'; '.join(less)}): keep the older backups"] if less else []
    )


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


def _copy_photos(to: Path) -> dict[str, str]:
    """Copy every sealed file, and none that was written by half; return the digests of what was read."""
    photos = PLACE.folder / PHOTOS
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = [path.relative_to(photos) for path in sorted(photos.rglob("*")) if path.is_file()]
    return {
        name.as_posix(): copy(photos / name, to / name)
        for name in names
        if not name.name.endswith(photo_proof.COMING)
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != LIST)


def listed(folder: Path) -> dict[str, Any]:
    """Return the list of a backup: as of when, which files, and how much it holds."""
    found: dict[str, Any] = json.loads((folder / LIST).read_text())
    return found


def faults(folder: Path) -> list[str]:
    """Return what is wrong with the files of a backup; an empty list says nothing was altered or lost."""
    try:
        told = listed(folder)
        seal, digests = told.pop("seal"), told["files"]
        if not hmac.compare_digest(str(seal).encode(), _seal(told).encode()):
            return [f"{LIST} was altered, or is under another key"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [f"{LIST} is missing or cannot be read: the copy was cut, or it is no backup"]
    there = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    found = [f"{name} is missing" for name in sorted(set(digests) - set(there))]
    found += [f"{name} does not belong to it" for name in sorted(set(there) - set(digests))]
    return found + [
        f"{name} was altered"
        for name in sorted(set(there) & set(digests))
        if digest_of(there[name]) != digests[name]
    ]


def coming_to(folder: Path) -> Path:
    """Return where a restore is laid out before it is moved into its place."""
    return folder / WITHIN if folder.is_mount() else folder.with_name(f"{folder.name}.coming")


def put_back(
    folder: Path,
    make_ready: Callable[[Path], None] = lambda _: None,
    begin: Callable[[], None] = lambda: None,
    *,
    begun: bool = False,
) -> None:
    """Verify a backup, lay it beside the data folder, make it ready there, and move it into its place as one.

    The data folder must be empty, but where the same restore was `begun` before and cut. `begin` is called once nothing
    speaks against it, before the first file is written; `make_ready` is given the folder that is laid out, and where it
    raises, nothing is served.
    """
    found = _all_faults(folder)
    if found:
        raise InputError(
            "backup", f"cannot be trusted: {'; '.join(found[:5])}", "an unaltered backup and its key"
        )
    coming = coming_to(PLACE.folder)
    if begun and _entries(PLACE.folder) and not coming.exists():
        # It was cut after it had come into its place, whole and with its messages held.
        return
    if begun and coming.parent == PLACE.folder:
        _take_away(_entries(PLACE.folder))
    if _entries(PLACE.folder):
        form = "an empty data folder; move away what is in it"
        raise InputError("NEEDLEPOINT_FOLDER", f"{PLACE.folder} is not empty", form)
    begin()
    # What a restore left behind that was cut: it was never served, and the backup still has all of it.
    shutil.rmtree(coming, ignore_errors=True)
    for path in _files(folder):
        if path.name != DUMP:
            copy(path, coming / path.relative_to(folder))
    if PLACE.database:
        postgres_dump.restore(PLACE, _key(), folder / DUMP)
    make_ready(coming)
    _into_place(coming)


def _into_place(coming: Path) -> None:
    for path in (coming, *coming.rglob("*")):
        settle(path)
    if coming.parent == PLACE.folder:
        # The database goes last: without it nothing is served.
        for path in sorted(coming.iterdir(), key=lambda path: path.name.startswith(DATABASE)):
            path.rename(PLACE.folder / path.name)
        coming.rmdir()
        settle(PLACE.folder)
        return
    if PLACE.folder.exists():
        PLACE.folder.rmdir()
    coming.rename(PLACE.folder)
    settle(PLACE.folder.parent)


def _entries(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name not in PASSED_OVER] if folder.exists() else []


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
        if not found and not connection.execute("SELECT count(*) FROM clinic_clinic").fetchone()[0]:
            found = ["the database holds no clinic"]
    except (sqlcipher.DatabaseError, keys.KeyTrouble) as error:
        found = [f"the database does not open ({error})"]
    finally:
        connection.close()
    return found
