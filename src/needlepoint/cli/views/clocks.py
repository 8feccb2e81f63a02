"""What to do and to leave, by the day before a session and by the hour after it; what may be seen when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from rich.console import RenderableType
from rich.text import Text

from needlepoint.advice.document import Advice, AftercareLine
from needlepoint.cli.views.terminal import bullet, dim, heading, indented
from needlepoint.cli.words import clock, day, spoken
from needlepoint.course.instants import time_zone

COUNTED = {"each_session": "after each session", "last_session": "after the last session"}


def sourced(says: str, sources: Iterable[str]) -> Text:
    """Return a line with its sources behind it."""
    return Text(says).append(f"  {', '.join(sources)}", style="dim")


def preparation(advice: Advice) -> Iterator[RenderableType]:
    """Yield what to do before the next session, the dated lines first."""
    yield heading("Before the session")
    for line in sorted(advice.preparation, key=lambda line: (line.stop_by is None, line.stop_by)):
        text = sourced(line.says, line.sources)
        yield bullet(
            Text().append(f"By {day(line.stop_by)}: ", style="bold").append(text) if line.stop_by else text
        )


def aftercare(advice: Advice, whole: bool = False) -> Iterator[RenderableType]:
    """Yield what to do after the last session: what still counts, or all of it."""
    shown = [line for line in advice.aftercare if whole or _counts(line, advice.at)]
    yield heading("After the session")
    for line in shown:
        title = Text().append(spoken(line.id).capitalize(), style="bold").append(_when(line, advice))
        yield indented(title, indented(sourced(line.says, line.sources)))
    if hidden := len(advice.aftercare) - len(shown):
        yield indented(dim(f"{hidden} more; --all shows everything."))


def _counts(line: AftercareLine, now: datetime) -> bool:
    """Say whether a line counts now: a session was done, it has not ended, what it held back is not allowed yet."""
    if line.from_at is None:
        return False
    last = (line.prefer_from_at or line.from_at) if line.kind == "allowed_from" else line.until_at
    return last is None or last > now


def _when(line: AftercareLine, advice: Advice) -> str:
    """Return the line's own times: an allowance begins, a duty or an abstention ends."""
    zone = time_zone(advice.time_zone)
    begins = (
        line.from_at if line.kind == "allowed_from" or (line.from_at and line.from_at > advice.at) else None
    )
    ends = "leave out until" if line.kind == "avoid" else "until"
    named = (("from", begins), ("better from", line.prefer_from_at), (ends, line.until_at))
    told = [f"{word} {clock(at, advice.at, zone)}" for word, at in named if at]
    return f": {', '.join(told)}" if told else ""


def after_course(advice: Advice) -> Iterator[RenderableType]:
    """Yield when to look at a course that has ended, and when a session to keep the result makes sense."""
    after = advice.after_course
    if after is None:
        return
    yield heading(f"After the course, which was {after.state}")
    for line in after.looks:
        when = f"{line.label}, {day(line.on)} (from {day(line.from_on)} to {day(line.until_on)}): "
        yield bullet(
            Text().append(when, style="bold").append(sourced(f"{line.says} {line.why}", line.sources))
        )
    if after.maintenance is not None:
        told = after.maintenance
        since = f"A session to keep the result, from {day(told.from_on)}: "
        yield bullet(
            Text().append(since, style="bold").append(sourced(f"{told.says} {told.why}", told.sources))
        )
    if after.why:
        yield bullet(Text(after.why))


def milestones(advice: Advice) -> Iterator[RenderableType]:
    """Yield what many people see, and when."""
    for counts_from, group in groupby(advice.milestones, key=lambda line: line.counts_from):
        yield heading(f"What may be seen {COUNTED[counts_from]}")
        for line in group:
            days = f"Day {line.from_day}" + (f" to {line.to_day}" if line.to_day != line.from_day else "")
            yield bullet(Text().append(f"{days}: ", style="bold").append(sourced(line.says, line.sources)))
