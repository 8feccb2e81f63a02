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
SEEN = (*eq.STATES, *eq.DECAYS)
_OBSERVABLE = (*OUTPUTS, *SEEN)
RTOL = 1e-4

# Which states and decays an output is made of: the others are not computed at output days.
_PAPILLARY, _RETICULAR, _ACUTE = ("n3_p", "n1_p", "R_p"), ("n3_r", "n1_r", "R_r"), ("N_p", "N_r", "F")
_MADE_OF = {
    "redness": _ACUTE,
    "signal": _ACUTE,
    "tewl_ratio": ("H", "E"),
    "collagen_histology_percent": _PAPILLARY,
    "collagen_oct_percent": _PAPILLARY,
    "type3_share": _PAPILLARY,
    "collagen_ultrasound_percent": (*_PAPILLARY, *_RETICULAR),
    "collagen_gain": (*_PAPILLARY, *_RETICULAR),
    **{name: (name,) for name in SEEN},
}
_ROWS_OF = {name: tuple(SEEN.index(row) for row in made) for name, made in _MADE_OF.items()}

# Constants that are no rate of the equations, behind the rates in a person's row.
_FIRST = len(eq.RATES)
(X_ETA, X_KAPPA, X_RH, X_SESSION, X_GH, X_GE, X_US, X_OCT, X_W3) = range(_FIRST, _FIRST + 9)
WIDTH = _FIRST + 9
X_STEEP = eq.RATES.index("h")

# Where states and decays stand among what is seen: 17 and 3 rows of (lanes, days).
_ROWS = ("n3_p", "n1_p", "R_p", "n3_r", "n1_r", "R_r", "N_p", "N_r", *eq.DECAYS)
S_N3P, S_N1P, S_RP, S_N3R, S_N1R, S_RR, S_NP, S_NR, S_H, S_E, S_F = (SEEN.index(name) for name in _ROWS)
FALLING = len(eq.STATES)


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
    wanted, needed = asked(outputs)
    result = np.empty((len(outputs), out_days.size, z.shape[0]))
    t, plan, blocks = table, schedule, 4 * numba.get_num_threads()
    _many(
        z, t.value, t.log_sd, t.low, t.high, plan.days, plan.group_session, plan.groups, plan.shape, plan.ends,
        out_days, wanted, needed, rtol, blocks, result,
    )  # fmt: skip
    return result


def asked(outputs: tuple[str, ...]) -> tuple[Integers, Integers]:
    """Return the outputs as the compiled code counts them, and which states and decays they need."""
    wanted = np.array([_OBSERVABLE.index(name) for name in outputs], dtype=np.int64)
    needed = np.array(sorted({row for name in outputs for row in _ROWS_OF[name]}), dtype=np.int64)
    return wanted, needed


def trajectories(z: Floats, table: Table, schedule: Schedule, out_days: Floats, rtol: float = RTOL) -> Floats:
    """Return the 17 states, then H, E, F, as an array (members, days, 20): for twins and tests."""
    return np.moveaxis(simulate(z, table, schedule, out_days, SEEN, rtol), 2, 0).swapaxes(1, 2)


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
def at_baseline(w: Floats, y: Floats) -> None:
    """Write the states and decays of skin to which nothing was done yet."""
    w[eq.STATES_FROM :] = 0.0
    for start in (eq.R_p, eq.R_r, eq.Lo):
        w[tsit5.X + start : tsit5.X + start + LANES] = 1.0
    w[eq.Phi_p : eq.Phi_p + 2 * LANES], y[:] = 0.0, 0.0


@compiled
def see_decays(w: Floats, y: Floats, start: float, days: Floats, needed: Integers, seen: Floats) -> None:
    """Write the needed decays at days, from their values y at `start`, as rows (lanes, days) of `seen`."""
    for row in needed:
        for l in range(LANES):  # noqa: E741
            if row == S_H:
                eq.falling(y[l], w[eq.k_H + l], start, days, seen[row, l])
            elif row == S_E:
                eq.falling(y[LANES + l], w[eq.k_E + l] * w[eq.c + l], start, days, seen[row, l])
            elif row == S_F:
                eq.falling(y[2 * LANES + l], w[eq.k_V + l], start, days, seen[row, l])


@compiled
def run_course(
    w: Floats, y: Floats, given: Floats, days: Floats, out_days: Floats, rtol: float, due: Integers, seen: Floats,
    needed: Integers,
) -> None:  # fmt: skip
    """Write the needed states and decays of a group of lanes at the output days, as rows (lanes, days) of `seen`.

    w holds the lanes' constants, given (sessions, 6 x lanes) what each session does to them.
    """
    states, nowhere = needed[needed < FALLING], np.empty(0)
    at_baseline(w, y)
    due[:], t, first = 0, 0.0, 0
    for s in range(days.size + 1):
        beyond = s == days.size
        end = out_days[-1] + 1e-9 if beyond else days[s]
        if end > t:
            tsit5.begin(w, t)
            tsit5.advance(w, end, out_days, due, seen, rtol, states, nowhere, due)
            last = np.searchsorted(out_days, end)
            see_decays(w, y, t, out_days[first:last], needed, seen[:, :, first:last])
            first = last
            for l in range(LANES):  # noqa: E741
                y[l], y[LANES + l], y[2 * LANES + l] = eq.decayed(y, w, l, end - t)
            t = end
        if not beyond and given[s, 0] > 0.0:
            eq.jump(w, tsit5.X, y, given[s])


@compiled
def observe(output: int, seen: Floats, person: Floats, papillary_share: float, found: Floats) -> None:
    """Write one output (lanes, days), by its place among the observables, from the rows of `seen`."""
    if output in (0, 7):
        _observe_redness(output, seen, person, found)
    elif output == 1:
        for l in range(LANES):  # noqa: E741
            through, torn = person[X_GH, l], person[X_GE, l]
            for i in range(found.shape[1]):
                found[l, i] = 1.0 + through * seen[S_H, l, i] + torn * seen[S_E, l, i]
    elif output < 7:
        for l in range(LANES):  # noqa: E741
            _observe_collagen(output, seen, person, l, papillary_share, found[l])
    else:
        for l in range(LANES):  # noqa: E741
            for i in range(found.shape[1]):
                found[l, i] = seen[output - 8, l, i]


@compiled
def _observe_redness(output: int, seen: Floats, person: Floats, found: Floats) -> None:
    for l in range(LANES):  # noqa: E741
        for i in range(found.shape[1]):
            e = eq.signal(seen[S_F, l, i], seen[S_NP, l, i], seen[S_NR, l, i])
            found[l, i] = e if output == 7 else eq.redness(e, person[X_STEEP, l])


@compiled
def _observe_collagen(
    output: int, seen: Floats, person: Floats, l: int, papillary_share: float, found: Floats  # noqa: E741
) -> None:  # fmt: skip
    """Write an output of collagen of one lane at all days: one loop for each, so that each is vector code."""
    n3, n1, R = seen[S_N3P, l], seen[S_N1P, l], seen[S_RP, l]  # noqa: N806 - the paper's own letters
    if output == 2:
        for i in range(found.size):
            found[i] = 100.0 * (n3[i] + n1[i] + R[i])
        return
    if output == 4:
        gain, w3 = 100.0 * person[X_OCT, l], person[X_W3, l]
        for i in range(found.size):
            found[i] = 100.0 + gain * (n1[i] + w3 * n3[i] + R[i] - 1.0)
        return
    if output == 6:
        for i in range(found.size):
            found[i] = (0.18 * R[i] + n3[i]) / (n3[i] + n1[i] + R[i])
        return
    n3_, n1_, R_ = seen[S_N3R, l], seen[S_N1R, l], seen[S_RR, l]  # noqa: N806
    gain, begun = (100.0 * person[X_US, l], 100.0) if output == 3 else (100.0, 0.0)
    for i in range(found.size):
        whole = papillary_share * (n3[i] + n1[i] + R[i]) + (1.0 - papillary_share) * (n3_[i] + n1_[i] + R_[i])
        found[i] = begun + gain * (whole - 1.0)


@compiled
def enter(
    z: Floats, first: int, table: tuple[Floats, Floats, Floats, Floats], plan: Any, w: Floats, person: Floats,
    given: Floats,
) -> None:  # fmt: skip
    """Write the constants and doses of the members first..first+7; where fewer are left, the last one stands in."""
    days, group_session, groups, shape, ends = plan
    value, log_sd, low, high = table
    row, one = np.empty(value.size), np.empty((days.size, 6))
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
        # What a thread needs once: constants, doses, what is seen, and room to work in.
        seen, found = np.empty((len(SEEN), LANES, out_days.size)), np.empty((LANES, out_days.size))
        person, w, y = np.zeros((value.size, LANES)), np.zeros(tsit5.WHOLE), np.zeros(3 * LANES)
        given, due = np.zeros((days.size, 6 * LANES)), np.zeros(LANES, np.int64)
        for group in range(block * groups // blocks, (block + 1) * groups // blocks):
            first = group * LANES
            held = min(LANES, members - first)
            enter(
                z, first, (value, log_sd, low, high), (days, group_session, channels, shape, ends), w, person, given
            )  # fmt: skip
            run_course(w, y, given, days, out_days, rtol, due, seen, needed)
            for o in range(wanted.size):
                observe(wanted[o], seen, person, papillary_share, found)
                for i in range(out_days.size):
                    for l in range(held):  # noqa: E741
                        result[o, i, first + l] = found[l, i]
