"""Tsitouras' fifth-order pair with its free fourth-order interpolant, for the 17 states and no other.

Source: tsitouras-2011 (Ch. Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying
assumption, Computers and Mathematics with Applications 62, 2011). Tests check the order conditions.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from needlepoint.healing.compiled import Floats, Integers, compiled
from needlepoint.healing.equations import ALL, LANES, RESTLESS, STATES_FROM, D_p, D_r, N_p, N_r, slopes

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

# The interpolant as a polynomial in the share t of a step: the first slope times t, and for each of the seven slopes
# what it adds to the second, third and fourth power; multiplied out from the published form.
_QUADRATIC = (1.4364028541716351, 0.7139816917074209)
_POWERS = [
    -1.0530884977290216 * np.polymul([1.0, -1.3299890189751412], [1.0, -_QUADRATIC[0], _QUADRATIC[1]])[::-1][1:],
    0.1017 * np.array([1.2949852507374631, -2.1966568338249754, 1.0]),
    2.490627285651252793 * np.array([1.57803468208092486, -2.38535645472061657, 1.0]),
    -16.54810288924490272 * np.poly([1.21712927295533244, 0.61620406037800089])[::-1],
    47.37952196281928122 * np.poly([1.203071208372362603, 0.658047292653547382])[::-1],
    -34.87065786149660974 * np.poly([1.2, 2.0 / 3.0])[::-1],
    2.5 * np.poly([1.0, 0.6])[::-1],
]  # fmt: skip
P2, P3, P4 = (tuple(float(row[power]) for row in _POWERS) for power in range(3))

# Where things lie in the array w behind the constants: the states, the trial states, each lane's step size (repeated
# for every state), seven slopes, and the estimated errors; then what a lane has one of.
X, NEW, SIZE, K1, K2, K3, K4, K5, K6, K7, SLIP = range(STATES_FROM, STATES_FROM + 11 * ALL, ALL)
T, REACHED, NEXT, GOOD, BUSY = range(SLIP + ALL, SLIP + ALL + 5 * LANES, LANES)
WHOLE = BUSY + LANES


@compiled
def step(w: Floats, n: int, busy: bool, lanes: int) -> None:
    """Take one trial step in all lanes: K1 holds the slopes at X; write the other six and the new states."""
    for i in range(n):
        w[NEW + i] = w[X + i] + w[SIZE + i] * (A21 * w[K1 + i])
    slopes(w, NEW, K2, busy, lanes)
    for i in range(n):
        w[NEW + i] = w[X + i] + w[SIZE + i] * (A31 * w[K1 + i] + A32 * w[K2 + i])
    slopes(w, NEW, K3, busy, lanes)
    for i in range(n):
        w[NEW + i] = w[X + i] + w[SIZE + i] * (A41 * w[K1 + i] + A42 * w[K2 + i] + A43 * w[K3 + i])
    slopes(w, NEW, K4, busy, lanes)
    for i in range(n):
        moved = A51 * w[K1 + i] + A52 * w[K2 + i] + A53 * w[K3 + i] + A54 * w[K4 + i]
        w[NEW + i] = w[X + i] + w[SIZE + i] * moved
    slopes(w, NEW, K5, busy, lanes)
    for i in range(n):
        moved = A61 * w[K1 + i] + A62 * w[K2 + i] + A63 * w[K3 + i] + A64 * w[K4 + i] + A65 * w[K5 + i]
        w[NEW + i] = w[X + i] + w[SIZE + i] * moved
    slopes(w, NEW, K6, busy, lanes)
    for i in range(n):
        moved = (
            B1 * w[K1 + i]
            + B2 * w[K2 + i]
            + B3 * w[K3 + i]
            + B4 * w[K4 + i]
            + B5 * w[K5 + i]
            + B6 * w[K6 + i]
        )
        w[NEW + i] = w[X + i] + w[SIZE + i] * moved
    slopes(w, NEW, K7, busy, lanes)


@compiled
def errors(w: Floats, n: int, rtol: float, lanes: int) -> None:
    """Write each lane's estimated error over what is allowed to the first of SLIP; at most 1 is good."""
    atol = 0.02 * rtol
    for i in range(n):
        gap = E1 * w[K1 + i] + E2 * w[K2 + i] + E3 * w[K3 + i] + E4 * w[K4 + i]
        gap += E5 * w[K5 + i] + E6 * w[K6 + i] + E7 * w[K7 + i]
        w[SLIP + i] = abs(w[SIZE + i] * gap) / (atol + rtol * abs(w[NEW + i]))
    for first in range(LANES, n, LANES):
        for l in range(lanes):  # noqa: E741
            w[SLIP + l] = max(w[SLIP + l], w[SLIP + first + l])


@compiled
def polynomial(w: Floats, state: int, lanes: int) -> None:
    """Write a state's interpolant, from the second power to the fourth, over K2 to K4, which the step needs no more."""
    i = state * LANES
    for l in range(lanes):  # noqa: E741
        k1, k2, k3, k4 = w[K1 + i + l], w[K2 + i + l], w[K3 + i + l], w[K4 + i + l]
        k5, k6, k7 = w[K5 + i + l], w[K6 + i + l], w[K7 + i + l]
        w[K2 + i + l] = (P2[0] * k1 + P2[1] * k2 + P2[2] * k3 + P2[3] * k4) + (
            P2[4] * k5 + P2[5] * k6 + P2[6] * k7
        )
        w[K3 + i + l] = (P3[0] * k1 + P3[1] * k2 + P3[2] * k3 + P3[3] * k4) + (
            P3[4] * k5 + P3[5] * k6 + P3[6] * k7
        )
        w[K4 + i + l] = (P4[0] * k1 + P4[1] * k2 + P4[2] * k3 + P4[3] * k4) + (
            P4[4] * k5 + P4[5] * k6 + P4[6] * k7
        )


@compiled
def between(w: Floats, state: int, l: int, days: Floats, found: Floats) -> None:  # noqa: E741
    """Write a state of a lane at days inside its last step to `found`, after `polynomial`."""
    i = state * LANES + l
    start, size, begun = w[T + l], w[SIZE + l], w[X + i]
    first, second, third, fourth = w[K1 + i], w[K2 + i], w[K3 + i], w[K4 + i]
    for day in range(days.size):
        t = (days[day] - start) / size
        found[day] = begun + size * (t * (first + t * (second + t * (third + t * fourth))))


@compiled
def settle(w: Floats) -> bool:
    """Put to rest the lanes whose damage and infiltrate are as good as gone; return whether one just came to rest."""
    came = False
    for l in range(LANES):  # noqa: E741
        most = max(w[X + D_p + l], w[X + N_p + l], w[X + D_r + l], w[X + N_r + l])
        if w[BUSY + l] > 0.0 and most <= AT_REST:
            # A stage reads the trial states too, and a step of the restless alone does not write these.
            for at in (X, NEW):
                w[at + D_p + l] = w[at + N_p + l] = w[at + D_r + l] = w[at + N_r + l] = 0.0
            w[BUSY + l] = 0.0
            came = True
    return came


@compiled
def _look(
    w: Floats, n: int, out_days: Floats, due: Integers, seen: Floats, needed: Integers, lanes: int
) -> None:  # fmt: skip
    """Write the needed states at every output day inside the step just taken, counting `due` on."""
    written = False
    for l in range(LANES):  # noqa: E741
        first = last = due[l]
        while last < out_days.size and out_days[last] < w[REACHED + l] and w[GOOD + l] > 0.0:
            last += 1
        if first == last:
            continue
        for state in needed:
            if state * LANES >= n:
                for day in range(first, last):
                    seen[state, l, day] = w[X + state * LANES + l]
                continue
            if not written:
                polynomial(w, state, lanes)
            between(w, state, l, out_days[first:last], seen[state, l, first:last])
        due[l], written = last, True


@compiled
def begin(w: Floats, start: float) -> None:
    """Make ready for a stretch from `start`: a small first step, as after a session, and everyone up."""
    for l in range(LANES):  # noqa: E741
        w[T + l], w[NEXT + l], w[BUSY + l] = start, FIRST_STEP, 1.0
    settle(w)
    slopes(w, X, K1, True, LANES)


@compiled
def advance(
    w: Floats, end: float, out_days: Floats, due: Integers, seen: Floats, rtol: float, needed: Integers,
    fork: Floats, fork_due: Integers,
) -> None:  # fmt: skip
    """Carry all lanes on to `end`, writing states at output days on the way, to seen (states, lanes, days).

    `due` counts the output days that each lane has had. Every lane keeps its own step size, so that no patient's result
    depends on who is computed beside them. An output day that equals `end` is left to the next stretch: a session's
    day shows the skin after it. Where `fork` has the room of w, every lane's last place is kept there at which it was
    free to go on beyond `end`.
    """
    lanes, first_due = due.size, int(due[0])
    forks = fork.size > 0
    if forks:
        fork[:], fork_due[:] = w, -1
    looks = first_due < out_days.size and out_days[first_due] < end
    behind = True
    while behind:
        inflamed = w[BUSY : BUSY + LANES].max() > 0.0
        n = ALL if inflamed else RESTLESS
        if forks:
            _keep(w, end, due, fork, fork_due)
        for l in range(lanes):  # noqa: E741
            left = end - w[T + l]
            size = min(w[NEXT + l], left)
            w[SIZE + l] = size
            w[REACHED + l] = end if size >= left else w[T + l] + size
        for i in range(LANES, n):
            w[SIZE + i] = w[SIZE + i - LANES]
        step(w, n, inflamed, lanes)
        errors(w, n, rtol, lanes)
        for l in range(lanes):  # noqa: E741
            slip, size = w[SLIP + l], w[SIZE + l]
            w[GOOD + l] = 1.0 if slip <= 1.0 or size <= SMALLEST_STEP else 0.0
            # The fifth root would be right; three sixteenths are near it, and square roots are vector code.
            eighth = sqrt(sqrt(sqrt(max(slip, 1e-10))))
            w[NEXT + l] = size * min(5.0, max(0.2, 0.9 / (eighth * sqrt(eighth))))
        if looks:
            _look(w, n, out_days, due, seen, needed, lanes)
        soonest = end
        for l in range(lanes):  # noqa: E741
            w[T + l] = w[REACHED + l] if w[GOOD + l] > 0.0 else w[T + l]
            soonest = min(soonest, w[T + l])
        behind = soonest < end
        for first in range(0, n, LANES):
            for l in range(lanes):  # noqa: E741
                i = first + l
                w[X + i] = w[NEW + i] if w[GOOD + l] > 0.0 else w[X + i]
                w[K1 + i] = w[K7 + i] if w[GOOD + l] > 0.0 else w[K1 + i]
        if inflamed and settle(w):
            slopes(w, X, K1, True, lanes)


@compiled
def _keep(w: Floats, end: float, due: Integers, fork: Floats, fork_due: Integers) -> None:
    """Keep the place of every lane whose next step is the first that `end` cuts short."""
    for l in range(LANES):  # noqa: E741
        if fork_due[l] < 0 and w[NEXT + l] >= end - w[T + l]:
            fork_due[l] = due[l]
            for i in range(l, ALL, LANES):
                fork[X + i], fork[NEW + i], fork[K1 + i] = w[X + i], w[X + i], w[K1 + i]
            fork[T + l], fork[NEXT + l], fork[BUSY + l] = w[T + l], w[NEXT + l], w[BUSY + l]
