"""When a forecast can be computed: once its compiled code is ready, and few at once, so that no other page waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Event, Lock, Thread

from needlepoint.healing.forecast import prepare

_ONCE = Lock()
_READY = Event()
_BEGUN: list[Thread] = []
# One forecast takes both cores for a while; were more than two to wait, no thread would be left for short pages.
MOST_AT_ONCE = 2
_TURNS = BoundedSemaphore(MOST_AT_ONCE)


def begin() -> Thread:
    """Begin to load or to compile, once for a process; call it in the process that serves, never before a fork."""
    with _ONCE:
        if not _BEGUN:
            _BEGUN.append(Thread(target=_warm, name="forecast", daemon=True))
            _BEGUN[0].start()
        return _BEGUN[0]


def ready() -> bool:
    """Say whether a forecast would be computed at once; where it would not, see to it that it soon is."""
    begin()
    return _READY.is_set()


@contextmanager
def turn() -> Iterator[bool]:
    """Say whether a forecast may be computed now; whoever may not comes again in a few seconds."""
    mine = ready() and _TURNS.acquire(blocking=False)
    try:
        yield mine
    finally:
        if mine:
            _TURNS.release()


def _warm() -> None:
    try:
        prepare()
    finally:
        # Whatever went wrong will go wrong again where somebody asks, and be told there.
        _READY.set()
