"""The writers of one database file take turns: only one of them writes at a time anyhow.

SQLite lets the others ask again and again with longer and longer pauses. Here the threads of a process wait for a lock,
and the processes for two locks on a file beside the database, which the kernel lets go with the process that held them.
Turns are a courtesy: what keeps two from writing at once is SQLite's own lock.
"""

from __future__ import annotations

import os
import threading
import time
from functools import cached_property
from importlib.util import find_spec

# Where there is none, gunicorn serves nothing either, so that there is one process only.
AMONG_PROCESSES = find_spec("fcntl") is not None
if AMONG_PROCESSES:
    import fcntl

# Bytes of the file that are locked: whoever writes, and whoever comes next. Without the second, a process that has
# just written and wants to write again would go before one that has waited longer.
WRITES, NEXT = 0, 1
PAUSE_SECONDS = 0.0002
LONGEST_PAUSE_SECONDS = 0.002


class Turn:
    """The turn of one file in this process."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.inside = threading.Lock()

    def take(self, seconds: float) -> bool:
        """Wait for the turn for so long at most; say whether it came."""
        until = time.monotonic() + seconds
        if not self.inside.acquire(timeout=seconds):
            return False
        taken = False
        try:
            taken = self._among_processes(until)
        finally:
            if not taken:
                self.inside.release()
        return taken

    def end(self) -> None:
        """Let the next one write."""
        if AMONG_PROCESSES:
            self._unlock(WRITES)
        self.inside.release()

    def _among_processes(self, until: float) -> bool:
        if not AMONG_PROCESSES:
            return True
        if not self._lock(NEXT, until):
            return False
        try:
            return self._lock(WRITES, until)
        finally:
            self._unlock(NEXT)

    @cached_property
    def _beside(self) -> int:
        # Never closed: to close any descriptor of the file would let go of what another thread has locked.
        return os.open(f"{self.file}-turn", os.O_RDWR | os.O_CREAT, 0o600)

    def _lock(self, place: int, until: float) -> bool:
        pause = PAUSE_SECONDS
        while True:
            try:
                fcntl.lockf(self._beside, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except (BlockingIOError, PermissionError):
                if time.monotonic() >= until:
                    return False
                time.sleep(pause)
                pause = min(1.2 * pause, LONGEST_PAUSE_SECONDS)
            else:
                return True

    def _unlock(self, place: int) -> None:
        fcntl.lockf(self._beside, fcntl.LOCK_UN, 1, place)


_TURNS: dict[str, Turn] = {}
_OF_TURNS = threading.Lock()


def turn_of(file: str) -> Turn:
    """Return the turn of a file, the same for all threads."""
    with _OF_TURNS:
        return _TURNS.setdefault(file, Turn(file))
