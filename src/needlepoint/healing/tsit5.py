"""Tsitouras' fifth-order pair with its free fourth-order interpolant, for the 17 states and no other.

Source: tsitouras-2011 (Ch. Tsitouras, Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying
assumption, Computers and Mathematics with Applications 62, 2011). Tests check the order conditions.
"""

from __future__ import annotations

from math import sqrt

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

# Where things lie in the array w behind the constants: the states, the trial states, each lane's step size (repeated
# for every state), seven slopes, and the estimated errors; then what a lane has one of.
X, NEW, SIZE, K1, K2, K3, K4, K5, K6, K7, SLIP = range(STATES_FROM, STATES_FROM + 11 * ALL, ALL)
T, REACHED, NEXT, GOOD, SHARE, W1, W2, W3, W4, W5, W6, W7 = range(SLIP + ALL, SLIP + ALL + 12 * LANES, LANES)
WHOLE = W7 + LANES


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
def weights(w: Floats, lanes: int) -> None:
    """Write the seven weights of the interpolant at each lane's SHARE (0..1) of its step."""
    for l in range(lanes):  # noqa: E741
        t = w[SHARE + l]
        tt = t * t
        first = (t - 1.3299890189751412) * (tt - 1.4364028541716351 * t + 0.7139816917074209)
        w[W1 + l] = -1.0530884977290216 * t * first
        w[W2 + l] = 0.1017 * tt * (tt - 2.1966568338249754 * t + 1.2949852507374631)
        w[W3 + l] = 2.490627285651252793 * tt * (tt - 2.38535645472061657 * t + 1.57803468208092486)
        w[W4 + l] = -16.54810288924490272 * (t - 1.21712927295533244) * (t - 0.61620406037800089) * tt
        w[W5 + l] = 47.37952196281928122 * (t - 1.203071208372362603) * (t - 0.658047292653547382) * tt
        w[W6 + l] = -34.87065786149660974 * (t - 1.2) * (t - 2.0 / 3.0) * tt
        w[W7 + l] = 2.5 * (t - 1.0) * (t - 0.6) * tt


@compiled
def between(w: Floats, state: int, n: int, found: Floats, lanes: int) -> None:
    """Write a state of all lanes at their SHARE of the last step to `found`; beyond n all stand still."""
    i = state * LANES
    for l in range(lanes):  # noqa: E741
        moved = w[W1 + l] * w[K1 + i + l] + w[W2 + l] * w[K2 + i + l] + w[W3 + l] * w[K3 + i + l]
        moved += w[W4 + l] * w[K4 + i + l] + w[W5 + l] * w[K5 + i + l] + w[W6 + l] * w[K6 + i + l]
        moved += w[W7 + l] * w[K7 + i + l]
        found[l] = w[X + i + l] + (w[SIZE + l] * moved if i < n else 0.0)


@compiled
def settle(w: Floats, busy: Floats) -> bool:
    """Put to rest the lanes whose damage and infiltrate are as good as gone; return whether one just came to rest."""
    came = False
    for l in range(LANES):  # noqa: E741
        most = max(w[X + D_p + l], w[X + N_p + l], w[X + D_r + l], w[X + N_r + l])
        if busy[l] > 0.0 and most <= AT_REST:
            # A stage reads the trial states too, and a step of the restless alone does not write these.
            for at in (X, NEW):
                w[at + D_p + l] = w[at + N_p + l] = w[at + D_r + l] = w[at + N_r + l] = 0.0
            busy[l] = 0.0
            came = True
    return came


@compiled
def _look(
    w: Floats, n: int, out_days: Floats, due: Integers, seen: Floats, needed: Integers, found: Floats, lanes: int
) -> None:  # fmt: skip
    """Write the needed states at every output day inside the step just taken; seen is (days, 17, lanes)."""
    while True:
        looking = False
        for l in range(LANES):  # noqa: E741
            w[SHARE + l] = -1.0
            if due[l] < out_days.size and out_days[due[l]] < w[REACHED + l] and w[GOOD + l] > 0.0:
                w[SHARE + l] = (out_days[due[l]] - w[T + l]) / w[SIZE + l]
                looking = True
        if not looking:
            return
        weights(w, lanes)
        for state in needed:
            between(w, state, n, found, lanes)
            for l in range(LANES):  # noqa: E741
                if w[SHARE + l] >= 0.0:
                    seen[due[l], state, l] = found[l]
        for l in range(LANES):  # noqa: E741
            if w[SHARE + l] >= 0.0:
                due[l] += 1


@compiled
def advance(
    w: Floats, start: float, end: float, out_days: Floats, due: Integers, seen: Floats, rtol: float, busy: Floats,
    needed: Integers, found: Floats,
) -> None:  # fmt: skip
    """Carry all lanes from `start` to `end`, writing the states at output days on the way and counting `due` on.

    Every lane keeps its own step size, so that no patient's result depends on who is computed beside them. An output
    day that equals `end` is left to the next stretch: a session's day shows the skin after it.
    """
    lanes, first_due = busy.size, int(due[0])
    for l in range(lanes):  # noqa: E741
        w[T + l], w[NEXT + l], busy[l] = start, FIRST_STEP, 1.0
    settle(w, busy)
    slopes(w, X, K1, True, lanes)
    looks = first_due < out_days.size and out_days[first_due] < end
    behind = True
    while behind:
        inflamed = busy.max() > 0.0
        n = ALL if inflamed else RESTLESS
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
            _look(w, n, out_days, due, seen, needed, found, lanes)
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
        if inflamed and settle(w, busy):
            slopes(w, X, K1, True, lanes)
