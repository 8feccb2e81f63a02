"""Sealed files: encrypted in the photo folder under the ids that they belong to, so that no two can change places."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from needlepoint.clinic.access.checks import Refused
from needlepoint.clinic.practice.actions.whole_files import write_whole

NONCE = 12


def seal(content: bytes, of: UUID, bound: bytes) -> bytes:
    """Return the content encrypted under a key of its own; it opens only with the same `bound`."""
    # Chance belongs to the cipher here: a nonce must never be used twice with one key.
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key(of)).encrypt(nonce, content, bound)


def opened(sealed: bytes, of: UUID, bound: bytes) -> bytes:
    """Return what was sealed; InvalidTag where it was altered or is another one's."""
    return AESGCM(_key(of)).decrypt(sealed[:NONCE], sealed[NONCE:], bound)


def keep(name: str, sealed: bytes) -> None:
    """Write a sealed file; it is there whole or not at all, and before the row that names it."""
    path = Path(settings.PHOTO_FOLDER) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, sealed)


def unseal(name: str, of: UUID, bound: bytes) -> bytes:
    """Return what is in a sealed file; Refused where it is missing, altered or another one's."""
    try:
        sealed = (Path(settings.PHOTO_FOLDER) / name).read_bytes()
        return opened(sealed, of, bound)
    except (OSError, InvalidTag, ValueError):
        raise Refused("The photo’s file is missing or was altered. Restore it from a backup.") from None


def _key(of: UUID) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=of.bytes, info=b"photo").derive(settings.PHOTO_KEY)
