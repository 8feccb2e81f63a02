"""A plan for a person: how many sessions, from when, how deep in which zone, and what limits it."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from needlepoint.advice.document import Plan, PlannedSession, ZonePlan
from needlepoint.cli.views.terminal import bullet, dim, heading, indented
from needlepoint.cli.words import day, listed, spoken


def lines(plan: Plan) -> Iterator[RenderableType]:
    """Yield the plan, its table first."""
    yield heading("Plan")
    yield indented(Text(_course(plan)))
    if plan.why:
        yield indented(Text(plan.why))
    if plan.sessions:
        yield indented(_table(plan.sessions))
        yield from _depths_told(plan.sessions[0].zones)
        yield from _technique(plan.sessions)
        yield from _open(plan.sessions)
    for left in plan.left_out:
        yield bullet(Text(f"Left out: {spoken(left.zone)}. {left.reason}"))
    for words in plan.off_label:
        yield bullet(Text(f"Off-label: {words}"))
    yield indented(dim(", ".join(plan.sources)))


def _course(plan: Plan) -> str:
    low, high = plan.sessions_range
    count = f"{low}" if low == high else f"{low} to {high}"
    interval = plan.interval_days
    return f"{count} sessions, usually {interval.usual} days apart, never less than {interval.minimum}."


def _table(sessions: tuple[PlannedSession, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("No.")
    table.add_column("Earliest", no_wrap=True)
    table.add_column("Zone", overflow="fold")
    table.add_column("Start", justify="right", no_wrap=True)
    table.add_column("Max", justify="right", no_wrap=True)
    table.add_column("Limited by", overflow="fold")
    before: list[tuple[str, ...]] = []
    for session in sessions:
        depths = _depths(session.zones)
        rows = depths if depths != before else [("the same", "", "", "")]
        for place, row in enumerate(rows):
            table.add_row(*(_opening(session) if place == 0 else ("", "")), *row)
        before = depths
    return table


def _opening(session: PlannedSession) -> tuple[str, str]:
    return f"{session.number}", day(session.earliest_on) if session.earliest_on else "open"


def _depths(zones: tuple[ZonePlan, ...]) -> list[tuple[str, ...]]:
    """Return a row for each depth range, with all zones that share it."""
    shared: dict[tuple[str, ...], list[str]] = {}
    for each in zones:
        depth = each.depth_mm
        key = (f"{depth.start.normalize():f} mm", f"{depth.max.normalize():f} mm", spoken(depth.limited_by))
        shared.setdefault(key, []).append(each.zone)
    return [(listed(names), *key) for key, names in shared.items()]


def _depths_told(zones: tuple[ZonePlan, ...]) -> Iterator[RenderableType]:
    """Yield why the next session begins where it does, and how courses for the goal were done, with all zones alike."""
    shared: dict[str, list[str]] = {}
    for each in zones:
        shared.setdefault(_proposed(each), []).append(each.zone)
        if each.done_so:
            shared.setdefault(each.done_so.says, []).append(each.zone)
    for words, names in shared.items():
        yield bullet(Text(f"Depth, {listed(names)}: {words}"))


def _proposed(zone: ZonePlan) -> str:
    proposal = zone.proposal
    if proposal.last_mm is None:
        return proposal.says
    moves = {"up": "a step up", "stays": "as it was", "down": "down"}[proposal.move]
    last, now = (f"{mm.normalize():f} mm" for mm in (proposal.last_mm, zone.depth_mm.start))
    return f"{now} after {last}, {moves}. {proposal.says}"


def _technique(sessions: tuple[PlannedSession, ...]) -> Iterator[RenderableType]:
    planned = [each for session in sessions for each in session.zones]
    for words in dict.fromkeys(each.passes for each in planned if each.passes):
        yield bullet(Text(f"Passes: {words}"))
    for words in dict.fromkeys(each.endpoint for each in planned):
        yield bullet(Text(f"Until: {words}"))


def _open(sessions: tuple[PlannedSession, ...]) -> Iterator[RenderableType]:
    """Yield what must be settled before the next session; the later ones ask the same again."""
    for words in sessions[0].settle_first:
        yield bullet(Text(f"Settle first: {words}"))
    for words in sessions[0].still_open:
        yield bullet(Text(f"Before session {sessions[0].number}: {words}"))
