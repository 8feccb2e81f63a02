"""A PostgreSQL as one sealed file, made and read by PostgreSQL's own tools; nothing lies on disk unsealed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from needlepoint.clinic.server.place import Place, database
from needlepoint.course.errors import InputError

PIECE = 1024 * 1024
TAG = 16
NONCE = 12
PREFIX = 7


def dump(place: Place, key: bytes, to: Path) -> None:
    """Write the whole database as of one instant, sealed."""
    running = _started(place, "pg_dump", "--format=custom", "--no-owner", "--no-privileges")
    with running, to.open("wb") as file:
        file.writelines(_sealed(running.stdout, key))
        _check(running)


def restore(place: Place, key: bytes, path: Path) -> None:
    """Put a dump into an empty database, all of it or nothing."""
    into = (
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        "--dbname",
        _environment(place)["PGDATABASE"],
    )
    with _started(place, "pg_restore", *into) as running:
        # Where the tool stops reading, it says why.
        with contextlib.suppress(BrokenPipeError):
            for piece in opened(path, key):
                running.stdin.write(piece)
        with contextlib.suppress(BrokenPipeError):
            running.stdin.close()
        running.stdin = None
        _check(running)


def _started(place: Place, name: str, *asked: str) -> Any:
    tool = shutil.which(name)
    if tool is None:
        form = "PostgreSQL's own tools, of the server's version or newer"
        raise InputError(name, "is not on the PATH", form)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([tool, *asked], env=_environment(place), **pipes)  # type: ignore[call-overload]  # noqa: S603


def faults(path: Path, key: bytes) -> list[str]:
    """Return what is wrong with a sealed dump."""
    try:
        for _ in opened(path, key):
            continue
    except (InvalidTag, OSError):
        return ["the database does not open with this key"]
    return []


def _check(running: Any) -> None:
    told = running.stderr.read().decode(errors="replace").strip().splitlines()
    if running.wait() != 0:
        form = "an empty database to restore into, and tools of the server's version"
        raise InputError("database", told[0] if told else "its tool failed", form)


def _environment(place: Place) -> dict[str, str]:
    # The password goes by the environment: a command line is there for everybody to read.
    named = database(place, "")
    given = {f"PG{name}": str(named[name]) for name in ("HOST", "PORT", "USER", "PASSWORD") if named[name]}
    return {**os.environ, **given, "PGDATABASE": str(named["NAME"])}


def _sealed(stream: Any, key: bytes) -> Iterator[bytes]:
    """Seal piece by piece; each says its place and whether it is the last, so that none can be moved or cut off."""
    cipher, prefix = AESGCM(key), os.urandom(PREFIX)
    yield prefix
    piece, place = stream.read(PIECE), 0
    while True:
        following = stream.read(PIECE)
        yield cipher.encrypt(_nonce(prefix, place, last=not following), piece, None)
        if not following:
            return
        piece, place = following, place + 1


def opened(path: Path, key: bytes) -> Iterator[bytes]:
    """Yield the pieces of a sealed dump; InvalidTag where one was altered, moved or is missing."""
    cipher = AESGCM(key)
    with path.open("rb") as file:
        prefix = file.read(PREFIX)
        if len(prefix) < PREFIX:
            raise InvalidTag
        piece, place = file.read(PIECE + TAG), 0
        while True:
            following = file.read(PIECE + TAG)
            yield cipher.decrypt(_nonce(prefix, place, last=not following), piece, None)
            if not following:
                return
            piece, place = following, place + 1


def _nonce(prefix: bytes, place: int, *, last: bool) -> bytes:
    return prefix + place.to_bytes(NONCE - PREFIX - 1, "big") + bytes([last])
