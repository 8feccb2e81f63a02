"""Photos are opened beside this process: what a stranger packed into one can end a small one, and not the clinic."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _

from needlepoint.clinic.access.checks import Refused
from needlepoint.photo.beside import DONE, HEAD, NO_MEMORY, TOO_LARGE, TOO_MANY_PIXELS
from needlepoint.photo.intake import LARGEST_BYTES as LARGEST_BYTES  # noqa: PLC0414 (for those who may not look below)

COMMAND = [sys.executable, "-P", "-m", "needlepoint.photo.beside"]
# What a Python needs to find itself and its packages; no key, no password and no address of a database is among it.
PASSED_ON = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "LANG")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
MOST_SECONDS = 60.0
# What a person takes or sends in an hour of one patient, several times over.
MOST_BY_STAFF, MOST_FROM_HOME = 60, 12
HOUR = 60 * 60
MOST_PHOTOS = 200  # after which a new process is begun, so that nothing that leaks grows


class _Beside:
    """One process that opens photos, begun when the first comes and anew where it died; one photo at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._opened = 0

    def open(self, content: bytes) -> tuple[int, bytes] | None:
        """Return the code and the picture, or None where the process died over it."""
        with self._turn:
            try:
                return _in_time(self._ready(), content)
            except (OSError, EOFError):
                self.end()
                return None

    def _ready(self) -> subprocess.Popen[bytes]:
        worn = self._opened >= MOST_PHOTOS
        if self._process is None or worn or self._process.poll() is not None:
            self.end()
            self._process = _begun()
            self._opened = 0
        self._opened += 1
        return self._process

    def end(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            # What was on its way to a process that is gone has nowhere to go.
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        process.wait()


def _begun() -> subprocess.Popen[bytes]:
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return subprocess.Popen(  # noqa: S603 (ours)
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ONE_THREAD | passed,
        cwd="/",
    )


def _in_time(process: subprocess.Popen[bytes], content: bytes) -> tuple[int, bytes]:
    """Return what `_asked` does; a process that takes too long is ended, and its pipe with it."""
    too_long = threading.Timer(MOST_SECONDS, process.kill)
    too_long.daemon = True
    too_long.start()
    try:
        return _asked(process, content)
    finally:
        too_long.cancel()


def _asked(process: subprocess.Popen[bytes], content: bytes) -> tuple[int, bytes]:
    come, go = process.stdout, process.stdin
    if come is None or go is None:
        raise EOFError
    go.write(HEAD.pack(DONE, len(content)))
    go.write(content)
    go.flush()
    code, length = HEAD.unpack(_whole(come.read(HEAD.size), HEAD.size))
    return code, _whole(come.read(length), length)


def _whole(read: bytes, length: int) -> bytes:
    if len(read) < length:
        raise EOFError
    return read


_beside = _Beside()


def _forget() -> None:
    """Begin a process of one's own after a fork: two that write into one pipe would get each other's photos."""
    global _beside  # noqa: PLW0603 (the module holds the one process there is)
    _beside = _Beside()


@atexit.register
def _last() -> None:
    _beside.end()


os.register_at_fork(after_in_child=_forget)


def opened_beside(content: bytes) -> bytes:
    """Return the picture as a plain JPEG, opened in a process with limits; Refused in plain words where it is none."""
    came = _beside.open(content)
    code, made = came if came is not None else (NO_MEMORY, b"")
    if code == TOO_LARGE:
        raise Refused(too_large())
    if code == TOO_MANY_PIXELS:
        raise Refused(_("The photo has more than 50 million pixels. Take it at a lower resolution."))
    if code == NO_MEMORY:
        raise Refused(_("The photo takes too much to open, and was not kept. Take it at a lower resolution."))
    if code != DONE:
        raise Refused(_("This is no photo that can be read. Send a JPEG, PNG or WebP."))
    return made


def count_photo(patient: int, at: datetime, most: int) -> None:
    """Count a photo that is about to be opened for a patient; Refused where it is one too many for this hour.

    Each takes a slot that only one caller gets, so that many at once are counted as what they are.
    """
    hour = f"photo-{patient}-{at:%Y%m%d%H}-"
    if not any(cache.add(f"{hour}{slot}", 1, 2 * HOUR) for slot in range(most)):
        raise Refused(_("So many photos in one hour are not taken. Wait a while, or call us."))


def too_large() -> str:
    """Return what is said of a file with more bytes than are taken."""
    return _("The photo is larger than 15 MB. Take it at a lower resolution.")
