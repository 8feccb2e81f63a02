"""Plans that begin alike, played together: what they share is computed once; answers are the plain ones to the bit.

All plans of a family have the same session, again and again; they differ in how far apart the sessions are and in how
many there are. So they are branches of one tree: the first session is the same for all, and a plan of six sessions
holds those of three, four and five up to their last intervals. Where a branch leaves, every lane goes on from the last
place at which its step was still free (`tsit5.advance` keeps it), so that it takes the very steps it would take alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from needlepoint.healing import equations as eq
from needlepoint.healing import tsit5
from needlepoint.healing.compiled import Floats, Integers, compiled
from needlepoint.healing.ensemble import (
    FALLING,
    RTOL,
    SEEN,
    Schedule,
    Table,
    asked,
    at_baseline,
    enter,
    observe,
    see_decays,
)
from needlepoint.healing.equations import LANES

# A thread's room for one branch: lanes, decays, next output days; where they go on freely; what is seen; the output.
Branch = tuple[Floats, Floats, Integers, Floats, Integers, Floats, Floats]


def play_family(
    z: Floats, table: Table, session: Schedule, intervals: tuple[float, ...], sessions: tuple[int, ...], looks: Floats,
    outputs: tuple[str, ...], rtol: float = RTOL,
) -> Floats:  # fmt: skip
    """Return the outputs of every plan as an array (intervals, sessions, outputs, looks, members).

    `session` holds one session; `looks` counts days from a plan's last session. Intervals and sessions must rise. One
    thread does it all; it leaves Python alone meanwhile, so that several families can be played at once.
    """
    most, one = sessions[-1], session.groups.shape[0]
    rising = list(intervals) == sorted(intervals) and list(sessions) == sorted(sessions)
    if session.days.size != 1 or not rising or sessions[0] < 2:
        raise ValueError(
            "a family needs one session, and intervals and numbers of sessions (2 or more) that rise"
        )
    wanted, needed = asked(outputs)
    rows = np.full(most + 1, -1, dtype=np.int64)
    rows[list(sessions)] = np.arange(len(sessions))
    result = np.empty((len(intervals), len(sessions), len(outputs), looks.size, z.shape[0]))
    t, plan = table, session
    _family(
        z, t.value, t.log_sd, t.low, t.high, np.zeros(most), np.repeat(np.arange(most), one),
        np.tile(plan.groups, (most, 1)), plan.shape, plan.ends, np.array(intervals), rows, looks, wanted, needed, rtol,
        result,
    )  # fmt: skip
    return result


@compiled
def _stretch(branch: Branch, start: float, end: float, days: Floats, rtol: float, needed: Integers) -> None:
    """Carry a branch from a session to `end`, where others may go on; its own looks are those before `end`."""
    w, _, due, fork, fork_due, seen, _ = branch
    tsit5.begin(w, start)
    due[:] = 0
    tsit5.advance(w, end, days, due, seen, rtol, needed, fork, fork_due)


@compiled
def _onward(branch: Branch, end: float, days: Floats, rtol: float, needed: Integers, again: bool) -> None:
    """Take the lanes back to where they were free to go on, and carry them to `end` as if nothing had stopped them.

    With `again` there will be another place to go on from; otherwise `end` is the last.
    """
    w, _, due, fork, fork_due, seen, _ = branch
    w[:], due[:] = fork, fork_due
    if again:
        tsit5.advance(w, end, days, due, seen, rtol, needed, fork, fork_due)
    else:
        tsit5.advance(w, end, days, due, seen, rtol, needed, np.empty(0), fork_due)


@compiled
def _tail(
    branch: Branch, last: float, looks: Floats, rtol: float, asked: Any, person: Floats, share: float, result: Floats
) -> None:  # fmt: skip
    """Finish the plan whose last session this was, and write its outputs (outputs, looks, members)."""
    w, y, _, _, _, seen, found = branch
    wanted, needed = asked
    days = last + looks
    _onward(branch, days[-1] + 1e-9, days, rtol, needed[needed < FALLING], False)
    see_decays(w, y, last, days, needed, seen)
    for o in range(wanted.size):
        observe(wanted[o], seen, person, share, found)
        for i in range(looks.size):
            for l in range(result.shape[2]):  # noqa: E741
                result[o, i, l] = found[l, i]


@compiled
def _decay(w: Floats, y: Floats, days: float) -> None:
    for l in range(LANES):  # noqa: E741
        y[l], y[LANES + l], y[2 * LANES + l] = eq.decayed(y, w, l, days)


@compiled
def _later_sessions(
    branch: Branch, given: Floats, interval: float, rows: Integers, looks: Floats, rtol: float, asked: Any,
    person: Floats, share: float, result: Floats,
) -> None:  # fmt: skip
    """Play the second and all later sessions of one interval; the branch stands at the second, before it is done."""
    w, y, _, _, _, _, _ = branch
    _, needed = asked
    states, ahead = needed[needed < FALLING], np.empty(w.size)
    for s in range(1, given.shape[0]):
        day = s * interval
        if given[s, 0] > 0.0:
            eq.jump(w, tsit5.X, y, given[s])
        row, until = rows[s + 1], (s + 1) * interval
        _stretch(branch, day, until, day + looks, rtol, states)
        if row >= 0:
            ahead[:] = w
            _tail(branch, day, looks, rtol, asked, person, share, result[row])
            w[:] = ahead
        _decay(w, y, until - day)


@compiled
def _tree(
    branch: Branch, given: Floats, intervals: Floats, rows: Integers, looks: Floats, rtol: float, asked: Any,
    person: Floats, share: float, result: Floats,
) -> None:  # fmt: skip
    """Play all plans of the family for a group of lanes; result is (intervals, sessions, outputs, looks, lanes)."""
    w, y, _, fork, fork_due, _, _ = branch
    at_baseline(w, y)
    eq.jump(w, tsit5.X, y, given[0])
    held, held_due, decays = np.empty(w.size), np.empty_like(fork_due), y.copy()
    _, needed = asked
    states, nothing = needed[needed < FALLING], np.empty(0)
    for number in range(intervals.size):
        y[:] = decays
        if number == 0:
            _stretch(branch, 0.0, intervals[0], nothing, rtol, states)
        else:
            fork[:], fork_due[:] = held, held_due
            _onward(branch, intervals[number], nothing, rtol, states, True)
        held[:], held_due[:] = fork, fork_due
        _decay(w, y, intervals[number])
        _later_sessions(
            branch, given, intervals[number], rows, looks, rtol, asked, person, share, result[number]
        )


@compiled
def _family(
    z: Floats, value: Floats, log_sd: Floats, low: Floats, high: Floats, days: Floats, group_session: Integers,
    channels: Floats, shape: Floats, ends: Floats, intervals: Floats, rows: Integers, looks: Floats, wanted: Integers,
    needed: Integers, rtol: float, result: Floats,
) -> None:  # fmt: skip
    members, share = z.shape[0], (ends[2] - ends[1]) / (ends[3] - ends[1])
    person, w = np.zeros((value.size, LANES)), np.zeros(tsit5.WHOLE)
    given = np.zeros((days.size, 6 * LANES))
    branch = (
        w, np.zeros(3 * LANES), np.zeros(LANES, np.int64), np.zeros(w.size), np.zeros(LANES, np.int64),
        np.empty((len(SEEN), LANES, looks.size)), np.empty((LANES, looks.size)),
    )  # fmt: skip
    for first in range(0, members, LANES):
        last = min(first + LANES, members)
        enter(
            z, first, (value, log_sd, low, high), (days, group_session, channels, shape, ends), w, person, given
        )  # fmt: skip
        _tree(
            branch, given, intervals, rows, looks, rtol, (wanted, needed), person, share,
            result[:, :, :, :, first:last],
        )  # fmt: skip
