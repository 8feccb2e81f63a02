"""How much room the disk of the data folder has left, so that somebody sees it before it is full."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress

from django.conf import settings

# A day of a busy practice with photos; below this every page says so.
TOO_LITTLE_BYTES = 500 * 1024 * 1024
ASKED_EVERY_SECONDS = 30.0
_told: list[tuple[float, int]] = []


def megabytes_short() -> int | None:
    """Return how many megabytes are left where that is too little; None where there is room."""
    if not _told or time.monotonic() - _told[-1][0] > ASKED_EVERY_SECONDS:
        _told[:] = [(time.monotonic(), _left())]
    left = _told[-1][1]
    return left // 1024**2 if left < TOO_LITTLE_BYTES else None


def forget() -> None:
    """Ask anew the next time."""
    _told.clear()


def _left() -> int:
    with suppress(OSError):
        return shutil.disk_usage(settings.CLOCK_FILE.parent).free
    return TOO_LITTLE_BYTES
