"""Files that must be there after a power cut: whole or not at all, and listed in their folder."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; whoever reads it sees the old one or the new one."""
    coming = path.with_name(f"{path.name}.{os.getpid()}.coming")
    try:
        with os.fdopen(os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        coming.replace(path)
    except OSError:
        # On a full disk a half would only take more of what is lacking.
        coming.unlink(missing_ok=True)
        raise
    settle(path.parent)


def settle(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk."""
    # Some file systems do not let a folder be opened for that.
    with contextlib.suppress(PermissionError, IsADirectoryError):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
