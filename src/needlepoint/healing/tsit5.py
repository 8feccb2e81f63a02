"""Tsitouras' fifth-order pair with its free fourth-order interpolant, for the 17 states and no other.

Source: tsitouras-2011 (Ch. Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying
assumption, Computers and Mathematics with Applications 62, 2011). Tests check the order conditions.
"""

from __future__ import annotations

import numpy as np

from needlepoint.healing.compiled import Floats, Integers, compiled
from needlepoint.healing.equations import ALL, LANES, RESTLESS, D_p, D_r, N_p, N_r, slopes

A21 = 0.161
A31, A32 = -0.008480655492356989, 0.335480655492357
A41, A42, A43 = 2.8971530571054935, -6.359448489975075, 4.3622954328695815
A51, A52, A53, A54 = 5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525
A61, A62, A63, A64, A65 = (
    5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383,
)  # fmt: skip
B1, B2, B3, B4, B5, B6 = (
    0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774,
)  # fmt: skip
# The difference between the fifth-order answer and the embedded fourth-order one.
E1, E2, E3, E4, E5, E6, E7 = (
    0.00178001105222577714, 0.0008164344596567469, -0.007880878010261995, 0.1447110071732629,
    -0.5823571654525552, 0.45808210592918697, -1.0 / 66.0,
)  # fmt: skip

FIRST_STEP = 0.05
SMALLEST_STEP = 1e-7
AT_REST = 1e-6  # damage and infiltrate below this are put to rest at zero


Slopes = tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats]


@compiled
def step(
    x: Floats,
    k1: Floats,
    k2: Floats,
    k3: Floats,
    k4: Floats,
    k5: Floats,
    k6: Floats,
    k7: Floats,
    q: Floats,
    phi: Floats,
    size: Floats,
    busy: bool,
    new: Floats,
) -> None:
    """Take one trial step in all lanes: k1 holds the slopes at x; write the other six and the new states.

    `size` repeats each lane's own step size for every state, so that each line below is one plain loop.
    """
    n = ALL if busy else RESTLESS
    for i in range(n):
        new[i] = x[i] + size[i] * (A21 * k1[i])
    slopes(new, q, phi, busy, k2)
    for i in range(n):
        new[i] = x[i] + size[i] * (A31 * k1[i] + A32 * k2[i])
    slopes(new, q, phi, busy, k3)
    for i in range(n):
        new[i] = x[i] + size[i] * (A41 * k1[i] + A42 * k2[i] + A43 * k3[i])
    slopes(new, q, phi, busy, k4)
    for i in range(n):
        new[i] = x[i] + size[i] * (A51 * k1[i] + A52 * k2[i] + A53 * k3[i] + A54 * k4[i])
    slopes(new, q, phi, busy, k5)
    for i in range(n):
        new[i] = x[i] + size[i] * (A61 * k1[i] + A62 * k2[i] + A63 * k3[i] + A64 * k4[i] + A65 * k5[i])
    slopes(new, q, phi, busy, k6)
    for i in range(n):
        new[i] = x[i] + size[i] * (
            B1 * k1[i] + B2 * k2[i] + B3 * k3[i] + B4 * k4[i] + B5 * k5[i] + B6 * k6[i]
        )
    slopes(new, q, phi, busy, k7)


@compiled
def errors(
    new: Floats,
    k1: Floats,
    k2: Floats,
    k3: Floats,
    k4: Floats,
    k5: Floats,
    k6: Floats,
    k7: Floats,
    size: Floats,
    n: int,
    rtol: float,
    slip: Floats,
) -> None:
    """Write each lane's estimated error over what is allowed to slip[:LANES]; at most 1 is good."""
    atol = 0.02 * rtol
    for i in range(n):
        gap = E1 * k1[i] + E2 * k2[i] + E3 * k3[i] + E4 * k4[i] + E5 * k5[i] + E6 * k6[i] + E7 * k7[i]
        slip[i] = abs(size[i] * gap) / (atol + rtol * abs(new[i]))
    for first in range(LANES, n, LANES):
        for l in range(LANES):  # noqa: E741
            slip[l] = max(slip[l], slip[first + l])


@compiled
def between(
    x: Floats,
    k1: Floats,
    k2: Floats,
    k3: Floats,
    k4: Floats,
    k5: Floats,
    k6: Floats,
    k7: Floats,
    l: int,  # noqa: E741
    size: float,
    share: float,
    n: int,
    out: Floats,
    at: int,
    needed: Integers,
) -> None:
    """Write the needed states of a lane at a share (0..1) of its last step to out[l, at]; beyond n all stand still."""
    t = share
    tt = t * t
    b1 = (
        -1.0530884977290216
        * t
        * (t - 1.3299890189751412)
        * (tt - 1.4364028541716351 * t + 0.7139816917074209)
    )
    b2 = 0.1017 * tt * (tt - 2.1966568338249754 * t + 1.2949852507374631)
    b3 = 2.490627285651252793 * tt * (tt - 2.38535645472061657 * t + 1.57803468208092486)
    b4 = -16.54810288924490272 * (t - 1.21712927295533244) * (t - 0.61620406037800089) * tt
    b5 = 47.37952196281928122 * (t - 1.203071208372362603) * (t - 0.658047292653547382) * tt
    b6 = -34.87065786149660974 * (t - 1.2) * (t - 2.0 / 3.0) * tt
    b7 = 2.5 * (t - 1.0) * (t - 0.6) * tt
    for state in needed:
        i = state * LANES + l
        moved = b1 * k1[i] + b2 * k2[i] + b3 * k3[i] + b4 * k4[i] + b5 * k5[i] + b6 * k6[i] + b7 * k7[i]
        out[l, at, state] = x[i] + (size * moved if i < n else 0.0)


@compiled
def settle(x: Floats, new: Floats, busy: Floats) -> bool:
    """Put to rest the lanes whose damage and infiltrate are as good as gone; return whether one just came to rest."""
    came = False
    for l in range(LANES):  # noqa: E741
        if busy[l] and max(x[D_p + l], x[N_p + l], x[D_r + l], x[N_r + l]) <= AT_REST:
            x[D_p + l] = x[N_p + l] = x[D_r + l] = x[N_r + l] = 0.0
            # A stage reads these too, and a step of the restless alone does not write them.
            new[D_p + l] = new[N_p + l] = new[D_r + l] = new[N_r + l] = 0.0
            busy[l] = 0.0
            came = True
    return came


@compiled
def advance(
    x: Floats, q: Floats, phi: Floats, start: float, end: float, out_days: Floats, first: int, seen: Floats,
    rtol: float, k: Slopes, work: Floats, busy: Floats, needed: Integers,
) -> int:  # fmt: skip
    """Carry all lanes from `start` to `end`, writing the states at output days on the way; return the next day's index.

    Every lane keeps its own step size, so that no patient's result depends on who is computed beside them. `seen` is
    (lanes, days, 17). An output day that equals `end` is left to the next stretch:
    a session's day shows the skin after it.
    """
    k1, k2, k3, k4, k5, k6, k7 = k
    new, size, slip, t, h = work[0], work[1], work[2], work[3, :LANES], work[4, :LANES]
    good, due, lanes = work[5], np.full(LANES, first), busy.size
    t[:], h[:], busy[:] = start, FIRST_STEP, 1.0
    settle(x, new, busy)
    slopes(x, q, phi, True, k1)
    while t.min() < end:
        n = ALL if busy.max() > 0.0 else RESTLESS
        for l in range(LANES):  # noqa: E741
            if t[l] + h[l] >= end:
                h[l] = end - t[l]
        for begin in range(0, n, LANES):
            for l in range(lanes):  # noqa: E741
                size[begin + l] = h[l]
        step(x, k1, k2, k3, k4, k5, k6, k7, q, phi, size, n == ALL, new)
        errors(new, k1, k2, k3, k4, k5, k6, k7, size, n, rtol, slip)
        for l in range(LANES):  # noqa: E741
            good[l] = 1.0 if slip[l] <= 1.0 or h[l] <= SMALLEST_STEP else 0.0
            if good[l] and h[l] > 0.0:
                reached = end if h[l] == end - t[l] else t[l] + h[l]
                while due[l] < out_days.size and out_days[due[l]] < reached:
                    share = (out_days[due[l]] - t[l]) / h[l]
                    between(x, k1, k2, k3, k4, k5, k6, k7, l, h[l], share, n, seen, due[l], needed)
                    due[l] += 1
                t[l] = reached
            h[l] *= min(5.0, max(0.2, 0.9 * max(slip[l], 1e-10) ** -0.2))
        for begin in range(0, n, LANES):
            for l in range(lanes):  # noqa: E741
                i = begin + l
                x[i] = new[i] if good[l] > 0.0 else x[i]
                k1[i] = k7[i] if good[l] > 0.0 else k1[i]
        if settle(x, new, busy):
            slopes(x, q, phi, True, k1)
    return int(due[0])


@compiled
def workspace() -> tuple[Slopes, Floats, Floats]:
    """Return the arrays that a group of lanes needs: seven slopes, room to work in, who is still inflamed."""
    k = np.zeros((7, ALL))
    return (k[0], k[1], k[2], k[3], k[4], k[5], k[6]), np.zeros((6, ALL)), np.zeros(LANES)
