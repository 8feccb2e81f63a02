"""Where a course stands: under way, or ended and since when; and whether it only keeps what an earlier one reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from needlepoint.course.errors import InputError
from needlepoint.course.instants import in_utc
from needlepoint.course.states import COURSE, CourseState


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a course, and since when it has ended.

    `maintenance_since` is set where the course keeps what an earlier one reached: sessions before it were the other's.
    """

    state: CourseState = CourseState.ACTIVE
    ended_at: datetime | None = None
    maintenance_since: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("ended_at", "maintenance_since"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, in_utc(name, getattr(self, name)))
        if self.ended and self.ended_at is None:
            raise InputError("ended_at", "is missing", "when the course was completed or stopped")
        if not self.ended and self.ended_at is not None:
            raise InputError(
                "ended_at", "belongs to a course that has ended", "no such key, or another state"
            )

    @property
    def ended(self) -> bool:
        """Say whether the course has ended."""
        return self.state in COURSE.final

    def by(self, at: datetime) -> Standing:
        """Return where the course stood at an instant: before its end it was under way."""
        if self.ended_at is None or self.ended_at <= at:
            return self
        return Standing(maintenance_since=self.maintenance_since)
