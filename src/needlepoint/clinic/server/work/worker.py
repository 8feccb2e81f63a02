"""The worker: each tick in a thread of its own, by the time that passes and never by the clock; and who keeps it alive.

A clock that is set back by an hour must not make an alarm wait for an hour, so nothing here asks what time it is.
Whoever keeps the worker is another process: it is told of the end of each tick that people depend on through a pipe,
counts the seconds itself, and starts a worker anew that died or that says nothing any more.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections

from needlepoint.clinic.practice.queries.door.work import STALLED_AFTER, WATCHED
from needlepoint.clinic.practice.views.door import clock
from needlepoint.clinic.server.logs import cause
from needlepoint.clinic.server.work.ticks import TICKS, Tick, run

WATCH_SECONDS = 5
KEPT_BY = "NEEDLEPOINT_KEPT_BY"
PULSE = "NEEDLEPOINT_PULSE"
WAIT_SECONDS = 2.0
HANGS_AFTER_SECONDS = 2 * STALLED_AFTER.total_seconds()
COMMAND = [sys.executable, "-m", "needlepoint.cli.clinic_work"]
Say = Callable[[str], None]


class Loop:
    """Every tick again and again until told to end; one that was late is made up for by one run."""

    def __init__(self, say: Say, ticks: tuple[Tick, ...] = TICKS, pulse: Callable[[str], None] | None = None):
        self.say, self.ticks, self.pulse = say, ticks, pulse or (lambda _: None)
        self.ended = threading.Event()

    def run(self) -> None:
        """Work until `end`, then wait a little for what is being done."""
        threads = [
            threading.Thread(target=self._again, args=(tick,), name=tick.name, daemon=True)
            for tick in self.ticks
        ]
        for each in threads:
            each.start()
        self.ended.wait()
        until = time.monotonic() + WATCH_SECONDS
        for each in threads:
            each.join(max(0.0, until - time.monotonic()))

    def end(self) -> None:
        """Begin nothing more."""
        self.ended.set()

    def _again(self, tick: Tick) -> None:
        due = time.monotonic()
        while not self.ended.wait(max(0.0, due - time.monotonic())):
            self._once(tick)
            due = max(due + tick.every_seconds, time.monotonic())

    def _once(self, tick: Tick) -> None:
        close_old_connections()
        try:
            run(tick, clock.now())
        except Exception as error:  # noqa: BLE001 (whatever it is, the next run may succeed, and the others go on)
            # What an error says may quote a row; its kind and its cause do not.
            self.say(f"{tick.name}: {type(error).__name__}{cause(error, ' ({})')}")
        else:
            if tick.name in WATCHED:
                self.pulse(tick.name)
        finally:
            close_old_connections()


def work(say: Say) -> None:
    """Work until told to stop; where nobody keeps this process, keep one that works."""
    if os.environ.get(KEPT_BY) != str(os.getppid()):
        _keep_one(say)
        return
    loop = Loop(say, pulse=_pulse)
    signal.signal(signal.SIGTERM, lambda *_: loop.end())
    threading.Thread(target=_end_with_parent, args=(loop,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        loop.run()
    say("The worker stops.")


def _end_with_parent(loop: Loop) -> None:
    # Whoever keeps it is gone: a worker without a server would live for ever.
    while not loop.ended.wait(WATCH_SECONDS):
        if os.environ[KEPT_BY] != str(os.getppid()):
            loop.end()


def _pulse(tick: str) -> None:
    with contextlib.suppress(OSError):
        os.write(int(os.environ[PULSE]), f"{tick}\n".encode())


def _keep_one(say: Say) -> None:
    kept = Kept(say)
    signal.signal(signal.SIGTERM, lambda *_: kept.ended.set())
    try:
        kept.keep()
    except KeyboardInterrupt:
        kept.ended.set()
    finally:
        kept.stop()


class Kept:
    """A worker as a process of its own that is started anew whenever it ends, or hangs."""

    def __init__(self, say: Say | None = None) -> None:
        self.say = say or logging.getLogger(__name__).error
        self.process: subprocess.Popen[bytes] | None = None
        self.ended = threading.Event()

    def start(self) -> Kept:
        """Begin to keep one running."""
        threading.Thread(target=self.keep, daemon=True).start()
        return self

    def keep(self) -> None:
        """Keep one running until told to stop."""
        while not self.ended.is_set():
            reads, writes = os.pipe()
            told = {KEPT_BY: str(os.getpid()), PULSE: str(writes)}
            self.process = subprocess.Popen(COMMAND, env=os.environ | told, pass_fds=(writes,))  # noqa: S603 (ours)
            os.close(writes)
            try:
                self._watch(self.process, reads)
            finally:
                os.close(reads)
            # Something that fails at once must not be started a thousand times a minute.
            self.ended.wait(WAIT_SECONDS)

    def _watch(self, process: Any, reads: int) -> None:
        """Return once it has ended; kill it where a watched tick has not ended for too long."""
        last = dict.fromkeys(WATCHED, time.monotonic())
        while process.poll() is None and not self.ended.is_set():
            if select.select([reads], [], [], 0.5)[0]:
                told = os.read(reads, 4096).decode().splitlines()
                if not told:
                    # It has closed its end, and is about to be gone.
                    process.wait()
                last |= dict.fromkeys([name for name in told if name in last], time.monotonic())
            if time.monotonic() - min(last.values()) > HANGS_AFTER_SECONDS:
                self.say("The worker hangs, and is started anew.")
                process.kill()
                process.wait()

    def stop(self) -> None:
        """End it, and wait for it a little."""
        self.ended.set()
        if self.process is not None:
            self.process.terminate()
            deadline = time.monotonic() + 5
            while self.process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            self.process.kill()
