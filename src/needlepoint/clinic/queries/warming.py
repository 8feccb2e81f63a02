"""Getting the forecast's compiled code ready in the background, so that no page waits for a compiler."""

from __future__ import annotations

from threading import Event, Lock, Thread

from needlepoint.healing.forecast import prepare

_ONCE = Lock()
_READY = Event()
_BEGUN: list[Thread] = []


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


def _warm() -> None:
    try:
        prepare()
    finally:
        # Whatever went wrong will go wrong again where somebody asks, and be told there.
        _READY.set()
