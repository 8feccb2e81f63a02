"""Copying files onto the disk, and proving that two are the same."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PIECE = 1024 * 1024


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
