"""Writing files that must be there after a power cut: whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

PIECE = 1024 * 1024


def write_whole(path: Path, text: str) -> None:
    """Write a small file that only its owner can read; whoever reads it sees the old one or the new one."""
    coming = path.with_name(f"{path.name}.{os.getpid()}.coming")
    try:
        with os.fdopen(os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        coming.replace(path)
    except OSError:
        coming.unlink(missing_ok=True)
        raise
    settle(path.parent)


def copy(path: Path, to: Path) -> str:
    """Copy a file onto the disk and return the SHA-256 of what was read."""
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with path.open("rb") as source, to.open("wb") as copied:
        while piece := source.read(PIECE):
            digest.update(piece)
            copied.write(piece)
        copied.flush()
        os.fsync(copied.fileno())
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk."""
    # Some file systems do not let a folder be opened for that.
    with contextlib.suppress(PermissionError, IsADirectoryError):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
