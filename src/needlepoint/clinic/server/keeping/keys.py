"""The master key of an installation and what is derived from it; it never lies in the data folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY = re.compile(r"[0-9a-f]{64}")


class KeyTrouble(Exception):
    """The key is missing or unfit; whoever runs the server can mend it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One key for each use, so that none gives away another."""

    database: str
    photos: bytes
    signing: str
    backups: bytes

    @classmethod
    def of(cls, master: bytes) -> Keys:
        """Derive the keys from the master key."""
        return cls(
            database=_derived(master, "database").hex(),
            photos=_derived(master, "photos"),
            signing=_derived(master, "signing").hex(),
            backups=_derived(master, "backups"),
        )


def _derived(master: bytes, use: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"needlepoint {use} 1".encode()).derive(master)


def read(path: Path) -> Keys:
    """Return the keys of the key file; KeyTrouble says what is wrong with it."""
    if not path.is_file():
        raise KeyTrouble(
            f"the key file {path} is missing: put it back from where you keep it, or name its place in "
            "NEEDLEPOINT_KEY_FILE; only a new clinic gets one, from `needlepoint create-clinic`"
        )
    if path.stat().st_mode & 0o077:
        raise KeyTrouble(f"the key file {path} can be read by others on this machine: run chmod 600 {path}")
    try:
        # An editor may have written its mark before the digits, or them in capitals.
        text = path.read_text(encoding="utf-8-sig").strip().lower()
    except (OSError, UnicodeDecodeError):
        raise KeyTrouble(f"the key file {path} cannot be read as text") from None
    if not KEY.fullmatch(text):
        raise KeyTrouble(f"the key file {path} does not hold 64 hexadecimal digits")
    return Keys.of(bytes.fromhex(text))


def create(path: Path, master: bytes) -> None:
    """Write a new key file that only its owner can read; an existing one is never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(master.hex() + "\n")


def inside(path: Path, folder: Path) -> bool:
    """Say whether a path lies in a folder, whatever links lead there."""
    return path.resolve().is_relative_to(folder.resolve())
