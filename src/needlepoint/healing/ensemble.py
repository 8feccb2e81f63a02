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

# What a thread works with besides w: who is still inflamed, the next output day, the decays, one state of all lanes.
Room = tuple[Floats, Integers, Floats, Floats]


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
    w: Floats, given: Floats, days: Floats, out_days: Floats, rtol: float, seen: Floats, decays: Floats, room: Room,
    needed: Integers,
) -> None:  # fmt: skip
    """Write the states (days, 17, lanes) and the decays (days, 3, lanes) of a group of lanes at the output days.

    w holds the lanes' constants, given (sessions, 6 x lanes) what each session does to them.
    """
    busy, due, y, found = room
    w[eq.STATES_FROM :] = 0.0
    for start in (eq.R_p, eq.R_r, eq.Lo):
        w[tsit5.X + start : tsit5.X + start + LANES] = 1.0
    w[eq.Phi_p : eq.Phi_p + 2 * LANES], y[:], due[:], t = 0.0, 0.0, 0, 0.0
    for s in range(days.size + 1):
        beyond = s == days.size
        end = out_days[-1] + 1e-9 if beyond else days[s]
        if end > t:
            before = due[0]
            tsit5.advance(w, t, end, out_days, due, seen, rtol, busy, needed, found)
            for l in range(LANES):  # noqa: E741
                for i in range(before, due[0]):
                    decays[i, 0, l], decays[i, 1, l], decays[i, 2, l] = eq.decayed(y, w, l, out_days[i] - t)
                y[l], y[LANES + l], y[2 * LANES + l] = eq.decayed(y, w, l, end - t)
            t = end
        if not beyond and given[s, 0] > 0.0:
            eq.jump(w, tsit5.X, y, given[s])


@compiled
def observe(
    output: int, x: Floats, y: Floats, person: Floats, papillary_share: float, found: Floats, lanes: int
) -> None:  # fmt: skip
    """Write one output of all lanes on a day, by its place among the observables, from 17 states x and H, E, F in y."""
    if output == 0:
        for l in range(lanes):  # noqa: E741
            found[l] = eq.redness(eq.signal(y[2, l], x[S_NP, l], x[S_NR, l]), person[X_STEEP, l])
    elif output == 1:
        for l in range(lanes):  # noqa: E741
            found[l] = 1.0 + person[X_GH, l] * y[0, l] + person[X_GE, l] * y[1, l]
    elif output == 7:
        for l in range(lanes):  # noqa: E741
            found[l] = eq.signal(y[2, l], x[S_NP, l], x[S_NR, l])
    elif output < 7:
        for l in range(lanes):  # noqa: E741
            found[l] = _collagen(output, x, person, l, papillary_share)
    else:
        for l in range(lanes):  # noqa: E741
            found[l] = x[output - 8, l] if output < 8 + 17 else y[output - 25, l]


@compiled
def _collagen(output: int, x: Floats, person: Floats, l: int, papillary_share: float) -> float:  # noqa: E741
    gain_p = x[S_N3P, l] + x[S_N1P, l] + x[S_RP, l] - 1.0
    if output == 2:
        return 100.0 * (1.0 + gain_p)
    if output == 4:
        built = x[S_N1P, l] + person[X_W3, l] * x[S_N3P, l] + x[S_RP, l] - 1.0
        return 100.0 * (1.0 + person[X_OCT, l] * built)
    if output == 6:
        return (0.18 * x[S_RP, l] + x[S_N3P, l]) / (1.0 + gain_p)
    gain_r = x[S_N3R, l] + x[S_N1R, l] + x[S_RR, l] - 1.0
    whole = papillary_share * gain_p + (1.0 - papillary_share) * gain_r
    return 100.0 * (1.0 + person[X_US, l] * whole) if output == 3 else 100.0 * whole


@compiled
def _group(
    z: Floats, first: int, table: tuple[Floats, Floats, Floats, Floats], plan: Any, out_days: Floats, rtol: float,
    seen: Floats, decays: Floats, person: Floats, w: Floats, doses: Any, room: Room, needed: Integers,
) -> None:  # fmt: skip
    """Take the members first..first+7 through the course; where fewer are left, the last one stands in."""
    given, one, row = doses
    days, group_session, groups, shape, ends = plan
    value, log_sd, low, high = table
    for l in range(LANES):  # noqa: E741
        member = min(first + l, z.shape[0] - 1)
        person_of(z[member], value, log_sd, low, high, row)
        session_doses(row, z[member, value.size :], days, group_session, groups, shape, ends, one)
        for i in range(row.size):
            person[i, l] = row[i]
        for i in range(len(eq.RATES)):
            w[i * LANES + l] = row[i]
        for s in range(days.size):
            for each in range(6):
                given[s, each * LANES + l] = one[s, each]
    run_course(w, given, days, out_days, rtol, seen, decays, room, needed)


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
        # What a thread needs once: outputs, constants, and room to work in.
        seen, decays = np.zeros((out_days.size, 17, LANES)), np.zeros((out_days.size, 3, LANES))
        person, w = np.zeros((value.size, LANES)), np.zeros(tsit5.WHOLE)
        doses = np.zeros((days.size, 6 * LANES)), np.zeros((days.size, 6)), np.zeros(value.size)
        room = np.zeros(LANES), np.zeros(LANES, np.int64), np.zeros(3 * LANES), np.zeros(LANES)
        found = np.zeros(LANES)
        for group in range(block * groups // blocks, (block + 1) * groups // blocks):
            first = group * LANES
            _group(
                z, first, (value, log_sd, low, high), (days, group_session, channels, shape, ends), out_days, rtol,
                seen, decays, person, w, doses, room, needed,
            )  # fmt: skip
            held = min(LANES, members - first)
            for o in range(wanted.size):
                for i in range(out_days.size):
                    observe(wanted[o], seen[i], decays[i], person, papillary_share, found, found.size)
                    for l in range(held):  # noqa: E741
                        result[o, i, first + l] = found[l]
