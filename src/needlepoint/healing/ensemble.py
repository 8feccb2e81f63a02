"""Many virtual patients through one course: the compiled loop, threads by default, bitwise the same for any number."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any

import numba
import numpy as np

from needlepoint.healing import equations as eq
from needlepoint.healing import tsit5
from needlepoint.healing.chance import below
from needlepoint.healing.compiled import Floats, Integers, compiled, threaded
from needlepoint.healing.equations import LANES
from needlepoint.healing.geometry import POINTS, covered, hits

# What is observed of a virtual patient, in the order of the compiled code.
OUTPUTS = (
    "redness", "tewl_ratio", "collagen_histology_percent", "collagen_ultrasound_percent", "collagen_oct_percent",
    "collagen_gain", "type3_share", "signal",
)  # fmt: skip
_OBSERVABLE = (*OUTPUTS, *eq.STATES, *eq.DECAYS)
RTOL = 1e-4

# Which states an output is made of: the others are not interpolated.
_PAPILLARY, _RETICULAR, _ACUTE = ("n3_p", "n1_p", "R_p"), ("n3_r", "n1_r", "R_r"), ("N_p", "N_r")
_MADE_OF = {
    "redness": _ACUTE,
    "signal": _ACUTE,
    "collagen_histology_percent": _PAPILLARY,
    "collagen_oct_percent": _PAPILLARY,
    "type3_share": _PAPILLARY,
    "collagen_ultrasound_percent": (*_PAPILLARY, *_RETICULAR),
    "collagen_gain": (*_PAPILLARY, *_RETICULAR),
    **{name: (name,) for name in eq.STATES},
}
_STATES_OF = {name: tuple(eq.STATES.index(state) for state in made) for name, made in _MADE_OF.items()}

# Constants that are no rate of the equations, behind the rates in a person's row.
_FIRST = len(eq.RATES)
(X_ETA, X_KAPPA, X_RH, X_SESSION, X_GH, X_GE, X_US, X_OCT, X_W3) = range(_FIRST, _FIRST + 9)
WIDTH = _FIRST + 9
X_STEEP = eq.RATES.index("h")

# Where the states stand in a row of 17.
_SEEN = ("n3_p", "n1_p", "R_p", "n3_r", "n1_r", "R_r", "N_p", "N_r")
S_N3P, S_N1P, S_RP, S_N3R, S_N1R, S_RR, S_NP, S_NR = (eq.STATES.index(name) for name in _SEEN)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The constants as arrays over columns: value, log-sd (-1: uniform), low and high."""

    value: Floats
    log_sd: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """What is done to a zone: session days; groups of channels (rows of `geometry`, ordered by session) and the session
    of each; what all channels have in common; and the depths in mm at which the four layers end.
    """

    days: Floats
    group_session: Integers
    groups: Floats
    shape: Floats
    ends: Floats


def simulate(
    z: Floats,
    table: Table,
    schedule: Schedule,
    out_days: Floats,
    outputs: tuple[str, ...] = OUTPUTS,
    rtol: float = RTOL,
) -> Floats:
    """Return the outputs as an array (outputs, days, members) for members given as standard normal numbers."""
    wanted = np.array([_OBSERVABLE.index(name) for name in outputs], dtype=np.int64)
    needed = np.array(sorted({each for name in outputs for each in _STATES_OF.get(name, ())}), dtype=np.int64)
    result = np.empty((len(outputs), out_days.size, z.shape[0]))
    t, plan, blocks = table, schedule, 4 * numba.get_num_threads()
    _many(
        z, t.value, t.log_sd, t.low, t.high, plan.days, plan.group_session, plan.groups, plan.shape, plan.ends,
        out_days, wanted, needed, rtol, blocks, result,
    )  # fmt: skip
    return result


def trajectories(z: Floats, table: Table, schedule: Schedule, out_days: Floats, rtol: float = RTOL) -> Floats:
    """Return the 17 states, then H, E, F, as an array (members, days, 20): for twins and tests."""
    return np.moveaxis(simulate(z, table, schedule, out_days, (*eq.STATES, *eq.DECAYS), rtol), 2, 0).swapaxes(
        1, 2
    )


def persons(z: Floats, table: Table) -> Floats:
    """Return the constants of each member as an array (members, columns)."""
    rows = np.empty((z.shape[0], table.value.size))
    for member in range(z.shape[0]):
        person_of(z[member], *_columns(table), rows[member])
    return rows


def doses(z: Floats, table: Table, schedule: Schedule) -> Floats:
    """Return V_sc, V_e, V_p, V_r, Phi_p, Phi_r of every session as an array (members, sessions, 6)."""
    rows, given = persons(z, table), np.empty((z.shape[0], schedule.days.size, 6))
    for member, person in enumerate(rows):
        session_doses(person, z[member, table.value.size :], *_arrays(schedule), given[member])
    return given


def _columns(table: Table) -> tuple[Floats, Floats, Floats, Floats]:
    return table.value, table.log_sd, table.low, table.high


def _arrays(schedule: Schedule) -> tuple[Floats, Integers, Floats, Floats, Floats]:
    return (
        schedule.days, schedule.group_session, schedule.groups, schedule.shape, schedule.ends,
    )  # fmt: skip


@compiled
def person_of(z: Floats, value: Floats, log_sd: Floats, low: Floats, high: Floats, person: Floats) -> None:
    """Write the constants of one virtual patient; a draw beyond the range is put on its edge."""
    for i in range(value.size):
        if log_sd[i] > 0.0:
            person[i] = min(high[i], max(low[i], value[i] * exp(log_sd[i] * z[i])))
        elif log_sd[i] < 0.0:
            person[i] = low[i] + (high[i] - low[i]) * below(z[i])
        else:
            person[i] = value[i]


@compiled
def session_doses(
    person: Floats, z: Floats, days: Floats, group_session: Integers, groups: Floats, shape: Floats, ends: Floats,
    given: Floats,
) -> None:  # fmt: skip
    """Write V_sc, V_e, V_p, V_r, Phi_p, Phi_r of every session (sessions, 6); z holds the sessions' own differences."""
    hit = np.empty((6, POINTS))
    held_first, held_last = np.int64(-1), np.int64(-1)
    for s in range(days.size):
        first, last = np.searchsorted(group_session, s), np.searchsorted(group_session, s + 1)
        if first == last:
            given[s] = 0.0
            continue
        if held_first < 0 or not _alike(groups[first:last], groups[held_first:held_last]):
            hits(ends, groups[first:last], shape, person[X_ETA], person[X_KAPPA], person[X_RH], hit)
            held_first, held_last = first, last
        factor = exp(person[X_SESSION] * z[s])
        for row in range(6):
            given[s, row] = covered(hit[row], factor)


@compiled
def _alike(these: Floats, those: Floats) -> bool:
    """Return whether two sessions have the same groups of channels, so that their geometry is computed once."""
    if these.shape[0] != those.shape[0]:
        return False
    for g in range(these.shape[0]):
        for column in range(these.shape[1]):
            if these[g, column] != those[g, column]:
                return False
    return True


@compiled
def run_course(
    q: Floats, given: Floats, days: Floats, out_days: Floats, rtol: float, seen: Floats, decays: Floats,
    k: tsit5.Slopes, work: Floats, busy: Floats, needed: Integers,
) -> None:  # fmt: skip
    """Write the states (lanes, days, 17) and the decays (lanes, days, 3) of a group of lanes at the output days.

    q holds the lanes' constants, given (sessions, 6 x lanes) what each session does to them.
    """
    x, y, phi = np.zeros(eq.ALL), np.zeros(3 * LANES), np.zeros(2 * LANES)
    x[eq.R_p : eq.R_p + LANES] = x[eq.R_r : eq.R_r + LANES] = x[eq.Lo : eq.Lo + LANES] = 1.0
    at, t = 0, 0.0
    for s in range(days.size + 1):
        beyond = s == days.size
        end = out_days[-1] + 1e-9 if beyond else days[s]
        if end > t:
            before = at
            at = tsit5.advance(x, q, phi, t, end, out_days, at, seen, rtol, k, work, busy, needed)
            for l in range(LANES):  # noqa: E741
                for i in range(before, at):
                    decays[l, i, 0], decays[l, i, 1], decays[l, i, 2] = eq.decayed(y, q, l, out_days[i] - t)
                y[l], y[LANES + l], y[2 * LANES + l] = eq.decayed(y, q, l, end - t)
            t = end
        if not beyond and given[s, 0] > 0.0:
            eq.jump(x, y, q, given[s], phi)


@compiled
def observed(
    output: int, seen: Floats, decays: Floats, person: Floats, l: int, i: int, papillary_share: float,  # noqa: E741
) -> float:  # fmt: skip
    """Return one output of a lane on a day from its 17 states and (H, E, F), by its place among the observables."""
    if output == 0:
        flare, acute, acute_r = decays[l, i, 2], seen[l, i, S_NP], seen[l, i, S_NR]
        return eq.redness(eq.signal(flare, acute, acute_r), person[l, X_STEEP])
    gain_p, gain_r = (
        seen[l, i, S_N3P] + seen[l, i, S_N1P] + seen[l, i, S_RP] - 1.0,
        seen[l, i, S_N3R] + seen[l, i, S_N1R] + seen[l, i, S_RR] - 1.0,
    )
    whole = papillary_share * gain_p + (1.0 - papillary_share) * gain_r
    if output == 1:
        return 1.0 + person[l, X_GH] * decays[l, i, 0] + person[l, X_GE] * decays[l, i, 1]
    if output == 2:
        return 100.0 * (1.0 + gain_p)
    if output == 3:
        return 100.0 * (1.0 + person[l, X_US] * whole)
    if output == 4:
        built = seen[l, i, S_N1P] + person[l, X_W3] * seen[l, i, S_N3P] + seen[l, i, S_RP] - 1.0
        return 100.0 * (1.0 + person[l, X_OCT] * built)
    if output == 5:
        return 100.0 * whole
    if output == 6:
        return (0.18 * seen[l, i, S_RP] + seen[l, i, S_N3P]) / (1.0 + gain_p)
    if output == 7:
        return eq.signal(decays[l, i, 2], seen[l, i, S_NP], seen[l, i, S_NR])
    return seen[l, i, output - 8] if output < 8 + 17 else decays[l, i, output - 25]


@compiled
def _group(
    z: Floats, first: int, table: tuple[Floats, Floats, Floats, Floats], plan: Any, out_days: Floats, rtol: float,
    seen: Floats, decays: Floats, person: Floats, room: Any, needed: Integers,
) -> None:  # fmt: skip
    """Take the members first..first+7 through the course; where fewer are left, the last one stands in."""
    q, given, one, k, work, busy = room
    days, group_session, groups, shape, ends = plan
    value, log_sd, low, high = table
    for l in range(LANES):  # noqa: E741
        member = min(first + l, z.shape[0] - 1)
        person_of(z[member], value, log_sd, low, high, person[l])
        session_doses(person[l], z[member, value.size :], days, group_session, groups, shape, ends, one)
        for i in range(len(eq.RATES)):
            q[i * LANES + l] = person[l, i]
        for s in range(days.size):
            for row in range(6):
                given[s, row * LANES + l] = one[s, row]
    run_course(q, given, days, out_days, rtol, seen, decays, k, work, busy, needed)


@compiled
def _room(columns: int, days: int, sessions: int) -> Any:
    """Return what a thread needs once: outputs, constants, and room to work in."""
    k, work, busy = tsit5.workspace()
    room = (
        np.zeros(len(eq.RATES) * LANES),
        np.zeros((sessions, 6 * LANES)),
        np.zeros((sessions, 6)),
        k,
        work,
        busy,
    )
    return np.zeros((LANES, days, 17)), np.zeros((LANES, days, 3)), np.zeros((LANES, columns)), room


@threaded
def _many(
    z: Floats, value: Floats, log_sd: Floats, low: Floats, high: Floats, days: Floats, group_session: Integers,
    channels: Floats, shape: Floats, ends: Floats, out_days: Floats, wanted: Integers, needed: Integers,
    rtol: float, blocks: int, result: Floats,
) -> None:  # fmt: skip
    members = z.shape[0]
    groups = (members + LANES - 1) // LANES
    papillary_share = (ends[2] - ends[1]) / (ends[3] - ends[1])
    for block in numba.prange(blocks):
        seen, decays, person, room = _room(value.size, out_days.size, days.size)
        for group in range(block * groups // blocks, (block + 1) * groups // blocks):
            first = group * LANES
            _group(
                z, first, (value, log_sd, low, high),
                (days, group_session, channels, shape, ends), out_days, rtol, seen, decays, person, room, needed,
            )  # fmt: skip
            for o in range(wanted.size):
                for i in range(out_days.size):
                    for l in range(min(LANES, members - first)):  # noqa: E741
                        result[o, i, first + l] = observed(
                            wanted[o], seen, decays, person, l, i, papillary_share
                        )
