"""The clinic's own clock: what the server's clock says, held against the time that has really passed.

A server's clock can be set by an hour or by a year at any moment, by hand or by a wrong time server. The machine also
counts the seconds since it was started, and those cannot be set. Where the two disagree by more than a minute, the
clinic goes on by the seconds that passed, every page says so, and a named person decides which of the two is right.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from needlepoint.clinic.access.checks import Refused

# What a time server corrects now and then is no leap.
SLACK = timedelta(seconds=60)
# Longer than most practices are closed: a machine that comes up later than this asks whether its clock is right.
PLAUSIBLE_GAP = timedelta(days=14)
ASKS = (
    "The server was started anew, and its clock says {:%d %b %Y %H:%M} UTC, long after anything was last written here. "
    "Say on the page “The clock” whether that is right; until then everything can be read, what patients report is "
    "taken, and nothing else can be written."
)
BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at both: the server's clock, and the seconds since this start of the machine."""

    at: datetime
    elapsed: float
    boot: str


def read() -> Reading:
    """Look at both clocks."""
    return Reading(timezone.now(), _elapsed(), _boot())


def _elapsed() -> float:
    # Also counts while the machine sleeps, which the monotonic clock of Linux does not.
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def _boot() -> str:
    with suppress(OSError):
        return BOOT.read_text().strip()
    # Where a start has no name, what is kept is good for this process alone.
    return f"process {os.getpid()}"


@dataclass(frozen=True, slots=True)
class Trusted:
    """A reading that stands, and whether somebody has yet to say that it may."""

    reading: Reading
    asks: bool = False


class Steady:
    """A clock that goes on evenly from a reading that is kept on disk, for all processes of this machine.

    The first reading after a start of the machine is kept by whoever `begins`: they know when the record was last
    written, and so whether somebody must be asked. All others go by what is kept, else by their own first reading.
    """

    def __init__(
        self,
        file: Path,
        look: Callable[[], Reading] = read,
        latest: datetime | None = None,
        *,
        begins: bool = True,
    ) -> None:
        self.file, self.look, self.latest, self.begins = file, look, latest, begins
        self._kept: tuple[object, Trusted] | None = None

    def now(self) -> datetime:
        """Return the server's time, or by the seconds that passed where it has leapt."""
        here, trusted = self._both()
        passed = _passed(trusted.reading, here)
        return here.at if abs(here.at - passed) <= SLACK else passed

    def leap(self) -> timedelta:
        """Return by how much the server's clock has leapt; nothing where it has not."""
        here, trusted = self._both()
        leap = here.at - _passed(trusted.reading, here)
        return leap if abs(leap) > SLACK else timedelta(0)

    def asks(self) -> bool:
        """Say whether nobody has yet said that the clock of this start of the machine is right."""
        return self._both()[1].asks

    def trust(self) -> datetime:
        """Take the server's clock as right from now on; return what it says."""
        here = self.look()
        self._keep(Trusted(here))
        return here.at

    def follow(self) -> None:
        """Take over what a time server has corrected by some seconds, so that it never adds up to a leap."""
        here, trusted = self._both()
        if timedelta(seconds=1) < abs(here.at - _passed(trusted.reading, here)) <= SLACK:
            self._keep(Trusted(here, trusted.asks))

    def _both(self) -> tuple[Reading, Trusted]:
        here, trusted = self.look(), self._read()
        if trusted is None or trusted.reading.boot != here.boot:
            gap = self.latest is not None and here.at > self.latest + PLAUSIBLE_GAP
            trusted = Trusted(here, asks=gap)
            self._keep(trusted, on_disk=self.begins)
        return here, trusted

    def _read(self) -> Trusted | None:
        # A disk that cannot be read or written leaves what this process knows.
        with suppress(OSError, ValueError, KeyError, TypeError):
            seen = self.file.stat()
            stamp = (seen.st_mtime_ns, seen.st_ino)
            if self._kept is None or self._kept[0] not in (stamp, None):
                told = json.loads(self.file.read_text())
                reading = Reading(datetime.fromisoformat(told["at"]), float(told["elapsed"]), told["boot"])
                self._kept = (stamp, Trusted(reading, bool(told["asks"])))
        return self._kept[1] if self._kept else None

    def _keep(self, trusted: Trusted, *, on_disk: bool = True) -> None:
        self._kept = (None, trusted)
        if not on_disk:
            return
        told = asdict(trusted.reading) | {"at": trusted.reading.at.isoformat(), "asks": trusted.asks}
        coming = self.file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            coming.write_text(json.dumps(told))
            coming.replace(self.file)
            seen = self.file.stat()
            self._kept = ((seen.st_mtime_ns, seen.st_ino), trusted)


def _passed(since: Reading, here: Reading) -> datetime:
    return since.at + timedelta(seconds=here.elapsed - since.elapsed)


_steady: list[Steady] = []


def keep(file: Path) -> None:
    """Go by the clock that is kept for this machine from now on in this process."""
    _steady[:] = [Steady(file, begins=False)]


def begin(file: Path, latest: datetime | None) -> None:
    """Keep a steady clock for this machine where none is kept yet; `latest` is when the record was last written."""
    _steady[:] = [Steady(file, latest=latest)]
    now()


def forget() -> None:
    """Go by the server's clock alone."""
    _steady.clear()


def now() -> datetime:
    """Return what time it is for the clinic."""
    return _steady[-1].now() if _steady else timezone.now()


def doubtful() -> bool:
    """Say whether the server's clock has leapt, or nobody has yet said that it is right."""
    return bool(_steady) and (_steady[-1].asks() or bool(_steady[-1].leap()))


def check() -> None:
    """Raise where the machine came up with a clock that nobody has yet said is right."""
    if _steady and _steady[-1].asks():
        raise Refused(ASKS.format(now()))


def trust() -> None:
    """Take the server's clock as right from now on."""
    if _steady:
        _steady[-1].trust()


def steady() -> Steady | None:
    """Return the steady clock of this process, where one is kept."""
    return _steady[-1] if _steady else None
