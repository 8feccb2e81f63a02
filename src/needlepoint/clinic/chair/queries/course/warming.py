"""When a forecast is computed: once its code is compiled, few at once, and in a thread with little claim to a core."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore, Event, Lock, Thread, get_native_id
from typing import TypeVar

from needlepoint.healing.forecast import prepare

Made = TypeVar("Made")
LITTLE_CLAIM = 5
LEAST_CLAIM = 19


def _claim_little() -> None:
    # On Linux a thread's claim is its own, and the threads that compiled code starts from there share it.
    if sys.platform == "linux":
        # Below the process as it is: a server that was started with little claim would otherwise be overtaken by this.
        own = os.getpriority(os.PRIO_PROCESS, os.getpid())
        os.setpriority(os.PRIO_PROCESS, get_native_id(), min(own + LITTLE_CLAIM, LEAST_CLAIM))


# A forecast takes all cores for half a second, and short pages would wait for it; it has time.
_BESIDE = ThreadPoolExecutor(1, "forecast", _claim_little)
_ONCE = Lock()
_READY = Event()
_BEGUN: list[Thread] = []
# One is computed and one waits; were more to wait, no thread would be left for short pages.
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


def beside(make: Callable[[], Made]) -> Made:
    """Return what is computed, by the thread with little claim; it asks no database."""
    return _BESIDE.submit(make).result()


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
        _claim_little()
        prepare()
    finally:
        # Whatever went wrong will go wrong again where somebody asks, and be told there.
        _READY.set()
