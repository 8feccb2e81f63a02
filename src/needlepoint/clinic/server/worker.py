"""The worker: ticks in threads of one process, and the one who starts it anew where it died."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from django.db import close_old_connections
from django.utils import timezone

from needlepoint.clinic.queries.work import STALLED_AFTER, last_ends
from needlepoint.clinic.server.ticks import TICKS, Tick, run

WATCH_SECONDS = 5
KEPT_BY = "NEEDLEPOINT_KEPT_BY"
WAIT_SECONDS = 2.0
COMMAND = [sys.executable, "-m", "needlepoint.cli.clinic_work"]


def scheduler(ticks: tuple[Tick, ...] = TICKS) -> BlockingScheduler:
    """Return a scheduler with every tick; each runs once at a time, and what was missed is made up for by one run."""
    lanes = {tick.lane: ThreadPoolExecutor(2 if tick.lane == "quick" else 1) for tick in ticks}
    # UTC, so that no change of clocks makes a tick wait; late is better than never for all of them.
    made = BlockingScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1), **lanes},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for tick in ticks:
        made.add_job(
            _tick,
            "interval",
            [tick],
            seconds=tick.every_seconds,
            executor=tick.lane,
            id=tick.name,
            next_run_time=timezone.now(),
        )
    return made


def _tick(tick: Tick) -> None:
    close_old_connections()
    try:
        run(tick, timezone.now())
    finally:
        close_old_connections()


def work(say: Callable[[str], None]) -> None:
    """Work until told to stop; end where the watched ticks hang, so that it is started anew."""
    made = scheduler()
    listen(made, say)
    made.add_job(_end_where_stalled, "interval", [made, timezone.now(), say], seconds=WATCH_SECONDS)
    signal.signal(signal.SIGTERM, lambda *_: made.shutdown(wait=False))
    try:
        made.start()
    except (KeyboardInterrupt, SystemExit):
        say("The worker stops.")


def listen(made: Any, say: Callable[[str], None]) -> None:
    """Say which tick failed, and on what kind of error."""
    # The library would write whole traces, in which a name or an address may stand.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL + 1)
    made.add_listener(lambda event: say(f"{event.job_id}: {type(event.exception).__name__}"), EVENT_JOB_ERROR)


def _end_where_stalled(made: Any, begun_at: Any, say: Callable[[str], None]) -> None:
    if os.environ.get(KEPT_BY, str(os.getppid())) != str(os.getppid()):
        # Whoever keeps it is gone: a worker without a server would live for ever.
        made.shutdown(wait=False)
        return
    at, ends = timezone.now(), last_ends()
    if at - begun_at > 2 * STALLED_AFTER and any(at - end > 2 * STALLED_AFTER for end in ends.values()):
        say("The worker hangs and ends, to be started anew.")
        made.shutdown(wait=False)


class Kept:
    """A worker beside the web server, as a process of its own that is started anew whenever it ends."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.ended = threading.Event()

    def start(self) -> Kept:
        """Begin to keep one running."""
        threading.Thread(target=self._keep, daemon=True).start()
        return self

    def _keep(self) -> None:
        while not self.ended.is_set():
            environment = os.environ | {KEPT_BY: str(os.getpid())}
            self.process = subprocess.Popen(COMMAND, env=environment)  # noqa: S603 (our own module)
            self.process.wait()
            # Something that fails at once must not be started a thousand times a minute.
            self.ended.wait(WAIT_SECONDS)

    def stop(self) -> None:
        """End it, and wait for it a little."""
        self.ended.set()
        if self.process is not None:
            self.process.terminate()
            deadline = time.monotonic() + 5
            while self.process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            self.process.kill()
