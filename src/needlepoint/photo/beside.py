"""The process in which photos are opened: it holds no secret, no connection and no file, and may be ended at any time.

Whoever sends a photo chooses what a decoder is fed with. Bytes come and go by pipe, so nothing lies on a disk; memory,
time and files are limited by the system, and not by what a decoder promises.
"""

from __future__ import annotations

import resource
import struct
import sys
from typing import BinaryIO

HEAD = struct.Struct(">BI")
DONE, TOO_LARGE, TOO_MANY_PIXELS, UNREADABLE, NO_MEMORY = range(5)
MOST_BYTES_OF_MEMORY = 1 << 30
MOST_CPU_SECONDS = 30
FEW_FILES = 16


def main() -> None:
    """Open one photo after the other until the pipe ends, which it does too when whoever asked was killed."""
    from needlepoint.photo.intake import cleaned  # noqa: F401 (loaded before the limits are drawn)

    come, go = sys.stdin.buffer, sys.stdout.buffer
    limit()
    while head := come.read(HEAD.size):
        _code, length = HEAD.unpack(head)
        answer(come.read(length), go)


def limit() -> None:
    """Draw the limits: memory, no file at all, no picture of the memory after a crash."""
    for what, most in (
        # Elsewhere than on Linux the system knows this limit and does not keep it, or refuses to draw it.
        *(((resource.RLIMIT_AS, MOST_BYTES_OF_MEMORY),) if sys.platform == "linux" else ()),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FEW_FILES),
    ):
        resource.setrlimit(what, (most, most))


def answer(content: bytes, go: BinaryIO) -> None:
    """Write what came of one photo: a code, and the picture where there is one."""
    _some_more_seconds()
    code, made = _opened(content)
    go.write(HEAD.pack(code, len(made)))
    go.write(made)
    go.flush()


def _some_more_seconds() -> None:
    """Give this photo its seconds: the system counts those of the whole process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _now, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + MOST_CPU_SECONDS, hard))


def _opened(content: bytes) -> tuple[int, bytes]:
    from needlepoint.photo.intake import TooLarge, TooManyPixels, cleaned

    try:
        return DONE, cleaned(content)
    except TooLarge:
        return TOO_LARGE, b""
    except TooManyPixels:
        return TOO_MANY_PIXELS, b""
    except MemoryError:
        return NO_MEMORY, b""
    except Exception:  # noqa: BLE001 (a decoder fed with garbage may raise anything)
        return UNREADABLE, b""


if __name__ == "__main__":
    main()
